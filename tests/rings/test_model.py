"""The model: more evidence never lowers a score, its points add up, and every value lies between 0 and 1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.errors import CardError
from graphfraud.rings.ground import Ground
from graphfraud.rings.judgement import proposed
from graphfraud.rings.kinds import KINDS, kinds
from graphfraud.rings.model import BELONGS, SAID, TOGETHER, TREES, WEIGHTS, model, read_model
from graphfraud.rings.terms import TERMS, Term, reason
from graphfraud.settings import Settings
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import uses
from tests.rings.grounds import ground_of
from tests.tables import people


def test_a_file_that_misses_a_weight_or_names_an_unknown_term_is_refused(tmp_path) -> None:  # noqa: ANN001 - pytest's
    for name in (WEIGHTS.name, TREES, SAID, BELONGS, TOGETHER):
        (tmp_path / name).write_bytes(WEIGHTS.with_name(name).read_bytes())
    assert read_model(tmp_path / WEIGHTS.name).trees.table().equals(model().trees.table())
    trees = (tmp_path / TREES).read_text()
    (tmp_path / TREES).write_text(trees.replace("RI-EMPLOYER", "RI-EMPLOYED"))
    with pytest.raises(CardError, match="RI-EMPLOYED"):
        read_model(tmp_path / WEIGHTS.name)
    (tmp_path / TREES).write_text(trees)
    kept = [line for line in WEIGHTS.read_text().splitlines() if not line.startswith("EXPECTED =")]
    (tmp_path / WEIGHTS.name).write_text("\n".join(kept))
    with pytest.raises(CardError, match="EXPECTED"):
        read_model(tmp_path / WEIGHTS.name)


def test_every_value_of_a_world_lies_between_0_and_1(world_snapshot) -> None:  # noqa: ANN001 - session fixture
    usual = Settings()
    shared = uses(world_snapshot, window_days=180)
    ground = Ground(world_snapshot, shared, links(world_snapshot, shared, settings=usual.links), usual)
    groups, found, _ = proposed(ground, model(), settings=usual)
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
    assert len(model().score(found)) == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=len(TERMS), max_size=len(TERMS)), st.sampled_from(TERMS), st.floats(0, 1))
def test_more_evidence_never_lowers_the_score(row: list[float], term: Term, value: float) -> None:
    base = {each.code: np.array([at]) for each, at in zip(TERMS, row, strict=True)}
    low, high = sorted([base[term.code][0], value])
    less = model().score({**base, term.code: np.array([low])})
    more = model().score({**base, term.code: np.array([high])})
    assert (more <= less + 1e-12 if term.innocent else more >= less - 1e-12).all(), term.code


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=len(TERMS), max_size=len(TERMS)))
def test_points_have_the_sign_of_their_term_and_add_up(row: list[float]) -> None:
    found = {each.code: np.array([at]) for each, at in zip(TERMS, row, strict=True)}
    points = model().points(found)
    for term in TERMS:
        assert points[term.code][0] <= 1e-9 if term.innocent else points[term.code][0] >= -1e-9, term.code
    total = model().log_odds(found)[0] - model().log_odds({code: np.zeros(1) for code in found})[0]
    assert sum(float(value[0]) for value in points.values()) == pytest.approx(total, abs=1e-9)


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
