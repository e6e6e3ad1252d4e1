"""What a request asks: its query, its JSON body, the content types it takes back."""

import asyncio
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar, get_type_hints
from urllib.parse import parse_qsl

import msgspec

from graphfraud.errors import (
    MalformedError,
    NotAcceptableError,
    TooLargeError,
    TooSlowError,
    UnprocessableError,
    UnsupportedTypeError,
)
from graphfraud.serve.answers import ID_LIMIT
from graphfraud.serve.exchange import Call, Message, Receive, Scope, header
from graphfraud.serve.problems import unknown_name

BODY_LIMIT: Final = 1 << 20
"""Bytes of a body; more is not read."""
BODY_S: Final = 10.0
"""Seconds for which the next piece of a body is waited for."""
QUERY_FIELDS: Final = 100
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
CURSOR_MARK: Final = "~"
_FRACTION: Final = "Expected `int`, got `float`"

Question = TypeVar("Question")
Place = TypeVar("Place", bound=msgspec.Struct)


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole JSON body.

    Raises:
        UnsupportedTypeError: it is declared as something else, or is compressed.
        TooLargeError: it is longer than BODY_LIMIT, as declared or as sent.
        TooSlowError: nothing more of it came for BODY_S.
    """
    kind = (header(scope, b"content-type") or "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" or (header(scope, b"content-encoding") or "identity") != "identity":
        raise UnsupportedTypeError("the body is not plain JSON", cure="send Content-Type: application/json")
    length = header(scope, b"content-length") or "0"
    if length.isdigit() and int(length) > BODY_LIMIT:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await _in_time(receive)
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_LIMIT:
            raise _too_large()
        parts.append(part)
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(parts)


async def _in_time(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(BODY_S):
            return await receive()
    except TimeoutError as error:
        raise TooSlowError("the body did not arrive in time", where="body", cure="send it at once") from error


def decode(body: bytes, kind: type[Question]) -> Question:
    """The question in a body.

    Raises:
        MalformedError: it is not JSON.
        UnprocessableError: it is JSON of another shape; the place is named, the value is not repeated.
    """
    try:
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.ValidationError as error:
            if _FRACTION not in str(error):
                raise
            return msgspec.convert(_whole(msgspec.json.decode(body)), type=kind)
    except msgspec.ValidationError as error:
        raise UnprocessableError(str(error), where="body", cure="GET /openapi.json shows the shape") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError("the body is not JSON in UTF-8", where="body", cure="send a JSON object") from error


def _whole(content: Any) -> Any:
    """The same with 7 for 7.0, which to JSON Schema is a whole number."""
    if isinstance(content, float):
        return int(content) if content.is_integer() else content
    if isinstance(content, dict):
        return {name: _whole(part) for name, part in content.items()}
    return [_whole(part) for part in content] if isinstance(content, list) else content


def query_of(scope: Scope, allowed: tuple[str, ...]) -> Mapping[str, str]:
    """The query's parameters, as they were given.

    Raises:
        UnprocessableError: a parameter that the route does not know, twice the same, or not UTF-8.
    """
    raw = scope["query_string"]
    if not raw:
        return {}
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=QUERY_FIELDS)
    except ValueError as error:
        raise UnprocessableError("the query cannot be read", where="query", cure="percent-encode UTF-8") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed:
            raise unknown_name("parameter", name[:ID_LIMIT], allowed, "query")
        if name in found:
            raise UnprocessableError(f"{name} is given twice", where="query", cure="give it once")
        found[name] = value
    return found


def path_id(scope: Scope, name: str) -> str:
    """The id in a path, decoded; it may hold slashes.

    Raises:
        UnprocessableError: it is empty or longer than ID_LIMIT characters.
    """
    found: str = scope["path_params"][name]
    if not 1 <= len(found) <= ID_LIMIT:
        raise UnprocessableError(f"an id has 1 to {ID_LIMIT} characters", where="path", cure="correct the id")
    return found


@lru_cache(maxsize=256)
def accepted(accept: str, offers: tuple[bytes, ...]) -> bytes:
    """The offer that an Accept header likes best, the first among equals.

    Raises:
        NotAcceptableError: it takes none of them.

    >>> accepted("text/html, application/json;q=0.5", (b"application/json",))
    b'application/json'
    """
    ranges = [_media_range(part) for part in accept.split(",") if part.strip()]
    if not ranges:
        return offers[0]
    weights = [_weight(offer.decode(), ranges) for offer in offers]
    best = max(weights)
    if best <= 0:
        names = ", ".join(offer.decode() for offer in offers)
        raise NotAcceptableError("no accepted content type", where="Accept", cure=f"accept one of {names}")
    return offers[weights.index(best)]


def number(query: Mapping[str, str], name: str, *, default: float, low: float, high: float) -> float:
    """A parameter as a number from ``low`` to ``high``.

    Raises:
        UnprocessableError: it is no number or outside.
    """
    text = query.get(name)
    if text is None:
        return default
    found = float(text) if NUMBER.fullmatch(text) else float("nan")
    if not low <= found <= high:
        raise UnprocessableError(f"{name} is not a number from {low:g} to {high:g}", where="query", cure="correct it")
    return found


def whole_number(query: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    """A parameter as a whole number; see :func:`number`."""
    found = number(query, name, default=default, low=low, high=high)
    if found != int(found):
        raise UnprocessableError(f"{name} is not a whole number", where="query", cure="correct it")
    return int(found)


def choice(query: Mapping[str, str], name: str, known: tuple[str, ...], what: str) -> str | None:
    """A parameter that is one of a few words, None without it.

    Raises:
        UnprocessableError: it is another word.
    """
    found = query.get(name)
    if found is not None and found not in known:
        raise unknown_name(what, found[:ID_LIMIT], known, "query")
    return found


def words(query: Mapping[str, str], name: str) -> list[str] | None:
    """A parameter that lists words, separated by commas; None without it, or where it is empty."""
    found = query.get(name)
    return found.split(",") if found else None


def cursor_text(place: msgspec.Struct) -> str:
    """Where a page ended, as ``next`` shows it: the numbers and the id by which the list is ordered."""
    return CURSOR_MARK.join(str(part) for part in msgspec.structs.astuple(place))


def cursor_of(call: Call, kind: type[Place], pattern: str) -> Place | None:
    """Where the page before ended; None on the first page. OpenAPI shows the pattern, which any place fits.

    Raises:
        UnprocessableError: ``after`` is no cursor of this list.
    """
    text = call.query.get("after")
    if not text:
        return None
    if not re.fullmatch(pattern, text):
        raise UnprocessableError("no such cursor", where="after", cure="use next of the page before")
    parts = text.split(CURSOR_MARK, len(kind.__struct_fields__) - 1)
    return kind(*(cast(part) for cast, part in zip(get_type_hints(kind).values(), parts, strict=True)))


def _weight(offer: str, ranges: list[tuple[str, float]]) -> float:
    """The weight of the most specific range that fits, 0 if none does."""
    family = offer.partition("/")[0] + "/*"
    fits = dict(reversed(ranges))
    return next((fits[name] for name in (offer, family, "*/*") if name in fits), 0.0)


def _media_range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    weight = next((piece[2:] for piece in parameters if piece.lower().startswith("q=")), "1")
    fits = re.fullmatch(r"0(\.\d{0,3})?|1(\.0{0,3})?", weight)
    return name.lower(), float(weight) if fits else 0.0


def _too_large() -> TooLargeError:
    return TooLargeError(f"the body is longer than {BODY_LIMIT:,} bytes", where="body", cure="ask in smaller batches")
