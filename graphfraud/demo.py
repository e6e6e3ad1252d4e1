"""The demonstration: a world, a load, a night, and what was found of what was hidden."""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphfraud.evaluate import evaluate
from graphfraud.loading import Loaded, LoadOptions, load_once
from graphfraud.pipeline import Night, Published, nightly
from graphfraud.publish.runs import Run, Runs
from graphfraud.settings import Settings
from graphfraud.snapshot.build import Resources
from graphfraud.sources.pseudonym import KEY_FILE_VARIABLE, PseudonymKey, create_key_file, read_key
from graphfraud.stages import Observer
from graphfraud.store.base import Store
from graphfraud.store.lake import LakeStore
from graphfraud.worlds import generate


@dataclass(frozen=True)
class DemoOptions:
    """Where the demonstration lives and how large it is."""

    directory: Path
    people: int
    seed: int
    settings: Settings = field(default_factory=Settings)
    resources: Resources = field(default_factory=Resources)

    @property
    def runs(self) -> Path:
        """Where its runs are."""
        return self.directory / "runs"


@dataclass(frozen=True)
class Shown:
    """What the demonstration shows: the load, the night, a person to ask for, and how much was found."""

    loaded: Loaded
    published: Published
    person_id: str
    found: str


def demo(options: DemoOptions, *, observer: Observer) -> Shown:
    """Make the world, load it, run the night. Its pseudonym key is made on the spot: there is nobody to protect."""
    data = options.directory / "data"
    report = generate(data, people=options.people, seed=options.seed, hardness="medium")
    as_of = int(report.as_of.timestamp()) * 1_000_000 + report.as_of.microsecond
    store = LakeStore(options.directory / "store")
    load_options = LoadOptions(data, _key(options.directory / "pseudonym.key"))
    loaded = load_once(store, load_options, home=options.runs / "load", resources=options.resources)
    night = Night(as_of, options.settings, resources=options.resources)
    published = nightly(store, Runs(options.runs), night, observer=observer, rejects=loaded.rejects)
    people = pq.read_table(published.run.table("ring_members"), columns=["person_id"])
    people = people if len(people) else pq.read_table(published.run.table("scores"), columns=["person_id"])
    return Shown(loaded, published, people.column("person_id")[0].as_py(), _found(published, data / "truth"))


def _key(path: Path) -> PseudonymKey:
    return read_key({KEY_FILE_VARIABLE: str(path)}) if path.exists() else create_key_file(path)


def known_by(store: Store, run: Run) -> dict[str, pa.Table]:
    """Occupations, and the labels known by the run's as-of: what an evaluation asks beside the truth."""
    head = store.head()
    occupations = store.scan("people", head=head).to_table(columns=["person_id", "occupation"])
    labels = store.scan("labels", head=head).to_table()
    return {
        "occupations": occupations,
        "labels": labels.filter(pc.less_equal(labels.column("at"), pa.scalar(run.as_of))),
    }


def _found(published: Published, truth: Path) -> str:
    """One sentence on what was hidden in the world and what came out."""
    report = evaluate(published.run.path, truth)
    right = round((report.rings.precision or 0) * report.reported_rings)
    return f"hidden in this world: {report.true_rings} rings; reported {report.reported_rings}, of which right {right}"
