"""A whole world, from a seed to files: every table of the contract, and its truth beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphfraud.errors import UsageError
from graphfraud.schema import TABLES
from graphfraud.worlds.base.credit import credit
from graphfraud.worlds.base.people import people as everybody
from graphfraud.worlds.base.ties import befriended, ties
from graphfraud.worlds.base.traces import seen, traces
from graphfraud.worlds.base.trade import trade
from graphfraud.worlds.casting import Cast, group_casts, ring_casts
from graphfraud.worlds.contagion import outcome
from graphfraud.worlds.decoys.common import common
from graphfraud.worlds.decoys.kinds import GROUPS
from graphfraud.worlds.ids import Order, orders
from graphfraud.worlds.knowledge import knowledge
from graphfraud.worlds.lifetimes import within_lifetimes
from graphfraud.worlds.population import Population, drawn
from graphfraud.worlds.recipe import AS_OF_US, Ints, Recipe
from graphfraud.worlds.render import Scribe
from graphfraud.worlds.rings.kinds import RINGS
from graphfraud.worlds.sheets import Effect, Sheet, gathered
from graphfraud.worlds.stage import Mechanism, Stage
from graphfraud.worlds.style import style
from graphfraud.worlds.truth import truth

AS_OF: Final = datetime.fromtimestamp(AS_OF_US // 1_000_000, UTC)


@dataclass(frozen=True)
class WorldReport:
    """What was written: where, up to when, how many people, rows by table, rings and honest dense groups."""

    directory: Path
    as_of: datetime
    people: int
    rows: Mapping[str, int]
    rings: int
    ring_members: int
    groups: int


@dataclass(frozen=True)
class World:
    """A world in memory: its people, every row, and who played in what."""

    recipe: Recipe
    population: Population
    sheets: tuple[Sheet, ...]
    rings: Mapping[str, Cast]
    groups: Mapping[str, Cast]


def generate(directory: Path, *, people: int = 5000, seed: int = 1, hardness: str = "medium") -> WorldReport:
    """Write a world as contract tables, ``as_of.txt`` and ``truth/`` into a directory.

    ``hardness`` is low, medium or high. Equal arguments give equal bytes. Files of an
    earlier world in the same directory are replaced. Cost: 100,000 people, about
    2.4 million rows, take some 5 CPU seconds and 530 MB.

    Raises:
        UsageError: fewer than 200 people, an unknown hardness, or a directory that cannot be written.
    """
    made = world(Recipe(people, seed, hardness))
    try:
        return _written(made, directory)
    except OSError as error:
        raise UsageError(
            f"the world cannot be written ({error.strerror})", where=str(directory), cure="name another directory"
        ) from error


def world(recipe: Recipe) -> World:
    """The world of a recipe: people, rings and honest groups first, then everybody's ordinary life."""
    start = drawn(recipe)
    rings = ring_casts(recipe, start)
    in_rings = np.concatenate([cast.people for cast in rings.values()])
    groups = group_casts(recipe, start, in_rings)
    stage = Stage(recipe.hard, style(recipe), start, np.setdiff1d(start.adults, in_rings))
    effects = [*_played(recipe, stage, groups, GROUPS), *_played(recipe, stage, rings, RINGS)]
    effects += [common(cast, stage, recipe.rng(f"common.{kind}")) for kind, cast in groups.items()]
    population = start.with_shares(share for effect in effects for share in effect.shares)
    friends = befriended(recipe, population)
    sheets = [
        *(one for effect in effects for one in effect.sheets),
        *everybody(recipe, population),
        *ties(recipe, population, friends),
        *traces(recipe, population),
        *trade(recipe, population, friends),
        *credit(recipe, population, friends),
    ]
    sheets = list(within_lifetimes(population, sheets))
    sheets += seen(recipe, sheets)
    sheets += knowledge(recipe, population, (rings, groups), sheets)
    return World(recipe, population, tuple(sheets), rings, groups)


def _played(
    recipe: Recipe, stage: Stage, casts: Mapping[str, Cast], mechanisms: Mapping[str, Mechanism]
) -> list[Effect]:
    return [mechanisms[kind](cast, stage, recipe.rng(f"mechanism.{kind}")) for kind, cast in casts.items()]


def _written(made: World, directory: Path) -> WorldReport:
    (directory / "truth").mkdir(parents=True, exist_ok=True)
    named = orders(made.recipe, made.sheets)
    scribe = Scribe(made.recipe, named, _birth_days(made.population, named["national_id"]))
    kept = [one for one in made.sheets if one.table not in style(made.recipe).empty]
    rows = {}
    for table in TABLES:
        content = scribe.table(table, gathered(kept, table.name))
        rows[table.name] = content.num_rows
        _write(content, directory / f"{table.name}.parquet")
    fate = outcome(made.recipe, made.population, made.sheets)
    for name, content in truth(made.recipe, scribe, made.rings, made.groups, fate).items():
        _write(content, directory / "truth" / f"{name}.parquet")
    (directory / "as_of.txt").write_text(f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}\n", encoding="ascii")
    return WorldReport(
        directory=directory,
        as_of=AS_OF,
        people=made.population.size,
        rows=rows,
        rings=_count(made.rings),
        ring_members=sum(len(cast.people) for cast in made.rings.values()),
        groups=_count(made.groups),
    )


def _count(casts: Mapping[str, Cast]) -> int:
    return sum(int(cast.first.sum()) for cast in casts.values())


def _birth_days(population: Population, documents: Order) -> Ints:
    """Birth day that stands in each document number, by rank; a made-up document borrows somebody's."""
    days = np.empty(len(documents.codes), np.int64)
    days[documents.ranks] = population.birth_day[documents.codes % population.size]
    return days


def _write(content: pa.Table, path: Path) -> None:
    pq.write_table(content, path, compression="zstd")
