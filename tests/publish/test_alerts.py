"""Alerts of money that moves like laundered money: raised at the limit and not just under it."""

import pyarrow as pa
import pytest

from graphfraud.publish.alerts import alerts

NO_RINGS = pa.table({name: pa.array([], pa.string()) for name in ("ring_id", "score", "reasons")})


@pytest.mark.parametrize(
    ("passed_on", "at_night", "codes"),
    [(0.9, 0, ["AL-PASS-THROUGH"]), (0.89, 2, []), (None, 3, ["AL-NIGHT-LARGE"]), (None, None, [])],
)
def test_patterns_of_laundering_raise_an_alert(passed_on: float | None, at_night: int | None, codes: list[str]) -> None:
    features = pa.table(
        {
            "person_id": ["anna"],
            "pass_through_30d": pa.array([passed_on], pa.float64()),
            "night_large_payments_90d": pa.array([at_night], pa.int64()),
        }
    )
    found = alerts(NO_RINGS, features, earlier={}, as_of=0).to_pylist()
    assert [row["reasons"][0]["code"] for row in found] == codes
    assert {row["target_id"] for row in found} <= {"anna"}
