"""Every route of the service, in the order of the contract."""

from typing import Final

from graphfraud.schema import RING_KINDS
from graphfraud.serve import debt, features, library, ranking, scores, status
from graphfraud.serve.answers import (
    Catalogue,
    FeatureColumns,
    FeatureQuestion,
    Health,
    PeopleFeatures,
    PeopleScores,
    PersonFeatures,
    PersonScore,
    Ready,
    RingDetail,
    Rings,
    ScoreQuestion,
)
from graphfraud.serve.exchange import JSON
from graphfraud.serve.keys import Scope
from graphfraud.serve.metrics import CONTENT_TYPE
from graphfraud.serve.operation import Operation, Parameter, on_run

_FEATURES: Final = Parameter(
    "features", "names of features, separated by commas; all without", {"type": "string"}, "friends,outstanding"
)
_KIND: Final = Parameter("kind", "only rings of this kind", {"enum": list(RING_KINDS)}, "device_farm")
_MIN_SCORE: Final = Parameter(
    "min_score", "only rings with at least this score", {"type": "number", "minimum": 0, "maximum": 1}, "0.8"
)
_LIMIT: Final = Parameter(
    "limit", "rings on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": ranking.PAGE}, "20"
)
_AFTER: Final = Parameter("after", "``next`` of the page before", {"type": "string"}, "WzAuOTUsInItMSJd")

OPERATIONS: Final = (
    Operation(
        "GET",
        "/graph-features/{person_id}",
        "Features of one person",
        on_run(features.features_of_one),
        ((JSON, PersonFeatures),),
        scope=Scope.FEATURES,
        path_id="person_id",
        parameters=(_FEATURES,),
    ),
    Operation(
        "POST",
        "/graph-features",
        "Features of up to 1,000 people, in the order asked",
        on_run(features.features_of_many),
        ((JSON, PeopleFeatures), (features.COLUMNS, FeatureColumns), (features.ARROW, None)),
        scope=Scope.FEATURES,
        question=FeatureQuestion,
        example={"person_ids": ["p-1", "p-2"], "features": ["friends", "outstanding"]},
    ),
    Operation(
        "GET",
        "/scores/{person_id}",
        "Score, parts, tier, limit, rate and reasons of one person",
        on_run(scores.score_of_one),
        ((JSON, PersonScore),),
        scope=Scope.SCORES,
        path_id="person_id",
    ),
    Operation(
        "POST",
        "/scores",
        "Scores of up to 1,000 people, in the order asked",
        on_run(scores.scores_of_many),
        ((JSON, PeopleScores),),
        scope=Scope.SCORES,
        question=ScoreQuestion,
        example={"person_ids": ["p-1", "p-2"]},
    ),
    Operation(
        "GET",
        "/rings",
        "Reported rings, the worst first",
        on_run(ranking.rings),
        ((JSON, Rings),),
        scope=Scope.INVESTIGATE,
        parameters=(_KIND, _MIN_SCORE, _LIMIT, _AFTER),
    ),
    Operation(
        "GET",
        "/rings/{ring_id}",
        "One ring: members, roles, evidence, reasons",
        on_run(ranking.one_ring),
        ((JSON, RingDetail),),
        scope=Scope.INVESTIGATE,
        path_id="ring_id",
    ),
    Operation(
        "GET",
        "/debt/{person_id}",
        "What one person owes elsewhere, and whose default is tied to theirs",
        on_run(debt.debt_of_one),
        ((JSON, debt.PersonDebt),),
        scope=Scope.INVESTIGATE,
        path_id="person_id",
    ),
    Operation(
        "GET",
        "/queries",
        "The query library",
        library.queries,
        ((JSON, library.Queries),),
        scope=Scope.INVESTIGATE,
    ),
    Operation(
        "POST",
        "/queries/{name}",
        "The answer of one query of the library; it only reads, and is stopped when its time is up",
        library.ask,
        ((JSON, library.QueryAnswer),),
        scope=Scope.INVESTIGATE,
        path_id="name",
        question=library.QueryQuestion,
        example={"params": {"limit": 10}},
        slow=True,
    ),
    Operation(
        "GET", "/catalog", "Meaning of every feature, and the runs there are", status.catalogue, ((JSON, Catalogue),)
    ),
    Operation("GET", "/metrics", "Prometheus metrics", status.metrics, ((CONTENT_TYPE, None),)),
    Operation("GET", "/healthz", "The process answers", status.health, ((JSON, Health),), keyless=True),
    Operation("GET", "/readyz", "A run is published and open", status.ready, ((JSON, Ready),), keyless=True),
)
