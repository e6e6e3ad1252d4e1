"""Gaps: where a payment or a promise that is on nobody's record would tie two suspects.

A chain of mules or a round of guarantees of which one link was never recorded falls into
pieces. What came to a suspect and stayed, and what another suspect paid out of nothing soon
after, hardly less, fit the payment that is missing. Two chains of promises made in the same few
days fit a promise from where the one ends to where the other begins. Among everybody that would
be chance; among the few who are suspected for such links already it mostly is not: a gap counts
where chance would let expect :data:`BY_CHANCE` of its kind at most.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from graphfraud.rings.bond import BONDS, bond
from graphfraud.rings.flows import by_chance, followed
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Flags, Floats, Groups, Rows, joined
from graphfraud.rings.pairs import LOOSE, paired
from graphfraud.settings import DAY_US
from graphfraud.snapshot.links import Links

BY_CHANCE: Final = {"flow": 0.03, "promise": 0.3}
LEAST: Final = 0.6
"""What went on is at least this of what came."""
WINDOW_US: Final = 3 * DAY_US
Ends = tuple[Rows, Rows]


def gaps(ground: Ground, groups: Groups, found: Mapping[str, Floats]) -> Links:
    """Loose ties over the gaps between people in promising groups that flows, or promises, hold together."""
    kinds = bond(found)[0]
    ends = [find(ground, _held(groups, kinds, kind)) for kind, find in (("flow", _unpaid), ("promise", _unpromised))]
    return paired(ground.people, *(np.concatenate([end[side] for end in ends]) for side in (0, 1)), weight=LOOSE)


def _held(groups: Groups, kinds: Rows, kind: str) -> Flags:
    """The people in groups that one kind of evidence holds."""
    held = np.zeros(groups.people, bool)
    held[groups.person[(kinds == list(BONDS).index(kind))[groups.number]]] = True
    return held


def _unpaid(ground: Ground, suspect: Flags) -> Ends:
    """Who kept what came, beside who soon after paid hardly less that had not come. Cost: pairs within the window."""
    flows, sent = ground.flows, ground.flows.transfers
    inside = suspect[sent.payer] & suspect[sent.payee]
    stayed, unfunded = inside.copy(), inside
    stayed[flows.came] = False
    unfunded[flows.went] = False
    came, went = (np.flatnonzero(some) for some in (stayed, unfunded))
    went = went[np.argsort(sent.at[went], kind="stable")]
    anybody = np.zeros(len(came), np.int32)
    pairs = followed(
        np.array([0, len(went)]),
        (sent.at[went], sent.fen[went]),
        (anybody, sent.at[came], sent.fen[came]),
        WINDOW_US,
        (LEAST, 1.0),
    )
    before, after = came[pairs[0]], went[pairs[1]]
    chance = by_chance(sent, before, after, len(went), least_us=WINDOW_US)
    rare = chance <= BY_CHANCE["flow"]
    return sent.payee[before[rare]].astype(np.int64), sent.payer[after[rare]].astype(np.int64)


def _unpromised(ground: Ground, suspect: Flags) -> Ends:
    """Who is answered for and answers for nobody, beside who answers unanswered for, in chains of the same days."""
    given = ground.promises
    kept = np.flatnonzero(suspect[given.guarantor] & suspect[given.debtor])
    guarantor, debtor, at = given.guarantor[kept], given.debtor[kept], given.at[kept]
    chains, chain = np.unique(joined(guarantor, debtor, ground.people)[guarantor], return_inverse=True)
    first, last = np.full(len(chains), np.iinfo(np.int64).max), np.zeros(len(chains), np.int64)
    np.minimum.at(first, chain, at)
    np.maximum.at(last, chain, at)
    days = np.maximum.outer(last, last) - np.minimum.outer(first, first)
    span = max(int(np.ptp(given.at)) if len(given) else 0, DAY_US)
    near = (len(chains) * days / span <= BY_CHANCE["promise"]) & ~np.eye(len(chains), dtype=bool)
    ending, beginning = ~np.isin(debtor, guarantor), ~np.isin(guarantor, debtor)
    one, other = np.nonzero(near[chain[ending]][:, chain[beginning]])
    return debtor[ending][one].astype(np.int64), guarantor[beginning][other].astype(np.int64)
