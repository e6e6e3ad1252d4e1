"""Answers of a reading query one stretch after another, several sessions side by side.

A stretch is a range of numbers of nodes or of the server's own ids of relationships. One
stretch is one record, so neither the server nor this side ever holds a whole table.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from graphfraud.queries import cypher
from graphfraud.store.neo4j.connection import Connection
from graphfraud.store.neo4j.mapping import Links
from graphfraud.store.neo4j.statements import link_blocks

STRETCH_ROWS: Final = 25_000
"""About so many rows come in one record."""
SESSIONS: Final = 3
BLOCK: Final = 4_096
"""Ids of relationships are looked at in blocks of so many."""
_LEAST_ROWS: Final = 256
"""Where a block holds fewer rows, on average, their ids are too far apart to be walked along."""
_ALLOWED_BLOCKS: Final = 100

Lists = list[list[Any]]


class Stretches:
    """How tables are cut for one server, and what it answers."""

    def __init__(self, connection: Connection, *, sessions: int = SESSIONS, rows: int = STRETCH_ROWS) -> None:
        self._connection = connection
        self._sessions = sessions
        self._rows = rows

    def of_numbers(self, label: str, rows: int) -> list[range]:
        """Ranges of the numbers of a label's nodes, on which about so many rows lie in all."""
        found = self._connection.read(cypher("load", "last_number").format(label=label)) if rows else []
        if not found:
            return []
        last = found[0]["n"]
        width = max(1, (last + 1) * self._rows // rows)
        return [range(first, first + width) for first in range(0, last + 1, width)]

    def of_links(self, form: Links, rows: int) -> list[range] | None:
        """Ranges of ids in which all relationships of a form's type lie; ``None`` where the ids are too scattered.

        A type's relationships lie together where one load made them. A format of the store
        that spreads ids out over all 64 bits has no such ranges.
        """
        most = rows // _LEAST_ROWS + _ALLOWED_BLOCKS
        found = self._connection.read(link_blocks(form), width=BLOCK, most=most + 1)
        blocks = sorted(record["block"] for record in found)
        return ranges(blocks, longest=max(1, self._rows // BLOCK)) if len(blocks) <= most else None

    def answers(self, query: str, stretches: list[range]) -> Iterator[Lists]:
        """The one record of each stretch, in the order of the stretches."""
        with ThreadPoolExecutor(self._sessions) as sessions:
            under_way: deque[Future[Lists]] = deque()
            for stretch in stretches:
                under_way.append(sessions.submit(self._answer, query, stretch))
                if len(under_way) > self._sessions:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()

    def _answer(self, query: str, stretch: range) -> Lists:
        [record] = self._connection.read(query, first=stretch.start, end=stretch.stop)
        return list(record.values())


def ranges(blocks: list[int], *, longest: int) -> list[range]:
    """Ranges of ids for ascending blocks: neighbours in one range of at most ``longest`` blocks.

    >>> ranges([0, 1, 2, 7], longest=2)
    [range(0, 8192), range(8192, 12288), range(28672, 32768)]
    """
    found: list[range] = []
    for block in blocks:
        first, end = block * BLOCK, (block + 1) * BLOCK
        if found and found[-1].stop == first and len(found[-1]) < longest * BLOCK:
            found[-1] = range(found[-1].start, end)
        else:
            found.append(range(first, end))
    return found
