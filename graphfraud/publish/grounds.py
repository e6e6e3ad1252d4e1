"""Grounds: what each reason of a score rests on, as links to other parties with dates."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.schema import IDENTIFIER_KINDS, IDENTIFIER_LABELS, TIMESTAMP, Entity
from graphfraud.score.entries import Card
from graphfraud.score.rules import RULES
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import NEVER, Snapshot

MOST: Final = 3
"""Links told of one reason, the latest first."""
SPAN_US: Final = 90 * DAY_US
"""Payments, logins and inquiries older than this are no ground of a feature of 90 days."""
SCHEMA: Final = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("person_id", "code", "relationship", "party_id", "party_label")),
        pa.field("at", TIMESTAMP),
    ]
)
"""One row a link: ``party_id`` is the other end, named as in the input tables; an identifier is its keyed digest."""

LOAN: Final = ("OWES", "Loan", Entity.LOAN)

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Links:
    """Links of people, a row each: the person, the other party as a place in ``ids``, and when."""

    relationship: str
    label: str
    ids: pa.Array
    person: Ints
    party: Ints
    at: Ints

    def where(self, kept: Flags) -> "Links":
        """Some of the rows."""
        return Links(self.relationship, self.label, self.ids, self.person[kept], self.party[kept], self.at[kept])


Source = Callable[[Snapshot], list[Links]]
"""Where the links behind some features are found."""


def grounds(snapshot: Snapshot, scores: pa.Table, ring_evidence: pa.Table, *, card: Card, large_yuan: int) -> pa.Table:
    """The links behind the reasons in ``scores``, by person, code, then the latest first.

    A reason about something that is absent (few friends, no payments) has none. Cost: a sort of each kind of link.
    """
    told = _told(scores)
    tables = [SCHEMA.empty_table(), _of_rings(told, ring_evidence, _codes(card, ("ring_score",)))]

    def large(snapshot: Snapshot) -> list[Links]:
        return _paid(snapshot, snapshot["payments"]["amount"] >= large_yuan * 100)

    for features, sources in (*_SOURCES, (("large_payment_share_90d", "night_large_payments_90d"), large)):
        codes = _codes(card, features)
        asked = told.filter(pc.is_in(told.column("code"), value_set=pa.array(codes, pa.string())))
        if asked.num_rows:
            tables += [_rows(asked, links) for links in sources(snapshot)]
    found = pa.concat_tables(tables)
    order = [("person_id", "ascending"), ("code", "ascending"), ("at", "descending")]
    order += [("relationship", "ascending"), ("party_id", "ascending")]
    return _first(found.sort_by(order))


def _told(scores: pa.Table) -> pa.Table:
    """A row for each person and code, with the person's number."""
    reasons = scores.column("reasons").combine_chunks()
    row = pc.list_parent_indices(reasons)
    codes = pc.struct_field(pc.list_flatten(reasons), "code")
    return pa.table({"person_id": scores.column("person_id").take(row), "code": codes, "row": row.cast(pa.int64())})


def _codes(card: Card, features: tuple[str, ...]) -> list[str]:
    """Codes of the card's features and of the rules that read them; of rings, of both ring rules."""
    told = [entry.reason.code for name, entry in card.features.items() if name in features]
    facts = {*features, "confirmed"} if "ring_score" in features else set(features)
    return told + [rule.id for rule in RULES if rule.fact in facts]


def _of_rings(told: pa.Table, evidence: pa.Table, codes: list[str]) -> pa.Table:
    """The evidence of the person's rings: links that go out from the person."""
    asked = told.filter(pc.is_in(told.column("code"), value_set=pa.array(codes, pa.string())))
    mine = evidence.select(["source_id", "relationship", "target_id", "target_label", "at"])
    mine = mine.rename_columns(["person_id", "relationship", "party_id", "party_label", "at"])
    return asked.join(mine, "person_id", join_type="inner").select(SCHEMA.names).cast(SCHEMA)


def _rows(asked: pa.Table, links: Links) -> pa.Table:
    """The links of those who were asked about, each party once with its latest date."""
    row = np.unique(asked.column("row").to_numpy())
    mine = links.where(np.isin(links.person, row) & (links.party >= 0))
    order = np.lexsort((-mine.at, mine.party, mine.person))
    person, party = mine.person[order], mine.party[order]
    once = order[np.r_[True, (person[1:] != person[:-1]) | (party[1:] != party[:-1])][: len(order)]]
    at = mine.at[once]
    found = pa.table(
        {
            "row": pa.array(mine.person[once].astype(np.int64)),
            "relationship": pa.repeat(links.relationship, len(once)),
            "party_id": links.ids.take(pa.array(mine.party[once])).cast(pa.string()),
            "party_label": pa.repeat(links.label, len(once)),
            "at": pa.array(at, pa.int64(), mask=at == NEVER).cast(SCHEMA.field("at").type),
        }
    )
    return asked.join(found, "row", join_type="inner").select(SCHEMA.names).cast(SCHEMA)


def _first(table: pa.Table) -> pa.Table:
    """At most :data:`MOST` rows of each person and code, in the order given."""
    keys = [
        table.column(name).combine_chunks().dictionary_encode().indices.to_numpy() for name in ("person_id", "code")
    ]
    new = np.r_[True, (keys[0][1:] != keys[0][:-1]) | (keys[1][1:] != keys[1][:-1])][: table.num_rows]
    start = np.maximum.accumulate(np.where(new, np.arange(table.num_rows), 0))
    return table.filter(pa.array(np.arange(table.num_rows) - start < MOST)).combine_chunks()


