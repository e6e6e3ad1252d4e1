"""Learning from labels: planted effects come back with their signs, and too few labels teach nothing."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from graphfraud.debt.compute import SharedDebt, shared_debt
from graphfraud.debt.ledger import Ledger
from graphfraud.debt.logistic import auc, calibration, ridge_logistic, shifted
from graphfraud.snapshot.build import Resources, build
from graphfraud.worlds.planted import Planted, planted
from graphfraud.worlds.recipe import AS_OF_US
from tests.tables import RowsStore


def night(tables: dict[str, pa.Table]) -> SharedDebt:
    store = RowsStore(tables)
    resources = Resources(threads=1, memory_mb=300)
    return shared_debt(build(store, head=store.head(), as_of=AS_OF_US, labels=True, resources=resources))


@pytest.fixture(scope="module")
def world() -> Planted:
    return planted(people=2500, seed=3, effects=(4.0, 0.0, -4.0))


@pytest.fixture(scope="module")
def found(world: Planted) -> SharedDebt:
    return night(world.tables)


def test_planted_effects_come_back_with_their_signs(found: SharedDebt) -> None:
    legal, economic, social = found.figures["contagion"]["coefficients"]
    assert found.figures["contagion"]["basis"] == "learned"
    assert legal["low"] > 0 > social["high"]
    assert economic["low"] < 0 < economic["high"]
    assert legal["low"] > legal["placebo_high"]
    assert social["high"] < social["placebo_low"]


def test_most_of_what_the_network_knows_is_found(world: Planted, found: SharedDebt) -> None:
    defaulted = world.truth.column("defaulted_90d").to_numpy(zero_copy_only=False).astype(float)
    true, said, own = (
        auc(column.to_numpy(), defaulted)
        for column in (
            world.truth.column("default_probability"),
            found.table.column("default_probability"),
            found.table.column("own_probability"),
        )
    )
    assert said - own >= 0.6 * (true - own)


def test_the_same_labels_in_another_order_teach_the_same(world: Planted, found: SharedDebt) -> None:
    order = np.random.default_rng(1)
    turned = {name: rows.take(order.permutation(len(rows))) for name, rows in world.tables.items()}
    assert night(turned).table.equals(found.table)


def test_labels_of_a_few_teach_how_they_were_picked_and_so_nothing(world: Planted) -> None:
    labels = world.tables["labels"]
    few = labels.filter(pc.less(labels.column("person_id"), "p00000180"))
    figures = night(world.tables | {"labels": few}).figures["contagion"]
    assert figures["basis"] == "prior"
    assert figures["why"] == "labels cover 7.2% of the borrowers; below 8% they are picked, not sampled"


def test_a_column_that_follows_from_default_is_left_out(world: Planted) -> None:
    labels = world.tables["labels"]
    last = labels.filter(pc.equal(labels.column("at"), pc.max(labels.column("at"))))
    late = last.filter(pc.equal(last.column("label"), "default")).column("person_id")
    loans = world.tables["loans"]
    told = pc.if_else(pc.is_in(loans.column("person_id"), value_set=late.combine_chunks()), 90, 0)
    place = loans.schema.get_field_index("days_past_due")
    as_loaded = loans.set_column(place, "days_past_due", told.cast(pa.int64()))
    nowhere = loans.schema.get_field_index("observed_at")
    as_loaded = as_loaded.set_column(nowhere, "observed_at", pa.nulls(len(loans), loans.schema.field(nowhere).type))
    kept = as_loaded.group_by("loan_id", use_threads=False).aggregate(
        [(name, "first") for name in loans.column_names if name != "loan_id"]
    )
    kept = kept.rename_columns([name.removesuffix("_first") for name in kept.column_names]).select(loans.column_names)
    figures = night(world.tables | {"loans": kept, "labels": last}).figures["contagion"]
    assert "loans" not in figures["read_before"]
    assert "days past due" in figures["left_out_columns"]


def test_ridge_logistic_finds_what_made_the_data() -> None:
    rng = np.random.default_rng(5)
    rows = np.column_stack([np.ones(20_000), rng.normal(size=(20_000, 2))])
    true = np.array([-1.0, 0.8, 0.0])
    outcome = (rng.random(20_000) < 1 / (1 + np.exp(-rows @ true))).astype(float)
    fit = ridge_logistic(rows, outcome, penalty=np.full(3, 1e-6), offset=np.zeros(20_000))
    clustered = ridge_logistic(
        rows, outcome, penalty=np.full(3, 1e-6), offset=np.zeros(20_000), cluster=np.arange(20_000)
    )
    assert (np.abs(fit.values - true) <= 4 * fit.errors).all()
    assert clustered.errors == pytest.approx(fit.errors, rel=0.05)
    assert calibration(rows @ fit.values, outcome) == pytest.approx((0.0, 1.0), abs=1e-6)


def test_a_far_start_does_not_run_away() -> None:
    rows = np.column_stack([np.ones(200), np.linspace(-1, 1, 200)])
    outcome = (np.arange(200) % 7 == 0).astype(float)
    fit = ridge_logistic(rows, outcome, penalty=np.array([1e-9, 1.0]), offset=np.full(200, -8.0))
    assert (1 / (1 + np.exp(-(rows @ fit.values - 8.0)))).mean() == pytest.approx(outcome.mean(), abs=1e-6)


def test_shift_brings_the_mean_home() -> None:
    values = np.linspace(-3, 1, 50)
    assert (1 / (1 + np.exp(-(values + shifted(values, 0.4))))).mean() == pytest.approx(0.4)


def test_ties_count_half() -> None:
    assert auc(np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])) == 0.75
    assert auc(np.array([1.0]), np.array([1.0])) == 0.5


def test_a_ledger_sums_up_to_a_time_and_within_a_span() -> None:
    ledger = Ledger.of(np.array([1, 0, 1, 1]), np.array([9, 5, 3, 3]), np.array([[1], [7], [2], [4]]))
    who, at = np.array([1, 1, 1, 0, 2]), np.array([2, 3, 99, 99, 99])
    assert ledger.until(who, at)[:, 0].tolist() == [0, 6, 7, 7, 0]
    assert ledger.within(np.array([1, 1]), np.array([9, 9]), 6)[:, 0].tolist() == [1, 1]
    assert ledger.within(np.array([1]), np.array([9]), 7)[:, 0].tolist() == [7]
