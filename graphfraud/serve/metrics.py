"""Counts and latencies of all workers, in one small file that they share.

Every worker owns a row of the file, marked by a lock that the system drops when the
worker dies; its successor takes the row over and counts on. Any worker can answer
for all, so a scrape never depends on which one it reaches. Labels are route
templates, methods and status classes: never an id.
"""

import fcntl
import mmap
import os
import weakref
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

BOUNDS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
STATUS_CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx")
BUCKETS: Final = len(BOUNDS_S) + 1
WIDTH: Final = len(STATUS_CLASSES) + BUCKETS + 1
"""Cells of one route: requests by status class, requests by latency, and the sum of seconds."""
CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"


class RequestCounts:
    """The cells of all workers over a list of routes; this worker writes only its own row."""

    def __init__(self, path: Path, routes: tuple[str, ...], *, workers: int = 1) -> None:
        self.routes = routes
        self._rows = 2 * workers  # a worker and its successor overlap for a moment
        self._row_cells = len(routes) * WIDTH + 1  # the last: lines that the audit log lost
        self._row_bytes = self._row_cells * 8
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        weakref.finalize(self, os.close, self._file)
        os.ftruncate(self._file, self._rows * self._row_bytes)
        self._shared = mmap.mmap(self._file, self._rows * self._row_bytes)
        self._cells = memoryview(self._shared).cast("d")
        self._start = self._own_row() * self._row_cells

    def count(self, route: int, status: int, seconds: float) -> None:
        """One more answer. Cost: under a microsecond."""
        start = self._start + route * WIDTH
        cells = self._cells
        cells[start + min(status // 100, 5) - 1] += 1
        cells[start + len(STATUS_CLASSES) + bisect_left(BOUNDS_S, seconds)] += 1
        cells[start + WIDTH - 1] += seconds

    def audit_failed(self, lines: int) -> None:
        """So many more lines of the audit log could not be written."""
        self._cells[self._start + self._row_cells - 1] += lines

    def audit_failures(self) -> float:
        """Lines that the audit logs of all workers lost."""
        return float(self._rows_of_all()[:, -1].sum())

    def totals(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Sums over all workers, a row for each route."""
        sums: np.ndarray[tuple[int, int], np.dtype[np.float64]] = self._rows_of_all()[:, :-1].sum(axis=0)
        return sums.reshape(len(self.routes), WIDTH)

    def _rows_of_all(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return np.frombuffer(self._shared, np.float64).reshape(self._rows, self._row_cells)

    def _own_row(self) -> int:
        for row in range(self._rows):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, row)
            except OSError:
                continue
            return row
        return self._rows - 1


@dataclass(frozen=True)
class RunFacts:
    """The served run as the metrics show it; its age in seconds."""

    run_id: str
    model_version: str
    age_s: float


class ServiceMetrics(Collector):
    """What a scrape sees: requests, latencies, and which run is served, how old."""

    def __init__(self, counts: RequestCounts, run: RunFacts | None, failures: int) -> None:
        self._counts = counts
        self._run = run
        self._failures = failures

    def collect(self) -> Iterator[Metric]:
        """Every metric, from one reading of the cells."""
        requests = CounterMetricFamily(
            "graphfraud_requests", "answers by route and status class", labels=("route", "method", "status")
        )
        latency = HistogramMetricFamily(
            "graphfraud_request_seconds", "seconds from request to answer", labels=("route", "method")
        )
        for route, cells in zip(self._counts.routes, self._counts.totals().tolist(), strict=True):
            method, template = route.split(" ", 1)
            for status, count in zip(STATUS_CLASSES, cells, strict=False):
                if count:
                    requests.add_metric((template, method, status), count)
            latency.add_metric((template, method), _buckets(cells[len(STATUS_CLASSES) : -1]), cells[-1])
        yield requests
        yield latency
        yield CounterMetricFamily("graphfraud_run_failures", "runs that could not be opened", value=self._failures)
        lost = self._counts.audit_failures()
        yield CounterMetricFamily("graphfraud_audit_failures", "lines that the audit log lost", value=lost)
        yield from _run_metrics(self._run)

    def text(self) -> bytes:
        """The exposition."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)


def _run_metrics(run: RunFacts | None) -> Iterator[Metric]:
    yield GaugeMetricFamily("graphfraud_ready", "whether a run is served", value=float(run is not None))
    if run is not None:
        yield GaugeMetricFamily("graphfraud_run_age_seconds", "now less the as-of of the run", value=run.age_s)
        info = GaugeMetricFamily("graphfraud_run_info", "the run that is served", labels=("run_id", "model_version"))
        info.add_metric((run.run_id, run.model_version), 1.0)
        yield info


def _buckets(counts: list[float]) -> list[tuple[str, float]]:
    """Cumulative counts with the upper bound of each bucket in seconds."""
    sums = np.cumsum(counts).tolist()
    return list(zip((*map(str, BOUNDS_S), "+Inf"), sums, strict=True))
