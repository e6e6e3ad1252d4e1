"""What people leave behind: devices, addresses on the network, logins, identifiers."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from graphfraud.settings import DAY_US
from graphfraud.worlds.acts import carrier, devices, identifiers, ips, logins
from graphfraud.worlds.codes import codes, of_mechanism
from graphfraud.worlds.moments import lived, whole_seconds
from graphfraud.worlds.population import NEVER, Population
from graphfraud.worlds.recipe import AS_OF_US, HISTORY_US, Flags, Ints, Recipe
from graphfraud.worlds.sheets import NULL, Sheet, gathered
from graphfraud.worlds.style import style

_LOGINS: Final = 2.2
_RESIDENTIAL, _MOBILE, _OFFICE, _PUBLIC, _DATACENTER = range(5)
_PLACES: Final = (
    ("person", _RESIDENTIAL),
    ("mobile", _MOBILE),
    ("employer", _OFFICE),
    ("public", _PUBLIC),
    ("datacenter", _DATACENTER),
)

_LENT: Final = (("phone", 0.1), ("card", 0.08), ("email", 0.08))
"""How often people also use what belongs to the first of their household."""


def traces(recipe: Recipe, population: Population) -> tuple[Sheet, ...]:
    """Rows of logins and identifiers."""
    return (_logins(recipe, population), *_identifiers(recipe, population), *_recycled(recipe, population))


def seen(recipe: Recipe, sheets: Iterable[Sheet]) -> tuple[Sheet, ...]:
    """Every device and address that appears anywhere and that no mechanism listed."""
    rows = tuple(sheets)
    used = [gathered(rows, table) for table in ("logins", "applications")]
    device = np.setdiff1d(np.concatenate([one["device_id"] for one in used]), gathered(rows, "devices")["device_id"])
    ip = np.setdiff1d(np.concatenate([one["ip"] for one in used]), gathered(rows, "ips")["ip"])
    kinds = tuple(ips(ip[(ip >= 0) & of_mechanism(ip, name)], kind) for name, kind in _PLACES)
    emulators = style(recipe).honest_emulators
    return devices(recipe.rng("base.devices"), device[device >= 0], emulators=emulators), *kinds


def _logins(recipe: Recipe, population: Population) -> Sheet:
    rng, count = recipe.rng("base.logins"), population.size
    often = rng.gamma(2.0, _LOGINS * style(recipe).logins / 2, count)
    person = np.repeat(np.arange(count), 1 + rng.poisson(often))
    at = lived(rng, np.maximum(population.registered_at[person], AS_OF_US - HISTORY_US))
    rows = logins(rng, person, _device(rng, population, person, at), _address(rng, population, person), at)
    return rows.kept((at < population.left_at[person]) | (rng.random(len(person)) < 0.1))


def _device(rng: np.random.Generator, population: Population, person: Ints, at: Ints) -> Ints:
    """The person's phone; some bought it during the window, some own a tablet as well."""
    count = population.size
    bought = np.where(rng.random(count) < 0.15, AS_OF_US - (rng.random(count) * HISTORY_US).astype(np.int64), 0)
    tablet = (rng.random(count) < 0.25)[person] & (rng.random(len(person)) < 0.3)
    phone = np.where(at < bought[person], codes("old_device", person), population.device[person])
    return np.where(tablet, codes("tablet", person), phone)


def _address(rng: np.random.Generator, population: Population, person: Ints) -> Ints:
    """At home, on the move, at work, in a public place, or through a hired machine."""
    place = rng.choice(5, len(person), p=(0.5, 0.26, 0.14, 0.09, 0.01))
    public = rng.integers(0, max(4, population.size // 60), len(person))
    work = np.where(population.work_ip >= 0, population.work_ip, population.home_ip)[person]
    return np.select(
        [place == _RESIDENTIAL, place == _MOBILE, place == _OFFICE, place == _PUBLIC],
        [
            population.home_ip[person],
            carrier(population.community[person]),
            work,
            codes("public", public),
        ],
        codes("datacenter", public % max(2, population.size // 2000)),
    )


def _identifiers(recipe: Recipe, population: Population) -> tuple[Sheet, ...]:
    rng, person = recipe.rng("base.identifiers"), np.arange(population.size)
    values: tuple[tuple[str, Ints, float], ...] = (
        ("phone", population.phone, 0.98),
        ("card", population.card, 0.75),
        ("card", codes("second_card", person), 0.15),
        ("address", population.home, 0.7),
        ("national_id", person, 0.85),
        ("email", person, 0.4),
    )
    recorded, lent, home = 1 - recipe.hard.missing, style(recipe).lent, population.home
    values += tuple((kind, np.where(home < population.size, home, person), share * lent) for kind, share in _LENT)
    return tuple(
        _owned(rng, population, kind, value, rng.random(len(person)) < share * recorded)
        for kind, value, share in values
    )


def _owned(rng: np.random.Generator, population: Population, kind: str, value: Ints, has: Flags) -> Sheet:
    person = np.flatnonzero(has)
    since = population.registered_at[person] + (rng.random(len(person)) * DAY_US).astype(np.int64)
    until = population.phone_until[person] if kind == "phone" else np.full(len(person), NULL)
    return identifiers(person, kind, value[person], whole_seconds(np.minimum(since, AS_OF_US)), whole_seconds(until))


def _recycled(recipe: Recipe, population: Population) -> tuple[Sheet, Sheet]:
    """Numbers given up by one person and handed by the carrier to a stranger months later."""
    rng = recipe.rng("base.recycled_phones")
    stayed = np.flatnonzero(population.left_at == NEVER)
    old = stayed[population.registered_at[stayed] < AS_OF_US - 500 * DAY_US]
    former = rng.choice(old, len(old) // 25, replace=False)
    latter = rng.permutation(former)
    number = codes("recycled_phone", former)
    until = AS_OF_US - (rng.uniform(120, 400, len(former)) * DAY_US).astype(np.int64)
    since = until + (rng.uniform(90, 119, len(former)) * DAY_US).astype(np.int64)
    gone = identifiers(former, "phone", number, whole_seconds(population.registered_at[former]), whole_seconds(until))
    return gone, identifiers(latter, "phone", number, whole_seconds(since))
