"""The stages of one night on disk: each is timed, and a finished one is not done again after a kill."""

import json
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from graphfraud.publish.manifest import Cost
from graphfraud.publish.tables import write_table
from graphfraud.store.durable import write_file


class Observer(Protocol):
    """Who wants to see how a long work goes."""

    def started(self, stage: str) -> None:
        """A stage begins."""
        ...

    def finished(self, stage: str, cost: Cost, *, resumed: bool) -> None:
        """A stage is done, now or in an earlier attempt."""
        ...


@dataclass(frozen=True)
class Silent:
    """Sees nothing, says nothing."""

    def started(self, stage: str) -> None:
        """Nothing."""

    def finished(self, stage: str, cost: Cost, *, resumed: bool) -> None:
        """Nothing."""


@dataclass
class Stages:
    """The stages of one unfinished night: tables go to ``directory/run``, marks and the snapshot stay beside it."""

    directory: Path
    observer: Observer
    costs: dict[str, Cost] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.run.mkdir(exist_ok=True)
        for path in sorted(self.directory.glob("done-*.json")):
            self.costs[path.stem.removeprefix("done-")] = Cost(**json.loads(path.read_bytes()))

    @property
    def run(self) -> Path:
        """What becomes the run."""
        return self.directory / "run"

    def tables(self, stage: str, make: Callable[[], Mapping[str, pa.Table]]) -> dict[str, pa.Table]:
        """The tables of a stage: made now and written, or read back where an earlier attempt finished it."""
        with self.stage(stage) as fresh:
            if fresh:
                made = dict(make())
                for name, rows in made.items():
                    write_table(rows, self.run / f"{name}.parquet")
                write_file(self.directory / f"tables-{stage}.json", json.dumps(sorted(made)).encode())
                return made
        names = json.loads((self.directory / f"tables-{stage}.json").read_bytes())
        return {name: pq.read_table(self.run / f"{name}.parquet") for name in names}

    @contextmanager
    def stage(self, name: str) -> Iterator[bool]:
        """Time a stage and mark it done at the end; gives False where it was done before."""
        if name in self.costs:
            self.observer.finished(name, self.costs[name], resumed=True)
            yield False
            return
        self.observer.started(name)
        _forget_peak()
        begun = time.perf_counter()
        yield True
        cost = Cost(round(time.perf_counter() - begun, 3), round(_peak_mb(), 1))
        self.costs[name] = cost
        write_file(self.directory / f"done-{name}.json", json.dumps(asdict(cost)).encode())
        self.observer.finished(name, cost, resumed=False)


def _forget_peak() -> None:
    """Let the kernel measure the peak memory from here on (Linux); elsewhere it is the process's."""
    switch = Path("/proc/self/clear_refs")
    if switch.exists():
        switch.write_text("5", encoding="ascii")


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="ascii", errors="replace").partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
