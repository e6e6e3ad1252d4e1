"""One question to whichever store there is: its words checked, its people known, its answer bounded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphfraud.errors import NotFoundError, UsageError
from graphfraud.investigate.answer import Answer, Bounds, Row
from graphfraud.investigate.lake import FileReader
from graphfraud.investigate.library import Query, query_named
from graphfraud.investigate.parameters import ENTITIES, Kind, bound
from graphfraud.publish.runs import Runs
from graphfraud.queries import cypher, sql
from graphfraud.store.base import Store
from graphfraud.store.lake import LakeStore


@dataclass(frozen=True)
class Investigator:
    """Asks the queries of the library of a store and its runs; reads only."""

    store: Store
    runs: Runs
    bounds: Bounds = field(default_factory=Bounds)

    @property
    def local(self) -> bool:
        """Whether the store is a lake."""
        return isinstance(self.store, LakeStore)

    def ask(self, name: str, given: Mapping[str, Any]) -> Answer:
        """The answer of a library query.

        Raises:
            NotFoundError: no such query, or a person, ring or merchant that is not there.
            UnprocessableError: a parameter that is missing, unknown, or not what it may be.
            UsageError: the query needs Neo4j, and the store is a lake.
            RefusedError: it took longer or needed more than the bounds allow.
        """
        query = query_named(name)
        values = bound(query.parameters, given)
        place = self._place(query)
        for parameter in query.parameters:
            if parameter.kind in ENTITIES and values[parameter.name] is not None:
                self._must_exist(parameter.kind, values[parameter.name])
        rows = self._rows(place, query.cypher if place == "neo4j" else query.sql, values)
        run = self.runs.current()
        limit = self.bounds.rows
        return Answer(query, values, place, run.run_id if run else None, rows[:limit], cut=len(rows) > limit)

    def _place(self, query: Query) -> str:
        """Where to ask: in the graph if there is one, else by the twin."""
        if query.cypher and not self.local:
            return "neo4j"
        if query.sql:
            return "lake"
        raise UsageError(
            "this query has no twin for the lake",
            where=query.name,
            cure="load into Neo4j and give --store bolt://…; graphfraud queries says what can be asked where",
        )

    def _rows(self, place: str, text: str, values: dict[str, Any]) -> list[Row]:
        if place == "lake":
            return FileReader(self.store if self.local else None, self.runs).rows(text, values, self.bounds)
        from graphfraud.investigate.graph import graph_rows  # the driver is an extra

        return graph_rows(self.store.connection, text, values, self.bounds)  # type: ignore[attr-defined]  # a Neo4jStore

    def _must_exist(self, kind: Kind, value: str) -> None:
        place = "lake" if self.local else "neo4j"
        text = sql("investigate", f"exists_{kind}") if self.local else cypher("exists", kind)
        if not self._rows(place, text, {"id": value}):
            raise NotFoundError(f"no {kind} {value!r}", cure=_FIND[kind])


_FIND = {
    Kind.PERSON: "check the id, or load the person first",
    Kind.RING: "graphfraud query worst_rings lists them",
    Kind.MERCHANT: "check the id, or load the merchant first",
}
