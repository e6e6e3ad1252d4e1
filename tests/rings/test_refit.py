"""Refit: the labels of a night move the weights of what known groups have in common, and of nothing else."""

import numpy as np
import pytest

from graphfraud.rings.groups import Groups
from graphfraud.rings.model import Model
from graphfraud.rings.refit import refitted
from graphfraud.rings.terms import TERMS
from graphfraud.rings.trees import Trees

SIZE, GROUPS = 6, 200


def world(known_share: float, *, seed: int = 1):  # noqa: ANN201 - groups, terms, who is known
    """Forty rings that show RG-DEVICE, forty honest groups that show RG-PAYBACK, the others show nothing."""
    rng = np.random.Generator(np.random.PCG64(seed))
    start = np.arange(GROUPS + 1) * SIZE
    groups = Groups(GROUPS * SIZE, start, np.arange(GROUPS * SIZE, dtype=np.int32), np.zeros(GROUPS, np.int8))
    found = {term.code: np.zeros(GROUPS) for term in TERMS}
    found["RG-DEVICE"][:40] = 1.0
    found["RG-PAYBACK"][40:80] = 1.0
    known = np.zeros(GROUPS * SIZE, bool)
    known[: 40 * SIZE] = rng.random(40 * SIZE) < known_share
    found["RG-KNOWN"] = groups.mean(known)
    return groups, found, known


def shipped() -> Model:
    return Model(Trees.steps({"RG-DEVICE": 2.0, "RG-PAYBACK": 5.0}, constant=-3.0))


def test_labels_raise_what_known_rings_show_and_lower_what_only_unknown_groups_show() -> None:
    groups, found, known = world(0.3)
    model = refitted(shipped(), groups, found, known, np.zeros_like(known))
    assert model.terms["RG-DEVICE"] > 0
    assert model.terms["RG-PAYBACK"] < 0
    score = model.score(found)
    assert score[:40].min() > score[40:80].max()


def test_terms_that_rest_on_labels_are_left_alone() -> None:
    groups, found, known = world(0.3)
    model = refitted(shipped(), groups, found, known, np.zeros_like(known))
    assert "RG-KNOWN" not in model.terms


def test_a_fresh_ring_gains_from_the_known_ones() -> None:
    groups, found, known = world(0.3)
    known[:SIZE] = False
    model = refitted(shipped(), groups, found, known, np.zeros_like(known))
    blind = {code: (np.zeros(GROUPS) if code == "RG-KNOWN" else value) for code, value in found.items()}
    assert model.score(blind)[0] > shipped().score(blind)[0]


@pytest.mark.parametrize("share", [0.0, 0.02])
def test_too_few_labels_change_nothing(share: float) -> None:
    groups, found, known = world(share)
    model = shipped()
    assert refitted(model, groups, found, known, np.zeros_like(known)) is model


def test_cleared_people_lower_what_their_groups_show() -> None:
    groups, found, known = world(0.3)
    cleared = np.zeros_like(known)
    cleared[40 * SIZE : 80 * SIZE : 2] = True
    without = refitted(shipped(), groups, found, known, np.zeros_like(known))
    model = refitted(shipped(), groups, found, known, cleared)
    assert model.terms["RG-PAYBACK"] < without.terms["RG-PAYBACK"]
