"""The page: server time of a person among a million, and the first picture of a ring of 500 after its data arrived.

The run is drawn by lot, in the form of a published one. Without Playwright and Chromium the
picture is left out, and the row says so.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measure import SCREEN, Row, options, report, version

from graphfraud.features.catalogue import CATALOGUE
from graphfraud.publish.serving import write_serving

REASON = [{"code": "R-1", "zh": "理由", "en": "a reason"}]
SCORE_REASON = [{"code": "R-1", "points": 1.0, "zh": "理由", "en": "a reason"}]
PORT = 8371
ASKED = 30
MEMBERS, LINKS = 500, 2_000
LOOKS = 5


def main() -> None:
    """Measure and report."""
    asked = options(__doc__ or "")
    people = 20_000 if asked.quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="graphfraud-bench-") as home:
        SCREEN.print(f"drawing a run of {people:,} people")
        draw(Path(home) / "runs" / "20260201T000000Z-00000001", people)
        (Path(home) / "runs" / "current").symlink_to("20260201T000000Z-00000001")
        words = ["page", "--insecure", "--store", f"{home}/lake", "--runs", f"{home}/runs", "--port", str(PORT)]
        with subprocess.Popen([sys.executable, "-m", "graphfraud", *words], stdout=subprocess.DEVNULL) as process:
            try:
                answered("/en/rings")
                rows = [person(people), *pictures()]
            finally:
                process.terminate()
    report(f"The page: {people:,} people", rows, asked.json)


def draw(run: Path, people: int) -> None:
    """A run with random features, and one ring of 500 people with 2,000 links."""
    lot = np.random.default_rng(7)
    run.mkdir(parents=True)
    ids = pa.array([f"u{number:08d}" for number in range(people)])
    types = {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
    features = {one.name: pa.array(lot.integers(0, 9, people)).cast(types[one.dtype]) for one in CATALOGUE}
    parts = {name: lot.uniform(0, 100, people) for name in ("score", "social", "payment", "credit", "device")}
    said = {"tier": "new", "decision": "approve", "card_version": "1", "reasons": SCORE_REASON, "limit_cny": 1000.0,
            "daily_rate": 0.0003, "irr_annual": 0.12}  # fmt: skip
    owed = ("outstanding", "stacking", "exposure_to_others", "default_probability", "impact")
    debt = {name: lot.uniform(0, 1, people) for name in owed}
    members = [f"u{number:08d}" for number in range(MEMBERS)]
    ends = lot.integers(0, MEMBERS, LINKS)
    at = pa.array([1_769_000_000_000_000] * LINKS, pa.timestamp("us", tz="UTC"))
    tables: dict[str, dict[str, Any]] = {
        "features": {"person_id": ids} | features,
        "scores": {"person_id": ids} | parts | {name: pa.repeat(pa.scalar(value), people) for name, value in said.items()},
        "debt": {"person_id": ids, "lenders_open": lot.integers(0, 9, people), "top_path": pa.repeat("", people)} | debt,
        "rings": {"ring_id": ["ring-1"], "size": [MEMBERS], "kind": ["device_farm"], "score": [0.99], "p_value": [0.0],
                  "first_seen_at": at[:1], "reasons": [REASON]},
        "ring_members": {"ring_id": ["ring-1"] * MEMBERS, "person_id": members, "role": ["member"] * MEMBERS,
                         "score": [0.5] * MEMBERS},
        "ring_evidence": {"ring_id": ["ring-1"] * LINKS, "source_id": [members[end] for end in ends],
                          "source_label": ["Person"] * LINKS, "relationship": ["USED_DEVICE"] * LINKS,
                          "target_id": [f"d{number % 300}" for number in range(LINKS)], "target_label": ["Device"] * LINKS,
                          "weight": [2.0] * LINKS, "at": at},
    }  # fmt: skip
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), run / f"{name}.parquet")
    manifest = {"run_id": run.name, "parent_run": None, "as_of": "2026-02-01T00:00:00Z", "digests": {"snapshot": "0"},
                "rows": {}, "stages": {}}  # fmt: skip
    (run / "manifest.json").write_text(json.dumps(manifest))
    write_serving(run)


def answered(path: str) -> bytes:
    """What the page answers, once it does."""
    for _ in range(600):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=60).read()
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the page does not answer")


def person(people: int) -> Row:
    """Seconds of a person's page, whole request, worst and median of several people; the first is not counted."""
    answered("/en/people/u00000001")
    seconds, right = [], True
    for number in range(ASKED):
        begun = time.perf_counter()
        name = f"u{number * 601:08d}"
        right &= name.encode() in answered(f"/en/people/{name}")
        seconds.append(time.perf_counter() - begun)
    note = f"target 0.3 s; worst of {ASKED}, median {statistics.median(seconds):.3f} s"
    return Row("person page", people, "graphfraud", version("graphfraud"), max(seconds), answers_agree=right, note=note)


def pictures() -> list[Row]:
    """Seconds from the arrival of a ring's data to the first drawn picture, and to the one that answers to clicks."""
    tasks = {"first picture": "target 1 s", "picture that answers to clicks": "no target"}
    agent = ("graphfraud", version("graphfraud"))
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return [Row(task, MEMBERS, *agent, 0.0, note="not measured: Playwright is not installed") for task in tasks]
    if chromium is None:
        return [Row(task, MEMBERS, *agent, 0.0, note="not measured: Chromium was not found") for task in tasks]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        seen = [_drawn(browser) for _ in range(LOOKS)]
        browser.close()
    rows = []
    for (task, aim), seconds in zip(tasks.items(), zip(*seen, strict=True), strict=True):
        note = f"{aim}; worst of {LOOKS}, median {statistics.median(seconds):.3f} s; {LINKS:,} links"
        rows.append(Row(task, MEMBERS, *agent, max(seconds), answers_agree=True, note=note))
    return rows


def _drawn(browser: Any) -> tuple[float, float]:
    """Seconds from the last byte of the page, which carries the data, to a canvas with ink, and to the chart's own."""
    tab = browser.new_page(viewport={"width": 1366, "height": 768})
    tab.add_init_script(
        "const ink = c => c && c.width && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v);"
        "const look = () => {"
        " if (!window.drawnAt && ink(document.querySelector('canvas'))) window.drawnAt = performance.now();"
        " if (!document.getElementById('gf-first') && ink(document.querySelector('#app canvas')))"
        " window.chartAt = performance.now(); else requestAnimationFrame(look); }; requestAnimationFrame(look);"
    )
    tab.goto(f"http://127.0.0.1:{PORT}/en/rings/ring-1")
    tab.wait_for_function("window.chartAt", timeout=120_000)
    spent = tab.evaluate(
        "[window.drawnAt, window.chartAt].map(at => at - performance.getEntriesByType('navigation')[0].responseEnd)"
    )
    tab.close()
    return spent[0] / 1000, spent[1] / 1000


if __name__ == "__main__":
    main()
