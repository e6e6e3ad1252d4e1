"""The files of graphfaker's fraud graph (1.4): what each column becomes, and why the others are left out."""

from dataclasses import dataclass, replace
from typing import Final

from graphfraud.schema import Kind
from graphfraud.sources.importers.declaration import Source, SourceColumn, SourceFile

_UNUSED: Final = "left out: the contract has no column for it"
_PRIVATE: Final = "left out: a name is not needed to find anybody"
_HIDDEN: Final = "left out: a parameter of the generator, not something a lender would know"
_OWNS: Final = "left out: OWNS.parquet says the same"


@dataclass(frozen=True)
class ParquetFile(SourceFile):
    """A source file in Parquet, in a folder of its directory."""

    folder: str = ""

    @property
    def file(self) -> str:
        """Path inside the data set."""
        return f"{self.folder}/{self.name}.parquet"


def _id(name: str, use: str) -> SourceColumn:
    return SourceColumn(name, use, Kind.ID)


def _optional(name: str, use: str, kind: Kind) -> SourceColumn:
    return SourceColumn(name, use, kind, optional=True)


def _out(reason: str, *names: str) -> tuple[SourceColumn, ...]:
    return tuple(SourceColumn(name, reason) for name in names)


def _node(name: str, *columns: SourceColumn) -> ParquetFile:
    return ParquetFile(name, columns, key="id", folder="nodes")


def _edge(name: str, *columns: SourceColumn, key: str = "") -> ParquetFile:
    return ParquetFile(name, columns, key=key, folder="edges")


def _paid(name: str, payee: str) -> ParquetFile:
    return _edge(
        name,
        _id("source", "payments.payer_account; its owner is payer_id"),
        _id("target", payee),
        _id("tx_id", "payments.payment_id"),
        SourceColumn("timestamp", "payments.at, read as UTC; the first of a customer bounds registered_at", Kind.TIME),
        SourceColumn("amount", "payments.amount as yuan, not converted; halves rounded away from zero", Kind.MONEY),
        *_out(_UNUSED, "memo", "recurring"),
        key="tx_id",
    )


_NODES: Final = (
    _node(
        "Customer",
        _id("id", "people.person_id"),
        _optional("date_of_birth", "people.birth_date", Kind.DATE),
        _optional("email", "identifiers.value, kind email", Kind.IDENTIFIER),
        _optional("phone", "identifiers.value, kind phone", Kind.IDENTIFIER),
        _optional("street", "identifiers.value, kind address, with the city", Kind.IDENTIFIER),
        _optional("city", "identifiers.value, kind address, after the street", Kind.IDENTIFIER),
        _optional("national_id", "identifiers.value, kind national_id", Kind.IDENTIFIER),
        *_out(_PRIVATE, "name"),
        *_out(_UNUSED, "segment", "kyc_tier", "region"),
        *_out(_HIDDEN, "log_income", "activity"),
    ),
    _node(
        "Account",
        _id("id", "its owner, in OWNS.parquet, is registered when the account is opened, or earlier"),
        _optional("opened_at", "bounds people.registered_at of the owner", Kind.TIME),
        *_out(_OWNS, "customer"),
        *_out(_UNUSED, "account_type", "status", "currency", "balance", "region"),
    ),
    _node(
        "Merchant",
        _id("id", "merchants.merchant_id"),
        _optional("category", "merchants.category", Kind.TEXT),
        *_out(_PRIVATE, "name"),
        *_out(_UNUSED, "city", "region"),
        *_out(_HIDDEN, "prominence"),
    ),
    _node(
        "Counterparty",
        _id("id", "merchants.merchant_id, of category `counterparty`"),
        *_out(_PRIVATE, "name"),
        *_out(_UNUSED, "country", "iban", "region"),
    ),
    _node(
        "Device",
        _id("id", "devices.device_id"),
        _optional("device_type", "devices.model", Kind.TEXT),
        _optional("os", "devices.os", Kind.TEXT),
        *_out(_UNUSED, "fingerprint", "region"),
        *_out("left out: USES.parquet says it for each customer", "first_seen"),
    ),
)

_EDGES: Final = (
    _edge(
        "OWNS",
        _id("source", "owner of the account, wherever the account stands"),
        _id("target", "looked up, wherever the account stands"),
        _optional("since", "bounds people.registered_at of the owner", Kind.TIME),
        key="target",
    ),
    _edge(
        "USES",
        _id("source", "logins.person_id"),
        _id("target", "logins.device_id"),
        SourceColumn("first_seen", "logins.at, midnight UTC of the day; bounds people.registered_at", Kind.TIME),
    ),
    _paid("TRANSFERS", "payments.payee_account; its owner is payee_id, payee_kind person"),
    _paid("PAYS", "payments.payee_id, payee_kind merchant"),
    _paid("WIRES", "payments.payee_id, payee_kind merchant"),
)

GRAPHFAKER: Final = Source(
    name="graphfaker",
    delimiter="",
    files=(*_NODES, *_EDGES),
    drops={
        "repeated row": "the same row stands in the file before",
        "folded into other rows": "gives the owner of an account, or when its owner was registered",
        "account without owner": "nobody is known to have acted through it",
        "unknown person": "a customer in the row, or the owner of an account in it, has no row in Customer.parquet",
        "merged: repeated login": "the same customer, device and day stand in another row",
        "merged: merchant and counterparty": "a merchant of this id stands in Merchant.parquet",
        "no dated event": "no account, device or payment in the data has a time, so nobody can be registered",
        "kept apart as truth": "goes to truth/, which no load and no night reads",
    },
    derived={
        "identifiers": "the e-mail address, phone, address and national id of each customer, whose row gives people",
    },
)
"""The graph, without its truth."""

_TRUTH: Final = ParquetFile(
    "accounts",
    (
        _id("account_id", "truth/truth_accounts; its owner is person_id in all tables of truth"),
        _id("pattern_id", "truth/truth_rings.ring_id where is_fraud, else truth/truth_groups.group_id"),
        SourceColumn("typology", "truth/*.typology; decides truth_rings.kind", Kind.TEXT),
        SourceColumn("role", "truth/*.source_role; decides truth_rings.role", Kind.TEXT),
        SourceColumn("is_fraud", "a ring, or a group of honest people that looks like one", Kind.TEXT),
    ),
    folder="truth",
)

GRAPHFAKER_WITH_TRUTH: Final = replace(GRAPHFAKER, files=(*GRAPHFAKER.files, _TRUTH))
"""The graph and which accounts take part in a planted pattern."""
