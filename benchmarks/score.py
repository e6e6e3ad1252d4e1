"""The score against its floors: worlds, prices, real call records, and the decisions route under load.

Parts (--part, repeatable): worlds, price, sichuan, decisions. Quality rows are
{world, seed, hardness, engine, metric, value}. The worlds' seeds are not those that the card was fitted on.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from scipy.sparse import csr_array

from benchmarks.score_worlds import World, world
from graphfraud.moments import epoch_us
from graphfraud.publish.ratios import deciles, stratified_ratio
from graphfraud.publish.runs import Run
from graphfraud.score.card import read_card
from graphfraud.score.entries import Card
from graphfraud.score.parts import assessed, values
from graphfraud.score.price import Flow
from graphfraud.score.quality import quality
from graphfraud.score.scores import chance, scores
from graphfraud.trial import dossiers

SEEDS = (921, 922, 923, 924, 925)
FIT_SEEDS = (801, 802, 803)
FIT_PEOPLE = 20_000
TARGET_APPROVED, TARGET_AUTOMATIC = 0.85, 0.98
Row = dict[str, object]


def main() -> None:
    """Run the parts asked for, show and write the rows."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--part", action="append", choices=["worlds", "price", "sichuan", "decisions"])
    parser.add_argument("--quick", action="store_true", help="fewer and smaller")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--store", help="not needed here")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "graphfraud-score")
    parser.add_argument("--people", type=int, default=100_000, help="of each world that is measured")
    parser.add_argument("--sichuan", type=Path, help="directory with all_feat_with_label.csv and node_adj_sparse.npz")
    parser.add_argument("--url", help="decisions: a running service")
    parser.add_argument("--runs", type=Path, help="decisions: its runs")
    given = parser.parse_args()
    rows: list[Row] = []
    for part in given.part or ["price", "worlds"]:
        for row in {"worlds": _worlds, "price": _prices, "sichuan": _sichuan, "decisions": _decisions}[part](given):
            print(" ".join(f"{name}={value}" for name, value in row.items()), flush=True)
            rows.append(row)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


# worlds


def _worlds(given: argparse.Namespace) -> Iterator[Row]:
    card = read_card(None)
    seeds = SEEDS[:1] if given.quick else SEEDS
    people = 5_000 if given.quick else given.people
    boost = None if given.quick else _yardstick(given)
    everybody = []
    for seed in seeds:
        one = world(given.work, "high", seed, people)
        judged = assessed(values(one.inputs, card), card)
        told, settled = (np.where(np.isnan(s), np.nanmedian(s), s) for s in (judged.total, judged.with_neutral))
        ours = quality(-told, one.bad, chance(settled, card))
        figures = {"auc": ours.auc, "ks": ours.ks, "ece": ours.ece, "bad_share": float(one.bad.mean())}
        if boost is not None:
            peer = quality(boost.predict_proba(one.matrix())[:, 1], one.bad)
            yield _row(one, "boosting", "auc", peer.auc)
            figures["auc_over_boosting"] = (ours.auc or 0) / (peer.auc or 1)
        everybody.append(_decided(one, card))
        for name, value in (*figures.items(), *everybody[-1].shares(), *everybody[-1].ratios()):
            yield _row(one, "graphfraud", name, value)
    for name, value in _together(everybody).ratios():
        shown = None if value is None else round(float(value), 5)
        yield {"world": "all", "hardness": "high", "engine": "graphfraud", "metric": name, "value": shown}


def _yardstick(given: argparse.Namespace):  # noqa: ANN202 - scikit-learn's, which has no types
    from sklearn.ensemble import HistGradientBoostingClassifier

    made = [world(given.work, hard, seed, FIT_PEOPLE) for hard in ("medium", "high") for seed in FIT_SEEDS]
    model = HistGradientBoostingClassifier(
        random_state=0, max_iter=200, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=50
    )
    return model.fit(np.vstack([one.matrix() for one in made]), np.concatenate([one.bad for one in made]))


