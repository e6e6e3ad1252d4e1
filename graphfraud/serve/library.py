"""GET /queries and POST /queries/{name}: the library, read only and in bounded time, over the store of the runs."""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from graphfraud.investigate.answer import Answer as Found
from graphfraud.investigate.answer import Bounds
from graphfraud.investigate.investigator import Investigator
from graphfraud.investigate.library import Query, library
from graphfraud.publish.runs import Runs
from graphfraud.publish.serving import person_tokens
from graphfraud.serve.answers import Text
from graphfraud.serve.exchange import Answer, Call, Read
from graphfraud.serve.operation import Service
from graphfraud.serve.question import decode
from graphfraud.settings import Settings
from graphfraud.store.opening import open_store

STORE_VARIABLE: Final = "GRAPHFRAUD_STORE"
"""Names the store of the service; without it the lake around the directory of runs is asked."""


class QueryParameter(msgspec.Struct, frozen=True):
    """One parameter of a query; without a default it must be given."""

    name: str
    kind: str
    required: bool
    default: str | int | float | None
    allowed: str
    meaning: str


class QueryEntry(msgspec.Struct, frozen=True):
    """One query of the library."""

    name: str
    topic: str
    purpose: str
    zh: str
    parameters: list[QueryParameter]
    returns: list[str]
    places: list[str]
    cost: str
    example: str


class Queries(msgspec.Struct, frozen=True):
    """The library."""

    queries: list[QueryEntry]


class QueryQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters by name; what for, which the audit log keeps; and seconds after which it is stopped."""

    params: dict[str, str | int | float | None] = {}
    purpose: Text = ""
    time_limit: Annotated[float, msgspec.Meta(ge=0.01, le=Bounds.seconds)] = Bounds.seconds


class QueryAnswer(msgspec.Struct, frozen=True):
    """Rows of a query; ``cut`` says that there were more."""

    query: str
    place: str
    run_id: str | None
    parameters: dict[str, Any]
    cut: bool
    rows: list[dict[str, Any]]


def queries(_service: Service, _call: Call) -> Answer:
    """Every query of the library."""
    return Answer(msgspec.json.encode(Queries([entry(query) for query in library().values()])))


def ask(service: Service, call: Call) -> Answer:
    """One query."""
    question = decode(call.body, QueryQuestion)
    asker = replace(investigator(service.current.runs), bounds=Bounds(question.time_limit))
    found = asker.ask(call.path_id, question.params)
    content = msgspec.convert(found.as_dict(), QueryAnswer)
    return Answer(msgspec.json.encode(content), read=read_of(found, question.purpose))


def read_of(answer: Found, purpose: str = "") -> Read:
    """What the audit log says of an answer: everybody whom it names, which query, about which ring or merchant."""
    return Read(answer.run_id or "", person_tokens(answer.people), purpose, answer.about)


def entry(query: Query) -> QueryEntry:
    """A query as the library lists it."""
    parameters = [
        QueryParameter(part.name, part.kind.value, part.required, part.default, part.allowed, part.meaning)
        for part in query.parameters
    ]
    said = (query.name, query.topic, query.purpose, query.zh, parameters)
    return QueryEntry(*said, list(query.returns), list(query.places), query.cost, query.example)


@cache
def investigator(runs: Path) -> Investigator:
    """Asks the store of this process; opened once."""
    uri = os.environ.get(STORE_VARIABLE) or str(runs.parent)
    return Investigator(open_store(uri, settings=Settings(), environment=os.environ), Runs(runs))
