"""Metrics: all workers together, templates instead of ids, and counts that survive a worker."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from graphfraud.serve.app import Clocks
from graphfraud.serve.metrics import RequestCounts, ServiceMetrics
from tests.serve.conftest import Client, make_client
from tests.serve.published import AS_OF, Sketch

ROUTES = ("* unmatched", "GET /scores/{person_id}")


def samples(text: bytes) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_answers_are_counted_by_template(runs: Path, tmp_path: Path) -> None:
    client = make_client(runs, tmp_path, clocks=Clocks(wall=lambda: AS_OF.timestamp() + 60))
    for url in ("/scores/p-1", "/scores/p-2", "/scores/nobody", "/nope/p-1"):
        client.get(url)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = samples(answer.content)
    scores = (("method", "GET"), ("route", "/scores/{person_id}"))
    assert found["graphfraud_requests_total", (*scores, ("status", "2xx"))] == 2
    assert found["graphfraud_requests_total", (*scores, ("status", "4xx"))] == 1
    assert found["graphfraud_requests_total", (("method", "*"), ("route", "unmatched"), ("status", "4xx"))] == 1
    assert found["graphfraud_request_seconds_count", scores] == 3
    assert found["graphfraud_request_seconds_sum", scores] > 0
    assert found["graphfraud_run_age_seconds", ()] == 60
    assert next(labels for name, labels in found if name == "graphfraud_run_info")[1] == ("run_id", Sketch().run_id)
    assert "p-1" not in answer.text
    assert "nobody" not in answer.text


@pytest.mark.parametrize(("seconds", "bound"), [(0.0005, "0.0005"), (0.0006, "0.001"), (9.0, "+Inf")])
def test_buckets_are_cumulative_and_hold_their_bound(tmp_path: Path, seconds: float, bound: str) -> None:
    counts = RequestCounts(tmp_path / "counts", ROUTES)
    counts.count(1, 200, seconds)
    found = samples(ServiceMetrics(counts, None, 0).text())
    labels = (("method", "GET"), ("route", "/scores/{person_id}"))
    filled = [
        dict(key)["le"]
        for (name, key), value in found.items()
        if name == "graphfraud_request_seconds_bucket" and value and ("route", "/scores/{person_id}") in key
    ]
    assert filled[0] == bound
    assert filled[-1] == "+Inf"
    assert found["graphfraud_request_seconds_sum", labels] == seconds


COUNT = """
import sys
from pathlib import Path
from graphfraud.serve.metrics import RequestCounts
counts = RequestCounts(Path(sys.argv[1]), ("* unmatched", "GET /scores/{person_id}"), workers=2)
for _ in range(int(sys.argv[2])):
    counts.count(1, 200, 0.001)
"""


def test_every_worker_counts_and_a_dead_ones_row_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "counts"
    here = RequestCounts(path, ROUTES, workers=2)
    here.count(1, 200, 0.001)
    for times in (2, 3):
        subprocess.run([sys.executable, "-c", COUNT, str(path), str(times)], check=True)
    assert here.totals()[1, 1] == 6
    cells = np.fromfile(path).reshape(4, -1)
    assert np.count_nonzero(cells.any(axis=1)) == 2  # ours, and one for both that died


def test_a_client_in_the_process_counts_itself(client: Client) -> None:
    before = samples(client.get("/metrics").content)
    after = samples(client.get("/metrics").content)
    key = ("graphfraud_requests_total", (("method", "GET"), ("route", "/metrics"), ("status", "2xx")))
    assert after[key] == before.get(key, 0) + 1
