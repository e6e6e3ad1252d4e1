"""How each table of the schema lies in the graph: which rows are nodes, which are relationships.

A table has one or more forms; each row takes exactly one. The columns that the
ends of a form or the form itself say are not stored again as properties.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from graphfraud.schema import BY_NAME, ENTITY_LABELS, IDENTIFIER_LABELS, PARTY_KINDS, TABLES, Column, Entity, Table

IDENTIFIER_KEY: Final = "value"


def named(name: str) -> str:
    """A name of the schema as a quoted Cypher identifier.

    >>> named("from")
    '`from`'
    """
    return "`" + name.replace("`", "``") + "`"


def _key_of(entity: Entity) -> str:
    """Property that holds the id of an entity's node."""
    tables = [table for table in TABLES if table.defines is entity]
    return tables[0].key[0] if tables else f"{entity}_id"


LABELS: Final[Mapping[str, str]] = (
    {label: _key_of(entity) for entity, label in ENTITY_LABELS.items() if entity is not Entity.APPLICATION}
    | {"Partner": _key_of(Entity.PARTNER)}
    | {label: IDENTIFIER_KEY for _, label in IDENTIFIER_LABELS.values()}
)
"""Labels whose nodes are named by references and carry a number ``n``; the property that holds their id."""

DIGESTS: Final = frozenset(label for _, label in IDENTIFIER_LABELS.values())
"""Labels whose nodes are digests, with the ``key_id`` beside."""


@dataclass(frozen=True)
class End:
    """One end of a form: the label of the node and the column that names it."""

    label: str
    column: str


@dataclass(frozen=True)
class Nodes:
    """Rows that are nodes with a number of their own.

    ``bare`` says that a node stays, without its properties, when its row goes, because others may name it.
    """

    table: Table
    label: str
    bare: bool

    @property
    def properties(self) -> tuple[Column, ...]:
        """All columns; the key ones first where the schema has them first."""
        return self.table.stored


@dataclass(frozen=True)
class Links:
    """Rows that are relationships between two nodes, or nodes that hang on one.

    ``condition`` is SQL over row ``r``: which rows take this form. ``constants`` are columns whose
    value the form itself says. ``row_label`` is the label of the row's own node where it hangs.
    """

    table: Table
    source: End
    type: str
    target: End | None = None
    row_label: str = ""
    condition: str = "true"
    constants: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def ends(self) -> tuple[End, ...]:
        """The one or two nodes that a row names."""
        return (self.source, self.target) if self.target else (self.source,)

    @property
    def properties(self) -> tuple[Column, ...]:
        """Columns that are stored as properties."""
        said = {end.column for end in self.ends} | set(self.constants)
        return tuple(column for column in self.table.stored if column.name not in said)

    @property
    def key(self) -> tuple[Column, ...]:
        """Properties that, with the ends, tell one row from all others."""
        return tuple(column for column in self.properties if column.key)


Form = Nodes | Links


def _nodes(name: str, label: str, *, bare: bool = True) -> tuple[Form, ...]:
    return (Nodes(BY_NAME[name], label, bare),)


def _links(name: str, source: tuple[str, str], relation: str, target: tuple[str, str]) -> tuple[Form, ...]:
    return (Links(BY_NAME[name], End(*source), relation, End(*target)),)


def _hanging(name: str, source: tuple[str, str], relation: str, label: str) -> tuple[Form, ...]:
    return (Links(BY_NAME[name], End(*source), relation, row_label=label),)


def _identifiers() -> tuple[Form, ...]:
    return tuple(
        Links(
            BY_NAME["identifiers"],
            End("Person", "person_id"),
            relation,
            End(label, "value"),
            condition=f"r.kind = '{kind}'",
            constants={"kind": kind},
        )
        for kind, (relation, label) in IDENTIFIER_LABELS.items()
    )


def _payments() -> tuple[Form, ...]:
    table = BY_NAME["payments"]
    return tuple(
        Links(
            table,
            End(payer.title(), "payer_id"),
            "PAID",
            End(payee.title(), "payee_id"),
            condition=f"coalesce(r.payer_kind, '{table.by_name['payer_kind'].default}') = '{payer}' "
            f"AND r.payee_kind = '{payee}'",
            constants={"payer_kind": payer, "payee_kind": payee},
        )
        for payer in PARTY_KINDS
        for payee in PARTY_KINDS
    )


def _repayments() -> tuple[Form, ...]:
    table, loan = BY_NAME["repayments"], End("Loan", "loan_id")
    payer = End("Person", "payer_id")
    return (
        Links(table, payer, "REPAID", loan, condition="r.payer_id IS NOT NULL"),
        Links(table, loan, "REPAID", loan, condition="r.payer_id IS NULL", constants={"payer_id": None}),
    )


def _guarantees() -> tuple[Form, ...]:
    table, guarantor = BY_NAME["guarantees"], End("Person", "guarantor_id")
    loan, person = End("Loan", "loan_id"), End("Person", "person_id")
    return (
        Links(table, guarantor, "GUARANTEES", loan, condition="r.loan_id IS NOT NULL"),
        Links(table, guarantor, "GUARANTEES", person, condition="r.loan_id IS NULL", constants={"loan_id": None}),
    )


_PERSON: Final = ("Person", "person_id")
_LOAN: Final = ("Loan", "loan_id")

FORMS: Final[Mapping[str, tuple[Form, ...]]] = {
    "people": _nodes("people", "Person"),
    "people_activity": _hanging("people_activity", _PERSON, "HAS_ACTIVITY", "Activity"),
    "devices": _nodes("devices", "Device"),
    "ips": _nodes("ips", "IP"),
    "merchants": _nodes("merchants", "Merchant"),
    "lenders": _nodes("lenders", "Lender"),
    "friendships": _links("friendships", _PERSON, "FRIEND_OF", ("Person", "friend_id")),
    "group_memberships": _links("group_memberships", _PERSON, "MEMBER_OF", ("ChatGroup", "group_id")),
    "contacts": _links("contacts", _PERSON, "LISTS_CONTACT", ("Person", "contact_id")),
    "reports": _links("reports", ("Person", "reporter_id"), "REPORTED", _PERSON),
    "identifiers": _identifiers(),
    "logins": _links("logins", _PERSON, "LOGGED_IN", ("Device", "device_id")),
    "payments": _payments(),
    "loans": _hanging("loans", _LOAN, "OBSERVED", "LoanState"),
    "disbursements": _links("disbursements", _LOAN, "DISBURSED", _PERSON),
    "repayments": _repayments(),
    "guarantees": _guarantees(),
    "inquiries": _links("inquiries", _PERSON, "INQUIRED_BY", ("Lender", "lender_id")),
    "applications": _hanging("applications", _PERSON, "SUBMITTED", "Application"),
    "consents": _hanging("consents", _PERSON, "GAVE", "Consent"),
    "funding": _links("funding", _LOAN, "FUNDED_BY", ("Partner", "partner_id")),
    "lists": _nodes("lists", "ListEntry", bare=False),
    "labels": _hanging("labels", _PERSON, "LABELLED", "Label"),
}
"""The forms of every table."""


def mentions(form: Form) -> tuple[End, ...]:
    """Every node that rows of a form name, by an end or by a plain property; the node's own rows not counted."""
    if isinstance(form, Nodes):
        return ()
    plain = tuple(
        End(ENTITY_LABELS[column.names], column.name)
        for column in form.properties
        if column.names in ENTITY_LABELS and column.names not in (Entity.APPLICATION, Entity.PERSON)
    )
    return form.ends + plain
