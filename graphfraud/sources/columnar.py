"""Reading Parquet, batch by batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphfraud.errors import InputError
from graphfraud.sources.blocks import BROKEN_SCHEMA, Block
from graphfraud.sources.files import TableFile

BATCH_ROWS: Final = 131_072


class ColumnarReader:
    """Reads ``.parquet`` with the types that the file gives its columns; text is not yet known to be UTF-8."""

    def names(self, file: TableFile) -> Sequence[str]:
        """The columns of the file."""
        with _opened(file) as parquet:
            return list(parquet.schema_arrow.names)

    def blocks(self, file: TableFile, wanted: Sequence[str]) -> Iterator[Block]:
        """The rows, a batch a block."""
        with _opened(file) as parquet:
            row = 0
            for batch in parquet.iter_batches(BATCH_ROWS, columns=list(wanted)):
                numbers = pa.array(np.arange(row + 1, row + 1 + batch.num_rows), pa.int64())
                columns = {name: batch.column(name) for name in wanted}
                yield Block(batch.num_rows, numbers, columns, BROKEN_SCHEMA.empty_table())
                row += batch.num_rows


@contextmanager
def _opened(file: TableFile) -> Iterator[pq.ParquetFile]:
    """An open Parquet file; every failure to read it becomes an InputError that quotes no data."""
    try:
        with pq.ParquetFile(file.path) as parquet:
            yield parquet
    except OSError as error:  # Arrow's own OSError has no strerror, and may quote what it read
        raise _unreadable(file, error.strerror) from None
    except (pa.ArrowException, UnicodeDecodeError):
        raise _unreadable(file, None) from None


def _unreadable(file: TableFile, cause: str | None) -> InputError:
    what = f"the file cannot be read ({cause})" if cause else "the file is not Parquet, or it is damaged"
    return InputError(what, where=file.name, cure="write it again")
