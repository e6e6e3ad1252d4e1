"""The path finder, the query runner, and two runs side by side: all by the library."""

from itertools import pairwise
from typing import Any

from graphfraud.errors import GraphfraudError
from graphfraud.investigate.answer import Answer
from graphfraud.investigate.library import Query, library, query_named
from graphfraud.page.frame import Visit, card, chart, grid, heading, put, run_line
from graphfraud.page.markup import Html, choice, field, form, link, person_link, ring_link, table, text
from graphfraud.page.picture import Link, Node, Picture, network_options
from graphfraud.page.room import moment


async def paths(visit: Visit, first: str, second: str) -> None:
    """How two people are tied."""
    say = visit.say
    heading(say("paths"), say("path_lead"))
    with grid():
        with card("", 12):
            fields = [
                field("first", say("first_person"), first, needed=True),
                field("second", say("second_person"), second, needed=True),
            ]
            put(form(visit.at("/paths"), fields, say("search")))
        if first and second:
            answer = await visit.ask("explanation_path", {"person_id": first, "other_id": second, "limit": 10})
            with card(say("picture"), 7):
                drawn = ways_picture([row["way"] for row in answer.rows])
                if answer.rows:
                    chart(network_options(drawn, visit.language), height=380, says=" ".join(answer.rows[0]["way"]))
                else:
                    put(Html(f'<p class="gf-empty">{text(say("nothing"))}</p>'))
            with card(say("paths"), 5):
                rows = [(row["links"], row["cost"], Html(f'<span class="gf-way">{text(" → ".join(_said(visit, step, place) for place, step in enumerate(row["way"])))}</span>'))
                        for row in answer.rows]  # fmt: skip
                put(table([say("links"), say("cost"), say("way")], rows, caption=say("paths"), empty=say("nothing")))


def _said(visit: Visit, step: str, place: int) -> str:
    """A step of a way in words: a relationship at odd places, else a person or a thing."""
    if place % 2:
        return visit.say(step)
    node = _node(step, end=False)
    return node.id if node.label == "Person" else f"{visit.say(node.label)} {node.id}"


def ways_picture(ways: list[list[str]]) -> Picture:
    """Ways, each nodes and relationships by turns, as one picture; the two ends count as members."""
    nodes: dict[str, Node] = {}
    links: dict[tuple[str, str, str], Link] = {}
    for way in ways:
        steps = [_node(name, end=place in (0, len(way) - 1)) for place, name in enumerate(way) if place % 2 == 0]
        for node in steps:
            nodes.setdefault(node.key, node)
        for (one, other), relationship in zip(pairwise(steps), way[1::2], strict=True):
            links.setdefault((one.key, other.key, relationship), Link(one.key, other.key, relationship, 1, 1.0, ""))
    return Picture(tuple(nodes.values()), tuple(links.values()))


def _node(name: str, *, end: bool) -> Node:
    label, found, value = name.partition(":")
    return Node(value, label) if found and label[:1].isupper() else Node(name, "Person", "member" if end else "")


async def queries(visit: Visit, name: str, given: dict[str, str]) -> None:
    """The library, and one of its queries with its answer."""
    say = visit.say
    heading(say("queries"), say("read_only").format(seconds=visit.room.investigator.bounds.seconds))
    with grid():
        if name:
            await _one(visit, query_named(name), given)
        with card(f"{len(library())} {say('queries')}", 12):
            rows = [
                (link(visit.at(f"/queries/{query.name}"), query.name), query.zh if visit.language == "zh" else query.purpose,
                 ", ".join(part.name for part in query.parameters), ", ".join(query.places))
                for query in library().values()
            ]  # fmt: skip
            put(
                table(
                    [say("queries"), say("meaning"), say("parameters"), say("places")],
                    rows,
                    caption=say("queries"),
                    empty=say("nothing"),
                )
            )


