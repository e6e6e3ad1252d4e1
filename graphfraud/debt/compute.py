"""The debt table: what each person owes, answers for, and would cost others."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.debt.contagion import bearable, default_probability, own_probability
from graphfraud.debt.stacking import stacking
from graphfraud.schema import Entity
from graphfraud.snapshot.borrowing import Guaranteed, current_loans, guaranteed, lenders_open, owed
from graphfraud.snapshot.graph import Snapshot


def debt(snapshot: Snapshot) -> pa.Table:
    """One row a person, sorted by person; money in yuan.

    ``exposure_to_others`` is what others owe and this person answers for; ``impact`` is what guarantors
    would have to pay if this person paid nothing; ``default_probability`` rests on documented priors
    (``basis`` says so); ``top_path`` names the largest single exposure in words, null where there is none.
    """
    people = snapshot.people
    loans = current_loans(snapshot)
    promised = guaranteed(snapshot, loans)
    stacked = stacking(snapshot, loans)
    own = own_probability(snapshot, loans, stacked)
    return pa.table(
        {
            "person_id": snapshot.ids[Entity.PERSON],
            "lenders_open": pa.array(lenders_open(loans, people), pa.int64()),
            "outstanding": _yuan(owed(snapshot, loans)),
            "stacking": stacked,
            "exposure_to_others": _yuan(_sum(promised.guarantor, promised.fen, people)),
            "default_probability": default_probability(own, promised, bearable(snapshot)),
            "own_probability": own,
            "impact": _yuan(_sum(promised.person, promised.fen, people)),
            "top_path": _top_paths(snapshot, promised),
            "basis": pa.array(["prior"] * people, pa.string()),
        }
    )


def _sum(person: npt.NDArray[np.int32], fen: npt.NDArray[np.int64], people: int) -> npt.NDArray[np.int64]:
    total = np.zeros(people, np.int64)
    np.add.at(total, person, fen)
    return total


def _yuan(fen: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.asarray(fen / 100.0)


def _top_paths(snapshot: Snapshot, promised: Guaranteed) -> pa.Array:
    """The largest debt that each person answers for; ties go to the smaller id."""
    order = np.lexsort((promised.person, -promised.fen, promised.guarantor))
    guarantor = promised.guarantor[order]
    first = order[np.r_[True, guarantor[1:] != guarantor[:-1]][: len(order)]]
    ids = snapshot.ids[Entity.PERSON]
    words: list[str | None] = [None] * snapshot.people
    for row in first:
        a, b = int(promised.guarantor[row]), int(promised.person[row])
        words[a] = f"{ids[a]} answers for {promised.fen[row] / 100:,.2f} yuan that {ids[b]} owes"
    return pa.array(words, pa.string())
