"""Nobody acts, and nobody is dealt with, before the account exists; and nobody pays himself."""

from collections.abc import Iterable
from typing import Final

from graphfraud.worlds.acts import PERSON
from graphfraud.worlds.moments import whole_seconds
from graphfraud.worlds.population import Population
from graphfraud.worlds.sheets import Sheet

_WHEN: Final = {
    "logins": ("at", (("person_id", ""),)),
    "payments": ("at", (("payer_id", "payer_kind"), ("payee_id", "payee_kind"))),
    "contacts": ("at", (("person_id", ""), ("contact_id", ""))),
    "friendships": ("since", (("person_id", ""), ("friend_id", ""))),
    "reports": ("at", (("reporter_id", ""), ("person_id", ""))),
    "applications": ("at", (("person_id", ""),)),
}


def within_lifetimes(population: Population, sheets: Iterable[Sheet]) -> tuple[Sheet, ...]:
    """The sheets without payments to oneself and rows that are older than the account of a person in them."""
    return tuple(_lived(population, one) if one.table in _WHEN else one for one in sheets)


def _lived(population: Population, one: Sheet) -> Sheet:
    time, parties = _WHEN[one.table]
    at, opened = one.columns[time], whole_seconds(population.registered_at)
    kept = at >= 0
    for party, kind in parties:
        person = one.columns[party]
        if not kind:
            kept &= at >= opened[person]
        else:
            among = one.columns[kind] == PERSON
            kept[among] &= at[among] >= opened[person[among]]
    if one.table == "payments":
        kept &= (one.columns["payer_id"] != one.columns["payee_id"]) | (
            one.columns["payer_kind"] != one.columns["payee_kind"]
        )
    return one.kept(kept)
