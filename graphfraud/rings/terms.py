"""Terms: what speaks for and against a candidate, each a share between 0 and 1 with a stable code.

The log-odds of a candidate are the intercept plus the sum of weight times value.
The weights are judgement; each term is shown with its value, so that an
investigator can take the score apart.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.rings.candidates import NOBODY
from graphfraud.schema import LABELS, OCCUPATIONS
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import Links
from graphfraud.snapshot.sharing import THING_TYPES, Uses

Shares = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int32]

INTERCEPT: Final = -4.0


@dataclass(frozen=True)
class Term:
    """One term: its code, weight in log-odds, and what it says in Chinese and English."""

    code: str
    weight: float
    zh: str
    en: str


FOR: Final = (
    Term("RG-DENSE", 1.5, "成员之间彼此相连", "{share:.0%} of all pairs of members share something"),
    Term("RG-DEVICE", 2.0, "成员共用设备", "{share:.0%} of the members use a device of another member"),
    Term("RG-IDENTITY", 3.0, "成员共用证件、银行卡或手机号", "{share:.0%} share a document, card or phone"),
    Term("RG-TYPES", 2.0, "多种不同类型的证据", "links rest on several different types of evidence"),
    Term("RG-BURST", 1.5, "集中注册", "{share:.0%} registered within three days of another member"),
    Term("RG-APPLY", 1.5, "集中申请借款", "{share:.0%} applied within three days of another member"),
    Term("RG-EMULATOR", 1.0, "使用模拟器", "{share:.0%} log in on emulators"),
    Term("RG-KNOWN", 3.0, "成员中有已知欺诈者", "{share:.0%} are known as fraudulent"),
    Term("RG-SIZE", 1.0, "规模超过一个家庭", "larger than a household"),
)
AGAINST: Final = (
    Term("RI-EMPLOYER", -3.0, "由同一单位支付工资", "{share:.0%} are paid by the same organisation"),
    Term("RI-HOUSEHOLD", -3.0, "同住一处的小家庭", "a small group at one address"),
    Term("RI-DORMITORY", -2.5, "同住的学生", "{share:.0%} are students"),
    Term("RI-FRIENDS", -1.0, "彼此是多年好友", "{share:.0%} of all pairs of members are friends"),
    Term("RI-REPAY", -1.5, "按时还款", "{share:.0%} have a loan and were never late"),
)
TERMS: Final = FOR + AGAINST


def values(snapshot: Snapshot, shared: Uses, linked: Links, group: Groups) -> dict[str, Shares]:
    """Value of each term for each candidate, by code."""
    size = np.bincount(group[group != NOBODY])
    household = _paired(group, size, shared, ("address",)) * (size <= 6)
    return {
        "RG-DENSE": _density(linked.a, linked.b, group, size),
        "RG-DEVICE": _paired(group, size, shared, ("device",)),
        "RG-IDENTITY": _paired(group, size, shared, ("national_id", "card", "phone")),
        "RG-TYPES": np.clip((_types(group, size, shared) - 1) / 3.0, 0.0, 1.0),
        "RG-BURST": _burst(np.arange(snapshot.people), snapshot["people"]["registered_at"], group, size),
        "RG-APPLY": _burst(snapshot["applications"]["person_id"], snapshot["applications"]["at"], group, size),
        "RG-EMULATOR": _members(_emulated(snapshot), group, size),
        "RG-KNOWN": _members(_known_fraud(snapshot), group, size),
        "RG-SIZE": np.clip((size - 4) / 8.0, 0.0, 1.0),
        "RI-EMPLOYER": _one_employer(snapshot, group, size),
        "RI-HOUSEHOLD": household,
        "RI-DORMITORY": _members(np.flatnonzero(_is(snapshot, "student")), group, size) * (size > 2),
        "RI-FRIENDS": _density(snapshot["friendships"]["person_id"], snapshot["friendships"]["friend_id"], group, size),
        "RI-REPAY": _members(_good_payers(snapshot), group, size),
    }


def scores(found: dict[str, Shares]) -> Shares:
    """Score between 0 and 1 of each candidate: the logistic of the weighted terms."""
    log_odds = np.full(len(next(iter(found.values()))), INTERCEPT)
    for term in TERMS:
        log_odds += term.weight * found[term.code]
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


def _members(people: npt.NDArray[np.integer], group: Groups, size: npt.NDArray[np.int64]) -> Shares:
    """Share of each candidate's members that are among some people."""
    inside = group[np.unique(people)]
    return np.asarray(np.bincount(inside[inside != NOBODY], minlength=len(size)) / size)


