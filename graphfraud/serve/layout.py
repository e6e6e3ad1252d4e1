"""How the features asked for are written: prepared once a run and selection, filled for each person.

A person's values become pieces of JSON that are set into a template; no record, no
dictionary and no encoder stands between the matrix and the bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from graphfraud.serve.answers import Entry, Status

KEPT: Final = 64
"""Selections that a view remembers."""
_STATUS: Final[dict[Status, bytes]] = {
    "present": b',"status":"present"',
    "stale": b',"status":"stale"',
    "missing": b',"status":"missing"',
}
_MISSING: Final = b"null" + _STATUS["missing"]

Slots = Sequence[int]
Cast = Callable[[float], int | float | bool]


@dataclass(frozen=True, slots=True)
class Layout:
    """The features asked for, in their order: ``template`` has one gap for each value and its status."""

    slots: tuple[int, ...]
    casts: tuple[Cast, ...]
    template: bytes
    whole: bool
    """Whether these are all features, in the order of the matrix."""

    def features(self, values: list[float], status: Status) -> bytes:
        """The object of one person's features. Cost: about 0.15 µs a value."""
        chosen = values if self.whole else [values[slot] for slot in self.slots]
        if not chosen:
            return b"{}"
        # Only NaN differs from itself, and NaN says missing.
        known = [cast(value) if value == value else None for cast, value in zip(self.casts, chosen, strict=True)]
        end = _STATUS[status]
        text = orjson.dumps(known)[1:-1].replace(b",", end + b"\n") + end
        if None in known:
            text = text.replace(b"null" + end, _MISSING)
        return self.template % tuple(text.split(b"\n"))


def layout(catalogue: Sequence[Entry], casts: Sequence[Cast], slots: Slots, as_of: str) -> Layout:
    """The layout of the features at these places of the catalogue."""
    gaps = (
        orjson.dumps(catalogue[slot].name) + b':{"value":\n,"as_of":' + orjson.dumps(as_of) + b"}" for slot in slots
    )
    template = (b"{" + b",".join(gaps) + b"}").replace(b"%", b"%%").replace(b"\n", b"%b")
    return Layout(
        tuple(slots), tuple(casts[slot] for slot in slots), template, tuple(slots) == tuple(range(len(catalogue)))
    )
