"""Gaps: what is missing between two chains of suspects is found, and only there."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphfraud.rings.bond import BONDS
from graphfraud.rings.gaps import BY_CHANCE, LEAST, WINDOW_US, gaps
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Groups
from graphfraud.rings.terms import TERMS
from tests.rings.grounds import ground_of, paid
from tests.tables import day, people

NAMES = "abcdefgh"


def tied(ground: Ground, groups: Sequence[str], kind: str, names: str = NAMES) -> set[str]:
    """Pairs over gaps when these groups are promising, all of them held by one kind of evidence."""
    number = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    person = np.array([names.index(name) for group in groups for name in group])
    found = {term.code: np.zeros(len(groups)) for term in TERMS}
    found |= {code: np.ones(len(groups)) for code in BONDS[kind]}
    over = gaps(ground, Groups.of(len(names), number, person, 0), found)
    return {"".join(sorted((names[a], names[b]))) for a, b in zip(over.a.tolist(), over.b.tolist(), strict=True)}


CHAIN = [
    ("a", "b", 1_000_000, 10.0),
    ("b", "c", 980_000, 10.1),
    # what c sent to d is on nobody's record
    ("d", "e", 941_000, 10.3),
    ("e", "f", 922_000, 10.4),
    ("g", "h", 300, 1.0),
]


def test_a_missing_payment_ties_who_kept_to_who_paid_out_of_nothing() -> None:
    ground = ground_of({"people": people(*NAMES), "payments": paid(CHAIN)})
    assert tied(ground, ["abc", "def"], "flow") == {"cd"}
    assert tied(ground, ["abc", "def"], "device") == set()
    assert tied(ground, ["abc"], "flow") == set()


def test_more_than_came_or_much_later_is_no_missing_payment() -> None:
    more = [(*row[:2], 2_000_000 if row[0] in "de" else row[2], row[3]) for row in CHAIN]
    later = [(*row[:3], row[3] + 30 if row[0] in "de" else row[3]) for row in CHAIN]
    for rows in (more, later):
        ground = ground_of({"people": people(*NAMES), "payments": paid(rows)})
        assert tied(ground, ["abc", "def"], "flow") == set()


PAYMENTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 30), st.integers(0, 60)), max_size=25
)


@settings(max_examples=60, deadline=None)
@given(PAYMENTS, st.sets(st.sampled_from(NAMES), min_size=3))
def test_missing_payments_agree_with_a_slow_search(rows: list[tuple[str, str, int, int]], some: set[str]) -> None:
    ground = ground_of({"people": people(*NAMES), "payments": paid([(a, b, fen, at / 4) for a, b, fen, at in rows])})
    flows, sent = ground.flows, ground.flows.transfers
    rows_of = list(zip(sent.payer.tolist(), sent.payee.tolist(), sent.fen.tolist(), sent.at.tolist(), strict=True))
    inside = [i for i, row in enumerate(rows_of) if {NAMES[row[0]], NAMES[row[1]]} <= some]
    stayed = [rows_of[i] for i in inside if i not in flows.came]
    unfunded = [rows_of[i] for i in inside if i not in flows.went]
    span = max([row[3] for row in rows_of], default=0) - min([row[3] for row in rows_of], default=0)
    wanted = set()
    for _, kept_by, came, since in stayed:
        for payer, _, went, at in unfunded:
            near = np.log(came / went) + 0.005
            chance = len(unfunded) * (at - since) / max(span, WINDOW_US) * near / 2.0
            if 0 < at - since <= WINDOW_US and LEAST * came <= went <= came and chance <= BY_CHANCE["flow"]:
                wanted.add("".join(sorted((NAMES[kept_by], NAMES[payer]))))
    assert tied(ground, ["".join(sorted(some))], "flow") == {pair for pair in wanted if pair[0] != pair[1]}


def promises(*given: tuple[str, float]) -> Ground:
    rows = [{"guarantor_id": pair[0], "person_id": pair[1], "at": day(at)} for pair, at in given]
    return ground_of({"people": people(*NAMES), "guarantees": rows})


def test_two_chains_of_promises_of_the_same_days_fit_together_end_to_beginning() -> None:
    near = promises(("ab", 10.0), ("bc", 10.5), ("de", 11.0), ("ef", 11.5), ("gh", 1.0))
    assert tied(near, ["abc", "def"], "promise") == {"cd", "af"}
    assert tied(near, ["abc", "def"], "flow") == set()
    far = promises(("ab", 10.0), ("bc", 10.5), ("de", 81.0), ("ef", 81.5), ("gh", 1.0))
    assert tied(far, ["abc", "def"], "promise") == set()


def test_a_round_that_is_closed_lacks_nothing() -> None:
    closed = promises(("ab", 10.0), ("bc", 10.5), ("ca", 10.7), ("de", 11.0), ("ed", 11.5), ("gh", 1.0))
    assert tied(closed, ["abc", "de"], "promise") == set()
