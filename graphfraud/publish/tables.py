"""Published tables on disk: the same rows give the same bytes."""

import hashlib
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP: Final = 1 << 17


def write_table(rows: pa.Table, path: Path) -> None:
    """Write a Parquet file beside its place and put it there in one step."""
    beside = path.with_name(f".{path.name}.part")
    pq.write_table(rows.combine_chunks(), beside, compression="zstd", row_group_size=ROW_GROUP, store_schema=False)
    beside.replace(path)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
