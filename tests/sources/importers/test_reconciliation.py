import pytest

from graphfraud.errors import InputError
from graphfraud.sources.importers.reconciliation import Dropped, FileCount, Reconciliation, TableCount


def whole(*, rows_in: int = 5, written: int = 3, from_files: int = 2, out: int = 2) -> Reconciliation:
    file = FileCount("Loan.csv", rows_in, {"loans": out}, 1, (Dropped("loan of a company", 2, "not a person's"),))
    return Reconciliation(
        "finbench", "2026-01-01T00:00:00Z", (file,), (TableCount("loans", written, from_files, 1, "made up"),), ()
    )


def test_it_closes() -> None:
    whole().check()
    assert whole().rows() == (("Loan.csv", "5", "loans 2", "1", "loan of a company 2"),)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rows_in": 6}, r"Loan.csv \+1 rows"),
        ({"rows_in": 4}, r"Loan.csv -1 rows"),
        ({"written": 4}, r"table loans \+1 rows"),
        ({"rows_in": 6, "out": 3}, r"table loans \+1 from files"),
    ],
)
def test_one_row_that_nobody_explains_is_an_error(changed: dict[str, int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        whole(**changed).check()
