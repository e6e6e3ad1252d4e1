"""People to score: tables by hand, at random, and a made-up normal population."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graphfraud.features.catalogue import CATALOGUE
from graphfraud.score.card import Card, read_card
from graphfraud.score.inputs import DEBT_INPUTS, GRAPH_INPUTS, joined
from graphfraud.score.parts import Values, values
from graphfraud.score.scores import Dossiers, scores

AS_OF = int(datetime(2026, 2, 1, tzinfo=UTC).timestamp()) * 1_000_000
ZONE = "Asia/Shanghai"
TYPES = {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
JUDGEMENT = Path(__file__).parents[2] / "benchmarks" / "judgement_card.toml"
CARD = read_card(JUDGEMENT)
"""Whole points that one can add up by hand; what holds for every card is tried on it and on the one that ships."""
SHIPPED = read_card(None)

ORDINARY: dict[str, float | None] = {
    "friends": 120,
    "groups": 6,
    "group_messages_30d": 60,
    "moments_30d": 8,
    "complaints_180d": 0,
    "complainants": 0,
    "listed_as_contact": 1,
    "tenure_days": 800,
    "payments_per_day_30d": 2.5,
    "large_payment_share_90d": 0.01,
    "night_large_payments_90d": 0,
    "refund_rate_90d": 0.02,
    "payees_90d": 30,
    "merchant_share_90d": 0.6,
    "top_payee_share_90d": 0.4,
    "pass_through_30d": 0.1,
    "inquiries_90d": 1,
    "inquiring_lenders_30d": 0,
    "lenders_open": 1,
    "outstanding": 8_000.0,
    "utilisation": 0.4,
    "max_days_past_due": 0,
    "overdue_loans": 0,
    "new_lenders_90d": 0,
    "guaranteed_for_others": 0.0,
    "ip_stability_90d": 0.7,
    "ips_90d": 8,
    "devices_90d": 1,
    "device_sharing": 0,
    "same_model_sharers": 0,
    "emulator_share_90d": 0.0,
    "actions_per_minute_90d": 6.0,
    "session_regularity_90d": 0.8,
    "night_login_share_90d": 0.1,
    "component_size": 1,
    "core_number": 0,
    "pagerank": 1.0,
    "fraud_pagerank": 0.3,
    "shared_device_weight": 0.0,
    "shared_identifier_weight": 0.0,
}
STANDING: dict[str, Any] = {
    "birth_date": date(1990, 5, 17),
    "id_verified": True,
    "face_verified": True,
    "invited": False,
    "blocked": False,
    "watched": False,
    "allowed": False,
    "known_fraud": False,
}
STANDING_SCHEMA = pa.schema(
    [
        pa.field("person_id", pa.string()),
        pa.field("birth_date", pa.date32()),
        *(pa.field(name, pa.bool_()) for name in list(STANDING)[1:]),
    ]
)
MEMBERSHIP_SCHEMA = pa.schema(
    [
        pa.field("person_id", pa.string()),
        pa.field("ring_id", pa.string()),
        pa.field("ring_score", pa.float64()),
        pa.field("role", pa.string()),
    ]
)
NOBODY = MEMBERSHIP_SCHEMA.empty_table()


def part_features(part: str, *, card: Card = CARD) -> tuple[str, ...]:
    return card.of_part(part)


def feature_table(people: Sequence[Mapping[str, float | None]]) -> pa.Table:
    """One row a mapping; a feature that it lacks is null."""
    columns: dict[str, pa.Array] = {"person_id": pa.array([f"p{row:05d}" for row in range(len(people))], pa.string())}
    for feature in CATALOGUE:
        cells = [person.get(feature.name) for person in people]
        columns[feature.name] = pa.array(cells, pa.float64()).cast(TYPES[feature.dtype])
    return pa.table(columns)


def input_table(people: Sequence[Mapping[str, float | None]]) -> pa.Table:
    """The same with what else a card may score: rings and debt."""
    table = feature_table(people)
    for feature in GRAPH_INPUTS:
        table = table.append_column(feature.name, pa.array([one.get(feature.name) for one in people], pa.float64()))
    return table


def standing_table(count: int, **changes: Any) -> pa.Table:
    """The same standing for everybody; a change is one value for all, or a list."""
    rows: dict[str, list[Any]] = {"person_id": [f"p{row:05d}" for row in range(count)]}
    for name, usual in STANDING.items():
        value = changes.get(name, usual)
        rows[name] = value if isinstance(value, list) else [value] * count
    return pa.table(rows, schema=STANDING_SCHEMA)


def membership_table(*rows: tuple[str, str, float, str]) -> pa.Table:
    names = MEMBERSHIP_SCHEMA.names
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], MEMBERSHIP_SCHEMA)


def known_of(features: pa.Table) -> Values:
    """Inputs of people about whose rings and debts nothing is known."""
    return values(joined(features, None).append_column("ring_score", pa.nulls(features.num_rows, pa.float64())), CARD)


def scored(
    people: Sequence[Mapping[str, float | None]], membership: pa.Table = NOBODY, *, card: Card = CARD, **standing: Any
) -> list[dict[str, Any]]:
    """The rows that ``scores`` gives for these people; with a debt table if anybody has a debt input."""
    known = input_table(people)
    debt = known.select(["person_id", *DEBT_INPUTS]) if any(set(DEBT_INPUTS) & set(one) for one in people) else None
    table = scores(
        Dossiers(feature_table(people), standing_table(len(people), **standing), membership, debt),
        card=card,
        as_of=AS_OF,
        zone=ZONE,
    )
    return table.to_pylist()


def ordinary(**changes: float | None) -> dict[str, float | None]:
    return {**ORDINARY, **changes}


def of_bins(places: Mapping[str, int]) -> dict[str, float | None]:
    """A person whose features lie in these bins of the card (−1: missing)."""
    person: dict[str, float | None] = {}
    for name, place in places.items():
        edges = CARD.features[name].edges
        if place >= 0:
            person[name] = edges[min(place, len(edges) - 1)] + (1.0 if place >= len(edges) else 0.0)
    return person


def extreme(part: str, *, best: bool) -> dict[str, float | None]:
    """Values that earn the most or the least points of a part."""
    pick = max if best else min
    places = {}
    for name in part_features(part):
        points = CARD.features[name].points
        places[name] = points.index(pick(points))
    return of_bins(places)


def population(count: int, seed: int) -> tuple[pa.Table, pa.Table]:
    """Features and standing of honest people as they may be found in a wallet, drawn at random."""
    chance = np.random.Generator(np.random.PCG64(seed))
    logins = chance.random(count) < 0.97
    pays = chance.random(count) < 0.95
    borrows = chance.random(count) < 0.45
    loans = np.where(borrows, 1 + chance.poisson(0.7, count), 0)
    late = borrows & (chance.random(count) < 0.12)
    days_late = np.where(late, np.ceil(chance.exponential(6, count)), 0)
    shared = np.where(chance.random(count) < 0.3, chance.integers(2, 6, count), 1)

    def counts(mean: float, spread: float) -> np.ndarray:
        return np.floor(chance.lognormal(np.log(mean), spread, count))

    def shares(first: float, second: float, known: np.ndarray) -> np.ndarray:
        return np.where(known, chance.beta(first, second, count), np.nan)

    columns: dict[str, np.ndarray] = {
        "friends": counts(60, 1),
        "groups": counts(4, 0.8),
        "group_messages_30d": counts(20, 1.5),
        "moments_30d": counts(4, 1.2),
        "complaints_180d": chance.poisson(0.05, count),
        "complainants": chance.poisson(0.08, count),
        "listed_as_contact": chance.poisson(0.8, count),
        "tenure_days": counts(600, 0.9),
        "payments_per_day_30d": np.where(pays, counts(45, 0.9) / 30, 0),
        "large_payment_share_90d": shares(0.4, 15, pays),
        "night_large_payments_90d": chance.poisson(0.1, count),
        "refund_rate_90d": shares(1, 30, pays),
        "payees_90d": np.where(pays, counts(18, 0.8), 0),
        "merchant_share_90d": shares(4, 3, pays),
        "top_payee_share_90d": shares(3, 3, pays),
        "pass_through_30d": shares(1, 6, pays),
        "inquiries_90d": chance.poisson(np.where(borrows, 1.8, 0.3)),
        "inquiring_lenders_30d": chance.poisson(np.where(borrows, 0.5, 0.1)),
        "lenders_open": loans,
        "outstanding": np.where(borrows, np.round(chance.lognormal(9.2, 1.2, count), 2), 0),
        "utilisation": shares(3, 3, borrows),
        "max_days_past_due": np.where(borrows, days_late, np.nan),
        "overdue_loans": np.where(borrows, late, np.nan),
        "new_lenders_90d": np.where(borrows, chance.poisson(0.3, count), 0),
        "guaranteed_for_others": np.where(chance.random(count) < 0.02, 30_000.0, 0),
        "ip_stability_90d": shares(4, 2, logins),
        "ips_90d": np.where(logins, 1 + chance.poisson(5, count), 0),
        "devices_90d": np.where(logins, 1 + chance.poisson(0.4, count), 0),
        "device_sharing": np.where(logins, chance.poisson(0.3, count), 0),
        "same_model_sharers": chance.poisson(0.5, count),
        "emulator_share_90d": np.where(logins, np.where(chance.random(count) < 0.005, 0.3, 0), np.nan),
        "actions_per_minute_90d": np.where(logins, chance.lognormal(1.6, 0.5, count), np.nan),
        "session_regularity_90d": shares(6, 3, logins),
        "night_login_share_90d": shares(1, 8, logins),
        "component_size": shared,
        "core_number": shared - 1,
        "pagerank": chance.lognormal(-0.3, 0.7, count),
        "fraud_pagerank": chance.lognormal(-1.5, 1.3, count),
        "shared_device_weight": np.where(shared > 1, chance.gamma(2, 8, count), 0),
        "shared_identifier_weight": np.where(shared > 1, chance.gamma(2, 10, count), 0),
    }
    ids = pa.array(np.char.add("p", np.char.zfill(np.arange(count).astype(str), 8)).tolist(), pa.string())
    arrays = {
        feature.name: pa.array(columns[feature.name].astype(np.float64), from_pandas=True).cast(TYPES[feature.dtype])
        for feature in CATALOGUE
    }
    born = np.datetime64("2026-02-01") - chance.integers(18 * 366, 70 * 365, count)
    yes = pa.array(np.ones(count, np.bool_))
    no = pa.array(np.zeros(count, np.bool_))
    standing = {
        "birth_date": pa.array(born.astype("datetime64[D]")),
        "id_verified": pa.array(chance.random(count) < 0.995),
        "face_verified": pa.array(chance.random(count) < 0.997),
        "invited": no,
        "blocked": no,
        "watched": no,
        "allowed": no,
        "known_fraud": no,
    }
    assert yes.type == pa.bool_()
    return (
        pa.table({"person_id": ids, **arrays}),
        pa.table({"person_id": ids, **standing}, schema=STANDING_SCHEMA),
    )
