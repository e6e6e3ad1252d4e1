"""Money: what passes between the members of a group."""

from typing import Final

import numpy as np

from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import ByPerson, Flags, Floats, Groups, Ints, Rows, joined
from graphfraud.rings.meeting import LATELY_DAYS, spread_days

ROUND_FEN: Final = 10_000


def terms(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Terms of payments."""
    return {**_flowing(ground, groups), **_between(ground, groups)}


def _flowing(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Money passed on among the members: by how many, again and again, back to the start, less each time."""
    money, sent = ground.flows, ground.flows.transfers
    middle = sent.payee[money.came]
    group, flow = ByPerson.of(middle, ground.people).rows(groups)
    inside = groups.has(group, sent.payer[money.came[flow]]) & groups.has(group, sent.payee[money.went[flow]])
    group, flow = group[inside], flow[inside]
    kept = 1.0 - sent.fen[money.went] / np.maximum(sent.fen[money.came], 1)
    taking = (kept > 0.0005) & (kept < 0.1)
    times = np.bincount(group, minlength=len(groups))
    passed = groups.share(group, middle[flow])
    return {
        "RG-FLOW": passed,
        "RG-FLOW-MANY": np.clip((times - 1) / 6.0, 0.0, 1.0),
        "RG-FLOW-AGAIN": _several(groups, group, middle[flow]),
        "RG-FLOW-TAKES": np.bincount(group, weights=taking[flow], minlength=len(groups)) / np.maximum(times, 1),
        "RG-FLOW-RARE": np.bincount(group, weights=money.surprise[flow], minlength=len(groups))
        / np.maximum(times, 1)
        / 6.0,
        "RG-ROUND": _round(ground, groups, group, flow),
    }


def _several(groups: Groups, group: Rows, person: Ints) -> Floats:
    """Share of members who appear at least twice."""
    key, count = np.unique(group * max(groups.people, 1) + person, return_counts=True)
    twice = key[count >= 2]
    return np.bincount(twice // max(groups.people, 1), minlength=len(groups)) / np.maximum(groups.size, 1)


def _round(ground: Ground, groups: Groups, group: Rows, flow: Rows) -> Floats:
    """Share of members on a way of flows that ends where it began (a strong component inside the group)."""
    money, sent = ground.flows, ground.flows.transfers
    nodes = len(groups.person)
    transfer, ring = np.concatenate([money.came[flow], money.went[flow]]), np.concatenate([group, group])
    a, b = (groups.place(ring, end[transfer]) for end in (sent.payer, sent.payee))
    label = joined(a, b, nodes, directed=True)
    round_trip = np.bincount(label, minlength=nodes)[label] >= 3
    return np.bincount(groups.number[round_trip], minlength=len(groups)) / np.maximum(groups.size, 1)


def _between(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Ordinary dealings among the members, and all of them with one."""
    sent = ground.flows.transfers
    index = ByPerson.of(sent.payer, ground.people)
    group, row = index.rows(groups)
    inside = groups.has(group, sent.payee[row])
    group, row = group[inside], row[inside]
    people = np.maximum(groups.size, 1)
    client, agent = ground.agents
    to_agent, fee = ByPerson.of(client, ground.people).rows(groups)
    named = groups.has(to_agent, agent[fee])
    return {
        "RG-ONE-PAYEE": _to_one(groups, group, sent.payer[row], sent.payee[row]),
        "RG-AGENT": _to_one(groups, to_agent[named], client[fee[named]], agent[fee[named]]),
        "RG-PAY-BURST": _pay_burst(ground, groups, group, row),
        "RI-TRADE": np.clip(np.bincount(group, minlength=len(groups)) / people / 5.0, 0.0, 1.0),
        "RI-BOTH-WAYS": _both_ways(groups, group, sent.payer[row], sent.payee[row]),
        "RI-ROUND-SUMS": _rows_share(group, sent.fen[row] % ROUND_FEN != 0, len(groups)),
    }


def _rows_share(group: Rows, flag: Flags, groups: int) -> Floats:
    return np.bincount(group, weights=flag, minlength=groups) / np.maximum(np.bincount(group, minlength=groups), 1)


def _to_one(groups: Groups, group: Rows, source: Ints, target: Ints) -> Floats:
    """Largest share of members that have this to do with one member."""
    rows = np.unique(np.stack([group, target.astype(np.int64), source.astype(np.int64)]), axis=1)
    places, count = np.unique(rows[:2], axis=1, return_counts=True)
    most = np.zeros(len(groups))
    np.maximum.at(most, places[0], count)
    return most * (most >= 2) / np.maximum(groups.size - 1, 1)


def _pay_burst(ground: Ground, groups: Groups, group: Rows, row: Rows) -> Floats:
    """How close in time the members pay each other, as for meetings; 0 for fewer than three payments."""
    at = ground.flows.transfers.at[row]
    several = np.bincount(group, minlength=len(groups)) >= 3
    return several / (1.0 + spread_days(group, at, len(groups)) / LATELY_DAYS)


def _both_ways(groups: Groups, group: Rows, source: Ints, target: Ints) -> Floats:
    """Share of the paying pairs of members that pay in both directions."""
    low, high = np.minimum(source, target).astype(np.int64), np.maximum(source, target).astype(np.int64)
    ways = np.unique(np.stack([group, low, high, (source > target).astype(np.int64)]), axis=1)
    pairs, count = np.unique(ways[:3], axis=1, return_counts=True)
    return _rows_share(pairs[0], count > 1, len(groups))
