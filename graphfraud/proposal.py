"""Proposing a card from outcomes: fitted on earlier nights, tried on the latest, beside a boosted yardstick."""

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from graphfraud.errors import InputError, MissingColumnError
from graphfraud.publish.runs import Run
from graphfraud.score.entries import Card
from graphfraud.score.fitting import Sample, calibrated, fitted, with_points
from graphfraud.score.gate import worst_ring
from graphfraud.score.inputs import INPUTS, RING_SCORE, joined
from graphfraud.score.parts import Floats, Values, assessed, values
from graphfraud.score.quality import quality
from graphfraud.score.scores import chance
from graphfraud.score.written import written
from graphfraud.settings import DAY_US
from graphfraud.trial import dossiers

HORIZON_DAYS: Final = 90
HELD_OUT: Final = 0.25
"""With a single night, this share of the people, the latest registered, is kept for trying."""
BAD: Final = ("fraud", "default")


@dataclass(frozen=True)
class Proposal:
    """A draft with how it fares: figures by set (``fitted``, ``tried``) and engine."""

    card: Card
    text: str
    figures: dict[str, dict[str, dict[str, Any]]]
    people: dict[str, int]
    bad: dict[str, int]
    note: str


def labels_of(path: Path) -> pa.Table:
    """A labels table (person_id, label, at) from CSV or Parquet.

    Raises:
        InputError: the file cannot be read. MissingColumnError: a column is absent.
    """
    try:
        table = pq.read_table(path) if path.suffix == ".parquet" else pa.csv.read_csv(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"the labels cannot be read ({error})", where=str(path), cure="give CSV or Parquet") from error
    absent = [name for name in ("person_id", "label", "at") if name not in table.column_names]
    if absent:
        raise MissingColumnError(f"no column {', '.join(absent)}", where=str(path), cure="give person_id, label, at")
    return table.select(["person_id", "label", "at"])


def _unheard(_: str) -> None:
    """Nobody wants to hear of the progress."""


def proposal(
    runs: Sequence[Run], labels: pa.Table, card: Card, *, label: str, told: Callable[[str], None] = _unheard
) -> Proposal:
    """Fit on all runs but the last and try on the last; with a single run, try on the latest registered.

    Somebody is bad with a fraud or default label within 90 days after the run's as-of; those already known as bad
    by the as-of are left out. Thresholds, tiers and weights stay as in ``card``. ``told`` hears what begins.

    Raises:
        InputError: too few labels fall into the 90 days.
    """
    samples = []
    for run in runs:
        told(f"reading {run.run_id}")
        samples.append(_sample(run, labels, card))
    if len(samples) > 1:
        learn, test = _together(samples[:-1]), samples[-1]
    else:
        learn, test = _by_registration(samples[0])
    told(f"fitting to {len(learn.bad):,} people, {int(learn.bad.sum()):,} of them bad")
    fit = fitted(learn, card)
    draft = with_points(card, fit, label=label)
    draft = replace(draft, calibration=calibrated(assessed(learn.known, draft).with_neutral, learn.bad))
    sets = {"fitted": learn, "tried": test}
    note = "" if fit.converged else "the fit did not converge: look at the points before you use them"
    head = "\n".join(
        [
            "Proposed by graphfraud fit-card: a draft, until a person has looked at it.",
            f"Fitted to {len(learn.bad):,} people, {int(learn.bad.sum()):,} of them bad, of "
            f"{', '.join(run.run_id for run in runs)}.",
            f"It starts from card {card.version}; weights, tiers and thresholds are that card's: look at min_score.",
        ]
    )
    told("trying the draft beside the card in force and a boosted yardstick")
    return Proposal(
        draft,
        written(draft, head),
        {name: _figures(sample, learn, {"card": card, "draft": draft}) for name, sample in sets.items()},
        {name: len(sample.bad) for name, sample in sets.items()},
        {name: int(sample.bad.sum()) for name, sample in sets.items()},
        note,
    )


def _sample(run: Run, labels: pa.Table, card: Card) -> Sample:
    made = dossiers(run)
    person = made.features.column("person_id")
    ring, _ = worst_ring(person, made.membership)
    inputs = joined(made.features, made.debt).append_column(RING_SCORE, pa.array(ring))
    as_of = int(run.as_of.timestamp() * 1_000_000)
    at = pc.cast(labels.column("at"), pa.timestamp("us", tz="UTC")).cast(pa.int64())
    bad = pc.is_in(labels.column("label"), value_set=pa.array(BAD))
    until = as_of + HORIZON_DAYS * DAY_US
    before = labels.filter(pc.and_(bad, pc.less_equal(at, as_of)))
    after = labels.filter(pc.and_(bad, pc.and_(pc.greater(at, as_of), pc.less_equal(at, until))))
    fresh = pc.invert(_among(person, before))
    outcome = pc.cast(_among(person, after).filter(fresh), pa.float64())
    return Sample(_inputs(inputs.filter(fresh), card), outcome.to_numpy())


def _inputs(table: pa.Table, card: Card) -> Values:
    known = values(table, card)
    more = {name: pc.cast(table.column(name), pa.float64(), safe=False).to_numpy() for name in INPUTS}
    return Values({**more, **known.columns}, known.rows)


def _among(person: pa.ChunkedArray, some: pa.Table) -> pa.ChunkedArray:
    return pc.is_in(person, value_set=pc.unique(some.column("person_id").cast(pa.string())))


def _together(samples: Sequence[Sample]) -> Sample:
    columns = {name: np.concatenate([sample.known.of(name) for sample in samples]) for name in samples[0].known.columns}
    bad = np.concatenate([sample.bad for sample in samples])
    return Sample(Values(columns, len(bad)), bad)


def _by_registration(sample: Sample) -> tuple[Sample, Sample]:
    tenure = np.nan_to_num(sample.known.of("tenure_days"), nan=np.inf)
    late = tenure <= np.quantile(tenure, HELD_OUT)
    return _where(sample, ~late), _where(sample, late)


def _where(sample: Sample, keep: np.ndarray) -> Sample:
    columns = {name: column[keep] for name, column in sample.known.columns.items()}
    return Sample(Values(columns, int(keep.sum())), sample.bad[keep])


def _figures(sample: Sample, learn: Sample, cards: dict[str, Card]) -> dict[str, dict[str, Any]]:
    found = {}
    for name, card in cards.items():
        people = assessed(sample.known, card)
        score, known = people.total, ~np.isnan(people.total)
        given = chance(people.with_neutral[known], card) if card.calibration.scores else None
        found[name] = asdict(quality(-score[known], sample.bad[known], given))
    boosted = _boosted(learn, sample)
    if boosted is not None:
        found["boosted"] = asdict(quality(boosted, sample.bad, boosted))
    return found


def _boosted(learn: Sample, sample: Sample) -> Floats | None:
    """Chances by gradient boosting, a yardstick only; None without scikit-learn."""
    if importlib.util.find_spec("sklearn") is None:
        return None
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingClassifier(random_state=0, max_iter=200, learning_rate=0.05, max_leaf_nodes=15)
    varied = [name for name in INPUTS if len(np.unique(learn.known.of(name)[~np.isnan(learn.known.of(name))])) > 1]
    matrix = [np.column_stack([one.known.of(name) for name in varied]) for one in (learn, sample)]
    with threadpool_limits(1):  # its threads wait for each other by spinning, endlessly on a busy machine
        return np.asarray(model.fit(matrix[0], learn.bad).predict_proba(matrix[1])[:, 1])
