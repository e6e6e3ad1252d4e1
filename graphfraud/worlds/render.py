"""From sheets of whole numbers to the contract's tables: shuffled ids, yuan, UTC times, rows sorted by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphfraud.schema import IDENTIFIER_KINDS, Column, Kind, Table
from graphfraud.worlds.acts import PERSON
from graphfraud.worlds.ids import NUMBERED, Order, spaces
from graphfraud.worlds.recipe import Ints, Recipe
from graphfraud.worlds.sheets import NULL
from graphfraud.worlds.style import style
from graphfraud.worlds.values import NOTATIONS
from graphfraud.worlds.words import TEXTS

MONEY: Final = pa.decimal128(18, 2)
PREFIXES: Final[dict[str, str]] = {
    "person": "u",
    "device": "d",
    "merchant": "m",
    "lender": "b",
    "group": "g",
    "loan": "l",
    "account": "a",
    "business_account": "c",
    "case": "case-",
    "payments": "p",
    "repayments": "r",
    "applications": "k",
}
FORGOTTEN: Final[dict[tuple[str, str], float]] = {
    ("people", "birth_date"): 0.02,
    ("people", "occupation"): 0.03,
    ("people", "face_verified"): 0.02,
    ("people_activity", "moments_30d"): 0.02,
    ("devices", "model"): 0.05,
    ("devices", "os"): 0.05,
    ("devices", "emulator"): 0.1,
    ("ips", "kind"): 0.1,
    ("merchants", "category"): 0.05,
    ("friendships", "since"): 0.1,
    ("group_memberships", "messages_30d"): 0.05,
    ("contacts", "at"): 0.1,
    ("reports", "reason"): 0.2,
    ("identifiers", "since"): 0.05,
    ("logins", "ip"): 0.03,
    ("logins", "duration_s"): 0.05,
    ("logins", "actions"): 0.05,
    ("payments", "payer_kind"): 0.02,
    ("payments", "payer_account"): 0.2,
    ("payments", "payee_account"): 0.2,
    ("loans", "due_at"): 0.03,
    ("repayments", "payer_id"): 0.05,
    ("guarantees", "person_id"): 0.3,
    ("guarantees", "amount"): 0.1,
    ("applications", "term_months"): 0.03,
    ("applications", "device_id"): 0.1,
    ("applications", "ip"): 0.1,
}
"""Share of values that nobody recorded, alike for all rows whoever made them."""


@dataclass(frozen=True)
class Scribe:
    """Writes tables: the recipe, the order of every space of names, a birth day for each document number by rank."""

    recipe: Recipe
    orders: Mapping[str, Order]
    birth_days: Ints

    def table(self, table: Table, columns: Mapping[str, Ints]) -> pa.Table:
        """One table of the contract: one row a key, rows in the shuffled order of their keys."""
        ranked = self._ranked(table, columns)
        chosen = _by_key(table, ranked)
        rows = {name: values[chosen] for name, values in ranked.items()}
        rng = self.recipe.rng(f"render.{table.name}")
        arrays = [self._array(rng, table, column, rows) for column in table.columns]
        return pa.table(arrays, names=[column.name for column in table.columns])

    def people(self, codes: Ints) -> pa.Array:
        """Ids of people, for the truth."""
        return _named("person", self.orders["person"].of(codes))

    def _ranked(self, table: Table, columns: Mapping[str, Ints]) -> dict[str, Ints]:
        ranked = dict(columns)
        for name, places in spaces(table.name, columns).items():
            ranked[name] = np.full_like(columns[name], NULL)
            for space, place in places.items():
                ranked[name][place] = self.orders[space].of(columns[name][place])
        if table.name in NUMBERED:
            name = NUMBERED[table.name]
            ranked[name] = self.recipe.rng(f"ids.{table.name}").permutation(len(columns[name]))
        if table.undirected:
            one, other = (ranked[name] for name in table.undirected)
            low, high = table.undirected
            ranked[low], ranked[high] = np.minimum(one, other), np.maximum(one, other)
        return ranked

    def _array(self, rng: np.random.Generator, table: Table, column: Column, rows: Mapping[str, Ints]) -> pa.Array:
        values = rows[column.name]
        kept = (values != NULL) & ((table.name, column.name) not in style(self.recipe).lost)
        if (table.name, column.name) in FORGOTTEN:
            forgotten = rng.random(len(values)) < FORGOTTEN[table.name, column.name]
            kept &= ~forgotten | ((column.name == "payer_kind") & (values != PERSON))
        if column.kind is Kind.IDENTIFIER:
            array = self._identifier(rng, rows["kind"], values)
        elif NUMBERED.get(table.name) == column.name:
            array = _named(table.name, values)
        elif column.kind is Kind.ID:
            array = _mixed(spaces(table.name, rows)[column.name], values)
        else:
            array = _plain(table, column, values)
        return pc.if_else(pa.array(kept), array, None)

    def _identifier(self, rng: np.random.Generator, kinds: Ints, ranks: Ints) -> pa.Array:
        other = rng.random(len(ranks)) < 0.3
        rows = {kind: np.flatnonzero(kinds == place) for place, kind in enumerate(IDENTIFIER_KINDS)}
        written = {
            kind: NOTATIONS[kind](ranks[place], self._birth(kind, ranks[place]), other[place])
            for kind, place in rows.items()
        }
        return _placed(rows, written)

    def _birth(self, kind: str, ranks: Ints) -> Ints:
        return self.birth_days[ranks] if kind == "national_id" else ranks


def _by_key(table: Table, rows: Mapping[str, Ints]) -> Ints:
    """Places of one row a key, sorted by key; nobody is his own friend."""
    keys = [rows[name] for name in table.key]
    order = np.lexsort(keys[::-1])
    new = np.zeros(len(order), bool)
    new[:1] = True
    for key in keys:
        new[1:] |= np.diff(key[order]) != 0
    if table.undirected:
        new &= (rows[table.undirected[0]] != rows[table.undirected[1]])[order]
    return order[new]


def _mixed(places: Mapping[str, Ints | slice], ranks: Ints) -> pa.Array:
    if len(places) == 1:
        return _named(next(iter(places)), ranks)
    rows = {space: np.arange(len(ranks))[place] for space, place in places.items()}
    return _placed(rows, {space: _named(space, ranks[place]) for space, place in rows.items()})


def _placed(rows: Mapping[str, Ints], parts: Mapping[str, pa.Array]) -> pa.Array:
    """Parts put together again, each at its rows."""
    together = pa.concat_arrays([parts[name] for name in rows])
    return together.take(pa.array(np.argsort(np.concatenate(list(rows.values())), kind="stable")))


def _named(space: str, ranks: Ints) -> pa.Array:
    if space == "ip":
        octets = (pc.cast(pa.array(ranks >> shift & 255), pa.string()) for shift in (16, 8, 0))
        return pc.binary_join_element_wise("10", *octets, ".")
    digits = pc.utf8_lpad(pc.cast(pa.array(ranks), pa.string()), width=8, padding="0")
    return pc.binary_join_element_wise(PREFIXES[space], digits, "")


def _plain(table: Table, column: Column, values: Ints) -> pa.Array:
    if column.kind is Kind.CHOICE or (table.name, column.name) in TEXTS:
        words = column.values or TEXTS[table.name, column.name]
        return pc.take(pa.array(list(words)), pa.array(np.maximum(values, 0)))
    if column.kind is Kind.MONEY:
        return _yuan(values)
    if column.kind is Kind.SHARE:
        return pa.array(values / 100)
    if column.kind is Kind.DATE:
        return pa.array(values.astype(np.int32)).cast(pa.date32())
    return pa.array(values).cast(column.arrow)


def _yuan(fen: Ints) -> pa.Array:
    """Fen as decimal yuan, without a detour over binary fractions."""
    words = np.zeros((len(fen), 2), np.int64)
    words[:, 0] = np.maximum(fen, 0)
    return pa.Array.from_buffers(MONEY, len(fen), [None, pa.py_buffer(words.tobytes())])
