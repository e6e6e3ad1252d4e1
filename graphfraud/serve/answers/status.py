"""Shapes of /catalog, /healthz and /readyz."""

from typing import Literal

import msgspec

from graphfraud.serve.answers.common import Identity


class Entry(msgspec.Struct, frozen=True):
    """One feature of the catalogue; ``as_loaded`` marks values that no observation time bounds."""

    name: str
    part: str
    dtype: Literal["int", "float", "bool"]
    unit: str
    meaning: str
    tables: list[str]
    as_loaded: bool
    structural: bool


class KnownRun(msgspec.Struct, frozen=True):
    """A run on the disk."""

    run_id: str
    as_of: str
    current: bool


class Catalogue(Identity, frozen=True, kw_only=True):
    """What every feature means, and which runs there are, the newest first."""

    as_of: str
    features: list[Entry]
    runs: list[KnownRun]


class Health(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(Identity, frozen=True, kw_only=True):
    """A run is published and open."""

    status: Literal["ready"] = "ready"
