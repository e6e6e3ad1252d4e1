"""Projections of Graph Data Science beside what we read: how long they take, and that both hold the same graph."""

import math
from typing import Any, Final

import neo4j
import pyarrow.compute as pc

from graphfraud.store.base import Store

PROJECTS: Final = {
    "gds": (
        "CALL gds.graph.project('bench', ['Person', 'Device', 'Merchant'],"
        " {FRIEND_OF: {}, LOGGED_IN: {properties: {actions: {defaultValue: 0}}}, PAID: {properties: 'amount'}})"
        " YIELD relationshipCount RETURN relationshipCount AS rows"
    ),
    "gds with times": (
        "MATCH (a)-[r:FRIEND_OF|LOGGED_IN|PAID]->(b) WITH gds.graph.project('bench', a, b, {relationshipType: type(r),"
        " relationshipProperties: {amount: coalesce(r.amount, 0.0), actions: coalesce(r.actions, 0),"
        " at: coalesce(r.at, r.since, datetime.fromepoch(0, 0)).epochSeconds}}) AS g RETURN g.relationshipCount AS rows"
    ),
}
"""Numbers of the store as they lie; and with the times, which it takes from a query. No texts either way."""
_HELD: Final = {
    "gds": {"actions": ["LOGGED_IN"], "amount": ["PAID"]},
    "gds with times": {"actions": ["LOGGED_IN"], "amount": ["PAID"], "at": ["*"]},
}
_SUM: Final = (
    "CALL gds.graph.relationshipProperty.stream('bench', $property, $types) YIELD propertyValue"
    " RETURN sum(propertyValue) AS total"
)
_TIMES: Final = {"friendships": "since", "logins": "at", "payments": "at"}


def count(driver: neo4j.Driver, query: str, **parameters: Any) -> int:
    """The one number ``rows`` of a query."""
    found: int = driver.execute_query(query, parameters).records[0]["rows"]
    return found


def projected(driver: neo4j.Driver, engine: str) -> int:
    """Relationships of a projection, which is let go of again."""
    found = count(driver, PROJECTS[engine])
    driver.execute_query("CALL gds.graph.drop('bench') YIELD graphName RETURN graphName")
    return found


def agreeing(driver: neo4j.Driver, store: Store) -> dict[str, bool]:
    """For each projection whether it holds as many relationships as we read, and the same sum of each property."""
    ours = _read(store)
    found = {}
    for engine, query in PROJECTS.items():
        theirs: dict[str, float] = {"relationships": count(driver, query)}
        for name, types in _HELD[engine].items():
            [record] = driver.execute_query(_SUM, {"property": name, "types": types}).records
            theirs[name] = record["total"]
        driver.execute_query("CALL gds.graph.drop('bench') YIELD graphName RETURN graphName")
        found[engine] = all(math.isclose(total, ours[name], rel_tol=1e-9) for name, total in theirs.items())
    return found


def _read(store: Store) -> dict[str, float]:
    """The same sums of the tables: yuan, actions, whole seconds since 1970."""
    head = store.head()
    tables = {name: store.scan(name, head=head).to_table() for name in _TIMES}
    micros = [pc.fill_null(tables[name][column].cast("int64"), 0).to_numpy() for name, column in _TIMES.items()]
    return {
        "relationships": sum(table.num_rows for table in tables.values()),
        "amount": pc.sum(tables["payments"]["amount"]).as_py() / 100,
        "actions": pc.sum(tables["logins"]["actions"]).as_py(),
        "at": float(sum(int((times // 1_000_000).sum()) for times in micros)),
    }
