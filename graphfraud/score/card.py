"""Reading a score card: one TOML file, checked whole before anybody is scored with it."""

import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from graphfraud.errors import CardError
from graphfraud.score.checks import Source, check
from graphfraud.score.entries import Calibration, Cap, Card, Change, Decision, Entry, Part, Tier

__all__ = ["SHIPPED", "Card", "read_card"]

SHIPPED: Final = Path(__file__).with_name("card.toml")
WORDS: Final = ("version", "decision", "caps", "tiers", "parts", "features", "calibration", "change")

T = TypeVar("T")


def read_card(path: Path | None) -> Card:
    """The card in a file, or the one that ships with the package, checked whole.

    >>> read_card(None).parts["payment"].weight
    40.0

    Raises:
        CardError: the file cannot be read, an entry has an unknown or missing word, or
            the entries contradict each other; it names the file, the line and the entry.
    """
    path = path or SHIPPED
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CardError(f"the card cannot be read ({error})", where=str(path), cure="give another card") from error
    return parsed(text, path.name)


def parsed(text: str, name: str = "card.toml") -> Card:
    """The card in a text, checked whole; ``name`` is what errors call it.

    Raises:
        CardError: as :func:`read_card`.
    """
    source = Source(name, text)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise source.error(f"the card is not TOML: {error}", cure="correct the line that is named") from error
    card = _card(content, source)
    check(card, source)
    return card


def _card(content: dict[str, Any], source: Source) -> Card:
    for word in content:
        if word not in WORDS:
            raise source.error(f"unknown word {word}", word, cure=f"use only {', '.join(WORDS)}")
    return Card(
        label=_one(content.get("version"), str, source, "version"),
        parts=dict(_many(content, "parts", Part, source)),
        features=dict(_many(content, "features", Entry, source)),
        tiers=dict(_many(content, "tiers", Tier, source)),
        decision=_one(content.get("decision"), Decision, source, "decision"),
        caps=tuple(_one(cap, Cap, source, "caps") for cap in content.get("caps", [])),
        digest=hashlib.sha256(source.text.encode()).hexdigest(),
        calibration=_one(content.get("calibration", {}), Calibration, source, "calibration"),
        change=_one(content.get("change", {}), Change, source, "change"),
        text=source.text,
    )


def _many(content: dict[str, Any], word: str, kind: type[T], source: Source) -> Iterator[tuple[str, T]]:
    entries = _one(content.get(word), dict[str, Any], source, word)
    for name, value in entries.items():
        yield name, _one(value, kind, source, word, name)


def _one(value: object, kind: type[T], source: Source, *entry: str) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise source.error(
            f"the entry cannot be understood: {error}", *entry, cure="use the words that the head of card.toml explains"
        ) from error