async def _one(visit: Visit, query: Query, given: dict[str, str]) -> None:
    say = visit.say
    with card(query.name, 12, query.zh if visit.language == "zh" else query.purpose):
        fields = [
            choice(part.name, part.name, {"": say("any")} | {one: say(one) for one in part.choices}, given.get(part.name, ""))
            if part.choices
            else field(part.name, part.name, given.get(part.name, "" if part.default is None else str(part.default)),
                       needed=part.required)
            for part in query.parameters
        ]  # fmt: skip
        put(
            form(
                visit.at(f"/queries/{query.name}"),
                [*fields, '<input type="hidden" name="ask" value="1" style="display:none">'],
                say("ask"),
            )
        )
    if given.get("ask"):
        asked = {part: value for part, value in given.items() if part != "ask"}
        try:
            _answer(visit, await visit.ask(query.name, asked))
        except GraphfraudError as error:
            put(Html(f'<div class="gf-card gf-error gf-12" role="alert">{text(error.message)}</div>'))
    if query.browser:
        with card(say("browser_text"), 12):
            put(Html(f'<pre class="gf-text" tabindex="0">{text(query.browser)}</pre>'))


def _answer(visit: Visit, answer: Answer) -> None:
    say = visit.say
    drawn = rows_picture(answer)
    with card(f"{len(answer.rows):,} {say('rows')}", 12 if drawn is None else 7):
        rows = [[_linked(visit, name, value) for name, value in row.items()] for row in answer.rows]
        put(table(answer.query.returns, rows, caption=answer.query.name, empty=say("nothing")))
    if drawn is not None:
        with card(say("picture"), 5):
            chart(network_options(drawn, visit.language), height=380, says=f"{len(drawn.nodes)}, {len(drawn.links)}")


def rows_picture(answer: Answer) -> Picture | None:
    """The answer as a picture, where its rows tie the person asked about to others, or people to each other."""
    nodes: dict[str, Node] = {}
    links: list[Link] = []
    asked = answer.parameters.get("person_id")
    for row in answer.rows[:200]:
        source = row.get("payer_id") or row.get("reporter_id") or asked
        target = row.get("payee_id") or row.get("person_id") or row.get("id") or row.get("lender_id")
        if not isinstance(source, str) or not isinstance(target, str) or source == target:
            continue
        label = str(row.get("label") or ("Lender" if "lender_id" in row and "person_id" not in row else "Person"))
        ends = (Node(source, "Person", "member" if source == asked else ""), Node(target, label))
        for node in ends:
            nodes.setdefault(node.key, node)
        kind = str(row.get("relationship") or row.get("kind") or answer.query.name)
        links.append(Link(ends[0].key, ends[1].key, kind, 1, 1.0, ""))
    return Picture(tuple(nodes.values()), tuple(links)) if links else None


async def compare(visit: Visit) -> None:
    """What changed since the run before."""
    say = visit.say
    heading(say("compare"), run_line(visit))
    with grid():
        with card(say("drift"), 4):
            rows = [(say(name), before, after) for name, before, after in visit.room.drift()]
            put(table((say("metric"), say("before"), say("after")), rows, caption=say("drift"), empty=say("no_parent")))
        with card(say("compare"), 8):
            answer = await visit.ask("what_changed", {"limit": 500})
            changes = [(say(row["what"]), _linked(visit, "ring_id" if row["what"].startswith("ring") else "person_id", row["id"]),
                        _told(visit, row["before"]), _told(visit, row["after"])) for row in answer.rows]  # fmt: skip
            put(
                table(
                    [say("change"), say("id"), say("before"), say("after")],
                    changes,
                    caption=say("compare"),
                    empty=say("nothing"),
                )
            )


def _told(visit: Visit, value: str | None) -> Any:
    """What was before or after: a ring, a decision, or a number of people."""
    if value is None:
        return None
    return ring_link(visit.language, value) if value.startswith("ring-") else visit.say(value)


def _linked(visit: Visit, name: str, value: Any) -> Any:
    if isinstance(value, str) and (name == "at" or name.endswith(("_at", "since"))):
        return moment(value)
    if isinstance(value, str) and name == "ring_id":
        return ring_link(visit.language, value)
    if isinstance(value, str) and name in ("person_id", "payer_id", "payee_id", "reporter_id"):
        return person_link(visit.language, value)
    return value
