"""Every setting, its default and its digest: one frozen record, read from TOML once at the edge."""

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from graphfraud.errors import UsageError

DAY_US: Final = 86_400_000_000
"""Microseconds in a day."""
HOUR_US: Final = 3_600_000_000
"""Microseconds in an hour."""


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the configuration file; an unknown word in it is an error."""


class TypeWeights(_Section, frozen=True):
    """Weight of one shared thing of a type before rarity."""

    national_id: float = 6.0
    card: float = 4.0
    phone: float = 3.0
    device: float = 2.5
    email: float = 2.0
    address: float = 1.0
    ip: float = 0.5

    def of(self, name: str) -> float:
        """Weight of a type by its name."""
        weight: float = getattr(self, name)
        return weight


class LinkSettings(_Section, frozen=True):
    """How shared things become weighted links between people."""

    window_days: int = 180
    """Shared use counts when both used the thing within so many days before the as-of."""
    hub_limit: int = 60
    """A thing with more distinct owners than this ties nobody to anybody."""
    type_weights: TypeWeights = TypeWeights()


class RingSettings(_Section, frozen=True):
    """Which groups of linked people are reported as rings."""

    min_size: int = 3
    max_size: int = 60
    """A larger component of links is split by Leiden (CPM); of other evidence it is no candidate."""
    min_pair_weight: float = 1.0
    """A pair weaker than this is dropped unless two types of evidence hold it."""
    resolution: float = 0.5
    """CPM resolution inside oversized components, in units of ``min_pair_weight``."""
    max_q: float = 0.05
    """Share of false discoveries tolerated among reported rings (Benjamini-Hochberg)."""
    min_score: float = 0.8
    """Rings below this are not reported."""
    acted_score: float = 0.85
    """From this score on a ring is reported though chance could explain its ties, if most members acted at one time."""
    sure_score: float = 0.95
    """From this score on it is reported though nobody acted at one time either."""
    pattern_score: float = 0.5
    """Patterns of payments between accounts below this are not reported."""
    dealings_score: float = 0.75
    """Nor are patterns of payments between people below this, where no accounts are named."""
    piece_score: float = 0.3
    """Candidates that score at least so much may be pieces of one ring."""
    flow_days: int = 3
    """Money that a person passes on within so many days is a flow."""
    flow_share: float = 0.85
    """At least this share of what came must go on."""
    flow_surprise: float = 3.0
    """Decimal logarithm of how much rarer than chance a flow must be."""


class ScoreSettings(_Section, frozen=True):
    """Which card scores people."""

    card: str = ""
    """Path of a card file; empty: the active one of ``graphfraud card activate``, else the one that ships."""
    consent_purposes: tuple[str, ...] = ("credit_assessment", "credit_scoring", "credit")
    """A consent to one of these is a consent to a credit assessment."""


class RunSettings(_Section, frozen=True):
    """How a night is kept; none of it changes a published table."""

    retention_days: int = 90
    keep_runs: int = 3
    """So many published runs stay however old they are."""
    lease_seconds: int = 60


class Settings(_Section, frozen=True):
    """The whole configuration.

    >>> Settings().zone
    'Asia/Shanghai'
    """

    zone: str = "Asia/Shanghai"
    seed: int = 20260101
    large_payment_yuan: int = 10_000
    night_start_hour: int = 23
    night_end_hour: int = 6
    links: LinkSettings = LinkSettings()
    rings: RingSettings = RingSettings()
    score: ScoreSettings = ScoreSettings()
    runs: RunSettings = RunSettings()

    def digest(self) -> str:
        """SHA-256 over all that can change a published table; ``runs`` and the card's path are left out."""
        content = msgspec.to_builtins(self)
        del content["runs"], content["score"]["card"]
        return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def read_settings(path: Path | None) -> Settings:
    """Settings from a TOML file, or the defaults.

    Raises:
        UsageError: the file is absent, is not TOML, or holds a word or value that is not a setting.
    """
    if path is None:
        return Settings()
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Settings)
    except OSError as error:
        raise UsageError(
            f"the configuration cannot be read ({error.strerror})",
            where=str(error.filename or path),
            cure="give another --config",
        ) from error
    except (msgspec.DecodeError, ValueError) as error:
        raise UsageError(
            f"the configuration is not valid ({error})",
            where=str(path),
            cure="correct it as docs/settings.md describes",
        ) from error
