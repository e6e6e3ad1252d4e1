"""The model: every term has a weight of the right sign, and every value lies between 0 and 1."""

from dataclasses import replace

import numpy as np
import pytest

from graphfraud.errors import CardError
from graphfraud.rings.families import FAMILIES
from graphfraud.rings.ground import Ground
from graphfraud.rings.judgement import proposed
from graphfraud.rings.kinds import KINDS, kinds
from graphfraud.rings.model import Model, checked, model
from graphfraud.rings.terms import TERMS, reason
from graphfraud.settings import Settings
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import uses
from tests.rings.grounds import ground_of
from tests.tables import people


def test_weights_say_what_their_terms_mean() -> None:
    shipped = model()
    assert set(shipped.terms) == {term.code for term in TERMS}
    assert set(shipped.families) == set(FAMILIES)
    assert all(shipped.terms[term.code] <= 0 for term in TERMS if term.innocent)
    assert all(shipped.terms[term.code] >= 0 for term in TERMS if not term.innocent)


def test_a_weight_that_contradicts_its_term_is_refused() -> None:
    turned = replace(model(), terms={**model().terms, "RI-EMPLOYER": 0.1})
    with pytest.raises(CardError, match="RI-EMPLOYER"):
        checked(turned)


def test_a_missing_weight_is_refused() -> None:
    terms = {code: weight for code, weight in model().terms.items() if code != "RG-KNOWN"}
    with pytest.raises(CardError, match="RG-KNOWN"):
        checked(replace(model(), terms=terms))


def test_every_value_of_a_world_lies_between_0_and_1(world_snapshot) -> None:  # noqa: ANN001 - session fixture
    settings = Settings()
    shared = uses(world_snapshot, window_days=180)
    ground = Ground(world_snapshot, shared, links(world_snapshot, shared, settings=settings.links), settings)
    groups, found, _ = proposed(ground, model(), settings=settings)
    assert list(found) == [term.code for term in TERMS]
    for code, value in found.items():
        assert value.shape == (len(groups),), code
        assert np.isfinite(value).all(), code
        assert (value >= 0).all(), code
        assert (value <= 1 + 1e-9).all(), code
    for code in ("RG-DEVICE", "RG-FLOW", "RG-PROMISE", "RG-AGENT", "RI-EMPLOYER", "RI-HOUSEHOLD"):
        assert found[code].max() > 0, code


def test_nobody_to_judge() -> None:
    groups, found, _ = proposed(ground_of({"people": people("a")}), model(), settings=Settings())
    assert len(groups) == 0
    assert kinds(found) == []
    assert len(model().score(found, groups.family)) == 0


def test_more_evidence_never_lowers_the_score() -> None:
    shipped: Model = model()
    base = {term.code: np.full(1, 0.3) for term in TERMS}
    for term in TERMS:
        more = shipped.score({**base, term.code: np.ones(1)}, np.zeros(1, np.int8))
        less = shipped.score(base, np.zeros(1, np.int8))
        assert (more <= less if term.innocent else more >= less).all(), term.code


def test_a_reason_counts_people() -> None:
    term = next(term for term in TERMS if term.code == "RG-DEVICE")
    told = reason(term, 0.75, 8)
    assert told["en"] == "6 of 8 members use a device of another member"
    assert "8" in told["zh"]
    assert "6" in told["zh"]


def test_a_ring_of_nothing_is_unknown() -> None:
    nothing = {term.code: np.zeros(1) for term in TERMS}
    assert kinds(nothing) == ["unknown"]
    assert kinds({**nothing, "RG-PROMISE": np.ones(1)}) == ["guarantee_circle"]
    assert kinds({**nothing, "RG-FLOW": np.ones(1)}) == ["mule_chain"]
    assert kinds({**nothing, "RG-FLOW": np.ones(1), "RG-ROUND": np.ones(1)}) == ["transfer_cycle"]
    assert "unknown" in KINDS
