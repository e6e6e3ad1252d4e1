"""/healthz, /readyz, /metrics and /catalog: what an operator asks."""

from pathlib import Path

import msgspec

from graphfraud.errors import RunError
from graphfraud.serve.answers import Catalogue, Health, KnownRun, Ready
from graphfraud.serve.exchange import Answer, Call
from graphfraud.serve.metrics import CONTENT_TYPE, RunFacts, ServiceMetrics
from graphfraud.serve.operation import Service
from graphfraud.serve.scores import identity
from graphfraud.serve.view import Manifest, iso


def health(service: Service, call: Call) -> Answer:  # noqa: ARG001 - every answer has this shape
    """Alive, whatever the runs."""
    return Answer(msgspec.json.encode(Health()))


def ready(service: Service, call: Call) -> Answer:  # noqa: ARG001 - every answer has this shape
    """Ready once a run is open; until then a RunError."""
    view = service.current.view()
    return Answer(
        msgspec.json.encode(
            Ready(run_id=view.run_id, snapshot_digest=view.snapshot_digest, model_version=view.model_version)
        )
    )


def metrics(service: Service, call: Call) -> Answer:  # noqa: ARG001 - every answer has this shape
    """Prometheus text; without a run it says so instead of failing."""
    try:
        view = service.current.view()
        run = RunFacts(view.run_id, view.model_version, service.wall() - view.as_of_s)
    except RunError:
        run = None
    text = ServiceMetrics(service.counts, run, service.current.failures).text()
    return Answer(text, content_type=CONTENT_TYPE)


def catalogue(service: Service, call: Call) -> Answer:  # noqa: ARG001 - every answer has this shape
    """What the features of the current run mean, and the runs on the disk."""
    view = service.current.view()
    runs = _known_runs(service.current.runs, view.run_id)
    return Answer(msgspec.json.encode(Catalogue(**identity(view), features=list(view.catalogue), runs=runs)))


def _known_runs(runs: Path, current: str) -> list[KnownRun]:
    """Every whole run, the newest as-of first; one that vanishes meanwhile is left out."""
    found = [manifest for path in runs.glob("*/manifest.json") if (manifest := _manifest(path)) is not None]
    found.sort(key=lambda manifest: (manifest.as_of, manifest.run_id), reverse=True)
    return [KnownRun(one.run_id, iso(one.as_of), one.run_id == current) for one in found]


def _manifest(path: Path) -> Manifest | None:
    if path.parent.is_symlink():
        return None
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, ValueError):
        return None
    return manifest if manifest.run_id == path.parent.name else None
