"""How an answer travels: with an entity tag, left out when the client has it, compressed when it is long."""

import re
import zlib
from typing import Final

import xxhash
from msgspec.structs import replace

from graphfraud.serve.exchange import NOT_MODIFIED, Answer, Scope, header

COMPRESS_FROM: Final = 16_384
"""Shorter answers are not worth the time: one person's features fit into a few packets."""
LEVEL: Final = 1
GZIP: Final = 31
"""zlib's window bits for a gzip frame."""
_REVALIDATE: Final = (b"cache-control", b"private, no-cache")
_VARY: Final = (b"vary", b"accept, accept-encoding, authorization, x-api-key, cookie")


def transferred(answer: Answer, scope: Scope) -> Answer:
    """A 200 answer as this client gets it: 304 without a body if its tag is known, else whole.

    The tag is weak: it is the same whether or not the body is compressed.
    """
    if scope["method"] in ("GET", "HEAD"):
        tag = f'W/"{xxhash.xxh3_64_hexdigest(answer.body)}"'
        known = header(scope, b"if-none-match")
        headers = (*answer.headers, (b"etag", tag.encode()), _REVALIDATE, _VARY)
        if known is not None and _matches(known, tag):
            return Answer(b"", NOT_MODIFIED, answer.content_type, headers)
        answer = Answer(answer.body, answer.status, answer.content_type, headers)
    if len(answer.body) >= COMPRESS_FROM and _takes_gzip(header(scope, b"accept-encoding")):
        return _compressed(answer)
    return answer


def _matches(known: str, tag: str) -> bool:
    """Whether If-None-Match names this tag, weakly compared."""
    return known.strip() == "*" or tag in (f"W/{one.strip().removeprefix('W/')}" for one in known.split(","))


def _takes_gzip(accepted: str | None) -> bool:
    if accepted is None:
        return False
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight) is None
    return False


def _compressed(answer: Answer) -> Answer:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    body = packer.compress(answer.body) + packer.flush()
    return replace(answer, body=body, headers=(*answer.headers, (b"content-encoding", b"gzip")))
