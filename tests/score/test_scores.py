"""The whole table of scores: shape, order, determinism, and what it refuses."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from graphfraud.errors import InputError, UsageError
from graphfraud.score.entries import PARTS
from graphfraud.score.scores import BLOCK, SCHEMA, Dossiers, chance, scores
from tests.score.score_people import (
    AS_OF,
    CARD,
    NOBODY,
    SHIPPED,
    ZONE,
    feature_table,
    membership_table,
    ordinary,
    part_features,
    population,
    scored,
    standing_table,
)


def test_the_columns_are_the_contract() -> None:
    features, standing = population(50, 1)
    table = scores(Dossiers(features, standing, NOBODY), card=CARD, as_of=AS_OF, zone=ZONE)
    assert table.schema.equals(SCHEMA)
    assert table.column("person_id").equals(features.column("person_id"))
    assert set(table.column("card_version").to_pylist()) == {CARD.version}
    table.validate(full=True)


def test_nobody_is_scored() -> None:
    table = scores(Dossiers(feature_table([]), standing_table(0), NOBODY), card=CARD, as_of=AS_OF, zone=ZONE)
    assert table.num_rows == 0
    assert table.schema.equals(SCHEMA)


def test_neither_company_nor_block_changes_a_row() -> None:
    features, standing = population(BLOCK + 500, 5)
    ids = features.column("person_id").to_pylist()
    rings = membership_table((ids[BLOCK - 1], "a", 0.9, "member"), (ids[BLOCK + 7], "a", 0.85, "mule"))
    whole = scores(Dossiers(features, standing, rings), card=CARD, as_of=AS_OF, zone=ZONE)
    assert whole.column("rules_fired")[BLOCK + 7].as_py() == ["R-RING"]
    around = pa.array(np.arange(BLOCK - 300, BLOCK + 300, 3))
    few = rings.filter(pc.is_in(rings.column("person_id"), value_set=features.column("person_id").take(around)))
    alone = scores(Dossiers(features.take(around), standing.take(around), few), card=CARD, as_of=AS_OF, zone=ZONE)
    assert alone.equals(whole.take(around))


def test_the_order_of_memberships_changes_nothing() -> None:
    people = [ordinary(), ordinary()]
    rows = [("p00000", "a", 0.6, "member"), ("p00000", "b", 0.9, "mule"), ("p00001", "b", 0.9, "recruit")]
    assert scored(people, membership_table(*rows)) == scored(people, membership_table(*rows[::-1]))


def test_the_birthday_is_local() -> None:
    # 16:30 UTC on the eve is half past midnight on the birthday in Shanghai
    standing = standing_table(1, birth_date=date(2008, 2, 2))
    eve = int(datetime(2026, 2, 1, 16, 30, tzinfo=UTC).timestamp()) * 1_000_000
    people = feature_table([ordinary()])
    fired = [
        scores(Dossiers(people, standing, NOBODY), card=CARD, as_of=eve, zone=zone).column("rules_fired").to_pylist()
        for zone in ("Asia/Shanghai", "UTC")
    ]
    assert fired == [[[]], [["R-MINOR"]]]


def test_rules_without_their_table_are_not_evaluated_and_block_nothing() -> None:
    nothing = dict.fromkeys(("birth_date", "id_verified", "face_verified", "blocked", "watched", "known_fraud"))
    table = scores(
        Dossiers(feature_table([ordinary(max_days_past_due=None)] * 2), standing_table(2, **nothing), NOBODY),
        card=CARD,
        as_of=AS_OF,
        zone=ZONE,
    )
    named = table.schema.metadata[b"rules_not_evaluated"].decode().split(",")
    assert set(named) == {
        "R-MINOR",
        "R-BLOCK",
        "R-CONFIRMED",
        "R-OVERDUE-90",
        "R-OVERDUE-30",
        "R-ID",
        "R-FACE",
        "R-WATCH",
        "R-FRAUD",
    }
    assert table.column("decision").to_pylist() == ["approve", "approve"]


def test_one_known_fact_makes_a_rule_evaluated() -> None:
    standing = standing_table(2, face_verified=[None, True])
    table = scores(Dossiers(feature_table([ordinary()] * 2), standing, NOBODY), card=CARD, as_of=AS_OF, zone=ZONE)
    assert table.schema.metadata[b"rules_not_evaluated"] == b""


def test_a_narrow_band_under_the_floor_is_looked_at() -> None:
    # neutral is 75: 25 points of the payment part are 10 of the total and lead to the floor; 5 of credit are one more
    at = {"payees_90d": 1, "pass_through_30d": 0.9}
    band = {**at, "max_days_past_due": 8}
    rows = scored([at, band, {**band, "utilisation": 0.95, "outstanding": 200_001.0}])
    assert [(row["decision"], row["tier"]) for row in rows] == [
        ("approve", "new"),
        ("review", "none"),
        ("decline", "none"),
    ]
    assert [row["score"] for row in rows] == pytest.approx([50, (40 * 50 + 20 * 70) / 60, (40 * 50 + 20 * 65) / 60])


def test_the_chance_is_that_of_a_person_whose_missing_parts_are_neutral() -> None:
    whole, thin = scored(
        [ordinary(inquiries_90d=8), ordinary(inquiries_90d=8, **dict.fromkeys(part_features("payment", card=SHIPPED)))],
        card=SHIPPED,
    )
    expected = chance(np.array([whole["score"], with_neutral(thin, "payment")]), SHIPPED)
    assert [whole["bad_probability"], thin["bad_probability"]] == pytest.approx(expected.tolist())
    assert thin["bad_probability"] < chance(np.array([thin["score"]]), SHIPPED)[0]


def with_neutral(row: dict[str, Any], missing: str) -> float:
    parts = {name: SHIPPED.neutral(name) if name == missing else row[name] for name in PARTS}
    return sum(SHIPPED.parts[name].weight * value for name, value in parts.items()) / 100


def test_a_missing_part_is_null() -> None:
    [row] = scored([{"inquiries_90d": 1}])
    assert [row[part] for part in ("social", "payment", "device")] == [None] * 3
    assert row["parts_present"] == ["credit"]
    assert row["score"] == row["credit"]


def test_people_in_another_order_are_refused() -> None:
    with pytest.raises(InputError, match=r"the people differ.*sort both by person_id"):
        scores(Dossiers(feature_table([ordinary()] * 2), standing_table(1), NOBODY), card=CARD, as_of=AS_OF, zone=ZONE)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="no time zone 'Mars/Olympus'"):
        scores(Dossiers(feature_table([]), standing_table(0), NOBODY), card=CARD, as_of=AS_OF, zone="Mars/Olympus")
