"""What the lender came to know by the as-of: labels of some, lists of a few."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from graphfraud.schema import LABELS, LIST_NAMES
from graphfraud.settings import DAY_US
from graphfraud.worlds.casting import Cast
from graphfraud.worlds.codes import things
from graphfraud.worlds.moments import SECOND_US, whole_seconds
from graphfraud.worlds.population import Population
from graphfraud.worlds.recipe import AS_OF_US, Flags, Ints, Recipe
from graphfraud.worlds.sheets import NULL, Sheet, gathered, sheet
from graphfraud.worlds.style import style
from graphfraud.worlds.words import LIST_REASONS, LISTED

_FRAUD, _DEFAULT, _CLEAN = (LABELS.index(label) for label in ("fraud", "default", "clean"))
_BLOCK, _WATCH, _ALLOW = (LIST_NAMES.index(name) for name in ("block", "watch", "allow"))
_LATE_DAYS: Final = 60


def knowledge(
    recipe: Recipe,
    population: Population,
    casts: tuple[Mapping[str, Cast], Mapping[str, Cast]],
    sheets: Iterable[Sheet],
) -> tuple[Sheet, ...]:
    """Rows of labels and lists; ``casts`` are the rings and the honest groups."""
    rings, groups = casts
    fraud, accused = _known_fraud(recipe, population, rings), _accused(recipe, groups)
    defaults = _known_defaults(recipe, gathered(sheets, "loans"))
    labelled = np.concatenate([one.columns["person_id"] for one in (fraud, accused, defaults)])
    cleared = _cleared(recipe, population, labelled)
    return fraud, accused, defaults, cleared, *_lists(recipe, population, fraud)


def _known_fraud(recipe: Recipe, population: Population, rings: Mapping[str, Cast]) -> Sheet:
    """Some members of some rings, found while the rings acted; and a few who acted alone."""
    rng, law = recipe.rng("knowledge.fraud"), style(recipe)
    casts = tuple(rings.values())
    member = np.concatenate([cast.people for cast in casts])
    ring = np.concatenate([things(cast.kind, cast.ring, np.zeros_like(cast.ring)) for cast in casts])
    began = np.concatenate([cast.began for cast in casts])
    names, place = np.unique(ring, return_inverse=True)
    known = np.zeros(len(names), bool)
    known[rng.permutation(len(names))[: max(1, round(law.rings_known * len(names)))]] = True
    found = np.flatnonzero(known[place] & _some(rng, place, law.members_known))
    alone = np.flatnonzero(rng.random(population.size) < 0.001)
    alone = np.setdiff1d(alone, member)
    person = np.concatenate([member[found], alone])
    alone_since = np.maximum(population.registered_at[alone], AS_OF_US - 200 * DAY_US)
    since = np.concatenate([began[found] + DAY_US, alone_since])
    case = np.concatenate([np.where(rng.random(len(found)) < 0.7, ring[found], NULL), np.full(len(alone), NULL)])
    return sheet("labels", person_id=person, label=_FRAUD, at=_after(rng, since), ring_id=case)


def _accused(recipe: Recipe, groups: Mapping[str, Cast]) -> Sheet:
    """The head of an honest group, taken for a fraudster."""
    rng, share = recipe.rng("knowledge.accused"), style(recipe).accused
    parts = [(cast.people[cast.first], cast.began[cast.first]) for cast in groups.values()]
    head, began = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    named = np.flatnonzero(rng.random(len(head)) < share)
    return sheet("labels", person_id=head[named], label=_FRAUD, at=_after(rng, began[named]))


def _some(rng: np.random.Generator, ring: Ints, share: float) -> Flags:
    """A share of the members of each ring, one at least."""
    draw = rng.random(len(ring))
    lowest = np.ones(ring.max() + 1)
    np.minimum.at(lowest, ring, draw)
    found: Flags = (draw < share) | (draw == lowest[ring])
    return found


def _known_defaults(recipe: Recipe, loans: Mapping[str, Ints]) -> Sheet:
    rng = recipe.rng("knowledge.default")
    late = np.flatnonzero((loans["observed_at"] == AS_OF_US) & (loans["days_past_due"] > _LATE_DAYS))
    person, first = np.unique(loans["person_id"][late], return_index=True)
    days = loans["days_past_due"][late][first] - _LATE_DAYS
    at = AS_OF_US - (days * DAY_US) + rng.integers(0, DAY_US, len(days))
    return sheet("labels", person_id=person, label=_DEFAULT, at=whole_seconds(np.minimum(at, AS_OF_US))).kept(
        rng.random(len(person)) < 0.7
    )


def _cleared(recipe: Recipe, population: Population, labelled: Ints) -> Sheet:
    """People somebody looked at and found in order; now and then wrongly."""
    rng = recipe.rng("knowledge.clean")
    person = np.setdiff1d(np.flatnonzero(rng.random(population.size) < 0.04), labelled)
    since = np.maximum(population.registered_at[person], AS_OF_US - 300 * DAY_US)
    return sheet("labels", person_id=person, label=_CLEAN, at=_after(rng, since))


def _lists(recipe: Recipe, population: Population, fraud: Sheet) -> tuple[Sheet, ...]:
    rng = recipe.rng("knowledge.lists")
    blocked = np.flatnonzero(rng.random(len(fraud.columns["at"])) < 0.4)
    person, at = fraud.columns["person_id"][blocked], fraud.columns["at"][blocked]
    since = np.minimum(at + DAY_US, AS_OF_US - SECOND_US)
    watched, allowed = (np.flatnonzero(rng.random(population.size) < share) for share in (0.003, 0.005))
    return (
        _listed(_BLOCK, "person", person, since, "confirmed fraud"),
        _listed(_BLOCK, "device", population.device[person], since, "chargebacks"),
        _listed(_WATCH, "person", watched, _after(rng, population.registered_at[watched]), "under observation"),
        _listed(_ALLOW, "person", allowed, _after(rng, population.registered_at[allowed]), "known customer"),
    )


def _listed(name: int, kind: str, target: Ints, since: Ints, reason: str) -> Sheet:
    columns: dict[str, ArrayLike] = {"list": name, "target_kind": LISTED.index(kind), "target_id": target}
    columns |= {"reason": LIST_REASONS.index(reason), "from": since}
    return sheet("lists", **columns)


def _after(rng: np.random.Generator, since: Ints) -> Ints:
    return whole_seconds(since + (rng.random(len(since)) * (AS_OF_US - SECOND_US - since)).astype(np.int64))
