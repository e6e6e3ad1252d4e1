"""Golden decisions: what the shipped card decides about people one can picture."""

import difflib

from tests.score.score_cases import CASES, GOLDEN, golden


def test_the_golden_decisions_stand() -> None:
    kept, now = GOLDEN.read_text(encoding="utf-8").splitlines(), golden().splitlines()
    changed = "\n".join(difflib.unified_diff(kept, now, "golden.csv", "now", lineterm="", n=0))
    assert not changed, f"decisions changed; if meant: python -m tests.score.score_cases\n{changed}"


def test_there_are_enough_cases_and_each_has_its_name() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)
