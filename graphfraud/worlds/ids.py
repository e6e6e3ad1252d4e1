"""Opaque ids: every code gets a place in a shuffled order, so that no id tells who made it or when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from graphfraud.schema import BY_NAME, IDENTIFIER_KINDS, TABLES, Entity, Kind
from graphfraud.worlds.acts import MERCHANT, PERSON
from graphfraud.worlds.recipe import Ints, Recipe
from graphfraud.worlds.sheets import Sheet, gathered
from graphfraud.worlds.words import LISTED

_PARTIES: Final = {PERSON: Entity.PERSON.value, MERCHANT: Entity.MERCHANT.value}
_LISTED: Final = dict(enumerate(LISTED))
_OWN: Final = {
    ("people", "person_id"): Entity.PERSON.value,
    ("devices", "device_id"): Entity.DEVICE.value,
    ("ips", "ip"): Entity.IP.value,
    ("merchants", "merchant_id"): Entity.MERCHANT.value,
    ("lenders", "lender_id"): Entity.LENDER.value,
    ("loans", "loan_id"): Entity.LOAN.value,
    ("funding", "partner_id"): Entity.LENDER.value,
    ("labels", "ring_id"): "case",
}
_BY_COLUMN: Final[Mapping[tuple[str, str], tuple[str, Mapping[int, str]]]] = {
    ("payments", "payer_id"): ("payer_kind", _PARTIES),
    ("payments", "payee_id"): ("payee_kind", _PARTIES),
    ("payments", "payer_account"): ("payer_kind", {0: "account", 1: "business_account"}),
    ("payments", "payee_account"): ("payee_kind", {0: "account", 1: "business_account"}),
    ("lists", "target_id"): ("target_kind", _LISTED),
    ("identifiers", "value"): ("kind", dict(enumerate(IDENTIFIER_KINDS))),
}
NUMBERED: Final = {"payments": "payment_id", "repayments": "repayment_id", "applications": "application_id"}
"""Keys that nothing else refers to: each row gets a number of its own."""


@dataclass(frozen=True)
class Order:
    """Sorted codes of one kind of thing, and the shuffled rank of each."""

    codes: Ints
    ranks: Ints

    def of(self, codes: Ints) -> Ints:
        """Rank of each code; null stays null."""
        if not len(self.codes):
            return codes
        place = np.searchsorted(self.codes, codes).clip(0, len(self.codes) - 1)
        return np.where(codes < 0, codes, self.ranks[place])


def spaces(table: str, columns: Mapping[str, Ints]) -> dict[str, dict[str, Ints | slice]]:
    """For each id column of a table, the space of names its rows belong to, as places of rows."""
    found: dict[str, dict[str, Ints | slice]] = {}
    for column in BY_NAME[table].columns:
        if (table, column.name) in _BY_COLUMN:
            other, words = _BY_COLUMN[table, column.name]
            found[column.name] = {space: np.flatnonzero(columns[other] == value) for value, space in words.items()}
        elif (table, column.name) in _OWN:
            found[column.name] = {_OWN[table, column.name]: slice(None)}
        elif column.names is not None and column.kind is Kind.ID and NUMBERED.get(table) != column.name:
            found[column.name] = {column.names.value: slice(None)}
    return found


def orders(recipe: Recipe, sheets: Iterable[Sheet]) -> dict[str, Order]:
    """An order for every space of names that occurs."""
    rows = tuple(sheets)
    parts: dict[str, list[Ints]] = {}
    for table in TABLES:
        columns = gathered(rows, table.name)
        for name, places in spaces(table.name, columns).items():
            for space, place in places.items():
                parts.setdefault(space, []).append(np.unique(columns[name][place]))
    return {space: _shuffled(recipe, space, parts[space]) for space in sorted(parts)}


def _shuffled(recipe: Recipe, space: str, parts: list[Ints]) -> Order:
    codes = np.unique(np.concatenate(parts))
    codes = codes[codes >= 0]
    return Order(codes, recipe.rng(f"ids.{space}").permutation(len(codes)))
