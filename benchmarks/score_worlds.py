"""Worlds for fitting and measuring the score: a world, a night on it, and what became of everybody."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphfraud.score.card import parsed, read_card
from graphfraud.score.entries import Card
from graphfraud.score.fitting import Sample
from graphfraud.score.inputs import INPUTS, RING_SCORE, joined
from graphfraud.score.parts import values
from graphfraud.worlds.generate import generate
from graphfraud.worlds.recipe import Recipe
from graphfraud.worlds.style import Style, style

KEY = bytes(range(32)).hex()


@dataclass(frozen=True)
class World:
    """One world after its night: the inputs of a card, and who was a fraudster, who defaulted, who does what."""

    name: str
    home: Path
    inputs: pa.Table
    fraud: npt.NDArray[np.bool_]
    default: npt.NDArray[np.bool_]
    occupation: npt.NDArray[np.object_]

    @property
    def bad(self) -> npt.NDArray[np.float64]:
        """1 for fraud or default."""
        return (self.fraud | self.default).astype(np.float64)

    @property
    def run(self) -> Path:
        """The published run."""
        return (self.home / "runs" / "current").resolve()

    def sample(self, card: Card) -> Sample:
        """What a fit learns from."""
        return Sample(values(self.inputs, card), self.bad)

    def matrix(self) -> npt.NDArray[np.float64]:
        """The same inputs for a peer, missing as NaN."""
        return matrix(self.inputs)


def matrix(inputs: pa.Table) -> npt.NDArray[np.float64]:
    """Every input that a card may score, a column each."""
    return np.column_stack([pc.cast(inputs.column(name), pa.float64()).to_numpy() for name in INPUTS])


def world(work: Path, hardness: str, seed: int, people: int) -> World:
    """Made where it is not there yet: about 20 s for 20,000 people."""
    home = work / f"{hardness}-{seed}"
    if not (home / "done").exists():
        _make(home, hardness, seed, people)
    run = (home / "runs" / "current").resolve()
    inputs = _inputs(run)
    truth = home / "world" / "truth"
    person = inputs.column("person_id").cast(pa.string())
    default = pq.read_table(truth / "truth_default.parquet")
    people_rows = pq.read_table(_with_occupations(home, hardness, seed, people), columns=["person_id", "occupation"])
    place = pc.index_in(person, value_set=people_rows.column("person_id").cast(pa.string()))
    return World(
        f"{hardness}-{seed}",
        home,
        inputs,
        _among(person, pq.read_table(truth / "truth_rings.parquet").column("person_id")),
        _among(person, default.filter(default.column("defaulted_90d")).column("person_id")),
        np.array(people_rows.column("occupation").take(place.combine_chunks()).to_pylist(), dtype=object),
    )


def _with_occupations(home: Path, hardness: str, seed: int, people: int) -> Path:
    """The people of a world with their occupations, which some worlds do not tell: then of the same world, told.

    The night never sees them; nothing else of the people may differ.
    """
    told, aside = home / "world" / "people.parquet", home / "told"
    known = pq.read_table(told)
    if known.column("occupation").null_count < known.num_rows:
        return told
    if not (aside / "people.parquet").exists():
        with patch("graphfraud.worlds.render.style", _telling):
            generate(aside, people=people, seed=seed, hardness=hardness)
    whole = pq.read_table(aside / "people.parquet")
    if not whole.drop_columns("occupation").equals(known.drop_columns("occupation")):
        raise SystemExit(f"{aside}: other people than in {told}; remove both")
    return aside / "people.parquet"


def _telling(recipe: Recipe) -> Style:
    usual = style(recipe)
    return replace(usual, lost=usual.lost - {("people", "occupation")})


def _make(home: Path, hardness: str, seed: int, people: int) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    command = [sys.executable, "-m", "graphfraud"]
    environment = os.environ | {"GRAPHFRAUD_KEY": KEY}
    given = ["--people", str(people), "--seed", str(seed), "--hardness", hardness, "--json"]
    for words in (
        ["generate", str(home / "world"), *given],
        [
            "nightly",
            "--data",
            str(home / "world"),
            "--store",
            str(home / "lake"),
            "--runs",
            str(home / "runs"),
            "--json",
        ],
    ):
        subprocess.run([*command, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(home / "lake")
    (home / "done").write_text(json.dumps({"people": people}))


def _inputs(run: Path) -> pa.Table:
    features = pq.read_table(run / "features.parquet")
    inputs = joined(features, pq.read_table(run / "debt.parquet"))
    rings = pq.read_table(run / "rings.parquet", columns=["ring_id", "score"])
    members = pq.read_table(run / "ring_members.parquet", columns=["ring_id", "person_id"]).join(rings, "ring_id")
    worst = members.group_by("person_id").aggregate([("score", "max")])
    place = pc.index_in(inputs.column("person_id"), value_set=worst.column("person_id")).combine_chunks()
    score = pc.fill_null(worst.column("score_max").combine_chunks().take(place), 0.0)
    return inputs.append_column(RING_SCORE, score)


def _among(person: pa.ChunkedArray, some: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    return pc.is_in(person, value_set=pc.unique(some.cast(pa.string()))).to_numpy()


def judgement() -> Card:
    """The card that one starts from: judgement, no outcomes."""
    path = Path(__file__).with_name("judgement_card.toml")
    return parsed(path.read_text(encoding="utf-8"), path.name) if path.exists() else read_card(None)
