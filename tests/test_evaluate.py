from collections.abc import Callable, Mapping
from itertools import permutations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graphfraud.errors import InputError, RunError
from graphfraud.evaluate import Evaluation, area_under_curve, calibration_error, evaluate, matched

PEOPLE = [f"p{number:02}" for number in range(40)]
Rings = Mapping[str, tuple[str, range]]
Judge = Callable[..., Evaluation]
NOBODY: Rings = {}


def rows(rings: Rings, group: str) -> pa.Table:
    found = [(name, PEOPLE[place], kind) for name, (kind, places) in rings.items() for place in places]
    columns = [[row[place] for row in found] for place in range(3)]
    return pa.table(
        dict(zip([group, "person_id", "kind"], [pa.array(one, pa.string()) for one in columns], strict=True))
    )


@pytest.fixture
def judged(tmp_path: Path) -> Judge:
    """Evaluation of reported rings against true ones and honest groups, through real files."""

    def write(folder: str, **tables: pa.Table) -> Path:
        (tmp_path / folder).mkdir(exist_ok=True)
        for name, table in tables.items():
            pq.write_table(table, tmp_path / folder / f"{name}.parquet")
        return tmp_path / folder

    def judge(reported: Rings, true: Rings, groups: Rings = NOBODY, **known: pa.Table) -> Evaluation:
        members = rows(reported, "ring_id")
        names = pa.table(
            {
                "ring_id": pa.array(reported, pa.string()),
                "kind": pa.array([kind for kind, _ in reported.values()], pa.string()),
            }
        )
        said = pa.table({"person_id": ["p00", "p01", "p02", "p30"], "default_probability": [0.9, 0.2, 0.1, 0.5]})
        run = write(
            "run",
            features=pa.table({"person_id": PEOPLE}),
            rings=names,
            ring_members=members.drop_columns("kind"),
            debt=said,
        )
        became = {"default_probability": [0.8, 0.1, 0.1], "defaulted_90d": [True, False, True]}
        truth = write(
            "truth",
            truth_rings=rows(true, "ring_id"),
            truth_groups=rows(groups, "group_id"),
            truth_default=pa.table({"person_id": ["p00", "p01", "p02"], **became}),
        )
        return evaluate(run, truth, **known)

    return judge


def test_a_ring_found_whole_and_one_missed(judged: Judge) -> None:
    true = {"T1": ("cash_out", range(0, 4)), "T2": ("mule_chain", range(4, 8))}
    result = judged({"R": ("unknown", range(0, 4))}, true)
    assert (result.rings.precision, result.rings.recall) == (1.0, 0.5)
    assert result.rings.f1 == pytest.approx(2 / 3)
    assert (result.members.precision, result.members.recall) == (1.0, 0.5)
    assert result.balanced_accuracy == pytest.approx(0.75)
    assert result.by_kind["cash_out"].quality.recall == 1.0
    assert result.by_kind["cash_out"].kind_agrees == 0.0
    assert result.by_kind["mule_chain"].quality.recall == 0.0
    assert result.by_kind["unknown"].quality.precision == 1.0


@pytest.mark.parametrize(("places", "found"), [(range(0, 8), 1), (range(0, 9), 0)])
def test_half_of_all_members_is_just_enough(judged: Judge, places: range, found: int) -> None:
    result = judged({"R": ("unknown", places)}, {"T": ("cash_out", range(0, 4))})
    assert result.rings.recall == found


@pytest.mark.parametrize(("places", "false"), [(range(3, 8), 1), (range(2, 7), 0)])
def test_a_fifth_of_true_members_is_still_a_false_ring(judged: Judge, places: range, false: int) -> None:
    result = judged({"R": ("unknown", places)}, {"T": ("cash_out", range(0, 4))})
    assert result.false_rings == false
    assert result.false_rings_per_100k == false * 2500


def test_two_halves_of_one_ring_are_one_find(judged: Judge) -> None:
    reported = {"R1": ("cash_out", range(0, 4)), "R2": ("cash_out", range(4, 8))}
    result = judged(reported, {"T": ("cash_out", range(0, 8))})
    assert (result.rings.precision, result.rings.recall) == (0.5, 1.0)


def test_groups_are_flagged_from_half_of_their_members(judged: Judge) -> None:
    groups = {"G1": ("family", range(20, 24)), "G2": ("family", range(26, 30)), "G3": ("office", range(30, 34))}
    result = judged({"R": ("unknown", range(22, 27))}, {"T": ("cash_out", range(0, 4))}, groups)
    assert result.groups_flagged == {"family": 0.5, "office": 0.0}


def test_flag_rates_count_honest_people_only(judged: Judge) -> None:
    occupation = ["self_employed" if place % 2 else "salaried" for place in range(40)]
    occupations = pa.table({"person_id": PEOPLE, "occupation": occupation})
    result = judged({"R": ("unknown", range(0, 7))}, {"T": ("cash_out", range(0, 4))}, occupations=occupations)
    assert result.flag_rates == {"salaried": 2 / 18, "self_employed": 1 / 18}
    assert result.self_employed_ratio == pytest.approx(0.5)