@dataclass(frozen=True)
class Decided:
    """What the card decides about the people of a world or of several, one value a person."""

    decision: npt.NDArray[np.str_]
    by_rule: npt.NDArray[np.bool_]
    by_check: npt.NDArray[np.bool_]
    bad: npt.NDArray[np.bool_]
    occupation: npt.NDArray[np.object_]
    thin: npt.NDArray[np.bool_]
    stratum: npt.NDArray[np.int64]

    def shares(self) -> Iterator[tuple[str, float]]:
        """Shares approved and decided without a person, and who of the good and the bad fares how."""
        approved, reviewed, declined = (self.decision == word for word in ("approve", "review", "decline"))
        yield "approved", float(approved.mean())
        yield "automatic", float((~reviewed | self.by_check).mean())
        yield "automatic_without_dialogue", float((~reviewed).mean())
        yield "bad_approved", float(approved[self.bad].mean())
        yield "honest_declined", float(declined[~self.bad].mean())
        yield "honest_declined_by_score", float((declined & ~self.by_rule)[~self.bad].mean())

    def ratios(self) -> Iterator[tuple[str, float | None]]:
        """How many times as often honest people of one kind are declined as others of the same strata, with ends."""
        declined = self.decision == "decline"
        own, paid = (~self.bad & (self.occupation == name) for name in ("self_employed", "salaried"))
        thin, full = ~self.bad & self.thin, ~self.bad & ~self.thin
        groups = {"self_employed_over_salaried": (own, paid), "thin_over_full": (thin, full)}
        for name, (one, other) in groups.items():
            for what, flag in (("declined", declined), ("declined_by_score", declined & ~self.by_rule)):
                for way, stratum in (("", self.stratum), ("_plain", np.zeros(len(flag), np.int64))):
                    found = stratified_ratio(flag, one, other, stratum)
                    for end in ("value", "low", "high"):
                        yield f"{name}_{what}{way}_{end}", getattr(found, end)


def _decided(one: World, card: Card) -> Decided:
    run = Run(one.run)
    table = scores(dossiers(run), card=card, as_of=epoch_us(run.as_of), zone="Asia/Shanghai")
    fired = [set(rules) for rules in table.column("rules_fired").to_pylist()]
    parts = {name: np.asarray(table.column(name).to_numpy(), np.float64) for name in ("social", "payment", "credit")}
    return Decided(
        decision=np.array(table.column("decision").to_pylist()),
        by_rule=np.array([bool(rules) for rules in fired]),
        by_check=np.array([bool(rules) and rules <= {"R-ID", "R-FACE"} for rules in fired]),
        bad=one.bad > 0,
        occupation=one.occupation,
        thin=np.isnan(parts["social"]),
        stratum=deciles(parts["payment"], parts["credit"]),
    )


def _together(made: Sequence[Decided]) -> Decided:
    """Everybody of several worlds, who are compared within their own world only."""
    columns = {name: np.concatenate([getattr(one, name) for one in made]) for name in Decided.__dataclass_fields__}
    starts = np.cumsum([0, *(int(one.stratum.max()) + 1 for one in made)])
    columns["stratum"] = np.concatenate([one.stratum + start for one, start in zip(made, starts, strict=False)])
    return Decided(**columns)


def _row(one: World, engine: str, metric: str, value: float | None) -> Row:
    hardness, seed = one.name.split("-")
    shown = None if value is None else round(float(value), 5)
    return {
        "world": one.name,
        "seed": int(seed),
        "hardness": hardness,
        "engine": engine,
        "metric": metric,
        "value": shown,
    }


# prices


