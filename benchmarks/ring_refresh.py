"""How many rings keep their name when so many rows in a hundred are new: the night before saw none of these.

    python benchmarks/ring_refresh.py --people 20000 --home DIR --seeds 301 302 303 304 305

Of each table of events, ties and things so many rows are held back, drawn by the seed; the first night sees the
rest, the second everything with the first as its parent. A ring is unchanged when both nights report the very
same members. Exits with 1 when more than one in a hundred of these bears another name.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from measure import SCREEN
from rich.table import Table
from ring_world import made, night

from graphfraud.rings.find import Rings
from graphfraud.rings.lineage import Parents
from graphfraud.snapshot.graph import Relation, Snapshot

MOST_RENAMED = 0.01
KEPT = ("people", "labels")
"""Tables of which nothing is held back."""


def main() -> int:
    """Two nights of every world, and a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[301, 302, 303, 304, 305])
    parser.add_argument("--share", type=float, default=0.015, help="of the rows that are new")
    parser.add_argument("--home", type=Path, help="keep the worlds here")
    asked = parser.parse_args()
    table = Table(
        "world", "rings before", "rings", "same members", "of them renamed", "changed, name kept", "born", "died"
    )
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="graphfraud-refresh-") as scratch:
        for hardness in ("medium", "high"):
            for seed in asked.seeds:
                world = made(asked.home or Path(scratch), people=asked.people, seed=seed, hardness=hardness)
                counts = refreshed(world.snapshot, share=asked.share, seed=seed)
                table.add_row(f"{hardness} {seed}", *map(str, counts))
                worst = max(worst, counts[3] / max(counts[2], 1))
    SCREEN.print(table)
    SCREEN.print(f"renamed though nobody joined or left, worst world: {worst:.1%} (at most {MOST_RENAMED:.0%})")
    return int(worst > MOST_RENAMED)


def refreshed(snapshot: Snapshot, *, share: float, seed: int) -> tuple[int, ...]:
    """Rings before and after, the same in both, renamed of these, changed under the same name, born, died."""
    first = night(held_back(snapshot, share=share, seed=seed), Parents.none())
    seen = first.rings["first_seen_at"].cast(pa.int64()).to_pylist()
    second = night(snapshot, Parents(tuple(first.rings["ring_id"].to_pylist()), tuple(seen), first.members))
    before, after = members(first), members(second)
    name_before = {people: ring for ring, people in before.items()}
    same = {ring: people for ring, people in after.items() if people in name_before}
    renamed = sum(name_before[people] != ring for ring, people in same.items())
    events = second.lineage["event"].to_pylist()
    kept = sum(ring in before and before[ring] != people for ring, people in after.items())
    return len(before), len(after), len(same), renamed, kept, events.count("born"), events.count("died")


def held_back(snapshot: Snapshot, *, share: float, seed: int) -> Snapshot:
    """The snapshot without some of the rows."""
    rng = np.random.default_rng(seed)
    relations = dict(snapshot.relations)
    for name, relation in sorted(relations.items()):
        if name not in KEPT:
            stays = rng.random(len(relation)) >= share
            relations[name] = Relation(name, {column: values[stays] for column, values in relation.columns.items()})
    return replace(snapshot, relations=relations)


def members(found: Rings) -> dict[str, frozenset[str]]:
    """The people of each ring by its name."""
    answer: dict[str, set[str]] = {}
    for ring, person in zip(*(found.members[name].to_pylist() for name in ("ring_id", "person_id")), strict=True):
        answer.setdefault(ring, set()).add(person)
    return {ring: frozenset(people) for ring, people in answer.items()}


if __name__ == "__main__":
    sys.exit(main())
