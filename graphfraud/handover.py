"""What people decided at the desk, handed over to the night: labels and lists, loaded as tables."""

import tempfile
from pathlib import Path
from typing import Final

from graphfraud.desk.labels import write_tables
from graphfraud.desk.opening import open_desk
from graphfraud.loading import Loaded, LoadOptions, load
from graphfraud.snapshot.build import Resources
from graphfraud.sources.pseudonym import PseudonymKey
from graphfraud.store.base import Store

_NO_KEY: Final = PseudonymKey(bytes(32))
"""These tables hold no identifier, so nothing is hashed with it."""


def load_desk(store: Store, address: str, *, home: Path, resources: Resources) -> Loaded | None:
    """Load the labels and lists of a desk; the as-of rules hold for them as for all others. None: there are none.

    A row about somebody whom the store does not know is rejected, as in any load, to ``home/desk-rejects.parquet``.
    """
    engine = open_desk(address)
    try:
        with tempfile.TemporaryDirectory(prefix="graphfraud-") as name:
            with engine.begin() as connection:
                rows = write_tables(connection, Path(name))
            if not rows:
                return None
            options = LoadOptions(Path(name), _NO_KEY, max_rejects=1.0)
            return load(store, options, rejects=home / "desk-rejects.parquet", resources=resources)
    finally:
        engine.dispose()
