"""The client: one method a route, answers as the records that OpenAPI shows."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec
import pyarrow as pa

from graphfraud.errors import GraphfraudError
from graphfraud.score.request import Application, Payment
from graphfraud.serve import answers
from graphfraud.serve.debt import PersonDebt
from graphfraud.serve.decisions import DecisionAnswer
from graphfraud.serve.features import ARROW
from graphfraud.serve.library import Queries, QueryAnswer

TIMEOUT_S: Final = 10.0
RETRIES: Final = 2
"""Times a connection that could not be made is tried again; an answer is never asked for twice."""
Record = TypeVar("Record")


class ServiceRefusedError(GraphfraudError):
    """The service answered with a problem; ``problem`` holds it, ``retry_after_s`` says when to come back."""

    def __init__(self, problem: answers.Problem, retry_after_s: float | None = None) -> None:
        super().__init__(problem.detail, where=problem.where, cure=problem.cure)
        self.problem = problem
        self.status = problem.status
        self.retry_after_s = retry_after_s


class Client:
    """A connection to one service; close it, or use it in a ``with``."""

    def __init__(
        self,
        address: str,
        *,
        key: str | None = None,
        timeout_s: float = TIMEOUT_S,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(
            base_url=address,
            headers=headers,
            timeout=timeout_s,
            transport=transport or httpx.HTTPTransport(retries=RETRIES),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every connection."""
        self._http.close()

    def features(self, person_id: str, names: Sequence[str] | None = None) -> answers.PersonFeatures:
        """Features of one person.

        Raises:
            ServiceRefusedError: status 404 where the run does not know the person.
        """
        query = {"features": ",".join(names)} if names is not None else {}
        return self._get(f"/graph-features/{_part(person_id)}", answers.PersonFeatures, query)

    def features_of(self, person_ids: Sequence[str], names: Sequence[str] | None = None) -> answers.PeopleFeatures:
        """Features of up to 1,000 people, in the order asked."""
        return self._post("/graph-features", _asked(person_ids, names), answers.PeopleFeatures)

    def feature_table(self, person_ids: Sequence[str], names: Sequence[str] | None = None) -> pa.Table:
        """Features of up to 1,000 people as an Arrow table, the fastest form; its metadata names the run."""
        accept = {"Accept": ARROW.decode()}
        answer = self._asked("POST", "/graph-features", content=_asked(person_ids, names), headers=accept)
        return pa.ipc.open_stream(answer.content).read_all()

    def score(self, person_id: str) -> answers.PersonScore:
        """Score, parts, tier, limit, rate and reasons of one person."""
        return self._get(f"/scores/{_part(person_id)}", answers.PersonScore)

    def scores_of(self, person_ids: Sequence[str]) -> answers.PeopleScores:
        """Scores of up to 1,000 people, in the order asked."""
        return self._post("/scores", {"person_ids": list(person_ids)}, answers.PeopleScores)

    def decide(self, request: Application | Payment) -> DecisionAnswer:
        """Approve, review, decline, step up or hold an application or a payment; asked twice it is decided once.

        Raises:
            ServiceRefusedError: status 409 where another request of this id was decided before.
        """
        return self._post("/decisions", request, DecisionAnswer)

    def rings(
        self, *, kind: str | None = None, min_score: float = 0.0, limit: int = 50, after: str | None = None
    ) -> answers.Rings:
        """A page of reported rings, the worst first; ``next`` of it is ``after`` of the following one."""
        query = {"kind": kind, "min_score": min_score, "limit": limit, "after": after}
        return self._get("/rings", answers.Rings, query)

    def ring(self, ring_id: str) -> answers.RingDetail:
        """One ring with its members and evidence."""
        return self._get(f"/rings/{_part(ring_id)}", answers.RingDetail)

    def debt(self, person_id: str) -> PersonDebt:
        """What a person owes elsewhere, and whose default is tied to theirs."""
        return self._get(f"/debt/{_part(person_id)}", PersonDebt)

    def neighbours(
        self, person_id: str, *, types: Sequence[answers.TieType] = (), limit: int = 50, after: str | None = None
    ) -> answers.Neighbours:
        """A page of the people tied to a person, by ties of these types or of any, the strongest first."""
        query = {"types": ",".join(types), "limit": limit, "after": after}
        return self._get(f"/people/{_part(person_id)}/neighbours", answers.Neighbours, query)

    def paths(self, from_id: str, to_id: str, *, steps: int = 4, limit: int = 3) -> answers.Paths:
        """The cheapest ways from one person to another."""
        return self._get("/paths", answers.Paths, {"from": from_id, "to": to_id, "steps": steps, "limit": limit})

    def find(self, kind: answers.IdentifierKind, value: str, *, purpose: str) -> answers.FoundPeople:
        """The people behind an identifier; the purpose goes into the audit log."""
        return self._post("/find", {"kind": kind, "value": value, "purpose": purpose}, answers.FoundPeople)

    def alerts(self, *, state: str | None = None, limit: int = 50, after: str | None = None) -> answers.Alerts:
        """A page of the queue, the gravest first."""
        return self._get("/alerts", answers.Alerts, {"state": state, "limit": limit, "after": after})

    def take(self, alert_id: str = "next") -> answers.AlertDetail:
        """Take an alert, or the next free one, for half an hour."""
        return self._post(f"/alerts/{_part(alert_id)}/take", {}, answers.AlertDetail)

    def settle(self, alert_id: str, verdict: answers.Verdict, *, comment: str = "") -> answers.AlertDetail:
        """Settle an alert that was taken with the same key."""
        question = {"verdict": verdict, "comment": comment}
        return self._post(f"/alerts/{_part(alert_id)}/verdict", question, answers.AlertDetail)

    def comment(self, alert_id: str, text: str) -> answers.AlertDetail:
        """Add a comment to an alert."""
        return self._post(f"/alerts/{_part(alert_id)}/comments", {"text": text}, answers.AlertDetail)

    def alert(self, alert_id: str) -> answers.AlertDetail:
        """One alert with its notes."""
        return self._get(f"/alerts/{_part(alert_id)}", answers.AlertDetail)

    def put_on_list(self, entry: answers.ListQuestion) -> answers.Listed:
        """Put somebody or something on a list; the next night knows it."""
        return self._post("/lists", entry, answers.Listed)

    def queries(self) -> Queries:
        """The query library."""
        return self._get("/queries", Queries)

    def query(self, name: str, **params: str | float | None) -> QueryAnswer:
        """The answer of one query of the library."""
        return self._post(f"/queries/{_part(name)}", {"params": params}, QueryAnswer)

    def label(self, labels: Sequence[answers.LabelGiven]) -> int:
        """Label people for the next night; how many labels were kept."""
        return self._post("/labels", {"labels": list(labels)}, answers.Labelled).labels

    def catalogue(self) -> answers.Catalogue:
        """What every feature means, and the runs there are."""
        return self._get("/catalog", answers.Catalogue)

    def ready(self) -> answers.Ready:
        """Which run is served.

        Raises:
            ServiceRefusedError: status 503 where none is.
        """
        return self._get("/readyz", answers.Ready)

    def _get(self, path: str, kind: type[Record], query: Mapping[str, Any] | None = None) -> Record:
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        return _read(self._asked("GET", path, query=asked).content, kind)

    def _post(self, path: str, content: Any, kind: type[Record]) -> Record:
        return _read(self._asked("POST", path, content=content).content, kind)

    def _asked(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, content: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:  # fmt: skip
        body = None if content is None else msgspec.json.encode(content)
        kind = {"Content-Type": "application/json"} if body is not None else {}
        answer = self._http.request(
            method, path, params=query or None, content=body, headers={**kind, **(headers or {})}
        )
        if answer.is_success:
            return answer
        retry = answer.headers.get("retry-after")
        raise ServiceRefusedError(_problem(answer), float(retry) if retry else None)


def _asked(person_ids: Sequence[str], names: Sequence[str] | None) -> dict[str, Any]:
    return {"person_ids": list(person_ids)} | ({"features": list(names)} if names is not None else {})


def _part(person_id: str) -> str:
    """An id as a part of a path; a lone dot would be taken for a step."""
    return quote(person_id, safe="").replace(".", "%2E")


def _read(content: bytes, kind: type[Record]) -> Record:
    return msgspec.json.decode(content, type=kind)


def _problem(answer: httpx.Response) -> answers.Problem:
    """The problem in an answer; whatever stands between may answer in another form."""
    try:
        return msgspec.json.decode(answer.content, type=answers.Problem)
    except msgspec.DecodeError:
        detail = f"the answer is no problem of the service ({answer.status_code})"
        return answers.Problem("about:blank", answer.reason_phrase, answer.status_code, detail)
