"""Candidates: groups of people, each family held together by one kind of evidence, so that like is judged with like.

Families overlap on purpose; the model scores every candidate and the selection keeps
the best of those that name the same people. Cost: linear in sessions, uses and payments,
but for ``links``, whose oversized components go through Leiden.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.rings.communities import communities
from graphfraud.rings.families import FAMILIES
from graphfraud.rings.flows import Flows
from graphfraud.rings.ground import NOTHING, Ground
from graphfraud.rings.groups import NOBODY, Flags, Groups, Ints, joined, together
from graphfraud.rings.pairs import paired
from graphfraud.rings.returns import LEAST
from graphfraud.rings.shops import KEPT
from graphfraud.settings import DAY_US, Settings
from graphfraud.snapshot.links import Links, guarded
from graphfraud.snapshot.sharing import THING_TYPES, user_counts

Labels = npt.NDArray[np.int32]
BURST_US: Final = 4 * DAY_US
"""Sessions at one address without a longer break belong together."""
HOUSEHOLD_LIMIT: Final = 30
"""An address of more people than this is a building, not a home."""


def candidates(ground: Ground, *, settings: Settings) -> Groups:
    """Every group worth a judgement, ``rings.min_size`` to ``rings.max_size`` people each, family by family."""
    found = [
        _things(ground, "device", ("device",), settings.links.hub_limit),
        _one_thing(ground, "place", ("ip",)),
        _bursts(ground),
        _things(ground, "identity", ("national_id", "card", "phone", "email"), settings.links.hub_limit),
        _things(ground, "household", ("national_id", "card", "phone", "email", "address"), HOUSEHOLD_LIMIT),
        _linked(ground, settings),
        _paid_back(ground),
        _kept_back(ground),
        _flowing(ground, ground.flows, "flow"),
        _flowing(ground, _repeated(ground.flows, ground.people), "chain"),
        *_promised(ground),
        _stars(ground),
        _desks(ground, settings),
    ]
    return distinct(together([part.sized(settings.rings.min_size, settings.rings.max_size) for part in found]))


def distinct(groups: Groups) -> Groups:
    """Each set of members once, in the first family that found it."""
    words = np.random.Generator(np.random.PCG64(0)).integers(1, 2**63, groups.people, np.uint64)
    mixed = words[groups.person]
    sums = np.add.reduceat(mixed, groups.start[:-1]) if len(groups) else mixed
    order = np.lexsort((np.arange(len(groups)), sums, groups.size))
    same = np.r_[False, (sums[order][1:] == sums[order][:-1]) & (groups.size[order][1:] == groups.size[order][:-1])]
    return groups.take(np.sort(order[~same[: len(order)]]))


def _of_labels(ground: Ground, labels: Ints, family: str) -> Groups:
    return Groups.of(ground.people, labels, np.arange(ground.people), FAMILIES.index(family))


def _usable(ground: Ground, types: tuple[str, ...], limit: int) -> Flags:
    users = user_counts(ground.shared)
    kinds = [THING_TYPES.index(name) for name in types]
    return np.isin(ground.shared.type, kinds) & (users > 1) & (users <= limit)


def _things(ground: Ground, family: str, types: tuple[str, ...], limit: int) -> Groups:
    """People joined by things of some types, however long the way; what is oversized is split."""
    use = _usable(ground, types, limit)
    thing = ground.shared.thing[use] + ground.people
    nodes = ground.people + int(ground.shared.thing.max(initial=-1)) + 1
    labels = joined(ground.shared.person[use], thing, nodes)[: ground.people]
    bits = np.uint8(sum(1 << THING_TYPES.index(name) for name in types))
    return _of_labels(ground, _fitting(ground, labels, ground.linked.where(ground.linked.types & bits > 0)), family)


def _fitting(ground: Ground, labels: Labels, linked: Links) -> Labels:
    """The same components, the oversized ones split into communities of their links."""
    settings = ground.settings
    oversized = np.bincount(labels, minlength=ground.people)[labels] > settings.rings.max_size
    inside = linked.where(oversized[linked.a] & oversized[linked.b])
    if not len(inside):
        return labels
    return np.where(oversized, communities(inside, settings=settings.rings, seed=settings.seed), labels)


def _one_thing(ground: Ground, family: str, types: tuple[str, ...]) -> Groups:
    """The users of each thing."""
    use = _usable(ground, types, ground.settings.links.hub_limit)
    return Groups.of(ground.people, ground.shared.thing[use], ground.shared.person[use], FAMILIES.index(family))


def _bursts(ground: Ground) -> Groups:
    """The people at an address in one stretch of time."""
    sessions = ground.sessions
    rows = np.flatnonzero(sessions.ip != NOTHING)
    rows = rows[np.lexsort((rows, sessions.ip[rows]))]
    ip, at = sessions.ip[rows], sessions.at[rows]
    new = np.r_[True, (ip[1:] != ip[:-1]) | (at[1:] - at[:-1] > BURST_US)][: len(rows)]
    return Groups.of(ground.people, np.cumsum(new), sessions.person[rows], FAMILIES.index("burst"))


def _linked(ground: Ground, settings: Settings) -> Groups:
    """Components of guarded links, the oversized ones split."""
    strong = guarded(ground.linked, min_weight=settings.rings.min_pair_weight)
    return _of_labels(ground, communities(strong, settings=settings.rings, seed=settings.seed), "links")


def _paid_back(ground: Ground) -> Groups:
    """The people whose money one organisation, or a middleman for it, gave back or answered with more."""
    back, through = ground.returns, ground.middlemen
    shop = np.concatenate([back.organisation, through.organisation, through.organisation])
    person = np.concatenate([back.person, through.person, through.middleman])
    return Groups.of(ground.people, shop, person, FAMILIES.index("payback"))


def _kept_back(ground: Ground) -> Groups:
    """The same, where something was kept each time."""
    back, through = ground.returns, ground.middlemen
    kept = np.flatnonzero((back.share >= LEAST) & (back.share <= KEPT))
    shop = np.concatenate([back.organisation[kept], through.organisation])
    person = np.concatenate([back.person[kept], through.person])
    return Groups.of(ground.people, shop, person, FAMILIES.index("payback"))


def _flowing(ground: Ground, money: Flows, family: str) -> Groups:
    """People joined by flows; payer, go-between and receiver belong together."""
    sent = money.transfers
    rows = np.unique(np.concatenate([money.came, money.went]))
    pairs = paired(ground.people, sent.payer[rows], sent.payee[rows])
    return _of_labels(ground, _fitting(ground, joined(pairs.a, pairs.b, ground.people), pairs), family)


def _repeated(money: Flows, people: int) -> Flows:
    """Flows between people who each have part in two at least: a victim pays once, a mule again and again."""
    sent = money.transfers
    rows = np.unique(np.concatenate([money.came, money.went]))
    parts = np.bincount(np.concatenate([sent.payer[rows], sent.payee[rows]]), minlength=people) >= 2
    keep = parts[sent.payer] & parts[sent.payee]
    return money.where(keep[money.came] & keep[money.went])


def _promised(ground: Ground) -> tuple[Groups, Groups]:
    """People joined by guarantees, and those who all answer for one another round a circle."""
    given, people = ground.promises, ground.people
    pairs = paired(people, given.guarantor, given.debtor)
    chain = _fitting(ground, joined(pairs.a, pairs.b, people), pairs)
    circle = joined(given.guarantor, given.debtor, people, directed=True)
    return _of_labels(ground, chain, "promise"), _of_labels(ground, circle, "promise")


def _stars(ground: Ground) -> Groups:
    """A person and all who name this person as contact or pay a fee soon after their loans."""
    client, head = ground.agents
    both = np.concatenate([client, head])
    return Groups.of(ground.people, np.concatenate([head, head]), both, FAMILIES.index("star"))


def _desks(ground: Ground, settings: Settings) -> Groups:
    """Device groups joined where one address saw both within a burst."""
    sessions = ground.sessions
    devices = _things(ground, "desk", ("device",), settings.links.hub_limit).sized(2, settings.rings.max_size)
    label = np.full(ground.people, NOBODY, np.int64)
    label[devices.person] = devices.number
    rows = np.flatnonzero((sessions.ip != NOTHING) & (label[sessions.person] != NOBODY))
    rows = rows[np.lexsort((rows, sessions.ip[rows]))]
    ip, at = sessions.ip[rows], sessions.at[rows]
    burst = np.cumsum(np.r_[True, (ip[1:] != ip[:-1]) | (at[1:] - at[:-1] > BURST_US)][: len(rows)])
    nodes = len(devices) + int(burst.max(initial=0)) + 1
    merged = joined(label[sessions.person[rows]], burst + len(devices), nodes)
    return Groups.of(ground.people, merged[label[devices.person]], devices.person, FAMILIES.index("desk"))
