"""Scores: from features, standing and ring membership to score, tier, limit, rate, decision and reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.errors import InputError, UsageError
from graphfraud.moments import moment
from graphfraud.score.entries import PARTS, TIERS, Card
from graphfraud.score.gate import Facts, Verdict, facts, verdict
from graphfraud.score.inputs import RING_SCORE, joined
from graphfraud.score.parts import Assessed, Flags, Floats, assessed, values
from graphfraud.score.price import annual_rates
from graphfraud.score.reasons import REASON, reasons
from graphfraud.score.rules import Outcome, of_kind
from graphfraud.score.tier import NONE, RATE_STEP, Earlier, Ints, Offer, deciding_score, due, next_assessment, offers

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
        pa.field("bad_probability", pa.float64()),
        pa.field("way_in", pa.string()),
        pa.field("assessed_on", pa.date32()),
        pa.field("next_assessment", pa.date32()),
    ]
)
"""One row a person; a part without a file is null, so is the score when no part has one.

``bad_probability``: chance of fraud or default, by the card's calibration. ``way_in``: ``invitation``
for people on the white list, ``application`` for all others, who may have the offer if they ask.
``assessed_on``: local day of the assessment that the offer rests on; ``next_assessment``: of the next.
"""
BLOCK: Final = 65_536
"""People scored at a time: bounds memory, changes no value."""
NIGHT_RULES: Final = of_kind("night")
DECISIONS: Final = ("approve", "review", "review", "review", "decline")
"""What the night says for each :class:`Outcome`: a dialogue it cannot hold is for a person to look at."""
EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True)
class Dossiers:
    """What is known about people, tables in one order.

    ``features`` holds ``person_id`` and the catalogue; ``standing`` birth_date, id_verified,
    face_verified, invited, blocked, watched, allowed, known_fraud; ``membership`` a row for each person in
    a reported ring (person_id, ring_score, role). ``debt``, if there is one, holds the debt columns that a
    card may score; ``earlier`` the scores of the night before, in any order.
    """

    features: pa.Table
    standing: pa.Table
    membership: pa.Table
    debt: pa.Table | None = None
    earlier: pa.Table | None = None


@dataclass(frozen=True)
class Day:
    """The local day of the assessment, and what people hold from before."""

    today: date
    earlier: Earlier | None

    def rows(self, rows: slice) -> "Day":
        """The same day for some of the people."""
        return Day(self.today, None if self.earlier is None else self.earlier.rows(rows))


@dataclass(frozen=True)
class Scored:
    """Everything that was worked out about a block of people."""

    person_id: pa.ChunkedArray
    people: Assessed
    offer: Offer
    outcome: Floats
    gate: Verdict
    reasons: pa.ListArray
    assessed_on: Ints


def scores(dossiers: Dossiers, *, card: Card, as_of: int, zone: str) -> pa.Table:
    """One row a person, in the order of the features, with the columns of :data:`SCHEMA`.

    ``as_of`` is microseconds UTC; ages are by the date in ``zone``. The schema's metadata names
    the rules that were not evaluated because nobody's fact was known. Cost: O(people × features).

    Raises:
        InputError: the tables do not hold the same people, or lack a column.
        UsageError: there is no such time zone.
    """
    features, standing = dossiers.features, dossiers.standing
    if not features.column("person_id").equals(standing.column("person_id")):
        raise InputError(
            "the people differ from those of features, or their order", where="standing", cure="sort both by person_id"
        )
    today = local_date(as_of, zone)
    everybody = facts(standing, dossiers.membership, today=np.datetime64(today))
    inputs = joined(features, dossiers.debt).append_column(RING_SCORE, pa.array(everybody.columns[RING_SCORE]))
    day = Day(today, earlier_of(dossiers.earlier, features.column("person_id")))
    tables, unknown = [SCHEMA.empty_table()], []
    for block in _scored(inputs, everybody, card, day):
        tables.append(_table(block, card, today))
        unknown.append(block.gate.not_evaluated)
    idle = [rule.id for rule in NIGHT_RULES if unknown and all(rule.id in names for names in unknown)]
    priced = _with_way_in(_priced(pa.concat_tables(tables), today).combine_chunks(), standing)
    return priced.replace_schema_metadata({"card_version": card.version, "rules_not_evaluated": ",".join(idle)})


def earlier_of(scores: pa.Table | None, person_id: pa.ChunkedArray) -> Earlier | None:
    """What people hold by the scores of the night before; None without them, nothing for whom they do not know."""
    if scores is None or "assessed_on" not in scores.column_names:
        return None
    place = pc.index_in(person_id.cast(pa.string()), value_set=scores.column("person_id").cast(pa.string()))
    held = scores.take(place.combine_chunks())
    tier = pc.fill_null(pc.index_in(held.column("tier"), value_set=pa.array(TIERS)), NONE)
    rate = np.nan_to_num(held.column("daily_rate").to_numpy(), nan=0.0)
    return Earlier(
        tier.to_numpy().astype(np.int64),
        np.nan_to_num(held.column("limit_cny").to_numpy(), nan=0.0).astype(np.int64),
        np.rint(rate * RATE_STEP).astype(np.int64),
        pc.fill_null(held.column("assessed_on").cast(pa.int32()), 0).to_numpy().astype(np.int64),
    )


def _scored(inputs: pa.Table, everybody: Facts, card: Card, day: Day) -> Iterator[Scored]:
    for start in range(0, inputs.num_rows, BLOCK):
        rows = slice(start, start + BLOCK)
        columns = {name: column[rows] for name, column in everybody.columns.items()}
        yield _block(inputs.slice(start, BLOCK), Facts(columns, everybody.allowed[rows]), card, day.rows(rows))


def _block(inputs: pa.Table, standing: Facts, card: Card, day: Day) -> Scored:
    known = values(inputs, card)
    people = assessed(known, card)
    present = (~np.isnan(people.parts)).sum(axis=1).astype(np.float64)
    added = {"max_days_past_due": known.of("max_days_past_due"), "parts": present}
    complete = Facts({**standing.columns, **added}, standing.allowed)
    gate = verdict(complete, NIGHT_RULES)
    score = held_score(deciding_score(people, gate.adverse), day.earlier, card)
    outcome = np.maximum(gate.outcome, by_score(score, card))
    fresh = offers(score, known, people, excluded=outcome == Outcome.DECLINE, earlier=day.earlier)
    offer, assessed_on = kept(fresh, day)
    told = reasons(people, known, gate, complete, refused=score < card.floor)
    return Scored(inputs.column("person_id"), people, offer, outcome, gate, told, assessed_on)


def held_score(score: Floats, earlier: Earlier | None, card: Card) -> Floats:
    """The deciding score; who holds an offer counts as at the floor down to the card's margin under it."""
    if earlier is None:
        return score
    near = (earlier.tier != NONE) & (score < card.floor) & (score >= card.floor - card.change.margin)
    return np.where(near, card.floor, score)


