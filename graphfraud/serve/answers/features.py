"""Shapes of /graph-features."""

from typing import Annotated, Literal

import msgspec

from graphfraud.features.catalogue import CATALOGUE
from graphfraud.serve.answers.common import ID_LIMIT, PEOPLE_LIMIT, Identity, PersonId, PersonStatus

NAME_LIMIT = 1_000
Status = Literal["present", "missing", "stale"]
Value = int | float | bool | None
FEATURE_NAMES = tuple(feature.name for feature in CATALOGUE)
FeatureName = Annotated[str, msgspec.Meta(max_length=ID_LIMIT, extra_json_schema={"enum": list(FEATURE_NAMES)})]


class FeatureQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People in the order in which they are to be answered; without features, all of them."""

    person_ids: Annotated[list[PersonId], msgspec.Meta(max_length=PEOPLE_LIMIT)]
    features: Annotated[list[FeatureName], msgspec.Meta(max_length=NAME_LIMIT)] | None = None


class FeatureValue(msgspec.Struct, frozen=True, gc=False):
    """A value; null when missing; stale when it outlived the time to live that the service was given."""

    value: Value
    status: Status
    as_of: str


class PersonFeatures(Identity, frozen=True, kw_only=True):
    """One person's features."""

    person_id: str
    features: dict[str, FeatureValue]


class FeaturesOfOne(msgspec.Struct, frozen=True, gc=False):
    """One of many people; one that the run does not know has no features."""

    person_id: str
    status: PersonStatus
    features: dict[str, FeatureValue]


class PeopleFeatures(Identity, frozen=True, kw_only=True):
    """Features of many people, in the order asked."""

    people: list[FeaturesOfOne]


class FeatureColumn(msgspec.Struct, frozen=True):
    """One feature of all people asked: null where missing; status and as_of hold for every value."""

    values: list[Value]
    status: Literal["present", "stale"]
    as_of: str


class FeatureColumns(Identity, frozen=True, kw_only=True):
    """Features of many people by column; position i of every list is person i of the question."""

    person_ids: list[str]
    status: list[PersonStatus]
    features: dict[str, FeatureColumn]
