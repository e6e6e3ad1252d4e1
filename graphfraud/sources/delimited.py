"""Reading CSV: comma, double quotes, UTF-8 with or without byte-order mark, any line end, gzip or not."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final, cast

import numpy as np
import pyarrow as pa

from graphfraud.errors import InputError
from graphfraud.sources.blocks import BROKEN_SCHEMA, Block
from graphfraud.sources.files import Form, TableFile
from graphfraud.sources.records import FAULTS, Records, cut

BLOCK_BYTES: Final = 4 << 20
MAX_LINE_BYTES: Final = 16 << 20
MAX_HEADER_BYTES: Final = 1 << 16
MAX_COLUMNS: Final = 1_000
_SHOWN_BYTES: Final = 200
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class DelimitedReader:
    """Reads ``.csv`` and ``.csv.gz``; the values of all columns are bytes, not yet known to be UTF-8."""

    def names(self, file: TableFile) -> Sequence[str]:
        """The header; none in an empty file."""
        with _opened(file) as stream:
            return _header(stream, file)

    def blocks(self, file: TableFile, wanted: Sequence[str]) -> Iterator[Block]:
        """The rows after the header."""
        with _opened(file) as stream:
            found = _header(stream, file)
            fields = {name: found.index(name) for name in wanted}
            row, rest, chunk = 0, b"", b" "
            while chunk:
                chunk = stream.read(BLOCK_BYTES)
                records = cut(np.frombuffer(rest + chunk, np.uint8), len(found), last=not chunk)
                if records.faults.size:
                    yield _block(records, fields, row)
                row += records.faults.size
                rest = records.data[records.used :].tobytes()
                if len(rest) > MAX_LINE_BYTES:
                    raise InputError(
                        f"row {row + 1} is longer than {MAX_LINE_BYTES >> 20} MiB", where=file.name, cure="end its line"
                    )


def _block(records: Records, fields: dict[str, int], row: int) -> Block:
    numbers = np.arange(row + 1, row + 1 + records.faults.size)
    good = records.faults == 0
    reasons = np.array(FAULTS)[records.faults[~good]]
    broken = [
        pa.array(numbers[~good], pa.int64()),
        records.first_lines(_SHOWN_BYTES),
        pa.array(reasons, pa.string()),
    ]
    return Block(
        rows=records.faults.size,
        numbers=pa.array(numbers[good], pa.int64()),
        columns={name: records.values(field) for name, field in fields.items()},
        broken=pa.Table.from_arrays(broken, schema=BROKEN_SCHEMA),
    )


def _header(stream: IO[bytes], file: TableFile) -> Sequence[str]:
    """Names in the first line that is not blank; the stream stands behind it."""
    line = stream.readline(MAX_HEADER_BYTES).removeprefix(_BYTE_ORDER_MARK)
    while line in (b"\n", b"\r\n"):
        line = stream.readline(MAX_HEADER_BYTES)
    if not line.strip(b"\r\n"):
        return ()
    if len(line) == MAX_HEADER_BYTES:
        raise _no_header(file, "is too long")
    try:
        names = next(csv.reader([line.decode("utf-8")], strict=True))
    except UnicodeDecodeError:
        raise _no_header(file, "is not UTF-8") from None
    except csv.Error:
        raise _no_header(file, "cannot be cut into columns") from None
    if len(names) > MAX_COLUMNS:
        raise _no_header(file, f"has more than {MAX_COLUMNS} columns")
    if b"\0" in line:
        raise _no_header(file, "holds NUL bytes")
    return names


def _no_header(file: TableFile, fault: str) -> InputError:
    return InputError(
        f"the first line {fault}, so it is no header",
        where=file.name,
        cure="write a CSV file in UTF-8 whose first line names the columns, with commas between them",
    )


@contextmanager
def _opened(file: TableFile) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked; every failure to read it becomes an InputError."""
    try:
        with gzip.open(file.path) if file.form is Form.CSV_GZ else file.path.open("rb") as stream:
            yield cast(IO[bytes], stream)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(
            "the file is not gzip, or it is cut short or damaged", where=file.name, cure="write it again"
        ) from None
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", where=file.name, cure="check that it is there and readable"
        ) from error