def _prices(given: argparse.Namespace) -> Iterator[Row]:
    from graphfraud.errors import RefusedError
    from graphfraud.score.disclosure import disclosure
    from graphfraud.score.price import Fee, bounded_quote, quote
    from graphfraud.score.schedule import Plan, Terms, month_later

    rng = np.random.default_rng(20260101)
    count = 5_000 if given.quick else 100_000
    worst, refused = 0.0, 0
    started = time.perf_counter()
    for number in range(count):
        months = int(rng.integers(1, 37))
        start = date.fromordinal(int(rng.integers(date(2023, 1, 1).toordinal(), date(2030, 1, 1).toordinal())))
        fen = int(rng.integers(10_000, 30_000_001))
        terms = Terms(fen, int(rng.integers(150, 1_501)), start, months, list(Plan)[int(rng.integers(3))])
        on = month_later(start, int(rng.integers(0, months + 1)))
        fees = (Fee("服务费", "service", on, int(rng.integers(0, fen // 25 + 2))),) if rng.random() < 0.5 else ()
        try:
            worst = max(worst, disclosure(bounded_quote(terms, fees)).irr_annual)
        except RefusedError:
            refused += 1
        if number % 20_000 == 19_999:
            print(f"  {number + 1:,} offers, {time.perf_counter() - started:.0f} s", flush=True)
    yield {"engine": "graphfraud", "metric": "offers", "value": count, "refused": refused}
    yield {"engine": "graphfraud", "metric": "highest_disclosed", "value": worst}
    yield {
        "engine": "graphfraud",
        "metric": "largest_gap_to_peer",
        "value": _gap(rng, 200 if given.quick else 1_000, quote, Terms, Plan),
    }


def _gap(rng: np.random.Generator, count: int, quote: Callable[[Any], Any], terms_of: type, plans: Any) -> float:
    """Largest distance of both rates to numpy-financial (nominal) and a bisection in exact days (effective)."""
    import numpy_financial

    worst = 0.0
    for _ in range(count):
        months, rate = int(rng.integers(2, 37)), int(rng.integers(150, 501))
        plan = (plans.EQUAL_PRINCIPAL, plans.INTEREST_FIRST)[int(rng.integers(2))]
        start = date(int(rng.integers(2023, 2030)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
        made = quote(terms_of(int(rng.integers(10_000, 30_000_001)), rate, start, months, plan))
        monthly = numpy_financial.irr([flow.fen for flow in made.flows])
        worst = max(worst, abs(made.nominal - 12 * monthly), abs(made.effective - _bisected(made.flows)))
    return worst


def _bisected(flows: Sequence[Flow]) -> float:
    start, low, high = flows[0].on, 0.0, 2.0
    for _ in range(200):
        middle = (low + high) / 2
        worth = sum(flow.fen / (1 + middle) ** ((flow.on - start).days / 365) for flow in flows)
        low, high = (middle, high) if worth > 0 else (low, middle)
    return (low + high) / 2


# real call records


def _sichuan(given: argparse.Namespace) -> Iterator[Row]:
    """Graph features and a card by our fit, beside boosting on the plain features and label propagation."""
    import pandas as pd
    from scipy.sparse import load_npz
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold

    table = pd.read_csv(given.sichuan / "all_feat_with_label.csv")
    labels = [name for name in table.columns if name.lower() in ("label", "y", "is_fraud")]
    bad = table[labels[0]].to_numpy().astype(float)
    plain = table.drop(columns=labels).select_dtypes("number").to_numpy().astype(float)
    half = csr_array(load_npz(given.sichuan / "node_adj_sparse.npz"))
    calls = csr_array(((half + half.T) > 0).astype(float))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for split, (learn, test) in enumerate(folds.split(plain, bad)):
        spread = _propagated(calls, bad, learn)
        graph = _graph_columns(plain, calls, spread)
        whole = np.column_stack([plain, graph])
        peer = HistGradientBoostingClassifier(random_state=0).fit(plain[learn], bad[learn])
        risk = {
            "boosting": peer.predict_proba(plain[test])[:, 1],
            "label_propagation": spread[test],
            "graphfraud": _carded(whole, bad, learn)[test],
        }
        for engine, value in risk.items():
            found = quality(value, bad[test])
            for metric, shown in (("auc", found.auc), ("ap", found.average_precision)):
                yield {
                    "world": "sichuan",
                    "seed": split,
                    "engine": engine,
                    "metric": metric,
                    "value": round(shown or 0, 5),
                }


def _propagated(calls: csr_array, bad: np.ndarray, learn: np.ndarray) -> np.ndarray:
    """Share of fraud among those called, people left out of their own; ten rounds from the learned labels."""
    base = bad[learn].mean()
    known = np.full(len(bad), np.nan)
    known[learn] = bad[learn]
    now = np.where(np.isnan(known), base, known)
    degree = np.asarray(calls.sum(axis=1)).ravel()
    told = now
    for _ in range(10):
        told = (calls @ now + base) / (degree + 1)
        now = np.where(np.isnan(known), told, known)
    return told


def _graph_columns(plain: np.ndarray, calls: csr_array, spread: np.ndarray) -> np.ndarray:
    degree = np.asarray(calls.sum(axis=1)).ravel()
    near = (calls @ plain) / np.maximum(degree, 1)[:, None]
    return np.column_stack([degree, spread, (calls @ spread) / np.maximum(degree, 1), near])


def _carded(columns: np.ndarray, bad: np.ndarray, learn: np.ndarray) -> np.ndarray:
    """Monotone bins of every column and a penalised logistic regression: the fit of a card without its parts."""
    from scipy.optimize import minimize

    from graphfraud.score.binning import bins

    blocks = [np.ones((len(bad), 1))]
    for column in columns.T:
        rising = np.corrcoef(np.argsort(np.argsort(column[learn])), bad[learn])[0, 1] >= 0
        edges = bins(column[learn], bad[learn], rising=bool(rising), whole=False)
        if edges:
            sign = 1.0 if rising else -1.0
            past = (column[:, None] > np.array(edges)[None, :]).astype(float)
            blocks.append(past if sign > 0 else 1 - past)
    design = np.hstack(blocks)
    x, y = design[learn], bad[learn]

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        odds = x @ beta
        slope = x.T @ (1 / (1 + np.exp(-odds)) - y) + np.r_[0, beta[1:]]
        return float((np.logaddexp(0, odds) - y * odds).sum() + 0.5 * beta[1:] @ beta[1:]), slope

    bounds = [(None, None)] + [(0, None)] * (design.shape[1] - 1)
    best = minimize(
        loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}
    )
    return design @ best.x


# the route under load


def _decisions(given: argparse.Namespace) -> Iterator[Row]:
    """Latency of POST /decisions: saturated, then paced at half of what that gave."""
    ids = pq.read_table(given.runs / "current" / "scores.parquet", columns=["person_id"]).column(0).to_pylist()
    seconds = 3 if given.quick else 15
    rate, _ = _load(given.url, ids, seconds, None)
    yield {"engine": "graphfraud", "metric": "saturated_per_s", "value": round(rate, 1)}
    paced, taken = _load(given.url, ids, seconds, rate / 2)
    for name, share in (("p50_ms", 50), ("p99_ms", 99), ("worst_ms", 100)):
        value = round(float(np.percentile(taken, share)) * 1000, 2)
        yield {"engine": "graphfraud", "metric": name, "value": value, "at_per_s": round(paced, 1)}


def _load(url: str, ids: list[str], seconds: float, rate: float | None) -> tuple[float, list[float]]:
    taken: list[float] = []
    clients, until = 8, time.perf_counter() + seconds
    run = f"{time.time_ns():x}"

    def ask(worker: int) -> None:
        with httpx.Client(base_url=url) as client:
            due = time.perf_counter() + worker / clients / (rate or 1) * clients
            number = 0
            while time.perf_counter() < until:
                if rate is not None:
                    time.sleep(max(0.0, due - time.perf_counter()))
                begun = due if rate is not None else time.perf_counter()  # waiting for a slow answer counts too
                answer = client.post("/decisions", json=_body(f"{run}-{worker}-{number}", ids, worker * 7919 + number))
                answer.raise_for_status()
                taken.append(time.perf_counter() - begun)
                due += clients / rate if rate is not None else 0
                number += 1

    threads = [threading.Thread(target=ask, args=(worker,)) for worker in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(taken) / (time.perf_counter() - begun), taken


def _body(name: str, ids: list[str], number: int) -> dict[str, object]:
    one, other = ids[number % len(ids)], ids[(number * 31 + 7) % len(ids)]
    if number % 2:
        return {
            "kind": "payment",
            "payment_id": name,
            "payer_id": one,
            "payee_id": other,
            "amount": 50.0,
            "at": "2026-02-01T04:00:00Z",
        }
    consent = [{"purpose": "credit_assessment", "given_at": "2026-02-01T00:00:00Z"}]
    return {
        "kind": "application",
        "application_id": name,
        "person_id": one,
        "amount": 3000.0,
        "at": "2026-02-01T04:00:00Z",
        "consents": consent,
    }


if __name__ == "__main__":
    main()
