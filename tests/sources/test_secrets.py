"""No identifier value leaves the reader: not in rejects, messages, logs, temporary files or clean rows."""

import logging
import traceback
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphfraud.errors import GraphfraudError

PHONE, CARD, EMAIL = "13912345678", "6222000011112222", "someone@example.com"
SECRETS = (PHONE, CARD, EMAIL, "139 1234 5678", "Hidden Street 12")
FILES: dict[str, str | bytes] = {
    "good": f"person_id,kind,value\nanna,phone,{PHONE}\nanna,card,{CARD}\nbo,email,{EMAIL}\n",
    "wrong columns": f"kind,person_id,value\n{PHONE},anna,phone\n{CARD},bo,card\n{EMAIL},bo,email\n",
    "values as people": f"value,kind,person_id\nanna,phone,{PHONE}\nbo,card,{CARD}\nbo,email,{EMAIL}\n",
    "values as times": f"person_id,kind,value,since\nanna,phone,1,139 1234 5678\nbo,card,1,{CARD}\n",
    "broken lines": f'person_id,kind,value\nanna,phone,"{PHONE}\nbo,card,{CARD},x\n{EMAIL}\n',
    "broken text": f"person_id,kind,value\nanna,phone,{PHONE}\xff\nbo,{CARD}\xff,x\n".encode("latin-1"),
    "faulty values": f"person_id,kind,value\nanna,phone,{PHONE}\0\nanna,address,{'Hidden Street 12' * 999}\n",
    "conflict": f"person_id,kind,value,since\nanna,phone,{PHONE},2025-01-01\nanna,phone,{PHONE},2025-01-02\n",
    "no header": f"anna,phone,{PHONE}\nbo,email,{EMAIL}\nbo,address,Hidden Street 12\n",
    "secret header": f"person_id,kind,value,{PHONE},{EMAIL}\nanna,phone,1,1,1\n",
}


@pytest.mark.parametrize("name", list(FILES))
@pytest.mark.parametrize("max_rejects", [1.0, 0.0])
def test_nothing_shows_an_identifier(
    name: str,
    max_rejects: float,
    write: Any,
    read: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    try:
        with read(write({"identifiers.csv": FILES[name]}), max_rejects=max_rejects) as reading:
            told += [str(reading.rejects.to_pylist()), str(reading.undeclared), repr(reading)]
            told.append(str(reading.rows("identifiers").to_arrow_table().to_pylist()))
    except GraphfraudError as error:
        told += ["".join(traceback.format_exception(error)), repr(error), str(vars(error))]
    told += [caplog.text, *capfd.readouterr()]
    for secret in SECRETS:
        assert secret not in "".join(told)


def test_the_value_of_an_identifier_is_withheld_and_the_rest_is_shown(write: Any, read: Any) -> None:
    content = f"person_id,kind,value\nanna,fax,{PHONE}\np-77,phone,{PHONE}\nanna,phone,\n"
    with read(write({"identifiers.csv": content})) as reading:
        assert [r["value"] for r in reading.rejects.to_pylist()] == ["fax", "p-77", "(withheld)"]


def _many(directory: Path, count: int) -> None:
    values = [f"someone{number}@example.com" for number in range(count)]
    table = pa.table({"person_id": ["anna"] * count, "kind": ["email"] * count, "value": values})
    pq.write_table(table, directory / "identifiers.parquet")


def test_without_memory_the_error_quotes_nothing(write: Any, read: Any) -> None:
    directory = write({})
    _many(directory, 50_000)
    with pytest.raises(GraphfraudError, match=r"the tables could not be read \(OutOfMemory") as caught:
        read(directory, memory_mb=4)
    assert "someone" not in "".join(traceback.format_exception(caught.value))


def test_spilled_files_hold_no_value(write: Any, read: Any) -> None:
    directory = write({})
    _many(directory, 150_000)
    with read(directory, memory_mb=26, threads=1) as reading:
        spilled = [path for path in Path(reading.spill.name).rglob("*") if path.is_file()]
        assert any(path.stat().st_size > 1 << 20 for path in spilled)
        assert not any(b"@example" in path.read_bytes() for path in spilled)
        assert reading.rows("identifiers").count("*").fetchall() == [(150_000,)]
