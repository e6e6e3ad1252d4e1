"""Commands of the library: ask one of its queries, list them all."""

from typing import Any

import click
import msgspec

from graphfraud.cli.common import Common, common, noted
from graphfraud.errors import UsageError
from graphfraud.investigate.answer import Bounds
from graphfraud.investigate.investigator import Investigator
from graphfraud.investigate.library import Query, library, query_named
from graphfraud.serve.library import entry


@click.command("query")
@click.argument("name")
@click.option("--param", "words", multiple=True, metavar="NAME=VALUE", help="A parameter; may be given several times.")
@click.option("--time-limit", type=click.FloatRange(0.01, 300), default=10.0, show_default=True, help="Seconds.")
@click.option("--purpose", default="", help="What for; it is kept in the audit log. Write no name or id into it.")
@click.option("--browser", is_flag=True, help="Only show the text to paste into Neo4j Browser.")
@common
def query_command(common: Common, /, name: str, words: tuple[str, ...], *, browser: bool, **more: Any) -> None:
    """Ask a query of the library; it only reads, and whom it shows is noted in the audit log."""
    query = query_named(name)
    if browser:
        common.screen.result({"query": name, "browser": query.browser})
        common.screen.say(query.browser or f"{name} reads files of runs; there is no Cypher for it")
        return
    investigator = Investigator(common.store, common.runs, Bounds(seconds=more["time_limit"]))
    answer = investigator.ask(name, _given(words, query))
    noted(common, "query", answer.run_id or "", answer.people, purpose=more["purpose"], more=answer.about)
    common.screen.result(answer.as_dict())
    title = f"{query.purpose} ({len(answer.rows):,} {'row' if len(answer.rows) == 1 else 'rows'})"
    common.screen.table(title, query.returns, [_cells(row) for row in answer.rows])
    if answer.cut:
        common.screen.note(f"only the first {len(answer.rows):,} rows are shown; narrow the window")


@click.command("queries")
@common
def queries_command(common: Common) -> None:
    """List the queries of the library: what each is for, what it takes, where it can be asked."""
    common.screen.result({"queries": [msgspec.to_builtins(entry(query)) for query in library().values()]})
    rows = [
        (
            query.topic,
            query.name,
            " ".join(part.name if part.required else f"[{part.name}]" for part in query.parameters),
            ", ".join(query.places),
            query.purpose,
        )
        for query in library().values()
    ]
    common.screen.table(f"{len(rows)} queries", ("topic", "name", "parameters", "asked of", "what it answers"), rows)


def _given(words: tuple[str, ...], query: Query) -> dict[str, str]:
    given: dict[str, str] = {}
    for word in words:
        name, found, value = word.partition("=")
        if not found:
            raise UsageError(f"{word!r} is no parameter", where="--param", cure=f"as in: {query.example}")
        if name in given:
            raise UsageError(f"{name} is given twice", where="--param", cure="give it once")
        given[name] = value
    return given


def _cells(row: dict[str, Any]) -> list[object]:
    return [", ".join(map(str, value)) if isinstance(value, list) else value for value in row.values()]
