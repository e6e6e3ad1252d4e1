"""Shops: what passes between the members of a group and one organisation."""

from typing import Final

import numpy as np

from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Floats, Groups, Ints
from graphfraud.rings.returns import LEAST
from graphfraud.schema import Entity

KEPT: Final = 0.98
"""Who gives back no more than this share keeps something; a refund is whole."""


def terms(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Terms of purchases that came back, bonuses and wages: the organisation with whom most members have it."""
    back, through = ground.returns, ground.middlemen
    cash, bonus = (back.share >= LEAST) & (back.share <= 1.0), back.share > 1.0
    person, shop = (
        np.concatenate([back.person[cash], through.person]),
        np.concatenate([back.organisation[cash], through.organisation]),
    )
    kept = np.concatenate([back.share[cash] <= KEPT, np.ones(len(through.person), bool)])
    paid = np.concatenate([back.paid[cash], through.paid])
    return {
        "RG-PAYBACK": _one_organisation(groups, person, shop),
        "RG-RELAY": _one_organisation(groups, through.person, through.middleman),
        "RG-BACK-KEPT": _one_organisation(groups, person[kept], shop[kept]),
        "RG-BACK-LARGE": _large(ground, groups, person, paid),
        "RG-BACK-AGAIN": _one_organisation(groups, *_again(ground, person, shop)),
        "RG-BONUS": _one_organisation(groups, back.person[bonus], back.organisation[bonus]),
        "RI-EMPLOYER": _one_organisation(groups, ground.wages.person, ground.wages.firm),
        "RI-WAGES": groups.mean(ground.marked(ground.wages.person)),
    }


def _again(ground: Ground, person: Ints, shop: Ints) -> tuple[Ints, Ints]:
    """People and organisations that gave them money back twice at least."""
    width = ground.people + ground.snapshot.count(Entity.MERCHANT)
    key, count = np.unique(person.astype(np.int64) * width + shop, return_counts=True)
    twice = key[count >= 2]
    return twice // width, twice % width


def _large(ground: Ground, groups: Groups, person: Ints, paid: Ints) -> Floats:
    """How large the purchases are that came back, beside what people usually pay: 1 at a hundred times as much."""
    rows, people = ground.snapshot["payments"], ground.people
    bought = (rows["payer_id"] < people) & (rows["payee_id"] >= people)
    usual = float(np.median(rows["amount"][bought])) if bought.any() else 1.0
    most = np.zeros(people)
    np.maximum.at(most, person, np.clip(np.log10(np.maximum(paid, 1) / max(usual, 1.0)) / 2.0, 0.0, 1.0))
    return groups.mean(most)


def _one_organisation(groups: Groups, person: Ints, organisation: Ints) -> Floats:
    """Largest share of members who have to do with one organisation."""
    group, row = ByPerson.of(person, groups.people).rows(groups)
    rows = np.unique(np.stack([group, organisation[row].astype(np.int64), person[row].astype(np.int64)]), axis=1)
    places, count = np.unique(rows[:2], axis=1, return_counts=True)
    most = np.zeros(len(groups))
    np.maximum.at(most, places[0], count)
    return most / np.maximum(groups.size, 1)
