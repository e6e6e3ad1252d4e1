"""The past of a lake table taken away: its old files, its old log, whatever they said.

The newest version stays readable under its number; earlier ones are gone for good.
"""

import re
from pathlib import Path
from typing import Final

from deltalake import DeltaTable

from graphfraud.store.durable import sync_directory

_LOG_FILE: Final = re.compile(r"(\d{20})\.(?:json|checkpoint.*\.parquet|crc)")


def purge(place: Path) -> None:
    """Keep only what the newest version needs; done twice it changes nothing more."""
    table = DeltaTable(place)
    version = table.version()
    table.create_checkpoint()
    kept = {Path(uri.removeprefix("file://")).resolve() for uri in table.file_uris()}
    for path in place.rglob("*.parquet"):
        if path.parent.name != "_delta_log" and path.resolve() not in kept:
            path.unlink()
    log = place / "_delta_log"
    for path in log.iterdir():
        found = _LOG_FILE.fullmatch(path.name)
        if found and int(found[1]) < version:
            path.unlink()
    sync_directory(log)
    sync_directory(place)