def kept(fresh: Offer, day: Day) -> tuple[Offer, Ints]:
    """Offers, and the days they were assessed on: who is not due keeps what they hold, but never after a refusal."""
    today = np.full(len(fresh.tier), (day.today - EPOCH).days, dtype=np.int64)
    if day.earlier is None:
        return fresh, today
    held = day.earlier
    stays = ~due(held, day.today) & (held.tier != NONE) & (fresh.tier != NONE)
    offer = Offer(
        np.where(stays, held.tier, fresh.tier),
        np.where(stays, held.limit_cny, fresh.limit_cny),
        np.where(stays, held.rate_steps, fresh.rate_steps),
    )
    return offer, np.where(stays, held.assessed_on, today)


def by_score(score: Floats, card: Card) -> Floats:
    """The outcome that a score asks for, as a number of :class:`Outcome`."""
    narrow = np.where(score >= card.floor - card.decision.review_band, Outcome.REVIEW, Outcome.DECLINE)
    decided = np.where(score >= card.floor, Outcome.APPROVE, narrow)
    return np.where(np.isnan(score), Outcome.REVIEW, decided)


def chance(score: Floats, card: Card) -> Floats:
    """Chance of fraud or default by the card's calibration; NaN without one, or without a score."""
    if not card.calibration.scores:
        return np.full(len(score), np.nan)
    return np.asarray(np.interp(score, card.calibration.scores, card.calibration.probabilities))


def _table(block: Scored, card: Card, today: date) -> pa.Table:
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
        "rules_fired": _named(block.gate.fired, [rule.id for rule in block.gate.rules]),
        "parts_present": _named(present, list(PARTS)),
        "card_version": pa.repeat(pa.scalar(card.version), len(offered)),
        "bad_probability": pa.array(chance(block.people.with_neutral, card), from_pandas=True),
        "way_in": pa.nulls(len(offered), pa.string()),
        "assessed_on": pa.array(block.assessed_on.astype(np.int32), pa.int32()).cast(pa.date32()),
        "next_assessment": _next(block, today),
    }
    return pa.table(columns, schema=SCHEMA)


def _next(block: Scored, today: date) -> pa.Array:
    """The day of the next assessment; whoever has no tier is looked at every night."""
    days = np.full(len(block.assessed_on), (today - EPOCH).days + 1, dtype=np.int64)
    for place, name in enumerate(TIERS):
        for day in np.unique(block.assessed_on[block.offer.tier == place]):
            following = next_assessment(name, EPOCH + timedelta(days=int(day)))
            mine = (block.offer.tier == place) & (block.assessed_on == day)
            days[mine] = (
                np.maximum(days[mine], (following - EPOCH).days) if name == "premium" else (following - EPOCH).days
            )
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())


def _with_way_in(table: pa.Table, standing: pa.Table) -> pa.Table:
    invited = pc.fill_null(pc.cast(standing.column("invited"), pa.bool_()), False)
    place = SCHEMA.get_field_index("way_in")
    return table.set_column(place, SCHEMA.field(place), pc.if_else(invited, "invitation", "application"))


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


def local_date(as_of: int, zone: str) -> date:
    """The day in ``zone`` of a moment in UTC microseconds.

    Raises:
        UsageError: there is no such time zone.
    """
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(
            f"there is no time zone {zone!r}", where="zone", cure="write one like Asia/Shanghai"
        ) from error
    return moment(as_of).astimezone(where).date()
