"""A published run of any size for the benchmark of the service: 60 made-up features a person, nothing else."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphfraud.features.catalogue import Feature
from graphfraud.publish.serving import FOLDER, FORMAT, _index, _tokens, write_batch

FEATURES = 60
MISSING = 0.05
SEED = 20_260_201
RUN_ID = "20260201T000000Z-be4c4a11"
KINDS = ("float", "float", "int", "float", "int", "bool")
CATALOGUE = tuple(
    Feature(f"feature_{slot:02d}", "social", KINDS[slot % len(KINDS)], "units", "made up", ())  # type: ignore[arg-type]
    for slot in range(FEATURES)
)


def person_id(place: int) -> str:
    """Ids as a bank would have them."""
    return f"u{place:08d}"


def values(people: int) -> np.ndarray:
    """A row a person; whole numbers where the catalogue says so, NaN where missing."""
    rng = np.random.default_rng(SEED)
    found = rng.random((people, FEATURES))
    for slot, feature in enumerate(CATALOGUE):
        if feature.dtype == "int":
            found[:, slot] = np.floor(found[:, slot] * 1_000)
        elif feature.dtype == "bool":
            found[:, slot] = np.floor(found[:, slot] * 2)
    found[rng.random((people, FEATURES)) < MISSING] = np.nan
    return found


def publish(runs: Path, people: int) -> None:
    """Write the run and make it current."""
    folder = runs / RUN_ID / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    ids = pa.array([person_id(place) for place in range(people)], pa.large_string())
    matrix = pa.FixedSizeListArray.from_arrays(pa.array(values(people).reshape(-1)), FEATURES)
    nothing = pa.array(np.full(people, -1))
    columns = {"person_id": ids, "token": _tokens(ids), "features": matrix}
    write_batch(folder / "people.arrow", pa.table(columns | {"scores_row": nothing, "debt_row": nothing}))
    write_batch(folder / "index.arrow", _index(ids))
    for name in ("scores", "debt", "members", "evidence"):
        write_batch(folder / f"{name}.arrow", pa.table({"score": pa.array([], pa.float64())}))
    none = {"ring_id": pa.array([], pa.large_string()), "score": pa.array([], pa.float64())}
    write_batch(folder / "rings.arrow", pa.table(none | {"by_id": pa.array([], pa.int32())}))
    catalogue = {"format": FORMAT, "model_version": "bench", "features": [asdict(one) for one in CATALOGUE]}
    (folder / "catalogue.json").write_text(json.dumps(catalogue))
    manifest = {"run_id": RUN_ID, "as_of": "2026-02-01T00:00:00Z", "digests": {"snapshot": "0" * 64}}
    (runs / RUN_ID / "manifest.json").write_text(json.dumps(manifest))
    link = runs / "current"
    link.unlink(missing_ok=True)
    link.symlink_to(RUN_ID)
