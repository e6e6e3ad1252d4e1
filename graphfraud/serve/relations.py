"""Relations of a run as the service reads them: owners of identifiers, consents, ties between people."""

from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.serve.mapped import open_batch

Rows = npt.NDArray[np.int64]
FILES = ("identifiers", "owners", "consents", "ties", "bounds")


@dataclass(frozen=True)
class Relations:
    """Memory-mapped; people are rows. ``neighbours`` and ``weights`` of a person lie between two bounds."""

    identifiers: pa.RecordBatch | None
    owners: pa.RecordBatch | None
    consents: dict[str, npt.NDArray[np.int32]]
    bounds: npt.NDArray[np.int64]
    neighbours: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    types: npt.NDArray[np.uint16]

    def owners_of(self, kind: str, digest: str) -> list[dict[str, Any]]:
        """``row``, ``since`` and ``until`` of everybody who has or had this identifier."""
        if self.identifiers is None or self.owners is None:
            return []
        values, key = self.identifiers.column("value"), f"{kind}:{digest}"
        place = bisect_left(range(len(values)), key, key=lambda row: str(values[row].as_py()))
        if place == len(values) or values[place].as_py() != key:
            return []
        start, stop = (self.identifiers.column(f"owners_{end}")[place].as_py() for end in ("from", "to"))
        found: list[dict[str, Any]] = self.owners.slice(start, stop - start).to_pylist()
        return found

    def agreed(self, rows: Rows, purpose: str) -> npt.NDArray[np.bool_]:
        """Who of these people has a consent for this purpose in force."""
        given = self.consents.get(purpose)
        if given is None or not len(given):
            return np.zeros(len(rows), bool)
        places = np.minimum(np.searchsorted(given, rows), len(given) - 1)
        return np.asarray(given[places] == rows)

    def ties_of(self, row: int) -> slice:
        """Where the ties of a person lie."""
        return slice(int(self.bounds[row]), int(self.bounds[row + 1])) if row + 1 < len(self.bounds) else slice(0, 0)


def open_relations(folder: Path) -> Relations:
    """The relations of a run; none where the night wrote none."""
    if not (folder / "bounds.arrow").exists():
        empty = np.zeros(0, np.int32)
        nothing = np.zeros(0, np.int64), empty, np.zeros(0, np.float32), np.zeros(0, np.uint16)
        return Relations(None, None, {}, *nothing)
    files = {name: open_batch(folder / f"{name}.arrow") for name in FILES}
    ties = {name: files["ties"].column(name).to_numpy(zero_copy_only=True) for name in ("row", "weight", "types")}
    return Relations(
        identifiers=files["identifiers"],
        owners=files["owners"],
        consents=_by_purpose(files["consents"]),
        bounds=files["bounds"].column("bound").to_numpy(zero_copy_only=True),
        neighbours=ties["row"],
        weights=ties["weight"],
        types=ties["types"],
    )


def _by_purpose(consents: pa.RecordBatch) -> dict[str, npt.NDArray[np.int32]]:
    """Rows of everybody who agreed, by purpose, ascending."""
    purposes, rows = consents.column("purpose"), consents.column("row").to_numpy(zero_copy_only=True)
    codes = purposes.indices.to_numpy(zero_copy_only=True)
    found = {}
    for code, word in enumerate(purposes.dictionary.to_pylist()):
        found[word] = rows[np.searchsorted(codes, code, "left") : np.searchsorted(codes, code, "right")]
    return found
