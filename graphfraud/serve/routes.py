"""Every route of the service, in the order of the contract."""

from typing import Final

from graphfraud.publish.relations import TIE_TYPES
from graphfraud.schema import RING_KINDS
from graphfraud.score.request import Application, Payment
from graphfraud.serve import debt, features, library, neighbours, ranking, scores, status
from graphfraud.serve.answers import (
    ALERT_STATES,
    FEATURE_NAMES,
    QUEUE_CURSOR,
    AlertDetail,
    Alerts,
    Catalogue,
    CommentQuestion,
    FeatureColumns,
    FeatureQuestion,
    FindQuestion,
    FoundPeople,
    Health,
    Labelled,
    LabelsQuestion,
    Listed,
    ListQuestion,
    LoggedIn,
    LoggedOut,
    LoginQuestion,
    Neighbours,
    Nothing,
    Paths,
    PeopleFeatures,
    PeopleScores,
    PersonFeatures,
    PersonScore,
    Ready,
    RingDetail,
    Rings,
    ScoreQuestion,
    TakeQuestion,
    VerdictQuestion,
)
from graphfraud.serve.decisions import DecisionAnswer
from graphfraud.serve.exchange import JSON
from graphfraud.serve.find import find
from graphfraud.serve.keys import Scope
from graphfraud.serve.metrics import CONTENT_TYPE
from graphfraud.serve.operation import Operation, Parameter, later, listed, on_decider, on_run

_FEATURES: Final = Parameter(
    "features", "names of features, separated by commas; all without", listed(FEATURE_NAMES), "friends,outstanding"
)
_KIND: Final = Parameter("kind", "only rings of this kind", {"enum": list(RING_KINDS)}, "device_farm")
_MIN_SCORE: Final = Parameter(
    "min_score", "only rings with at least this score", {"type": "number", "minimum": 0, "maximum": 1}, "0.8"
)
_LIMIT: Final = Parameter(
    "limit", "rings on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": ranking.PAGE}, "20"
)


def _after(pattern: str, example: str) -> Parameter:
    schema = {"type": "string", "pattern": f"^({pattern})?$"}
    return Parameter("after", "``next`` of the page before; empty: from the start", schema, example)


_TYPES: Final = Parameter(
    "types",
    "only ties of these types, separated by commas",
    listed(TIE_TYPES),
    "phone,device",
)
_MIN_WEIGHT: Final = Parameter(
    "min_weight", "only ties of at least this weight", {"type": "number", "minimum": 0, "maximum": 1e9}, "1.5"
)
_FROM: Final = Parameter(
    "from", "one person", {"type": "string", "minLength": 1, "maxLength": 128}, "p-1", required=True
)
_TO: Final = Parameter("to", "the other", {"type": "string", "minLength": 1, "maxLength": 128}, "p-2", required=True)
_STEPS: Final = Parameter(
    "steps",
    "ties of a path at most",
    {"type": "integer", "minimum": 1, "maximum": neighbours.MOST_STEPS, "default": 4},
    "3",
)
_STATE: Final = Parameter("state", "only alerts in this state", {"enum": list(ALERT_STATES)}, "open")


