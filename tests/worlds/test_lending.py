import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.settings import DAY_US
from graphfraud.worlds.lending import Book, lent
from graphfraud.worlds.recipe import AS_OF_US
from graphfraud.worlds.sheets import gathered

LOAN = st.tuples(st.integers(1, 900), st.sampled_from([3, 6, 12, 24]), st.integers(0, 24), st.integers(0, 19))


def book(loans: list[tuple[int, int, int, int]]) -> Book:
    days, months, stops, late = np.array(loans, np.int64).T
    number = np.arange(len(loans))
    return Book(
        loan=number,
        person=number,
        lender=number % 3,
        principal=np.full(len(loans), 1_000_000),
        opened_at=AS_OF_US - days * DAY_US,
        months=months,
        stops=np.minimum(stops, months),
        late=late,
    )


@given(st.lists(LOAN, min_size=1, max_size=20))
def test_what_is_owed_and_what_was_paid_make_the_principal(loans: list[tuple[int, int, int, int]]) -> None:
    made = book(loans)
    sheets = lent(np.random.default_rng(1), made)
    paid = gathered(sheets, "repayments")
    total = np.bincount(paid["loan_id"], paid["amount"], minlength=len(loans))
    owed = made.outstanding(np.full(len(loans), AS_OF_US))
    assert (np.abs(total + owed - made.principal) <= 1).all()
    assert (paid["at"] <= AS_OF_US).all()
    assert ((made.closed_at < 0) | (owed == 0)).all()


def test_days_past_due_start_when_the_first_unpaid_instalment_falls_due() -> None:
    made = book([(30, 12, 0, 0), (31, 12, 0, 0), (95, 12, 1, 0), (95, 12, 12, 0), (900, 3, 3, 0)])
    assert made.days_past_due(np.full(5, AS_OF_US)).tolist() == [0, 1, 35, 0, 0]
    assert made.paid_by(np.full(5, AS_OF_US)).tolist() == [0, 0, 1, 3, 3]
    assert (made.closed_at >= 0).tolist() == [False, False, False, False, True]
