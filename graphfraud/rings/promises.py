"""Promises: who answers for whom, and what became of the debt."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Flags, Rows
from graphfraud.schema import Entity
from graphfraud.snapshot.borrowing import Loans
from graphfraud.snapshot.graph import Snapshot


@dataclass(frozen=True, eq=False)
class Promises:
    """Each guarantor and debtor once, sorted; ``at`` is the earliest promise."""

    guarantor: npt.NDArray[np.int32]
    debtor: npt.NDArray[np.int32]
    at: Rows

    def __len__(self) -> int:
        return len(self.guarantor)


def promises(snapshot: Snapshot, loans: Loans) -> Promises:
    """Guarantees between two different people, for a person or for the person's loan, paid back or not."""
    rows = snapshot["guarantees"]
    borrower = np.full(snapshot.count(Entity.LOAN) + 1, -1, np.int32)
    borrower[loans.loan] = loans.person
    debtor = np.where(rows["loan_id"] >= 0, borrower[rows["loan_id"]], rows["person_id"])
    debtor = np.where(debtor >= 0, debtor, rows["person_id"])
    real = (debtor >= 0) & (debtor != rows["guarantor_id"])
    guarantor, debtor, at = rows["guarantor_id"][real], debtor[real], rows["at"][real]
    order = np.lexsort((at, debtor, guarantor))
    guarantor, debtor, at = guarantor[order], debtor[order], at[order]
    first = np.r_[True, (guarantor[1:] != guarantor[:-1]) | (debtor[1:] != debtor[:-1])][: len(order)]
    return Promises(guarantor[first], debtor[first], at[first])


def mutual(given: Promises) -> Flags:
    """Which promises are answered: the debtor answers for the guarantor as well."""
    width = int(max(given.guarantor.max(initial=0), given.debtor.max(initial=0))) + 1
    key = given.guarantor.astype(np.int64) * width + given.debtor
    return np.isin(given.debtor.astype(np.int64) * width + given.guarantor, key)
