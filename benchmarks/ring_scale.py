"""A million people: worlds side by side as one snapshot, the ring stage's time and memory, and Leiden's share of it.

    python benchmarks/ring_scale.py --home DIR --worlds 34 --people 30000 --json ROWS.json

Each world keeps its own people, things, shops and lenders, so the graph is as large as a lender's of that size,
but falls apart into that many pieces more than one of a single city would.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import igraph
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from measure import Row, report, version
from ring_world import made

from graphfraud.features.compute import features
from graphfraud.rings.find import rings
from graphfraud.rings.lineage import Parents
from graphfraud.schema import BY_NAME, Column, Entity
from graphfraud.settings import Settings
from graphfraud.snapshot.graph import Relation, Snapshot
from graphfraud.snapshot.links import Links, links
from graphfraud.snapshot.sharing import uses

Array = npt.NDArray[Any]


def main() -> None:
    """Put the worlds side by side and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, required=True, help="where worlds are kept")
    parser.add_argument("--worlds", type=int, default=34)
    parser.add_argument("--people", type=int, default=30_000, help="people of each world")
    parser.add_argument("--first-seed", type=int, default=221)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    seeds = range(given.first_seed, given.first_seed + given.worlds)
    world = beside([made(given.home, people=given.people, seed=seed, hardness="high").snapshot for seed in seeds])
    settings = Settings()
    shared = uses(world, window_days=settings.links.window_days)
    linked = links(world, shared, settings=settings.links)
    passed_on = features(world, shared, linked, settings=settings).column("pass_through_30d").to_numpy()
    rows = sum(len(relation) for relation in world.relations.values())
    with leiden_timed() as seconds:
        begun = time.perf_counter()
        found = rings(world, shared, linked, passed_on=passed_on, parents=Parents.none(), settings=settings)
        whole = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{rows:,} relations, {len(linked):,} linked pairs, {found.rings.num_rows} rings"
    stage = Row("ring stage", world.people, "graphfraud", version("graphfraud"), whole, peak, note=note)
    own = Row("Leiden inside the ring stage", world.people, "igraph", version("igraph"), sum(seconds))
    alone = unpruned(linked)
    peer = Row(
        "Leiden on the unpruned projection", world.people, "igraph", version("igraph"), alone, ratio=alone / whole
    )
    report("rings of a million", [stage, own, peer], given.json)


def beside(parts: Sequence[Snapshot]) -> Snapshot:
    """Snapshots of one as-of as one, nobody and nothing in common."""
    names = parts[0].ids.keys()
    ids = {
        name: pa.concat_arrays([_marked(number, part.ids[name].cast(pa.string())) for number, part in enumerate(parts)])
        for name in names
    }
    before = {name: np.cumsum([0, *(len(part.ids[name]) for part in parts)]) for name in names}
    relations = {}
    for name in parts[0].relations:
        columns = {
            column.name: np.concatenate(
                [_shifted(column, name, part, number, before) for number, part in enumerate(parts)]
            )
            for column in BY_NAME[name].columns
            if column.name in parts[0][name].columns
        }
        order = np.lexsort(tuple(columns.values())[::-1])
        relations[name] = Relation(name, {key: value[order] for key, value in columns.items()})
    return Snapshot(parts[0].as_of, ids, relations)


def _marked(number: int, ids: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(f"{number:03d}", ids, "-")


def _shifted(column: Column, table: str, part: Snapshot, number: int, before: dict[Any, Array]) -> Array:
    """A column of one part as it is in the whole."""
    values = part[table][column.name]
    text = f"{table}.{column.name}"
    if text in before:
        return np.where(values >= 0, values + before[text][number], values).astype(values.dtype)
    if column.names_by is not None:
        person = np.where(values >= 0, values + before[Entity.PERSON][number], values)
        shop = values - part.people + before[Entity.MERCHANT][number] + before[Entity.PERSON][-1]
        return np.where(values < part.people, person, shop).astype(values.dtype)
    named = Entity.IDENTIFIER if text == "identifiers.value" else column.names
    if named is not None:
        return np.where(values >= 0, values + before[named][number], values).astype(values.dtype)
    return values


@contextmanager
def leiden_timed() -> Iterator[list[float]]:
    """Seconds of each call of igraph's Leiden within."""
    seconds: list[float] = []
    real: Callable[..., Any] = igraph.Graph.community_leiden

    def timed(*given: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        answer = real(*given, **named)
        seconds.append(time.perf_counter() - begun)
        return answer

    igraph.Graph.community_leiden = timed
    try:
        yield seconds
    finally:
        igraph.Graph.community_leiden = real


def unpruned(linked: Links) -> float:
    """Seconds of igraph's Leiden (CPM) on every linked pair."""
    graph = igraph.Graph(n=linked.people, edges=np.stack([linked.a, linked.b], axis=1))
    begun = time.perf_counter()
    graph.community_leiden("CPM", weights=linked.weight, resolution=0.1, n_iterations=4)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
