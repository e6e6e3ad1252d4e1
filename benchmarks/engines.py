"""Graph kernels of a night beside igraph, networkit, networkx, scipy and DuckDB, on the same links."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import igraph
import networkit
import networkx as nx
import numpy as np
import pyarrow as pa
from measure import SCREEN, Row, compared, median_seconds, options, report, version

from graphfraud.features.structure import DAMPING, _cores, _walk
from graphfraud.settings import Settings
from graphfraud.snapshot.build import Resources, build
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import components, links
from graphfraud.snapshot.sharing import Uses, user_counts, uses
from graphfraud.snapshot.ties import ties
from graphfraud.sources.directory import read_directory
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.sources.reading import Known
from graphfraud.store.lake import LakeStore
from graphfraud.worlds import generate

SETTINGS = Settings()
AS_OF = 1_769_904_000_000_000
Engines = dict[str, Callable[[], Any]]


def main() -> None:
    """Measure and report."""
    asked = options(__doc__ or "")
    people = 20_000 if asked.quick else 100_000
    SCREEN.print(f"making a world of {people:,} people")
    snapshot = _snapshot(people)
    shared = uses(snapshot, window_days=SETTINGS.links.window_days)
    rows = _projection(snapshot, shared)
    linked = links(snapshot, shared, settings=SETTINGS.links)
    tied = ties(snapshot, linked)
    pairs = np.stack([linked.a, linked.b], axis=1)
    rows += _components(people, pairs, lambda: components(linked))
    rows += _cores_and_ranks(people, tied)
    report(f"Engines: {people:,} people, {len(pairs):,} links, {tied.nnz // 2:,} ties", rows, asked.json)


def _snapshot(people: int) -> Snapshot:
    with tempfile.TemporaryDirectory(prefix="graphfraud-bench-") as home:
        generate(Path(home) / "world", people=people, seed=1)
        store = LakeStore(Path(home) / "lake")
        with read_directory(Path(home) / "world", key=PseudonymKey(bytes(32)), known=Known.nothing()) as reading:
            store.write(reading)
        return build(store, head=store.head(), as_of=AS_OF, labels=True, resources=Resources())


def _race(
    task: str, size: int, engines: Engines, agree: Callable[[Any, Any], bool], notes: dict[str, str]
) -> list[Row]:
    """Check that every engine agrees with ours, then time them in turn."""
    SCREEN.print(task)
    answer = engines["graphfraud"]()
    agreeing = {name: agree(answer, work()) for name, work in engines.items()}
    rows = [
        Row(task, size, name, version(name), median_seconds(work), None, None, agreeing[name], notes.get(name, ""))
        for name, work in engines.items()
    ]
    return compared(rows[0], rows[1:])


def _projection(snapshot: Snapshot, shared: Uses) -> list[Row]:
    """Pairs of people who share a thing that is no hub: ours sums weights too; DuckDB joins and counts pairs."""
    usable = user_counts(shared) <= SETTINGS.links.hub_limit
    columns = {"thing": shared.thing, "person": shared.person, "first": shared.first_at, "last": shared.last_at}
    table = pa.table({name: column[usable] for name, column in columns.items()})
    connection = duckdb.connect(config={"threads": 1})
    connection.register("used", table)
    slack = 7 * 86_400_000_000
    join = (
        "SELECT count(*) FROM (SELECT DISTINCT a.person, b.person FROM used a JOIN used b ON a.thing = b.thing"
        " AND a.person < b.person WHERE NOT (b.first > a.last AND b.first::HUGEINT - a.last > $slack)"
        " AND NOT (a.first > b.last AND a.first::HUGEINT - b.last > $slack))"
    )
    engines: Engines = {
        "graphfraud": lambda: len(links(snapshot, shared, settings=SETTINGS.links)),
        "duckdb": lambda: connection.execute(join, {"slack": slack}).fetchall()[0][0],
    }
    notes = {"duckdb": "distinct pairs only, no weights"}
    return _race("projection", len(shared), engines, lambda ours, theirs: ours == theirs, notes)


def _components(people: int, pairs: np.ndarray, ours: Callable[[], Any]) -> list[Row]:
    edges = pairs.tolist()
    ready = igraph.Graph(n=people, edges=edges)
    kit = _networkit(people, pairs)
    graph = nx.Graph(edges)
    graph.add_nodes_from(range(people))

    def by_networkit() -> Any:
        return networkit.components.ConnectedComponents(kit).run().numberOfComponents()

    engines: Engines = {
        "graphfraud": ours,
        "igraph": lambda: len(ready.connected_components()),
        "networkit": by_networkit,
        "networkx": lambda: nx.number_connected_components(graph),
    }
    notes = dict.fromkeys(("igraph", "networkit", "networkx"), "graph built beforehand, not timed")
    return _race("components", len(pairs), engines, _same_count, notes)


def _same_count(ours: Any, theirs: Any) -> bool:
    count = theirs if isinstance(theirs, int) else len(np.unique(theirs))
    return len(np.unique(ours)) == count


def _cores_and_ranks(people: int, tied: Any) -> list[Row]:
    whole = tied.tocoo()
    upper = whole.row < whole.col
    pairs, weights = np.stack([whole.row[upper], whole.col[upper]], axis=1), whole.data[upper]
    ready = igraph.Graph(n=people, edges=pairs.tolist())
    graph = nx.Graph(pairs.tolist())
    graph.add_nodes_from(range(people))
    kit = _networkit(people, pairs)
    bounds, neighbours = tied.indptr.astype(np.int64), tied.indices.astype(np.int64)
    cores: Engines = {
        "graphfraud": lambda: _cores(bounds, neighbours),
        "igraph": lambda: np.array(ready.coreness()),
        "networkit": lambda: np.array(networkit.centrality.CoreDecomposition(kit).run().scores()),
        "networkx": lambda: _by_person(nx.core_number(graph), people),
    }
    notes = dict.fromkeys(("igraph", "networkit", "networkx"), "graph built beforehand, not timed")
    rows = _race("k-core", len(pairs), cores, lambda a, b: np.array_equal(a, b), notes)
    start = np.ones((people, 1))
    weighted = nx.from_scipy_sparse_array(tied)
    ranks: Engines = {
        "graphfraud": lambda: _walk(tied, start)[:, 0] / people,
        "igraph": lambda: np.array(ready.pagerank(damping=DAMPING, weights=weights.tolist())),
        "networkx": lambda: _by_person(nx.pagerank(weighted, alpha=DAMPING, tol=1e-9 / people), people),
    }
    return rows + _race("pagerank", len(pairs), ranks, _close, notes)


def _close(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Ours stops after a fixed number of steps: what is left is below .85 ** 50 of the mass."""
    return bool(np.abs(ours - theirs).sum() <= 2 * DAMPING**50)


def _by_person(values: dict[int, float], people: int) -> np.ndarray:
    return np.array([values[person] for person in range(people)])


def _networkit(people: int, pairs: np.ndarray) -> Any:
    networkit.setNumberOfThreads(1)
    return networkit.GraphFromCoo(tuple(side.astype(np.uint64) for side in pairs.T), n=people, directed=False)


if __name__ == "__main__":
    main()