def _of_table(
    table: str, kind: tuple[str, str, Entity], person: str, party: str, *, at: str = "at", recent: bool = False
) -> Source:
    """Each row of a table as a link; with ``recent`` only those of the last 90 days."""

    def source(snapshot: Snapshot) -> list[Links]:
        rows = snapshot[table]
        found = _links(snapshot, kind, rows[person], rows[party], rows[at])
        return [_recent(snapshot, found) if recent else found]

    return source


def _overdue(snapshot: Snapshot) -> list[Links]:
    """Loans that were past due, dated by the last observation that says so."""
    rows = snapshot["loans"]
    late = rows["days_past_due"] > 0
    seen = np.where(rows["observed_at"] == NEVER, rows["due_at"], rows["observed_at"])
    return [_links(snapshot, LOAN, rows["person_id"], rows["loan_id"], seen).where(late)]


def _guarantees(snapshot: Snapshot) -> list[Links]:
    rows = snapshot["guarantees"]
    parties = (("Person", Entity.PERSON, "person_id"), ("Loan", Entity.LOAN, "loan_id"))
    return [
        _links(snapshot, ("GUARANTEES", label, entity), rows["guarantor_id"], rows[name], rows["at"])
        for label, entity, name in parties
    ]


def _payments(snapshot: Snapshot) -> list[Links]:
    """Payments made."""
    return _paid(snapshot, snapshot["payments"]["at"] != NEVER)


def _refunded(snapshot: Snapshot) -> list[Links]:
    return _paid(snapshot, snapshot["payments"]["refunded_at"] != NEVER)


def _passed_on(snapshot: Snapshot) -> list[Links]:
    """Payments had from people, and made."""
    rows, people = snapshot["payments"], snapshot.people
    between = (rows["payee_id"] >= 0) & (rows["payee_id"] < people) & (rows["payer_id"] < people)
    had = _links(snapshot, ("PAID", "Person", Entity.PERSON), rows["payee_id"], rows["payer_id"], rows["at"])
    return [_recent(snapshot, had.where(between)), *_payments(snapshot)]


def _paid(snapshot: Snapshot, which: Flags) -> list[Links]:
    rows, people = snapshot["payments"], snapshot.people
    payer, payee = rows["payer_id"], rows["payee_id"]
    made = which & (payer >= 0) & (payer < people) & (payer != payee)
    person = _links(snapshot, ("PAID", "Person", Entity.PERSON), payer, payee, rows["at"])
    merchant = _links(snapshot, ("PAID", "Merchant", Entity.MERCHANT), payer, payee - people, rows["at"])
    return [
        _recent(snapshot, person.where(made & (payee < people))),
        _recent(snapshot, merchant.where(made & (payee >= people))),
    ]


def _identifiers(snapshot: Snapshot) -> list[Links]:
    """Identifiers that more than one person has or had."""
    rows = snapshot["identifiers"]
    owners = np.unique(np.stack([rows["value"], rows["person_id"]]).astype(np.int64), axis=1)[0]
    shared = np.bincount(owners, minlength=len(snapshot.ids[Entity.IDENTIFIER]))[rows["value"]] > 1
    return [
        _links(
            snapshot, (*IDENTIFIER_LABELS[kind], Entity.IDENTIFIER), rows["person_id"], rows["value"], rows["since"]
        ).where(shared & (rows["kind"] == place))
        for place, kind in enumerate(IDENTIFIER_KINDS)
    ]


def _links(
    snapshot: Snapshot, kind: tuple[str, str, Entity], person: npt.NDArray[Any], party: npt.NDArray[Any], at: Ints
) -> Links:
    relationship, label, entity = kind
    return Links(relationship, label, snapshot.ids[entity], person.astype(np.int64), party.astype(np.int64), at)


def _recent(snapshot: Snapshot, links: Links) -> Links:
    return links.where(links.at > snapshot.as_of - SPAN_US)


_SOURCES: Final[tuple[tuple[tuple[str, ...], Source], ...]] = (
    (
        ("complaints_180d", "complainants"),
        _of_table("reports", ("REPORTED", "Person", Entity.PERSON), "person_id", "reporter_id"),
    ),
    (
        ("listed_as_contact",),
        _of_table("contacts", ("LISTS_CONTACT", "Person", Entity.PERSON), "contact_id", "person_id"),
    ),
    (
        ("inquiries_90d", "inquiring_lenders_30d"),
        _of_table("inquiries", ("INQUIRED_BY", "Lender", Entity.LENDER), "person_id", "lender_id", recent=True),
    ),
    (
        ("lenders_open", "outstanding", "utilisation", "new_lenders_90d", "stacking", "default_probability"),
        _of_table("loans", LOAN, "person_id", "loan_id", at="opened_at"),
    ),
    (("max_days_past_due", "overdue_loans"), _overdue),
    (("guaranteed_for_others", "exposure_to_others"), _guarantees),
    (("merchant_share_90d", "top_payee_share_90d"), _payments),
    (("refund_rate_90d",), _refunded),
    (("pass_through_30d",), _passed_on),
    (
        (
            *("devices_90d", "device_sharing", "same_model_sharers", "emulator_share_90d", "actions_per_minute_90d"),
            *("session_regularity_90d", "night_login_share_90d", "shared_device_weight"),
        ),
        _of_table("logins", ("LOGGED_IN", "Device", Entity.DEVICE), "person_id", "device_id", recent=True),
    ),
    (
        ("ip_stability_90d", "ips_90d"),
        _of_table("logins", ("LOGGED_IN", "IP", Entity.IP), "person_id", "ip", recent=True),
    ),
    (("shared_identifier_weight", "component_size", "core_number", "fraud_pagerank"), _identifiers),
)
"""Features of the card, and where their links are found."""
