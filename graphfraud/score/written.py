"""A card as the text of a card file, so that what was fitted or changed can be read, kept and compared."""

import json
from collections.abc import Iterator, Sequence

import msgspec

from graphfraud.score.entries import Card, Entry, Part, Tier


def written(card: Card, head: str) -> str:
    """The card as TOML under a head of comment lines; reading it again gives the same card.

    Cost: one pass over the entries.
    """
    lines = [*(f"# {line}".rstrip() for line in head.splitlines()), "", f"version = {_text(card.label)}", ""]
    lines += ["[decision]", *_plain(card.decision), "", "[change]", *_plain(card.change), ""]
    if card.calibration.scores:
        lines += ["[calibration]", *_plain(card.calibration), ""]
    for cap in card.caps:
        lines += ["[[caps]]", *_plain(cap), ""]
    for name, tier in card.tiers.items():
        lines += [f"[tiers.{name}]", *_tier(tier), ""]
    for name, part in card.parts.items():
        lines += [f"[parts.{name}]", *_part(part), ""]
        for feature in card.of_part(name):
            lines += [f"[features.{feature}]", *_entry(card.features[feature]), ""]
    return "\n".join(lines)


def _plain(record: msgspec.Struct) -> Iterator[str]:
    for name, value in msgspec.structs.asdict(record).items():
        yield f"{name} = {_value(value)}"


def _tier(tier: Tier) -> Iterator[str]:
    for name, value in msgspec.structs.asdict(tier).items():
        if isinstance(value, dict):
            if value:
                yield f"{name} = {{ {', '.join(f'{key} = {_value(item)}' for key, item in value.items())} }}"
        elif value != ():
            yield f"{name} = {_value(value)}"


def _part(part: Part) -> Iterator[str]:
    for name, value in msgspec.structs.asdict(part).items():
        if value != ():
            yield f"{name} = {_value(value)}"


def _entry(entry: Entry) -> Iterator[str]:
    yield f"part = {_text(entry.part)}"
    yield f"direction = {_text(entry.direction)}"
    if entry.edges:
        yield f"edges = {_value(entry.edges)}"
    yield f"points = {_value(entry.points)}"
    if entry.missing:
        yield f"missing = {_value(entry.missing)}"
    reason = entry.reason
    yield f"reason = {{ code = {_text(reason.code)}, zh = {_text(reason.zh)}, en = {_text(reason.en)} }}"


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return repr(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML string
