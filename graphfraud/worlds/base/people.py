"""Everybody: registration, activity in moments, consents."""

import numpy as np

from graphfraud.settings import DAY_US
from graphfraud.worlds.moments import lived, whole_seconds
from graphfraud.worlds.population import STUDENT, Population
from graphfraud.worlds.recipe import AS_OF_US, Recipe
from graphfraud.worlds.sheets import NULL, Sheet, sheet
from graphfraud.worlds.words import PURPOSES


def people(recipe: Recipe, population: Population) -> tuple[Sheet, ...]:
    """The people themselves, what they do in moments, what they agreed to."""
    return _registered(recipe, population), *_moments(recipe, population), _consented(recipe, population)


def _registered(recipe: Recipe, population: Population) -> Sheet:
    rng, count = recipe.rng("base.people"), population.size
    verified = rng.random(count) < 0.995
    return sheet(
        "people",
        person_id=np.arange(count),
        registered_at=whole_seconds(population.registered_at),
        birth_date=population.birth_day,
        occupation=population.occupation,
        id_verified=verified,
        face_verified=verified & (rng.random(count) < 0.992),
        invited=population.invited,
    )


def _moments(recipe: Recipe, population: Population) -> tuple[Sheet, Sheet]:
    rng, count = recipe.rng("base.moments"), population.size
    rate = 8 * population.sociability * np.where(population.occupation == STUDENT, 1.5, 1.0)
    person = np.arange(count)
    now = sheet("people_activity", person_id=person, moments_30d=rng.poisson(rate), observed_at=AS_OF_US)
    earlier = AS_OF_US - 30 * DAY_US
    known = population.registered_at < earlier
    return now, sheet("people_activity", person_id=person, moments_30d=rng.poisson(rate), observed_at=earlier).kept(
        known & (rng.random(count) < 0.4)
    )


def _consented(recipe: Recipe, population: Population) -> Sheet:
    rng, count = recipe.rng("base.consents"), population.size
    purpose, person = np.divmod(np.flatnonzero(rng.random(len(PURPOSES) * count) < 0.3), count)
    given = population.registered_at[person] + (rng.random(len(person)) * DAY_US).astype(np.int64)
    withdrawn = np.where(rng.random(len(person)) < 0.04, lived(rng, given), NULL)
    return sheet("consents", person_id=person, purpose=purpose, given_at=whole_seconds(given), withdrawn_at=withdrawn)
