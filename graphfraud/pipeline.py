"""The night: from a store's tables to a published run, stage by stage."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import graphfraud
from graphfraud.debt.compute import shared_debt
from graphfraud.debt.stacking import stacking_of_rings
from graphfraud.features.compute import features
from graphfraud.moments import moment
from graphfraud.publish.alerts import alerts
from graphfraud.publish.cards import Cards, in_force
from graphfraud.publish.fairness import fairness
from graphfraud.publish.fairness_picture import fairness_picture
from graphfraud.publish.grounds import grounds
from graphfraud.publish.known import basis, known
from graphfraud.publish.manifest import Made, manifest
from graphfraud.publish.relations import write_relations
from graphfraud.publish.runs import Run, Runs
from graphfraud.publish.serving import write_serving
from graphfraud.rings.find import rings
from graphfraud.rings.lineage import Parents
from graphfraud.score.entries import Card
from graphfraud.score.scores import Dossiers, scores
from graphfraud.settings import Settings
from graphfraud.snapshot.build import Resources, build
from graphfraud.snapshot.graph import Snapshot
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import uses
from graphfraud.snapshot.standing import standing
from graphfraud.snapshot.stored import restore, save
from graphfraud.stages import Observer, Silent, Stages
from graphfraud.store.base import Head, Store
from graphfraud.store.durable import write_file
from graphfraud.store.lake import LakeStore
from graphfraud.store.lease import Lease
from graphfraud.store.opening import driver_needed

STAGES: Final = ("snapshot", "debt", "features", "rings", "score", "relations", "serving")
"""The stages of a night, in order."""


@dataclass(frozen=True)
class Night:
    """What one night is to be: its as-of (UTC microseconds), settings, and what it may use."""

    as_of: int
    settings: Settings = field(default_factory=Settings)
    labels: bool = True
    resources: Resources = field(default_factory=Resources)


@dataclass(frozen=True)
class Published:
    """A finished night: its run, whether readers see it now, and whether it had been there before."""

    run: Run
    current: bool
    repeated: bool


def nightly(
    store: Store, runs: Runs, night: Night, *, observer: Observer | None = None, rejects: Path | None = None
) -> Published:
    """Compute and publish a night; after a kill the same call goes on where it stopped.

    Raises:
        LeaseHeldError: another night is under way in the same directory.
    """
    with Lease(runs.home / "night.lease", purpose="a night", seconds=night.settings.runs.lease_seconds) as lease:
        head, parent = store.head(), runs.parent_of(moment(night.as_of))
        card = in_force(runs.home, night.settings.score.card)
        Cards(runs.home).keep(card)
        key = _key(store, head, night, parent, card)
        stages = Stages(runs.building(key), observer or Silent())
        snapshot = _snapshot(stages, store, head, night)
        made = _made(snapshot, head, night, parent, card)
        run = runs.get(made.run_id)
        repeated = run is not None
        if run is None:
            _compute(stages, snapshot, night, parent, card)
            run = _finish(stages, snapshot, made, runs, rejects)
        lease.confirm()
        switched, kept = _switch(runs, run), night.settings.runs
        if switched:
            into_graph(store, run, lease_seconds=kept.lease_seconds)
        runs.sweep(keep=kept.keep_runs, retention_days=kept.retention_days)
        store.sweep()
        return Published(run, current=switched, repeated=repeated)


def into_graph(store: Store, run: Run, *, lease_seconds: float) -> None:
    """Write the current run back beside the people, where the store is a graph; the same run again changes nothing.

    Raises:
        StoreError: the server does not answer; the files are published all the same, and the graph keeps its run.
    """
    if isinstance(store, LakeStore):
        return
    with driver_needed("write-back"):
        from graphfraud.publish.writeback import write_back
        from graphfraud.store.neo4j.store import Neo4jStore
    if isinstance(store, Neo4jStore):
        write_back(store, run, lease_seconds=lease_seconds)


def _compute(stages: Stages, snapshot: Snapshot, night: Night, parent: Run | None, card: Card) -> None:
    """Every table of the run, each stage handing its columns to the next."""
    settings = night.settings
    shared = uses(snapshot, window_days=settings.links.window_days)
    linked = links(snapshot, shared, settings=settings.links)

    def owe() -> Mapping[str, pa.Table]:
        found = shared_debt(snapshot)
        write_file(stages.directory / "shared_debt.json", json.dumps(found.figures).encode())
        return {"debt": found.table}

    owed = stages.tables("debt", owe)
    columns = stages.tables("features", lambda: {"features": features(snapshot, shared, linked, settings=settings)})
    passed_on = columns["features"].column("pass_through_30d").to_numpy()

    def find_rings() -> Mapping[str, pa.Table]:
        made = rings(snapshot, shared, linked, passed_on=passed_on, parents=_parents(parent), settings=settings).tables
        return made | {"rings": stacking_of_rings(snapshot, made["rings"], made["ring_members"])}

    found = stages.tables("rings", find_rings)

    def judge() -> Mapping[str, pa.Table]:
        stand, members = standing(snapshot), _membership(found)
        dossiers = Dossiers(columns["features"], stand, members, owed["debt"], _earlier_scores(parent))
        decided = scores(dossiers, card=card, as_of=night.as_of, zone=settings.zone)
        raised = alerts(found["rings"], columns["features"], earlier=_earlier(parent), as_of=night.as_of)
        idle = _not_evaluated(decided)
        write_file(stages.directory / "rules.json", json.dumps(idle).encode())
        write_file(stages.run / "basis.json", basis(snapshot, settings, card=card.text, unknown_rules=idle))
        large = settings.large_payment_yuan
        behind = grounds(snapshot, decided, found["ring_evidence"], card=card, large_yuan=large)
        stands = known(snapshot, stand, members)
        return {"scores": decided, "reason_evidence": behind, "alerts": raised, "standing": stands}

    stages.tables("score", judge)
    with stages.stage("relations") as fresh:
        if fresh:
            write_relations(stages.run, snapshot, linked)


def _finish(stages: Stages, snapshot: Snapshot, made: Made, runs: Runs, rejects: Path | None) -> Run:
    """Serving files and manifest, then the directory gets its name."""
    place = stages.run
    if rejects is not None:
        pq.write_table(pq.read_table(rejects), place / "rejects.parquet", compression="zstd", store_schema=False)
    with stages.stage("serving") as fresh:
        if fresh:
            write_serving(place)
    shares = fairness(snapshot, pq.read_table(place / "scores.parquet"), pq.read_table(place / "ring_members.parquet"))
    kept = {"rules_not_evaluated": "rules.json", "shared_debt": "shared_debt.json"}
    found = {name: json.loads((stages.directory / file).read_bytes()) for name, file in kept.items()}
    found["fairness"] = shares
    write_file(place / "fairness.svg", fairness_picture(shares).encode())
    write_file(place / "manifest.json", manifest(place, made, costs=stages.costs, found=found))
    return runs.appear(place, made.run_id)


def _switch(runs: Runs, run: Run) -> bool:
    """Make the run current, unless readers already see a later as-of."""
    current = runs.current()
    if current is not None and current.as_of > run.as_of:
        return False
    if current is None or current.run_id != run.run_id:
        runs.switch(run)
    return True


def _snapshot(stages: Stages, store: Store, head: Head, night: Night) -> Snapshot:
    place = stages.directory / "snapshot"
    with stages.stage("snapshot") as fresh:
        if fresh:
            save(build(store, head=head, as_of=night.as_of, labels=night.labels, resources=night.resources), place)
    return restore(place)


def _made(snapshot: Snapshot, head: Head, night: Night, parent: Run | None, card: Card) -> Made:
    return Made(
        as_of=night.as_of,
        snapshot=snapshot.digest,
        configuration=_configuration(night, card),
        parent_run=parent.run_id if parent else None,
        labels=night.labels,
        store=asdict(head),
    )


def _key(store: Store, head: Head, night: Night, parent: Run | None, card: Card) -> str:
    """Names an unfinished night: the same inputs find it again."""
    content = {"store": store.address, "head": asdict(head), "as_of": night.as_of, "labels": night.labels}
    return Made(
        as_of=night.as_of,
        snapshot=repr(content),
        configuration=_configuration(night, card),
        parent_run=parent.run_id if parent else None,
        labels=night.labels,
        store={},
    ).run_id


def _configuration(night: Night, card: Card) -> str:
    """Digest of all that can change a table besides data: settings, card and release."""
    content = [night.settings.digest(), card.digest, graphfraud.__version__]
    return hashlib.sha256("\0".join(content).encode()).hexdigest()


def _not_evaluated(decided: pa.Table) -> list[str]:
    """Gate rules that blocked nobody because their table is absent."""
    names = (decided.schema.metadata or {}).get(b"rules_not_evaluated", b"").decode()
    return names.split(",") if names else []


def _membership(found: Mapping[str, pa.Table]) -> pa.Table:
    scored = found["rings"].select(["ring_id", "score"]).rename_columns(["ring_id", "ring_score"])
    members = found["ring_members"].select(["ring_id", "person_id", "role"])
    return members.join(scored, "ring_id").sort_by([("person_id", "ascending"), ("ring_id", "ascending")])


def _parents(parent: Run | None) -> Parents:
    if parent is None:
        return Parents.none()
    table = pq.read_table(parent.table("rings"), columns=["ring_id", "first_seen_at"])
    seen = table.column("first_seen_at").cast(pa.int64()).to_pylist()
    members = pq.read_table(parent.table("ring_members"), columns=["ring_id", "person_id"])
    return Parents(tuple(table.column("ring_id").to_pylist()), tuple(seen), members)


def _earlier_scores(parent: Run | None) -> pa.Table | None:
    """What people hold by the night before."""
    if parent is None:
        return None
    names = pq.read_schema(parent.table("scores")).names
    wanted = [name for name in ("person_id", "tier", "limit_cny", "daily_rate", "assessed_on") if name in names]
    return pq.read_table(parent.table("scores"), columns=wanted)


def _earlier(parent: Run | None) -> dict[str, int]:
    if parent is None:
        return {}
    table = pq.read_table(parent.table("alerts"), columns=["alert_id", "first_seen_at"])
    seen = pc.cast(table.column("first_seen_at"), pa.int64()).to_pylist()
    return dict(zip(table.column("alert_id").to_pylist(), seen, strict=True))
