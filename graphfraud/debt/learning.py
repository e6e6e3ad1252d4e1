"""What others add: default probability learned from labels known by the as-of, with one signed coefficient a layer.

Every label ``default`` or ``clean`` is one row. First a model of own strain is learned, and each row gets the
log-odds that models without its person give it. Then, on top of that:

- the forecast: a ridge regression on all that is known and thought of the others (:mod:`.influence`), kind by kind;
- the coefficients: the same with one number a layer, so that a sign and an interval can be told.

Both are checked on people left out. Ties rewired at random are the control: what they give is no contagion.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.debt.exposures import LAYERS, Exposures
from graphfraud.debt.findings import Coefficient, Findings
from graphfraud.debt.influence import FORMS, Form, Influence, Reading, Ties, influence, ties_of
from graphfraud.debt.ledger import Ints
from graphfraud.debt.logistic import Fit, auc, calibration, log_loss, predicted, ridge_logistic
from graphfraud.debt.outcomes import FOREVER, Moments, Outcomes, outcomes
from graphfraud.debt.own import OwnModel, own_model
from graphfraud.debt.strain import QUARTER_US, History, Reach, reach
from graphfraud.snapshot.graph import Snapshot

LEAST: Final = 50
"""Fewer labels of a kind than this teach nothing; the priors stand."""
FOLDS: Final = 5
PLACEBOS: Final = 10
MOST_ROWS: Final = 60_000
"""So many labels are learned from, drawn at random; more would sharpen nothing that matters."""
SOME_ROWS: Final = 20_000
"""So many choose form and ridge and feed the placebos."""
REPRESENTATIVE: Final = 0.08
"""Labels of a smaller share of the borrowers were picked, not sampled, and would teach how they were picked."""
RIDGES: Final = (3.0, 30.0, 300.0)
"""Of the forecast's ridge, on columns in units of their spread, the one that foretells best."""
PULL_RIDGE: Final = 0.25
"""Ridge of a coefficient: 2 a default is thought likely."""
TOGETHER: Final = 2.394
"""Standard errors to each side, so that the intervals of all three layers hold together with 95 % (Bonferroni)."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Learned:
    """Log-odds of default in 90 days of every person; ``own`` from their own strain alone."""

    log_odds: Floats
    own: Floats
    findings: Findings


@dataclass(frozen=True, eq=False)
class Network:
    """Who is exposed to whom, and what each person can bear (fen)."""

    exposed: Exposures
    buffer: Ints

    def by_kind(self) -> Ties:
        """Ties kind by kind."""
        return Ties.by_kind(self.exposed, self.buffer)

    def by_layer(self, *, both_ways: bool) -> Ties:
        """Ties layer by layer."""
        return Ties.by_layer(self.exposed, self.buffer, both_ways=both_ways)


@dataclass(frozen=True, eq=False)
class Sample:
    """Labels that are learned from: own strain is read at ``own``, the others at ``others``; folds by person."""

    own: Moments
    others: Moments
    outcome: Floats
    fold: Ints

    def of(self, rows: Ints) -> "Sample":
        """Some of the rows."""
        own, others = (Moments(moments.who[rows], moments.at[rows]) for moments in (self.own, self.others))
        return Sample(own, others, self.outcome[rows], self.fold[rows])


@dataclass(frozen=True, eq=False)
class Lesson:
    """A regression on top of own log-odds: a constant, those, then columns of others in units of their spread.

    Other columns are read centred, and never beyond what was seen.
    """

    columns: Floats
    mean: Floats
    spread: Floats
    range: tuple[Floats, Floats]
    penalty: Floats

    @classmethod
    def of(cls, own: Floats, others: Floats, ridge: Floats | float, *, scaled: bool = True) -> "Lesson":
        """The columns behind a fit; ``ridge`` is for those of others."""
        mean, spread = others.mean(axis=0), others.std(axis=0)
        used = np.where(spread > 1e-9, spread if scaled else 1.0, np.inf)
        penalty = np.concatenate([[1e-9, 1e-9], np.broadcast_to(ridge, len(mean))])
        lesson = cls(np.zeros(0), mean, used, (others.min(axis=0), others.max(axis=0)), penalty)
        return cls(lesson.read(own, others), mean, used, lesson.range, penalty)

    def read(self, own: Floats, others: Floats) -> Floats:
        """Columns of other rows, as those that were learned from."""
        seen = (np.clip(others, *self.range) - self.mean) / self.spread
        return np.column_stack([np.ones(len(own)), own, seen])

    def fit(self, outcome: Floats, *, cluster: Ints | None = None) -> Fit:
        """Coefficients of a constant, own log-odds, and the columns of others."""
        return ridge_logistic(
            self.columns, outcome, penalty=self.penalty, offset=np.zeros(len(outcome)), cluster=cluster
        )

    def left_out(self, sample: Sample) -> Floats:
        """Log-odds of each row by a fit that has seen nobody of its fold."""
        found = np.zeros(len(sample.outcome))
        for fold in range(FOLDS):
            out = sample.fold == fold
            seen = Lesson(self.columns[~out], self.mean, self.spread, self.range, self.penalty)
            found[out] = predicted(self.columns[out], seen.fit(sample.outcome[~out]).values)
        return found


@dataclass(frozen=True, eq=False)
class Taught:
    """What the second step needs: the sample, the own log-odds of its rows, and how others are read."""

    sample: Sample
    own: Floats
    known: Outcomes
    reading: Reading

    @property
    def base(self) -> float:
        """Share of known labels that say default."""
        return float(self.known.defaulted.mean())

    def some(self, seed: int) -> "Taught":
        """At most :data:`SOME_ROWS` of the rows; what is known of others stays whole."""
        rows = _drawn(len(self.own), SOME_ROWS, [seed, 2])
        return Taught(self.sample.of(rows), self.own[rows], self.known, self.reading)

    def influence(self, ties: Ties, moments: Moments | None = None) -> Influence:
        """What is known and thought of the others of each row, or of other moments."""
        at = self.sample.others if moments is None else moments
        return influence(ties, self.known, self.reading, at, base=self.base)


def learned(snapshot: Snapshot, exposed: Exposures, buffer: Ints, *, seed: int) -> Learned | Findings:
    """Log-odds from labels, or why the labels do not suffice.

    Cost: six fits of some 80 columns over the labels, twenty of 70, and one pass over the ties of everybody.
    """
    known = _of_borrowers(snapshot, outcomes(snapshot))
    why = _too_little(snapshot, known)
    if why:
        return Findings("prior", why, len(known), int(known.defaulted.sum()))
    network, past = Network(exposed, buffer), History(snapshot)
    sample, reached = _sample(snapshot, network, known, seed)
    own, unseen = own_model(past, reached, sample.own, sample.outcome, sample.fold)
    late = _late(sample, known)
    return _taught(own, network, Taught(sample.of(late), unseen[late], known, _reading(own, sample)), seed)


def _of_borrowers(snapshot: Snapshot, known: Outcomes) -> Outcomes:
    """Labels of people who ever borrowed, where nobody else is known to have defaulted."""
    loans = snapshot["loans"]
    borrows = np.isin(known.person, loans["person_id"])
    if not len(loans) or known.defaulted[~borrows].any():
        return known
    return known.of(borrows)


def _too_little(snapshot: Snapshot, known: Outcomes) -> str:
    """Why labels do not suffice; empty where they do."""
    defaults = int(known.defaulted.sum())
    clean = len(known) - defaults
    if min(defaults, clean) < LEAST:
        return f"{defaults} labels of default and {clean} of clean are known of borrowers; {LEAST} of each are needed"
    borrowers = np.unique(snapshot["loans"]["person_id"])
    share = len(np.unique(known.person)) / max(len(borrowers), 1)
    if len(borrowers) and share < REPRESENTATIVE:
        return f"labels cover {share:.1%} of the borrowers; below {REPRESENTATIVE:.0%} they are picked, not sampled"
    return ""


def _sample(snapshot: Snapshot, network: Network, known: Outcomes, seed: int) -> tuple[Sample, Reach]:
    before, everybody = known.at - QUARTER_US, np.full(len(known), snapshot.as_of)
    others_at = before if _in_order(network.by_layer(both_ways=True), known, snapshot.as_of) else everybody
    fold = np.random.default_rng(seed).integers(0, FOLDS, snapshot.people)[known.person]
    whole = Sample(
        Moments(known.person, before), Moments(known.person, others_at), known.defaulted.astype(np.float64), fold
    )
    reached = reach(snapshot, known.person, before)
    return whole.of(_drawn(len(known), MOST_ROWS, [seed, 3])), reached


def _late(sample: Sample, known: Outcomes) -> Ints:
    """Rows that teach what others add: where others are read in order, the later half, as more was known by then."""
    in_order = (sample.others.at < sample.others.at.max(initial=0)).any()
    since = np.median(known.at) - QUARTER_US if in_order else sample.own.at.min(initial=0)
    return np.flatnonzero(sample.own.at >= since)


def _drawn(rows: int, most: int, seed: list[int]) -> Ints:
    return np.asarray(np.sort(np.random.default_rng(seed).permutation(rows)[:most]))


def _in_order(ties: Ties, known: Outcomes, as_of: int) -> bool:
    """Whether labels of others were known a quarter before a label, often enough to learn from that alone."""
    row, tie = ties_of(ties, known.person)
    _, before = known.last(ties.other[tie], known.at[row] - QUARTER_US)
    _, ever = known.last(ties.other[tie], np.full(len(tie), as_of))
    return int((before < FOREVER).sum()) >= 0.2 * max(int((ever < FOREVER).sum()), 1)


def _reading(own: OwnModel, sample: Sample) -> Reading:
    """Own log-odds of others at whole quarters before the as-of, each quarter computed once."""
    snapshot = own.past.snapshot
    everybody, as_of = np.arange(snapshot.people), snapshot.as_of

    def behind(at: Ints) -> Ints:
        return np.asarray(-((at - as_of) // QUARTER_US))

    oldest = min(int(behind(sample.others.at).max(initial=0)), 8) if own.reached.tables else 0
    table = np.stack(
        [own.log_odds(Moments(everybody, np.full(len(everybody), as_of - k * QUARTER_US))) for k in range(oldest + 1)]
    )

    def reading(moments: Moments) -> Floats:
        return np.asarray(table[np.clip(behind(moments.at), 0, oldest), moments.who])

    return reading


def _taught(own: OwnModel, network: Network, taught: Taught, seed: int) -> Learned:
    """The forecast of everybody, and what each layer adds."""
    sample, some = taught.sample, taught.some(seed)
    ties = network.by_kind()
    columns = taught.influence(ties).columns()
    lesson = Lesson.of(taught.own, columns, _ridge(some, ties))
    unseen = lesson.left_out(sample)
    intercept, slope = calibration(unseen, sample.outcome)
    people, as_of = np.arange(own.past.snapshot.people), own.past.snapshot.as_of
    tonight = Moments(people, np.full(len(people), as_of))
    alone = own.log_odds(tonight)
    seen = lesson.read(alone, taught.influence(ties, tonight).columns())
    alone_intercept, alone_slope = calibration(taught.own, sample.outcome)
    form = _form(some, network)
    findings = Findings(
        basis="learned",
        why="",
        labels=len(taught.known),
        defaults=int(taught.known.defaulted.sum()),
        form=str(form),
        read_before=tuple(sorted(own.reached.tables)),
        others_known="a quarter before the label" if (sample.others.at < as_of).any() else "by the as-of",
        left_out_columns=own.basis.telltale,
        coefficients=_coefficients(taught, some, network.by_layer(both_ways=form.both_ways), form, seed),
        log_loss_own=log_loss(alone_intercept + alone_slope * taught.own, sample.outcome),
        log_loss=log_loss(intercept + slope * unseen, sample.outcome),
        auc_own=auc(taught.own, sample.outcome),
        auc=auc(unseen, sample.outcome),
        calibration_slope=slope,
    )
    whole = intercept + slope * predicted(seen, lesson.fit(sample.outcome).values)
    return Learned(whole, alone_intercept + alone_slope * alone, findings)


def _ridge(some: Taught, ties: Ties) -> float:
    """The ridge that foretells those left out best; the smallest of equals."""
    columns = some.influence(ties).columns()
    losses = [
        log_loss(Lesson.of(some.own, columns, ridge).left_out(some.sample), some.sample.outcome) for ridge in RIDGES
    ]
    return RIDGES[int(np.argmin(losses))]


def _form(some: Taught, network: Network) -> Form:
    """The form of one number a layer that foretells those left out best; the first of equals."""
    seen = {both: some.influence(network.by_layer(both_ways=both)) for both in (False, True)}
    losses = [
        log_loss(_layers(some.own, seen[form.both_ways], form).left_out(some.sample), some.sample.outcome)
        for form in FORMS
    ]
    return FORMS[int(np.argmin(losses))]


def _layers(own: Floats, seen: Influence, form: Form) -> Lesson:
    """One number a layer, beside how many ties there are."""
    columns = np.hstack([seen.pull(form), np.log1p(seen.count)])
    return Lesson.of(own, columns, np.repeat([PULL_RIDGE, 4.0], len(LAYERS)), scaled=False)


def _coefficients(taught: Taught, some: Taught, ties: Ties, form: Form, seed: int) -> tuple[Coefficient, ...]:
    """Signed effects of the layers with intervals, and the range of what rewired ties give."""
    here = slice(2, 2 + len(LAYERS))
    lesson = _layers(taught.own, taught.influence(ties), form)
    fit = lesson.fit(taught.sample.outcome, cluster=taught.sample.own.who)
    rng = np.random.default_rng([seed, 1])
    placebos = np.array(
        [
            _layers(some.own, some.influence(ties.rewired(rng)), form).fit(some.sample.outcome).values[here]
            for _ in range(PLACEBOS)
        ]
    )
    return tuple(
        Coefficient(
            layer=name,
            value=float(value),
            low=float(value - TOGETHER * error),
            high=float(value + TOGETHER * error),
            placebo_low=float(placebo.min()),
            placebo_high=float(placebo.max()),
        )
        for name, value, error, placebo in zip(LAYERS, fit.values[here], fit.errors[here], placebos.T, strict=True)
    )