def _density(
    first: npt.NDArray[np.int32], second: npt.NDArray[np.int32], group: Groups, size: npt.NDArray[np.int64]
) -> Shares:
    """Pairs inside each candidate over all its pairs."""
    inside = (group[first] == group[second]) & (group[first] != NOBODY)
    return np.asarray(np.bincount(group[first[inside]], minlength=len(size)) / (size * (size - 1) / 2))


def _inside(group: Groups, shared: Uses) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rows of uses by members whose thing another member of the candidate uses too, and their things' users inside."""
    rows = np.flatnonzero(group[shared.person] != NOBODY)
    key = shared.thing[rows] * (int(group.max(initial=0)) + 1) + group[shared.person[rows]]
    _, place, users = np.unique(key, return_inverse=True, return_counts=True)
    common = users[place] > 1
    return rows[common], users[place][common]


def _paired(group: Groups, size: npt.NDArray[np.int64], shared: Uses, types: tuple[str, ...]) -> Shares:
    """Share of members that use a thing of these types together with another member."""
    rows, _ = _inside(group, shared)
    wanted = np.isin(shared.type[rows], [THING_TYPES.index(name) for name in types])
    return _members(shared.person[rows[wanted]], group, size)


def _types(group: Groups, size: npt.NDArray[np.int64], shared: Uses) -> Shares:
    """How many types of things at least a third of the members share; device and address count once."""
    kinds = [(name,) for name in THING_TYPES if name not in ("device", "ip")]
    together = [_paired(group, size, shared, types) for types in [*kinds, ("device", "ip")]]
    return np.sum([share >= 1 / 3 for share in together], axis=0, dtype=np.float64)


def _burst(
    person: npt.NDArray[np.integer], at: npt.NDArray[np.int64], group: Groups, size: npt.NDArray[np.int64]
) -> Shares:
    """Share of members with an event within three days of another member's."""
    member = group[person]
    order = np.lexsort((person, at, member))
    order = order[member[order] != NOBODY]
    who, when, where = person[order], at[order], member[order]
    near = (where[1:] == where[:-1]) & (who[1:] != who[:-1]) & (when[1:] - when[:-1] <= 3 * DAY_US)
    return _members(np.concatenate([who[1:][near], who[:-1][near]]), group, size)


def _emulated(snapshot: Snapshot) -> npt.NDArray[np.int32]:
    devices, logins = snapshot["devices"], snapshot["logins"]
    emulators = devices["device_id"][devices["emulator"] == 1]
    return np.asarray(logins["person_id"][np.isin(logins["device_id"], emulators)])


def _known_fraud(snapshot: Snapshot) -> npt.NDArray[np.int32]:
    labels = snapshot["labels"]
    return np.asarray(labels["person_id"][labels["label"] == LABELS.index("fraud")])


def _is(snapshot: Snapshot, occupation: str) -> npt.NDArray[np.bool_]:
    return np.asarray(snapshot["people"]["occupation"] == OCCUPATIONS.index(occupation))


def _good_payers(snapshot: Snapshot) -> npt.NDArray[np.integer]:
    loans = snapshot["loans"]
    late = np.unique(loans["person_id"][loans["days_past_due"] > 0])
    return np.setdiff1d(loans["person_id"][loans["days_past_due"] == 0], late)


def _one_employer(snapshot: Snapshot, group: Groups, size: npt.NDArray[np.int64]) -> Shares:
    """Largest share of members that one organisation pays."""
    payments, people = snapshot["payments"], snapshot.people
    salary = (payments["payer_id"] >= people) & (payments["payee_id"] < people)
    person, employer = payments["payee_id"][salary], payments["payer_id"][salary]
    inside = group[person] != NOBODY
    pairs = np.unique(np.stack([group[person[inside]], employer[inside], person[inside]]), axis=1)
    places, count = np.unique(pairs[:2], axis=1, return_counts=True)
    most = np.zeros(len(size))
    np.maximum.at(most, places[0], count)
    return most / size
