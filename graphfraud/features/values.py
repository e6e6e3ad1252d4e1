"""A feature's values: one float64 a person, NaN where nothing is known."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Index = npt.NDArray[np.integer]


def unknown(people: int) -> Values:
    """Nothing known about anybody, as when the source table is absent."""
    return np.full(people, np.nan)


def tally(person: Index, people: int) -> Values:
    """How many rows each person has."""
    return np.bincount(person, minlength=people).astype(np.float64)


def total(person: Index, amount: npt.NDArray[np.number], people: int) -> Values:
    """Sum of an amount for each person; whole numbers up to 2^53 stay exact."""
    return np.asarray(np.bincount(person, weights=amount, minlength=people), dtype=np.float64)


def distinct(person: Index, other: Index, people: int) -> Values:
    """How many different others each person's rows name."""
    return tally(_pairs(person, other)[0], people)


def largest(person: Index, value: npt.NDArray[np.number], people: int) -> Values:
    """Largest value of each person; NaN for people without a row."""
    result = np.full(people, -np.inf)
    np.maximum.at(result, person, value)
    result[np.isneginf(result)] = np.nan
    return result


def most_with_one(person: Index, other: Index, amount: npt.NDArray[np.number], people: int) -> Values:
    """Largest sum of an amount that each person's rows give to one other; NaN for people without a row."""
    firsts, _, group = _pairs(person, other)
    return largest(firsts, np.bincount(group, weights=amount, minlength=len(firsts)), people)


def share(part: Values, whole: Values) -> Values:
    """Part of a whole; NaN where the whole is nothing."""
    return np.asarray(np.divide(part, whole, out=unknown(len(whole)), where=whole > 0))


def _pairs(person: Index, other: Index) -> tuple[Index, Index, Index]:
    """Distinct pairs and the pair of each row."""
    width = int(other.max(initial=0)) + 2
    keys, group = np.unique(person.astype(np.int64) * width + other + 1, return_inverse=True)
    return keys // width, keys % width - 1, group
