"""One serving file in memory: mapped, never read as a whole."""

from pathlib import Path

import pyarrow as pa


def open_batch(path: Path) -> pa.RecordBatch:
    """The one batch of a serving file."""
    return pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
