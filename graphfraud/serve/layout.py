"""How the features asked for are written: prepared once a run and selection, filled for each person.

A person's values become pieces of JSON that are set into a template; no record, no
dictionary and no encoder stands between the matrix and the bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from graphfraud.serve.answers import Entry, Status

KEPT: Final = 64
"""Selections that a view remembers."""

_NO_FLAG: Final = 2
_NO_NUMBER: Final = -(2**53)
"""One below every whole number that serving files carry."""
_NO_NUMBER_TEXT: Final = str(_NO_NUMBER).encode()

Matrix = npt.NDArray[np.float64]
Slots = tuple[int, ...]
Cast = Callable[[float], int | float | bool]
CASTS: Final[dict[str, Cast]] = {"int": int, "float": float, "bool": bool}


@dataclass(frozen=True, slots=True)
class Layout:
    """The features asked for, in their order, as pieces of text between which the values stand."""

    slots: tuple[int, ...]
    casts: tuple[tuple[int, Cast], ...]
    """Places whose values are whole numbers or flags."""
    pieces: tuple[bytes, ...]
    """One before each value and one behind the last, with a gap of no text between two."""
    missing: tuple[bytes, ...]
    """The piece behind each value where that is null."""
    whole: bool
    """Whether these are all features, in the order of the matrix."""

    def features(self, values: list[float]) -> bytes:
        """The object of one person's features; ``values`` is used up. Cost: about 0.15 µs a value."""
        chosen: list[Any] = values if self.whole else [values[slot] for slot in self.slots]
        if not chosen:
            return b"{}"  # what is not there has no text either
        for place, cast in self.casts:
            value = chosen[place]
            if value == value:  # only NaN, which says missing, differs from itself
                chosen[place] = cast(value)
        return self.filled(orjson.dumps(chosen)[1:-1].split(b","))  # NaN becomes null

    def filled(self, texts: Sequence[bytes]) -> bytes:
        """The object of one person's features from the text of each value."""
        parts = list(self.pieces)
        parts[1::2] = texts
        place = -1
        for _ in range(texts.count(b"null")):
            place = texts.index(b"null", place + 1)
            parts[2 * place + 2] = self.missing[place]
        return b"".join(parts)


def layout(catalogue: Sequence[Entry], slots: Sequence[int], status: Status, as_of: str) -> Layout:
    """The layout of the features at these places of the catalogue, their values being present or stale."""
    heads = [orjson.dumps(catalogue[slot].name) + b':{"value":' for slot in slots]
    follow = [b"," + head for head in heads[1:]] + [b"}"]
    as_of_text = b',"as_of":' + orjson.dumps(as_of) + b"}"
    known, missing = (
        [b',"status":' + orjson.dumps(said) + as_of_text + after for after in follow] for said in (status, "missing")
    )
    pieces = [b"{" + b"".join(heads[:1]), *(part for piece in known for part in (b"", piece))]
    casts = ((place, CASTS[catalogue[slot].dtype]) for place, slot in enumerate(slots))
    return Layout(
        slots=tuple(slots),
        casts=tuple((place, cast) for place, cast in casts if cast is not float),
        pieces=tuple(pieces) if heads else (b"{}",),
        missing=tuple(missing),
        whole=tuple(slots) == tuple(range(len(catalogue))),
    )


def json_columns(block: Matrix, dtypes: Sequence[str]) -> list[bytes]:
    """Each row of a block, which is a feature of many people, as a JSON array; null where NaN.

    Cost: about 10 ns a whole number or flag, 40 ns a float of 17 digits.
    """
    found = [b"[]"] * len(block)
    for kind, written in (("float", _floats), ("int", _whole_numbers), ("bool", _flags)):
        places = [place for place, dtype in enumerate(dtypes) if dtype == kind]
        if places and block.shape[1]:
            for place, text in zip(places, written(block[places])[2:-2].split(b"],["), strict=True):
                found[place] = b"[%b]" % text
    return found


def _floats(block: Matrix) -> bytes:
    return orjson.dumps(block, option=orjson.OPT_SERIALIZE_NUMPY)


def _whole_numbers(block: Matrix) -> bytes:
    numbers = np.where(np.isnan(block), _NO_NUMBER, block).astype(np.int64)
    return orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY).replace(_NO_NUMBER_TEXT, b"null")


def _flags(block: Matrix) -> bytes:
    codes = np.where(np.isnan(block), _NO_FLAG, block).astype(np.uint8)
    text = orjson.dumps(codes, option=orjson.OPT_SERIALIZE_NUMPY)
    return text.replace(b"0", b"false").replace(b"1", b"true").replace(b"2", b"null")
