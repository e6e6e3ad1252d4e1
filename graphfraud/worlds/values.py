"""Identifier values as people write them: one string a rank, never two alike, in more than one notation."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.worlds.recipe import Flags, Ints
from graphfraud.worlds.words import DISTRICTS, MAIL_HOSTS, STREETS, SYLLABLES, TOWNS

_NUMBERS: Final = 899_999_981
"""Prime, so that multiplying by the stride visits every number once."""
_STRIDE: Final = 314_159_265
_ID_WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS: Final = pa.array(list("10X98765432"))
_REGIONS: Final = 2500
_FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")

Notation = Callable[[Ints, Ints, Flags], pa.Array]


def _text(numbers: Ints) -> pa.Array:
    return pc.cast(pa.array(numbers), pa.string())


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _either(mask: Flags, yes: pa.Array, no: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(mask), yes, no)


def _scattered(rank: Ints) -> Ints:
    return (rank + 1) * _STRIDE % _NUMBERS + 100_000_000


def phone(rank: Ints, _: Ints, other: Flags) -> pa.Array:
    """Eleven digits of a mobile line, plain or with country code and spaces."""
    block = pc.take(pa.array(["13", "15", "17", "18", "19"]), pa.array(rank % 5))
    digits = _joined(block, _text(_scattered(rank // 5)))
    spaced = _joined(
        "+86 ",
        pc.utf8_slice_codeunits(digits, 0, 3),
        " ",
        pc.utf8_slice_codeunits(digits, 3, 7),
        " ",
        pc.utf8_slice_codeunits(digits, 7, 11),
    )
    return _either(other, spaced, digits)


def card(rank: Ints, _: Ints, other: Flags) -> pa.Array:
    """Sixteen or nineteen digits with the Luhn check, plain or in blocks of four."""
    long = rank % 3 != 0
    body = 6_200_000_000_000 + rank % 40 * 10_000_000_000 + _scattered(rank)
    body = np.where(long, body * 100_000 + rank % 89_999 + 10_000, body * 100 + rank % 90 + 10)
    digits = _text(body * 10 + _luhn(body))
    blocks: list[pa.Array | str] = []
    for start in range(0, 19, 4):
        blocks += [pc.utf8_slice_codeunits(digits, start, start + 4), " "]
    return _either(other, pc.utf8_trim(_joined(*blocks), " "), digits)


def _luhn(body: Ints) -> Ints:
    total, rest = np.zeros_like(body), body.copy()
    for place in range(18):
        digit = rest % 10 * (2 - place % 2)
        total += digit // 10 + digit % 10
        rest //= 10
    return -total % 10


def national_id(rank: Ints, birth_day: Ints, _: Flags) -> pa.Array:
    """Region, date of birth, number of the day and check character: eighteen places."""
    region = 110_101 + rank % _REGIONS * 217
    birth = birth_day.astype("datetime64[D]")
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    month = birth.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (birth - birth.astype("datetime64[M]")).astype(np.int64) + 1
    body = ((region * 10_000 + year) * 10_000 + month * 100 + day) * 1000 + rank // _REGIONS % 999 + 1
    digits = body[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    check = (digits * _ID_WEIGHTS).sum(axis=1) % 11
    return _joined(_text(body), pc.take(_ID_CHECKS, pa.array(check)))


def address(rank: Ints, _: Ints, other: Flags) -> pa.Array:
    """Town, district, street, house and flat; digits in either width."""
    rest = rank
    words: list[pa.Array | str] = []
    for vocabulary in (TOWNS, DISTRICTS, STREETS):
        words.append(pc.take(pa.array(list(vocabulary)), pa.array(rest % len(vocabulary))))
        rest = rest // len(vocabulary)
    for unit, limit in (("号", 240), ("幢", 30), ("单元", 6)):
        words += [_text(rest % limit + 1), unit]
        rest = rest // limit
    plain = _joined(*words, _text(101 + rest), "室")
    wide = plain
    for narrow, full in zip("0123456789", "0123456789".translate(_FULL_WIDTH), strict=True):
        wide = pc.replace_substring(wide, narrow, full)
    return _either(other, wide, plain)


def email(rank: Ints, _: Ints, other: Flags) -> pa.Array:
    """Two syllables, a number and a host; capitals do not matter."""
    syllables = pa.array(list(SYLLABLES))
    rest = rank // len(SYLLABLES)
    local = _joined(
        pc.take(syllables, pa.array(rank % len(SYLLABLES))),
        ".",
        pc.take(syllables, pa.array(rest % len(SYLLABLES))),
        _text(rest // len(SYLLABLES) + 10),
    )
    plain = _joined(local, "@", pc.take(pa.array(list(MAIL_HOSTS)), pa.array(rank % len(MAIL_HOSTS))))
    return _either(other, pc.utf8_title(plain), plain)


NOTATIONS: Final[Mapping[str, Notation]] = {
    "phone": phone,
    "card": card,
    "address": address,
    "national_id": national_id,
    "email": email,
}
"""How to write each kind of identifier: from rank, birth day of the owner, and whether in the other notation."""