def _page(default: int, most: int = 1_000) -> Parameter:
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return Parameter("limit", "entries of a page", schema, str(min(20, most)))


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
        prompt=True,
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
        prompt=True,
    ),
    Operation(
        "GET",
        "/scores/{person_id}",
        "Score, parts, tier, limit, rate and reasons of one person",
        on_run(scores.score_of_one),
        ((JSON, PersonScore),),
        scope=Scope.SCORES,
        path_id="person_id",
        prompt=True,
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
        prompt=True,
    ),
    Operation(
        "POST",
        "/decisions",
        "Approve, review, decline, step_up or hold an application or a payment, with the rules that fired",
        on_decider,
        ((JSON, DecisionAnswer),),
        scope=Scope.SCORES,
        question=Application | Payment,
        example={
            "kind": "application",
            "application_id": "a-1",
            "person_id": "p-1",
            "amount": 3000.0,
            "term_months": 12,
            "at": "2026-02-01T09:00:00Z",
            "consents": [{"purpose": "credit_assessment", "given_at": "2026-02-01T08:59:00Z"}],
        },
        taken="another request of this id was decided before",
    ),
    Operation(
        "GET",
        "/rings",
        "Reported rings, the worst first",
        on_run(ranking.rings),
        ((JSON, Rings),),
        scope=Scope.INVESTIGATE,
        parameters=(_KIND, _MIN_SCORE, _LIMIT, _after(ranking.CURSOR, "0.95~r-1")),
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
        taken="it took too long or needed too much, and was stopped",
    ),
    Operation(
        "GET",
        "/people/{person_id}/neighbours",
        "Who is tied to a person, how strongly, by what",
        on_run(neighbours.neighbours),
        ((JSON, Neighbours),),
        scope=Scope.INVESTIGATE,
        path_id="person_id",
        parameters=(_TYPES, _MIN_WEIGHT, _page(neighbours.PAGE), _after(neighbours.CURSOR, "2.5~p-3")),
    ),
    Operation(
        "GET",
        "/paths",
        "The cheapest ways from one person to another",
        on_run(neighbours.paths),
        ((JSON, Paths),),
        scope=Scope.INVESTIGATE,
        parameters=(_FROM, _TO, _TYPES, _STEPS, _page(3, neighbours.MOST_PATHS)),
        slow=True,
        not_found="the run does not know one of the people",
    ),
    Operation(
        "POST",
        "/find",
        "The people behind a phone, card, address, document or e-mail address",
        find,
        ((JSON, FoundPeople),),
        scope=Scope.INVESTIGATE,
        question=FindQuestion,
        example={"kind": "phone", "value": "138 0013 8000", "purpose": "case 17"},
    ),
    Operation(
        "GET",
        "/alerts",
        "The queue of alerts, the gravest first",
        later("alerts", "alerts"),
        ((JSON, Alerts),),
        scope=Scope.INVESTIGATE,
        parameters=(_STATE, _page(50), _after(QUEUE_CURSOR, "2~1769904000000000~alert-0f3a")),
        slow=True,
    ),
    Operation(
        "GET",
        "/alerts/{alert_id}",
        "One alert with its notes",
        later("alerts", "one_alert"),
        ((JSON, AlertDetail),),
        scope=Scope.INVESTIGATE,
        path_id="alert_id",
        slow=True,
    ),
    Operation(
        "POST",
        "/alerts/{alert_id}/take",
        "Take an alert, or the next one, for half an hour",
        later("alerts", "take"),
        ((JSON, AlertDetail),),
        scope=Scope.DECIDE,
        path_id="alert_id",
        question=TakeQuestion,
        example={},
        slow=True,
        taken="somebody else has it, or it is settled",
    ),
    Operation(
        "POST",
        "/alerts/{alert_id}/comments",
        "Add a comment to an alert",
        later("alerts", "comment"),
        ((JSON, AlertDetail),),
        scope=Scope.DECIDE,
        path_id="alert_id",
        question=CommentQuestion,
        example={"text": "called, no answer"},
        slow=True,
    ),
    Operation(
        "POST",
        "/alerts/{alert_id}/verdict",
        "Settle an alert that the caller has taken",
        later("alerts", "verdict"),
        ((JSON, AlertDetail),),
        scope=Scope.DECIDE,
        path_id="alert_id",
        question=VerdictQuestion,
        example={"verdict": "confirmed_fraud", "comment": "documents were forged"},
        slow=True,
        taken="the caller has not taken it",
    ),
    Operation(
        "POST",
        "/labels",
        "Label people for the next night",
        later("alerts", "give_labels"),
        ((JSON, Labelled),),
        scope=Scope.DECIDE,
        question=LabelsQuestion,
        example={"labels": [{"person_id": "p-1", "label": "fraud", "at": "2026-02-01T00:00:00Z"}]},
        slow=True,
        not_found="the run does not know one of the people",
    ),
    Operation(
        "POST",
        "/lists",
        "Put somebody or something on a list, until a time or for good",
        later("alerts", "put_on_list"),
        ((JSON, Listed),),
        scope=Scope.DECIDE,
        question=ListQuestion,
        example={"list": "watch", "target_kind": "person", "target_id": "p-1", "reason": "asked about by the police"},
        slow=True,
    ),
    Operation(
        "POST",
        "/login",
        "A session for somebody at the page",
        later("session", "login"),
        ((JSON, LoggedIn),),
        keyless=True,
        question=LoginQuestion,
        example={"name": "wang", "password": "correct horse battery"},
        slow=True,
        refuses=True,
    ),
    Operation(
        "POST",
        "/logout",
        "End a session",
        later("session", "logout"),
        ((JSON, LoggedOut),),
        keyless=True,
        question=Nothing,
        example={},
        slow=True,
        refuses=True,
    ),
    Operation(
        "GET", "/catalog", "Meaning of every feature, and the runs there are", status.catalogue, ((JSON, Catalogue),)
    ),
    Operation("GET", "/metrics", "Prometheus metrics", status.metrics, ((CONTENT_TYPE, None),)),
    Operation("GET", "/healthz", "The process answers", status.health, ((JSON, Health),), keyless=True),
    Operation("GET", "/readyz", "A run is published and open", status.ready, ((JSON, Ready),), keyless=True),
)
