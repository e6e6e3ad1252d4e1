import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.schema import IDENTIFIER_KINDS
from graphfraud.worlds.values import NOTATIONS, card, national_id, phone

RANKS = st.lists(st.integers(0, 2_000_000), min_size=1, max_size=50, unique=True).map(lambda ranks: np.array(ranks))


def written(kind: str, ranks: np.ndarray, *, other: bool) -> list[str]:
    return NOTATIONS[kind](ranks, np.full(len(ranks), 9000), np.full(len(ranks), other)).to_pylist()


@pytest.mark.parametrize("kind", IDENTIFIER_KINDS)
@given(ranks=RANKS)
def test_no_two_values_are_alike(kind: str, ranks: np.ndarray) -> None:
    assert len(set(written(kind, ranks, other=False))) == len(ranks)


@pytest.mark.parametrize("kind", IDENTIFIER_KINDS)
def test_a_hundred_thousand_values_differ(kind: str) -> None:
    values = NOTATIONS[kind](np.arange(100_000), np.full(100_000, 9000), np.zeros(100_000, bool))
    assert len(pa.array(values).unique()) == 100_000


@given(RANKS)
def test_both_notations_mean_the_same(ranks: np.ndarray) -> None:
    for kind in IDENTIFIER_KINDS:
        plain, other = (
            [unicodedata.normalize("NFKC", value).replace(" ", "").lower() for value in written(kind, ranks, other=way)]
            for way in (False, True)
        )
        assert plain == [value.removeprefix("+86") for value in other]


@given(RANKS)
def test_phones_cards_and_documents_have_their_form(ranks: np.ndarray) -> None:
    plain = np.zeros(len(ranks), bool)
    assert all(len(value) == 11 and value[0] == "1" for value in phone(ranks, ranks, plain).to_pylist())
    for value in card(ranks, ranks, plain).to_pylist():
        assert len(value) in (16, 19)
        digits = [int(digit) for digit in reversed(value)]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
        assert (sum(digits[::2]) + sum(doubled)) % 10 == 0
    for value in national_id(ranks, np.full(len(ranks), 10_957), plain).to_pylist():
        assert value[6:14] == "20000101"
        weights = [2 ** (17 - place) % 11 for place in range(18)]
        last = 10 if value[17] == "X" else int(value[17])
        total = sum(int(digit) * weight for digit, weight in zip(value[:17], weights, strict=False)) + last
        assert total % 11 == 1
