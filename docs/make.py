"""Writes the reference pages that derive from the code: ``python docs/make.py`` rewrites them all.

A test fails when a page differs from what this file would write.
"""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec

from graphfraud import settings
from graphfraud.features.catalogue import CATALOGUE, Feature
from graphfraud.investigate.library import library
from graphfraud.investigate.parameters import Parameter
from graphfraud.publish.alerts import PERSON_RULES
from graphfraud.schema import TABLES, Column, Kind, Moment, Table
from graphfraud.score.card import read_card
from graphfraud.score.entries import PARTS
from graphfraud.score.rules import RULES

HERE: Final = Path(__file__).parent
GENERATED: Final = "<!-- Written by docs/make.py; change the code it reads, then run it again. -->\n"
PART_NAMES: Final = {
    "social": "Social relation chain",
    "payment": "Payment behaviour",
    "credit": "Credit history",
    "device": "Device fingerprint",
}
KINDS: Final[Mapping[Kind, str]] = {
    Kind.ID: "opaque text of 1 to 128 characters; kept as it is",
    Kind.TEXT: "free text of at most 4,000 characters",
    Kind.IDENTIFIER: "text of at most 4,000 characters; normalised, then stored only as a keyed digest",
    Kind.TIME: "ISO 8601 (`2026-01-31T13:45:00Z`; without a zone it is UTC) or a Parquet timestamp; 1900 to 2200",
    Kind.DATE: "`YYYY-MM-DD` or a Parquet date; 1900 to 2200",
    Kind.MONEY: "yuan, rounded to two decimals, half away from zero; never negative, at most 90 trillion",
    Kind.COUNT: "whole number, never negative",
    Kind.NUMBER: "finite number, never negative",
    Kind.SHARE: "number from 0 to 1",
    Kind.FLAG: "`true` or `false`",
    Kind.CHOICE: "one of the words that the column lists",
}
MOMENTS: Final[Mapping[Moment, str]] = {
    Moment.EVENT: "later than the as-of: row dropped",
    Moment.END: "later than the as-of: reads as null",
    Moment.OBSERVED: "the last version up to the as-of counts",
}
WORDS: Final = {"national_id": "identity document", "ip": "network address"}
"""How a type is called in a sentence, where its name is no word."""
MEANINGS: Final[Mapping[str, str]] = {
    "zone": "Time zone of night rules, ages, interest days and cadence.",
    "seed": "Seed of everything that draws lots.",
    "large_payment_yuan": "A payment of so many yuan or more is large.",
    "night_start_hour": "Local hour at which the night begins.",
    "night_end_hour": "Local hour at which the night ends.",
    "rings.min_size": "Smaller groups are not reported.",
    "runs.retention_days": "Published runs older than this are swept; the store keeps its history at least so long.",
    "runs.lease_seconds": "A writer that died frees its lease after so many seconds; a living one renews it.",
}
"""What a setting means where ``settings.py`` has no words beside it."""


def pages() -> dict[str, str]:
    """Every generated page by its name in this directory."""
    made = {"tables.md": _tables(), "features.md": _features(), "settings.md": _settings(), "reasons.md": _reasons()}
    made["queries.md"] = _queries()
    return {name: text.rstrip("\n") + "\n" for name, text in made.items()}


def main() -> None:
    """Rewrite the pages that differ, and name them."""
    for name, text in pages().items():
        path = HERE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{name}\n")