def test_the_self_employed_are_compared_with_the_salaried_alone(judged: Judge) -> None:
    words = ["self_employed", "salaried", "student", None]
    occupations = pa.table({"person_id": PEOPLE, "occupation": [words[place % 4] for place in range(40)]})
    true = {"T": ("cash_out", range(0, 4))}
    assert judged({"R": ("unknown", range(4, 9))}, true, occupations=occupations).self_employed_ratio == 2.0
    assert judged({"R": ("unknown", range(6, 9))}, true, occupations=occupations).self_employed_ratio is None


def test_strangers_among_labels_and_occupations_count_for_nothing(judged: Judge) -> None:
    labels = pa.table({"person_id": ["stranger"], "label": ["fraud"]})
    occupations = pa.table({"person_id": ["stranger", "p39"], "occupation": ["salaried", "salaried"]})
    true = {"T": ("cash_out", range(0, 4))}
    result = judged({"R": ("unknown", range(36, 40))}, true, labels=labels, occupations=occupations)
    assert (result.fresh_rings, result.flag_rates) == (1, {"salaried": 1.0})


def test_fresh_rings_have_nobody_known_as_fraud(judged: Judge) -> None:
    true = {"T1": ("cash_out", range(0, 4)), "T2": ("cash_out", range(4, 8)), "T3": ("cash_out", range(8, 12))}
    labels = pa.table({"person_id": ["p00", "p05"], "label": ["fraud", "clean"]})
    result = judged({"R1": true["T1"], "R2": true["T2"]}, true, labels=labels)
    assert (result.fresh_rings, result.fresh) == (2, 0.5)


def test_default_probabilities_of_those_both_know(judged: Judge) -> None:
    default = judged({}, {"T": ("cash_out", range(0, 4))}).default
    assert (default.people, default.defaults, default.auc) == (3, 2, 0.5)
    assert default.brier == pytest.approx((0.01 + 0.04 + 0.81) / 3)
    assert default.mean_error == pytest.approx(0.2 / 3)


def test_a_figure_over_nothing_is_none(judged: Judge) -> None:
    result = judged({}, {"T": ("cash_out", range(0, 4))})
    assert (result.rings.precision, result.rings.recall, result.rings.f1) == (None, 0.0, None)
    assert (result.fresh, result.self_employed_ratio) == (None, None)
    assert judged({}, {}).balanced_accuracy is None
    assert result.as_dict()["rings"] == {"precision": None, "recall": 0.0, "f1": None}


def test_what_is_missing_is_named(judged: Judge, tmp_path: Path) -> None:
    judged({}, {})
    (tmp_path / "run" / "debt.parquet").unlink()
    with pytest.raises(RunError, match=r"debt\.parquet.*nightly"):
        evaluate(tmp_path / "run", tmp_path / "truth")
    with pytest.raises(InputError, match=r"truth_rings\.parquet"):
        evaluate(tmp_path / "run", tmp_path / "nowhere")


def brute_force(near: np.ndarray) -> int:
    """Most pairs over every way to hand the rows to columns."""
    wide = near if near.shape[0] <= near.shape[1] else near.T
    ways = permutations(range(wide.shape[1]), wide.shape[0])
    return max(sum(int(wide[row, column]) for row, column in enumerate(way)) for way in ways)


@st.composite
def overlapping(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    people = draw(st.integers(2, 6))
    ring = st.lists(st.booleans(), min_size=people, max_size=people).filter(any)
    sides = [draw(st.lists(ring, min_size=1, max_size=4)) for _ in range(2)]
    return np.array(sides[0], np.int64), np.array(sides[1], np.int64)


@given(overlapping())
def test_matching_finds_as_many_pairs_as_brute_force(sides: tuple[np.ndarray, np.ndarray]) -> None:
    reported, true = sides
    common = reported @ true.T
    near = common / (reported.sum(1)[:, None] + true.sum(1) - common) >= 0.5
    partner = matched(csr_array(reported), csr_array(true))
    chosen = np.flatnonzero(partner >= 0)
    assert near[chosen, partner[chosen]].all()
    assert len(set(partner[chosen])) == len(chosen) == brute_force(near)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 1.0]), st.booleans()), min_size=1, max_size=12))
def test_area_is_the_share_of_pairs_in_order(rows: list[tuple[float, bool]]) -> None:
    value, positive = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    pairs = [(yes > no) + 0.5 * (yes == no) for yes in value[positive] for no in value[~positive]]
    expected = pytest.approx(np.mean(pairs)) if pairs else None
    assert area_under_curve(value, positive) == expected


def test_calibration_error_is_zero_for_kept_promises_and_the_gap_for_others() -> None:
    happened = np.array([True] + [False] * 3)
    assert calibration_error(np.full(4, 0.25), happened) == pytest.approx(0.0)
    assert calibration_error(np.full(4, 0.75), happened) == pytest.approx(0.5)
    assert calibration_error(np.ones(4), happened) == pytest.approx(0.75)
