"""Exposures: who stands to lose money when somebody else does not pay, in three layers.

legal     guarantees: the guarantor loses what is owed and guaranteed
economic  payments received lately, household, shared business: income that stops, debt that falls on the family
social    contacts, friends, small groups: the debt for which one is asked

Each fen of debt is attached once: first to those who guarantee it, then part of what
nobody guarantees to household and business, then a smaller part to the social layer
(:mod:`graphfraud.debt.priors`). Lenders and merchants absorb; they are not in the network.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.debt.circles import Pairs, business_pairs, group_pairs, household_pairs
from graphfraud.debt.priors import ECONOMIC_SHARE, SOCIAL_SHARE
from graphfraud.schema import Entity
from graphfraud.settings import DAY_US
from graphfraud.snapshot.borrowing import Guaranteed, Loans, guaranteed, owed
from graphfraud.snapshot.graph import NEVER, Snapshot

LAYERS: Final = ("legal", "economic", "social")
KINDS: Final = ("guarantee", "household", "business", "payment", "contact", "friend", "group")
TIED_DAYS: Final = 365
"""Payments so far back tie two people, whether or not money is still at risk."""
_LAYER_OF: Final = {"guarantee": 0, "household": 1, "business": 1, "payment": 1, "contact": 2, "friend": 2, "group": 2}


@dataclass(frozen=True, eq=False)
class Exposures:
    """Compressed rows: those of person ``i`` are ``bounds[i]:bounds[i + 1]``, by debtor, then layer.

    ``fen`` is what the exposed person stands to lose; 0 where people are tied but nothing is owed.
    ``kinds`` has a bit for each of :data:`KINDS` that ties the two; ``layer`` is a place in :data:`LAYERS`.
    """

    bounds: npt.NDArray[np.int64]
    debtor: npt.NDArray[np.int32]
    layer: npt.NDArray[np.int8]
    kinds: npt.NDArray[np.uint8]
    fen: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.debtor)

    @property
    def people(self) -> int:
        """How many people there are, exposed or not."""
        return len(self.bounds) - 1

    @property
    def exposed(self) -> npt.NDArray[np.int32]:
        """The exposed person of each row."""
        return np.repeat(np.arange(self.people, dtype=np.int32), np.diff(self.bounds))

    def total(self, *, layer: int | None = None) -> npt.NDArray[np.int64]:
        """Fen that each person stands to lose, in one layer or in all."""
        chosen = self.fen if layer is None else np.where(self.layer == layer, self.fen, 0)
        sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(chosen)])
        return np.asarray(sums[self.bounds[1:]] - sums[self.bounds[:-1]])


@dataclass(frozen=True, eq=False)
class Ties:
    """Loose rows before they are merged."""

    exposed: npt.NDArray[np.int64]
    debtor: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]
    fen: npt.NDArray[np.int64]


def exposures(snapshot: Snapshot, loans: Loans) -> Exposures:
    """All exposures of a snapshot. Cost: one sort of the ties; circles are bounded."""
    people = snapshot.people
    debt = owed(snapshot, loans)
    legal = attached_once(guaranteed(snapshot, loans), debt)
    rest = debt.copy()
    np.subtract.at(rest, legal.debtor, legal.fen)
    economic = _circle_ties({"household": household_pairs(snapshot), "business": business_pairs(snapshot)})
    social = _circle_ties(
        {"contact": _contacts(snapshot), "friend": _friends(snapshot), "group": group_pairs(snapshot)}
    )
    parts = [
        legal,
        _promises(snapshot, loans),
        _with_share(economic, (rest * ECONOMIC_SHARE).astype(np.int64), people),
        _received(snapshot),
        _with_share(social, (rest * SOCIAL_SHARE).astype(np.int64), people),
    ]
    return merged(parts, people)


def attached_once(promised: Guaranteed, debt: npt.NDArray[np.int64]) -> Ties:
    """Guaranteed debts; where several answer for more than is owed, each bears a part of it."""
    person = promised.person.astype(np.int64)
    total = np.zeros(len(debt), np.int64)
    np.add.at(total, person, promised.fen)
    over = total[person] > debt[person]
    # Fen times fen passes 64 bits; a double is exact far beyond any real debt.
    part = np.floor(promised.fen.astype(np.float64) * debt[person] / np.maximum(total[person], 1))
    fen = np.where(over, part.astype(np.int64), promised.fen)
    return Ties(promised.guarantor.astype(np.int64), person, np.full(len(fen), KINDS.index("guarantee"), np.int8), fen)


def merged(parts: list[Ties], people: int) -> Exposures:
    """One row an exposed person, debtor and layer: sums of fen, all kinds."""
    layers = np.array([_LAYER_OF[kind] for kind in KINDS], np.int64)
    exposed, debtor, kind, fen = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("exposed", "debtor", "kind", "fen")
    )
    key = (exposed * people + debtor) * len(LAYERS) + layers[kind]
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]][: len(key)])
    bits = np.left_shift(np.uint8(1), kind[order].astype(np.uint8))
    key = key[starts]
    who = key // (len(LAYERS) * people) if people else key
    return Exposures(
        bounds=np.searchsorted(who, np.arange(people + 1)).astype(np.int64),
        debtor=(key // len(LAYERS) % max(people, 1)).astype(np.int32),
        layer=(key % len(LAYERS)).astype(np.int8),
        kinds=np.bitwise_or.reduceat(bits, starts) if len(starts) else bits,
        fen=np.add.reduceat(fen[order], starts) if len(starts) else fen,
    )


def _circle_ties(pairs: dict[str, Pairs]) -> Ties:
    """Ties that as yet carry no money."""
    exposed = np.concatenate([one for one, _ in pairs.values()])
    debtor = np.concatenate([other for _, other in pairs.values()])
    kind = np.concatenate([np.full(len(one), KINDS.index(name), np.int8) for name, (one, _) in pairs.items()])
    return Ties(exposed, debtor, kind, np.zeros(len(kind), np.int64))


def _promises(snapshot: Snapshot, loans: Loans) -> Ties:
    """Every guarantee as a tie, whether or not anything is owed under it now."""
    rows = snapshot["guarantees"]
    borrower = np.full(snapshot.count(Entity.LOAN) + 1, -1, np.int32)
    borrower[loans.loan] = loans.person
    debtor = np.where(rows["loan_id"] >= 0, borrower[rows["loan_id"]], rows["person_id"])
    return _circle_ties({"guarantee": _apart(rows["guarantor_id"], debtor)})


def _with_share(ties: Ties, share: npt.NDArray[np.int64], people: int) -> Ties:
    """What is shared of a debtor's debt, in equal parts; somebody tied twice bears one part."""
    pairs, first = np.unique(ties.exposed * people + ties.debtor, return_index=True)
    partners = np.bincount(pairs % max(people, 1), minlength=people)
    fen = np.zeros(len(ties.kind), np.int64)
    debtor = ties.debtor[first]
    fen[first] = share[debtor] // partners[debtor]
    return Ties(ties.exposed, ties.debtor, ties.kind, fen)


