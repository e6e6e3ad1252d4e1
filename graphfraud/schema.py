"""THE graph: every input table, its columns, keys, units, references and as-of rules.

Validation, reject reasons, lake tables, Neo4j constraints and the reference
documents all derive from :data:`TABLES`; nothing else declares a column.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

import pyarrow as pa


class Kind(StrEnum):
    """What a column holds, and so how it is parsed, stored and checked."""

    ID = "id"  # opaque, 1-128 characters
    TEXT = "text"  # free text, at most 4,000 characters
    IDENTIFIER = "identifier"  # an identifier value: normalised and keyed before it is stored
    TIME = "time"  # UTC, microseconds
    DATE = "date"
    MONEY = "money"  # yuan with two decimals outside, fen inside, never negative
    COUNT = "count"  # whole number, never negative
    NUMBER = "number"  # finite, never negative
    SHARE = "share"  # 0 to 1
    FLAG = "flag"
    CHOICE = "choice"  # one of Column.values


class Moment(StrEnum):
    """What a time says about its row, and so what the as-of does with it."""

    EVENT = "event"  # later than the as-of: the row is dropped
    END = "end"  # later than the as-of: reads as null
    OBSERVED = "observed"  # the row is a version: the last one up to the as-of counts


class Entity(StrEnum):
    """What an id names. A person must be known; the others come into being bare."""

    PERSON = "person"
    DEVICE = "device"
    IP = "ip"
    MERCHANT = "merchant"
    LENDER = "lender"
    GROUP = "group"
    LOAN = "loan"
    APPLICATION = "application"
    ACCOUNT = "account"
    PARTNER = "partner"
    IDENTIFIER = "identifier"


TIMESTAMP: Final = pa.timestamp("us", tz="UTC")
"""How every published time is stored."""
ARROW_TYPES: Final[dict[Kind, pa.DataType]] = {
    Kind.ID: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.IDENTIFIER: pa.string(),
    Kind.TIME: TIMESTAMP,
    Kind.DATE: pa.date32(),
    Kind.MONEY: pa.int64(),
    Kind.COUNT: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.SHARE: pa.float64(),
    Kind.FLAG: pa.bool_(),
    Kind.CHOICE: pa.string(),
}


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether it is part of the key, may be null, and what it names."""

    name: str
    kind: Kind
    meaning: str
    key: bool = False
    optional: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None
    names: Entity | None = None
    names_by: str | None = None  # the column that says which entity this id names
    moment: Moment | None = None

    @property
    def arrow(self) -> pa.DataType:
        """Type in memory and in the lake; money is fen."""
        return ARROW_TYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One input table, in the order of the contract."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    graph: str
    undirected: tuple[str, str] | None = None  # stored once, the smaller id first
    one_of: tuple[str, ...] = ()  # at least one of these must be given
    defines: Entity | None = None  # what the rows describe, by their key

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns; some may be null in some tables."""
        return tuple(column.name for column in self.columns if column.key)

    @cached_property
    def stored(self) -> tuple[Column, ...]:
        """Columns as stored: a ``key_id`` stands beside each keyed digest."""
        if any(column.kind is Kind.IDENTIFIER for column in self.columns):
            return (*self.columns, KEY_ID)
        return self.columns

    @cached_property
    def arrow(self) -> pa.Schema:
        """Arrow schema of the stored rows."""
        return pa.schema([pa.field(column.name, column.arrow) for column in self.stored])

    @property
    def describes_only(self) -> bool:
        """Rows without a time of their own: they say something about things that other rows name."""
        return self.defines is not None and not any(column.kind is Kind.TIME for column in self.columns)

    def moments(self, moment: Moment) -> tuple[str, ...]:
        """Names of the time columns that play this part."""
        return tuple(column.name for column in self.columns if column.moment is moment)


KEY_ID: Final = Column("key_id", Kind.ID, "which pseudonym key made the digest")


def _id(name: str, entity: Entity | None, meaning: str, **more: object) -> Column:
    return Column(name, Kind.ID, meaning, names=entity, **more)  # type: ignore[arg-type]  # keywords of Column


def _person(name: str = "person_id", meaning: str = "the person", **more: object) -> Column:
    return _id(name, Entity.PERSON, meaning, **more)


def _time(name: str, moment: Moment | None, meaning: str, **more: object) -> Column:
    return Column(name, Kind.TIME, meaning, moment=moment, **more)  # type: ignore[arg-type]  # keywords of Column


def _choice(name: str, values: tuple[str, ...], meaning: str, **more: object) -> Column:
    return Column(name, Kind.CHOICE, meaning, values=values, **more)  # type: ignore[arg-type]  # keywords of Column


OCCUPATIONS: Final = ("salaried", "self_employed", "student", "other")
IP_KINDS: Final = ("residential", "mobile", "office", "public", "datacenter")
LENDER_KINDS: Final = ("bank", "consumer_finance", "p2p", "bnpl", "own")
IDENTIFIER_KINDS: Final = ("phone", "card", "address", "national_id", "email")
PARTY_KINDS: Final = ("person", "merchant")
LIST_NAMES: Final = ("block", "watch", "allow")
LABELS: Final = ("fraud", "default", "clean")

RING_KINDS: Final = (
    "device_farm",
    "shared_identity",
    "loan_agent",
    "cash_out",
    "mule_chain",
    "transfer_cycle",
    "guarantee_circle",
    "account_resale",
    "promotion_abuse",
    "unknown",
)
"""What a reported ring does; ``unknown`` where its evidence fits none."""

IDENTIFIER_LABELS: Final[dict[str, tuple[str, str]]] = {
    "phone": ("HAS_PHONE", "Phone"),
    "card": ("HAS_CARD", "Card"),
    "address": ("HAS_ADDRESS", "Address"),
    "national_id": ("HAS_NATIONAL_ID", "NationalId"),
    "email": ("HAS_EMAIL", "Email"),
}
"""Relationship type and node label of each kind of identifier."""

ENTITY_LABELS: Final[dict[Entity, str]] = {
    Entity.PERSON: "Person",
    Entity.DEVICE: "Device",
    Entity.IP: "IP",
    Entity.MERCHANT: "Merchant",
    Entity.LENDER: "Lender",
    Entity.GROUP: "ChatGroup",
    Entity.LOAN: "Loan",
    Entity.APPLICATION: "Application",
}

_E, _K = Entity, Kind
_EVENT, _END, _OBSERVED = Moment.EVENT, Moment.END, Moment.OBSERVED

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "people",
        "everybody the lender knows",
        (
            Column("person_id", _K.ID, "the person", key=True),
            _time("registered_at", _EVENT, "when the account was opened"),
            Column("birth_date", _K.DATE, "date of birth", optional=True),
            _choice("occupation", OCCUPATIONS, "as declared", optional=True),
            Column("id_verified", _K.FLAG, "identity document checked", optional=True),
            Column("face_verified", _K.FLAG, "face check passed", optional=True),
            Column("invited", _K.FLAG, "on the white list", optional=True),
        ),
        "(:Person)",
        defines=_E.PERSON,
    ),
    Table(
        "people_activity",
        "what a person did in moments, by observation",
        (
            _person(key=True),
            Column("moments_30d", _K.COUNT, "posts and reactions in 30 days", optional=True),
            _time("observed_at", _OBSERVED, "when this was counted", key=True),
        ),
        "properties by observation",
    ),
    Table(
        "devices",
        "phones and tablets",
        (
            Column("device_id", _K.ID, "the device", key=True),
            Column("model", _K.TEXT, "maker and model", optional=True),
            Column("os", _K.TEXT, "operating system", optional=True),
            Column("emulator", _K.FLAG, "not real hardware", optional=True),
        ),
        "(:Device)",
        defines=_E.DEVICE,
    ),
    Table(
        "ips",
        "network addresses",
        (
            Column("ip", _K.ID, "the address", key=True),
            _choice("kind", IP_KINDS, "what stands behind it", optional=True),
        ),
        "(:IP)",
        defines=_E.IP,
    ),
    Table(
        "merchants",
        "any organisation that takes or makes payments",
        (
            Column("merchant_id", _K.ID, "the organisation", key=True),
            Column("category", _K.TEXT, "what it does", optional=True),
        ),
        "(:Merchant)",
        defines=_E.MERCHANT,
    ),
    Table(
        "lenders",
        "who lends",
        (
            Column("lender_id", _K.ID, "the lender", key=True),
            _choice("kind", LENDER_KINDS, "what sort of lender", optional=True),
        ),
        "(:Lender)",
        defines=_E.LENDER,
    ),
    Table(
        "friendships",
        "who is whose friend",
        (
            _person(key=True, meaning="one friend"),
            _person("friend_id", "the other friend", key=True),
            _time("since", _EVENT, "since when", optional=True),
        ),
        "(:Person)-[:FRIEND_OF]-(:Person)",
        undirected=("person_id", "friend_id"),
    ),
    Table(
        "group_memberships",
        "who is in which chat group",
        (
            _person(key=True),
            _id("group_id", _E.GROUP, "the chat group", key=True),
            _time("joined_at", _EVENT, "when", optional=True),
            Column("messages_30d", _K.COUNT, "messages in 30 days", optional=True),
            _time("observed_at", _OBSERVED, "when the messages were counted", optional=True),
        ),
        "(:Person)-[:MEMBER_OF]->(:ChatGroup)",
    ),
    Table(
        "contacts",
        "emergency contacts",
        (
            _person(key=True, meaning="who names"),
            _person("contact_id", "who is named", key=True),
            _time("at", _EVENT, "when", optional=True),
        ),
        "(:Person)-[:LISTS_CONTACT]->(:Person)",
    ),
    Table(
        "reports",
        "complaints of one person about another",
        (
            _person("reporter_id", "who complains", key=True),
            _person(key=True, meaning="about whom"),
            _time("at", _EVENT, "when", key=True),
            Column("reason", _K.TEXT, "in the reporter's words", optional=True),
        ),
        "(:Person)-[:REPORTED]->(:Person)",
    ),
    Table(
        "identifiers",
        "phones, cards, addresses, documents and e-mail addresses, as keyed digests",
        (
            _person(key=True),
            _choice("kind", IDENTIFIER_KINDS, "what it is", key=True),
            Column("value", _K.IDENTIFIER, "normalised, then keyed", key=True),
            _time("since", _EVENT, "since when", optional=True),
            _time("until", _END, "until when", optional=True),
        ),
        "(:Person)-[:HAS_PHONE …]->(:Phone …)",
    ),
    Table(
        "logins",
        "every login",
        (
            _person(key=True),
            _id("device_id", _E.DEVICE, "on which device", key=True),
            _id("ip", _E.IP, "from which address", optional=True),
            _time("at", _EVENT, "when", key=True),
            Column("duration_s", _K.NUMBER, "length of the session, seconds", optional=True),
            Column("actions", _K.COUNT, "operations in the session", optional=True),
        ),
        "(:Person)-[:LOGGED_IN]->(:Device)",
    ),
    Table(
        "payments",
        "who paid whom",
        (
            Column("payment_id", _K.ID, "the payment", key=True),
            _id("payer_id", None, "who paid", names_by="payer_kind"),
            _choice("payer_kind", PARTY_KINDS, "what the payer is", optional=True, default="person"),
            _id("payee_id", None, "who was paid", names_by="payee_kind"),
            _choice("payee_kind", PARTY_KINDS, "what the payee is"),
            _id("payer_account", _E.ACCOUNT, "from which account", optional=True),
            _id("payee_account", _E.ACCOUNT, "to which account", optional=True),
            Column("amount", _K.MONEY, "how much"),
            _time("at", _EVENT, "when"),
            _time("refunded_at", _END, "when it was given back", optional=True),
        ),
        "(payer)-[:PAID]->(payee)",
    ),
    Table(
        "loans",
        "loans here and at other lenders, with their history",
        (
            Column("loan_id", _K.ID, "the loan", key=True),
            _person(meaning="who owes"),
            _id("lender_id", _E.LENDER, "to whom", optional=True),
            Column("principal", _K.MONEY, "how much was lent"),
            Column("outstanding", _K.MONEY, "how much is still owed"),
            _time("opened_at", _EVENT, "when"),
            _time("due_at", None, "when it must be paid back", optional=True),
            _time("closed_at", _END, "when it was paid back", optional=True),
            Column("days_past_due", _K.COUNT, "days overdue", optional=True),
            _time("observed_at", _OBSERVED, "when this was true", key=True, optional=True),
        ),
        "(:Person)-[:OWES]->(:Loan)-[:LENT_BY]->(:Lender)",
        defines=_E.LOAN,
    ),
    Table(
        "disbursements",
        "loan money paid out",
        (
            _id("loan_id", _E.LOAN, "the loan", key=True),
            _person(meaning="who received it"),
            Column("amount", _K.MONEY, "how much"),
            _time("at", _EVENT, "when", key=True),
        ),
        "(:Loan)-[:DISBURSED]->(:Person)",
    ),
    Table(
        "repayments",
        "loan money paid back",
        (
            Column("repayment_id", _K.ID, "the repayment", key=True),
            _id("loan_id", _E.LOAN, "the loan"),
            _person("payer_id", "who paid", optional=True),
            Column("amount", _K.MONEY, "how much"),
            _time("at", _EVENT, "when"),
        ),
        "(:Person)-[:REPAID]->(:Loan)",
    ),
    Table(
        "guarantees",
        "who answers for whom",
        (
            _person("guarantor_id", "who answers", key=True),
            _person(key=True, meaning="for which person", optional=True),
            _id("loan_id", _E.LOAN, "for which loan", key=True, optional=True),
            Column("amount", _K.MONEY, "up to how much", optional=True),
            _time("at", _EVENT, "since when", optional=True),
        ),
        "(:Person)-[:GUARANTEES]->(:Loan or :Person)",
        one_of=("person_id", "loan_id"),
    ),
    Table(
        "inquiries",
        "lenders that asked the bureau about a person",
        (
            _person(key=True),
            _id("lender_id", _E.LENDER, "who asked", key=True),
            _time("at", _EVENT, "when", key=True),
        ),
        "(:Person)-[:INQUIRED_BY]->(:Lender)",
    ),
    Table(
        "applications",
        "who asks for credit here",
        (
            Column("application_id", _K.ID, "the application", key=True, names=_E.APPLICATION),
            _person(),
            Column("amount", _K.MONEY, "how much"),
            Column("term_months", _K.COUNT, "for how long", optional=True),
            _time("at", _EVENT, "when"),
            _id("device_id", _E.DEVICE, "on which device", optional=True),
            _id("ip", _E.IP, "from which address", optional=True),
        ),
        "(:Person)-[:SUBMITTED]->(:Application)",
    ),
    Table(
        "consents",
        "what a person agreed to",
        (
            _person(key=True),
            Column("purpose", _K.TEXT, "for what", key=True),
            _time("given_at", _EVENT, "when"),
            _time("withdrawn_at", _END, "when withdrawn", optional=True),
        ),
        "(:Consent)",
    ),
    Table(
        "funding",
        "who carries which share of a joint loan",
        (
            _id("loan_id", _E.LOAN, "the loan", key=True),
            _id("partner_id", _E.PARTNER, "the partner", key=True),
            Column("share", _K.SHARE, "of the principal"),
        ),
        "joint lending",
    ),
    Table(
        "lists",
        "block, watch and allow lists",
        (
            _choice("list", LIST_NAMES, "which list", key=True),
            Column("target_kind", _K.TEXT, "what is listed", key=True),
            Column("target_id", _K.ID, "who or what is listed", key=True),
            Column("reason", _K.TEXT, "why"),
            _time("from", _EVENT, "since when"),
            _time("until", _END, "until when", optional=True),
        ),
        "(:ListEntry)",
    ),
    Table(
        "labels",
        "what became known about a person",
        (
            _person(key=True),
            _choice("label", LABELS, "what", key=True),
            _time("at", _EVENT, "when it became known", key=True),
            Column("ring_id", _K.ID, "the ring an investigator named", optional=True),
        ),
        "(:Label)",
    ),
)

BY_NAME: Final[dict[str, Table]] = {table.name: table for table in TABLES}
