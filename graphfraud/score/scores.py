"""Scores: from features, standing and ring membership to score, tier, limit, rate, decision and reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa

from graphfraud.errors import InputError, UsageError
from graphfraud.score.entries import PARTS, TIERS, Card
from graphfraud.score.gate import RULES, Facts, Outcome, Verdict, facts, verdict
from graphfraud.score.parts import Assessed, Flags, Floats, assessed, values
from graphfraud.score.price import annual_rates
from graphfraud.score.reasons import REASON, reasons
from graphfraud.score.tier import NONE, RATE_STEP, Offer, deciding_score, offers

SCHEMA: Final = pa.schema(
    [
        pa.field("person_id", pa.string()),
        pa.field("score", pa.float64()),
        *(pa.field(part, pa.float64()) for part in PARTS),
        pa.field("tier", pa.string()),
        pa.field("limit_cny", pa.float64()),
        pa.field("daily_rate", pa.float64()),
        pa.field("irr_annual", pa.float64()),
        pa.field("decision", pa.string()),
        pa.field("reasons", pa.list_(REASON)),
        pa.field("rules_fired", pa.list_(pa.string())),
        pa.field("parts_present", pa.list_(pa.string())),
        pa.field("card_version", pa.string()),
    ]
)
"""One row a person; a part without a file is null, so is the score when no part has one."""
BLOCK: Final = 65_536
"""People scored at a time: bounds memory, changes no value."""
DECISIONS: Final = tuple(outcome.name.lower() for outcome in Outcome)


@dataclass(frozen=True)
class Scored:
    """Everything that was worked out about a block of people."""

    person_id: pa.ChunkedArray
    people: Assessed
    offer: Offer
    outcome: Floats
    gate: Verdict
    reasons: pa.ListArray


def scores(
    features: pa.Table, standing: pa.Table, membership: pa.Table, *, card: Card, as_of: int, zone: str
) -> pa.Table:
    """One row a person, in the order of ``features``, with the columns of :data:`SCHEMA`.

    ``features`` holds ``person_id`` and the catalogue; ``standing`` the same people in the same
    order with birth_date, id_verified, face_verified, blocked, watched, allowed, known_fraud;
    ``membership`` a row for each person in a reported ring (person_id, ring_score, role).
    ``as_of`` is microseconds UTC; ages are by the date in ``zone``. The schema's metadata names
    the rules that were not evaluated because nobody's fact was known. Cost: O(people × features).

    Raises:
        InputError: the tables do not hold the same people, or lack a column.
        UsageError: there is no such time zone.
    """
    if not features.column("person_id").equals(standing.column("person_id")):
        raise InputError(
            "the people differ from those of features, or their order", where="standing", cure="sort both by person_id"
        )
    today = _local_date(as_of, zone)
    everybody = facts(standing, membership, today=np.datetime64(today))
    tables, unknown = [SCHEMA.empty_table()], []
    for block in _scored(features, everybody, card):
        tables.append(_table(block, card))
        unknown.append(block.gate.not_evaluated)
    idle = [rule.id for rule in RULES if unknown and all(rule.id in names for names in unknown)]
    priced = _priced(pa.concat_tables(tables), today).combine_chunks()
    return priced.replace_schema_metadata({"card_version": card.version, "rules_not_evaluated": ",".join(idle)})


def _scored(features: pa.Table, everybody: Facts, card: Card) -> Iterator[Scored]:
    for start in range(0, features.num_rows, BLOCK):
        rows = slice(start, start + BLOCK)
        block = features.slice(start, BLOCK)
        columns = {name: column[rows] for name, column in everybody.columns.items()}
        yield _block(block, Facts(columns, everybody.allowed[rows]), card)


def _block(features: pa.Table, standing: Facts, card: Card) -> Scored:
    known = values(features, card)
    people = assessed(known, card)
    present = (~np.isnan(people.parts)).sum(axis=1).astype(np.float64)
    added = {"max_days_past_due": known.of("max_days_past_due"), "parts": present}
    complete = Facts({**standing.columns, **added}, standing.allowed)
    gate = verdict(complete)
    score = deciding_score(people, gate.adverse)
    outcome = np.maximum(gate.outcome, _by_score(score, card))
    offer = offers(score, known, people, excluded=outcome == Outcome.DECLINE)
    return Scored(features.column("person_id"), people, offer, outcome, gate, reasons(people, known, gate, complete))


def _by_score(score: Floats, card: Card) -> Floats:
    narrow = np.where(score >= card.floor - card.decision.review_band, Outcome.REVIEW, Outcome.DECLINE)
    decided = np.where(score >= card.floor, Outcome.APPROVE, narrow)
    return np.where(np.isnan(score), Outcome.REVIEW, decided)


def _table(block: Scored, card: Card) -> pa.Table:
    offered = block.offer.tier != NONE
    present = ~np.isnan(block.people.parts)
    columns = {
        "person_id": block.person_id.cast(pa.string()),
        "score": pa.array(block.people.total, from_pandas=True),
        **{part: pa.array(block.people.parts[:, index], from_pandas=True) for index, part in enumerate(PARTS)},
        "tier": pa.array([*TIERS, "none"]).take(pa.array(block.offer.tier % (len(TIERS) + 1))),
        "limit_cny": pa.array(block.offer.limit_cny.astype(np.float64)),
        "daily_rate": pa.array(block.offer.rate_steps / RATE_STEP, mask=~offered),
        "irr_annual": pa.nulls(len(offered), pa.float64()),
        "decision": pa.array(DECISIONS).take(pa.array(block.outcome.astype(np.int64))),
        "reasons": block.reasons,
        "rules_fired": _named(block.gate.fired, [rule.id for rule in RULES]),
        "parts_present": _named(present, list(PARTS)),
        "card_version": pa.repeat(pa.scalar(card.version), len(offered)),
    }
    return pa.table(columns, schema=SCHEMA)


def _named(flags: Flags, names: list[str]) -> pa.ListArray:
    """The names of the columns that are set, by row."""
    offsets = np.concatenate([[0], np.cumsum(flags.sum(axis=1))]).astype(np.int32)
    taken = pa.array(names, pa.string()).take(pa.array(np.nonzero(flags)[1]))
    return pa.ListArray.from_arrays(pa.array(offsets), taken)


def _priced(table: pa.Table, today: date) -> pa.Table:
    rate = table.column("daily_rate").to_numpy()
    offered = ~np.isnan(rate)
    annual = np.full(len(rate), np.nan)
    annual[offered] = annual_rates(np.rint(rate[offered] * RATE_STEP).astype(np.int64), today)
    place = SCHEMA.get_field_index("irr_annual")
    return table.set_column(place, SCHEMA.field(place), pa.array(annual, from_pandas=True))


def _local_date(as_of: int, zone: str) -> date:
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(
            f"there is no time zone {zone!r}", where="zone", cure="write one like Asia/Shanghai"
        ) from error
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=as_of)).astimezone(where).date()