def _contacts(snapshot: Snapshot) -> Pairs:
    """Who is named as emergency contact is asked for the debt of who named them."""
    return _apart(snapshot["contacts"]["contact_id"], snapshot["contacts"]["person_id"])


def _friends(snapshot: Snapshot) -> Pairs:
    one, other = snapshot["friendships"]["person_id"], snapshot["friendships"]["friend_id"]
    return _apart(np.concatenate([one, other]), np.concatenate([other, one]))


def _apart(exposed: npt.NDArray[np.int32], debtor: npt.NDArray[np.int32]) -> Pairs:
    two = (exposed >= 0) & (debtor >= 0) & (exposed != debtor)
    return exposed[two].astype(np.int64), debtor[two].astype(np.int64)


def _received(snapshot: Snapshot) -> Ties:
    """What one person received from another in 90 days, less what went back: income that would stop.

    Payments of a year tie the two; older ones than 90 days carry no money.
    """
    rows, people = snapshot["payments"], snapshot.people
    kept = (rows["at"] > snapshot.as_of - TIED_DAYS * DAY_US) & (rows["refunded_at"] == NEVER)
    kept &= (rows["payer_id"] < people) & (rows["payee_id"] < people) & (rows["payer_id"] != rows["payee_id"])
    kept &= (rows["payer_id"] >= 0) & (rows["payee_id"] >= 0)
    payer, payee = rows["payer_id"][kept].astype(np.int64), rows["payee_id"][kept].astype(np.int64)
    amount = np.where(rows["at"][kept] > snapshot.as_of - 90 * DAY_US, rows["amount"][kept], 0)
    flows, place = np.unique(payee * people + payer, return_inverse=True)
    received = np.zeros(len(flows), np.int64)
    np.add.at(received, place, amount)
    exposed, debtor = flows // max(people, 1), flows % max(people, 1)
    back = debtor * people + exposed
    at = np.minimum(np.searchsorted(flows, back), max(len(flows) - 1, 0))
    returned = np.where(flows[at] == back, received[at], 0) if len(flows) else received
    kind = np.full(len(flows), KINDS.index("payment"), np.int8)
    return Ties(exposed, debtor, kind, np.maximum(received - returned, 0))
