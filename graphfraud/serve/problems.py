"""Errors of the service and how they leave it: RFC 9457 problems, never a traceback."""

import math
import re
from difflib import get_close_matches
from http import HTTPStatus
from typing import Final

import msgspec

from graphfraud.errors import GraphfraudError, TooManyRequestsError, UnauthorisedError, UnprocessableError
from graphfraud.serve.answers import Problem
from graphfraud.serve.exchange import Answer, Header

PROBLEM_TYPE: Final = b"application/problem+json"


def unknown_name(what: str, name: str, known: tuple[str, ...], where: str) -> UnprocessableError:
    """A name that is none of ``known``, with the names most like it."""
    near = tuple(get_close_matches(name, known, n=5, cutoff=0.5))
    cure = f"did you mean {', '.join(near)}" if near else "GET /catalog lists what there is"
    return UnprocessableError(f"no {what} {name!r}", where=where, cure=cure, near=near)


def problem(error: GraphfraudError) -> Answer:
    """A failure as an answer; a fault of the service's own shows nothing of its inside."""
    if error.http_status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return plain_problem(error.http_status)
    near = list(error.near) if isinstance(error, UnprocessableError) else []
    content = Problem(
        type=f"urn:graphfraud:problem:{_slug(type(error))}",
        title=HTTPStatus(error.http_status).phrase,
        status=error.http_status,
        detail=error.what,
        where=error.where,
        cure=error.cure,
        near=near,
    )
    return Answer(msgspec.json.encode(content), error.http_status, PROBLEM_TYPE, _headers(error))


def _headers(error: GraphfraudError) -> tuple[Header, ...]:
    if isinstance(error, UnauthorisedError):
        return ((b"www-authenticate", b'Bearer realm="graphfraud"'),)
    if isinstance(error, TooManyRequestsError):
        return ((b"retry-after", str(max(1, math.ceil(error.retry_after_s))).encode()),)
    return ()


def plain_problem(status: int, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    """A failure that has no error class of ours: an unknown path, a wrong method, a mishap inside."""
    phrase = HTTPStatus(status).phrase
    slug = phrase.lower().replace(" ", "-")
    content = Problem(type=f"urn:graphfraud:problem:{slug}", title=phrase, status=status, detail=_DETAIL[status])
    return Answer(msgspec.json.encode(content), status, PROBLEM_TYPE, headers)


_DETAIL: Final = {
    404: "no such route; GET /openapi.json lists them",
    405: "the route does not know this method",
    500: "the service failed; its log says where",
}


def _slug(error: type[GraphfraudError]) -> str:
    """Name of an error class in small letters and hyphens."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", error.__name__.removesuffix("Error")).lower()