def grid(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table.

    >>> grid(("a", "b"), [(1, "x|y")])
    '| a | b |\\n|---|---|\\n| 1 | x\\\\|y |\\n'
    """
    names = tuple(heads)
    return "\n".join([_line(names), "|" + "---|" * len(names), *map(_line, rows)]) + "\n"


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _page(title: str, opening: str, *sections: str) -> str:
    return "\n".join([GENERATED + f"# {title}\n", opening.strip() + "\n", *sections])


# tables


def _tables() -> str:
    kinds = grid(("kind", "accepts"), ((f"`{kind}`", text) for kind, text in KINDS.items()))
    listing = grid(("table", "what"), ((f"[{table.name}](#{table.name})", table.meaning) for table in TABLES))
    opening = """
After reading this page you can write every input table. [Load your data](load-your-data.md) says how they are
read. Every table but `people` may be absent. A `?` marks a column that may be absent or null; **bold** columns are
the key.
"""
    return _page("Input tables", opening, listing, "## Kinds of columns\n", kinds, *(_table(table) for table in TABLES))


def _table(table: Table) -> str:
    lines = [f"## {table.name}\n", f"{table.meaning[0].upper()}{table.meaning[1:]}. In the graph: `{table.graph}`.\n"]
    if table.undirected:
        lines.append("Stored once, the smaller id first: A with B and B with A are the same row.\n")
    if table.one_of:
        lines.append(f"At least one of {_words(table.one_of)} must be given.\n")
    columns = ("column", "kind", "meaning", "notes")
    return "\n".join([*lines, grid(columns, (_column(column) for column in table.columns))])


def _column(column: Column) -> tuple[str, str, str, str]:
    name = f"**{column.name}**" if column.key else column.name
    return name + ("?" if column.optional else ""), f"`{column.kind}`", column.meaning, "; ".join(_notes(column))


def _notes(column: Column) -> Iterator[str]:
    if column.values:
        yield _words(column.values)
    if column.default:
        yield f"default `{column.default}`"
    if column.names:
        yield f"names {_article(column.names)}"
    if column.names_by:
        yield f"names what `{column.names_by}` says"
    if column.moment:
        yield MOMENTS[column.moment]


def _article(entity: str) -> str:
    return f"an {entity}" if entity[0] in "aeiou" else f"a {entity}"


def _words(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


# features


def _features() -> str:
    opening = f"""
After reading this page you know what each of the {len(CATALOGUE)} features in `features.parquet` and behind
`GET /graph-features/{{person_id}}` means. A feature is null where nothing is known; null is never 0. All are
values at the as-of of the run.

*As loaded* marks a feature that rests on a column without an observation time: it may know more than the as-of.
*Structural* marks one that depends on other people's rows, not on the person's alone.
"""
    return _page("Features", opening, *(_part(part) for part in PARTS))


def _part(part: str) -> str:
    rows = (_feature(feature) for feature in CATALOGUE if feature.part == part)
    return f"## {PART_NAMES[part]}\n\n" + grid(("feature", "unit", "type", "meaning", "from", "notes"), rows)


def _feature(feature: Feature) -> tuple[str, ...]:
    sources = ", ".join(f"[{name}](tables.md#{name})" for name in feature.tables)
    marks = [word for word, holds in (("as loaded", feature.as_loaded), ("structural", feature.structural)) if holds]
    return f"`{feature.name}`", feature.unit, feature.dtype, feature.meaning, sources, ", ".join(marks)


# settings


def _settings() -> str:
    opening = """
After reading this page you can write a configuration file. Name it with `--config FILE` or `GRAPHFRAUD_CONFIG`.
It is TOML; what it leaves out keeps its default; an unknown word or a value of the wrong type is an error. A
changed setting changes the run's id, except for those under `runs`, which change no published table. Of
`score.card` the content counts, not the path.

```toml file=graphfraud.toml
zone = "Asia/Shanghai"

[rings]
min_score = 0.6

[links.type_weights]
ip = 0.3
```
"""
    sections = (_section(name, struct) for name, struct in _structs("", settings.Settings))
    return _page("Settings", opening, *sections)


def _section(name: str, struct: type[msgspec.Struct]) -> str:
    heading = f"## `[{name}]`\n\n{inspect.getdoc(struct)}\n\n" if name else "## At the top of the file\n\n"
    said = _docstrings(struct)
    rows = [
        (f"`{field.name}`", f"`{_toml(field.default)}`", said.get(field.name) or MEANINGS[_dotted(name, field.name)])
        for field in msgspec.structs.fields(struct)
        if not isinstance(field.default, msgspec.Struct)
    ]
    return heading + grid(("setting", "default", "meaning"), rows)


def _structs(name: str, struct: type[msgspec.Struct]) -> Iterator[tuple[str, type[msgspec.Struct]]]:
    """A section of the file and the sections inside it."""
    yield name, struct
    for field in msgspec.structs.fields(struct):
        if isinstance(field.default, msgspec.Struct):
            yield from _structs(_dotted(name, field.name), type(field.default))


def _dotted(section: str, name: str) -> str:
    return f"{section}.{name}" if section else name


def _docstrings(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The words under each field in the source; a type weight needs none."""
    body = ast.parse(inspect.getsource(struct)).body[0].body  # type: ignore[attr-defined]  # a class has a body
    said = {}
    for field, after in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            said[field.target.id] = " ".join(str(text).replace("``", "`").split())
    if struct is settings.TypeWeights:
        said = {
            field.name: f"Weight of a shared {WORDS.get(field.name, field.name)}."
            for field in msgspec.structs.fields(struct)
        }
    return said


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


# reasons


def _reasons() -> str:
    opening = """
After reading this page you can tell what each code in the `reasons` of `scores.parquet` and `alerts.parquet` means.
Texts come in Chinese (`zh`) and English (`en`); `{value}` is the person's own value. At most four reasons are
given: first the rules that fired, then what cost the most points. The reasons of rings are in
[Read a ring](read-a-ring.md).
"""
    return _page("Reasons", opening, _rules(), _card(), _alerts())


def _rules() -> str:
    rows = ((f"`{rule.id}`", rule.outcome.name.lower(), ", ".join(rule.kinds), rule.meaning, rule.zh) for rule in RULES)
    return (
        "## Rules before the score\n\nThe worst outcome of the rules that fired counts. A rule whose table is absent\n"
        "is listed in the manifest under `rules_not_evaluated`.\n\n"
        + grid(("code", "outcome", "before", "fires when", "zh"), rows)
    )


def _card() -> str:
    rows = (
        (f"`{entry.reason.code}`", entry.part, f"`{name}`", entry.reason.en, entry.reason.zh)
        for name, entry in read_card(None).features.items()
    )
    return (
        "## The card that ships with the package\n\n"
        "A card of your own brings its own codes: [Tune the card](tune-the-card.md).\n\n"
    ) + grid(("code", "part", "feature", "en", "zh"), rows)


def _alerts() -> str:
    rows = [("`AL-RING`", "a ring was reported; the reasons are the ring's", "")]
    rows += [
        (f"`{rule.code}`", f"{rule.en}: `{rule.feature}` is {rule.at_least:g} or more", rule.zh)
        for rule in PERSON_RULES
    ]
    return "## Alerts\n\n" + grid(("code", "raised when", "zh"), rows)


# queries


def _queries() -> str:
    opening = (
        "After reading this page you know what an investigator can ask, with which parameters and defaults.\n"
        "How to ask: [Investigate](investigate.md). A parameter in brackets may be left out."
    )
    topics = dict.fromkeys(query.topic for query in library().values())
    return _page("Queries", opening, *(_topic(topic) for topic in topics))


def _topic(topic: str) -> str:
    rows = (
        (
            f"`{query.name}`",
            query.purpose,
            ", ".join(map(_parameter, query.parameters)) or "none",
            ", ".join(f"`{column}`" for column in query.returns),
            " and ".join({"neo4j": "Neo4j", "lake": "the lake"}[place] for place in query.places),
        )
        for query in library().values()
        if query.topic == topic
    )
    return f"## {topic.title()}\n\n" + grid(("query", "answers", "parameters", "returns", "asked of"), rows)


def _parameter(part: Parameter) -> str:
    if part.required:
        return f"`{part.name}`"
    return f"[`{part.name}`{'' if part.default is None else f' = {part.default}'}]"


if __name__ == "__main__":
    main()
