"""GET /people/{person_id}/neighbours and GET /paths: who is tied to whom, by what, and how two people hang together."""

import heapq
import itertools
from dataclasses import dataclass
from typing import Final, cast

import msgspec
import numpy as np

from graphfraud.errors import UnprocessableError
from graphfraud.publish.relations import TIE_TYPES
from graphfraud.serve.answers import ID_LIMIT, Neighbour, Neighbours, Path, Paths, Step, TieType
from graphfraud.serve.exchange import Answer, Call
from graphfraud.serve.person import known_row, row_of
from graphfraud.serve.problems import unknown_name
from graphfraud.serve.question import cursor_of, cursor_text, number, whole_number, words
from graphfraud.serve.scores import identity
from graphfraud.serve.view import RunView

PAGE: Final = 50
MOST: Final = 1_000
CURSOR: Final = r"[0-9]{1,12}(\.[0-9]{1,30})?(e-[0-9]{1,2})?~[^\x00]{1,128}"
"""Weight and id of a neighbour."""
MOST_STEPS: Final = 6
MOST_PATHS: Final = 5
MOST_OPENED: Final = 20_000
"""People whose ties one search may look at; past that the answer says that it is not complete."""

Edge = tuple[int, int]


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The last neighbour of a page."""

    weight: float
    person_id: str


def neighbours(view: RunView, call: Call) -> Answer:
    """The people tied to one person, the strongest tie first, page by page."""
    row = known_row(view, call)
    wanted = _wanted(call)
    limit = whole_number(call.query, "limit", default=PAGE, low=1, high=MOST)
    found = _ties(view, row, wanted, number(call.query, "min_weight", default=0.0, low=0.0, high=1e9))
    after = cursor_of(call, _Cursor, CURSOR)
    if after is not None:
        found = [tie for tie in found if (-tie.weight, tie.person_id) > (-after.weight, after.person_id)]
    page, more = found[:limit], len(found) > limit
    shown = np.array([row, *view.people.rows([tie.person_id for tie in page]).tolist()])
    content = Neighbours(
        **identity(view),
        person_id=call.path_id,
        neighbours=page,
        next=cursor_text(_Cursor(page[-1].weight, page[-1].person_id)) if more else None,
    )
    return Answer(msgspec.json.encode(content), read=view.read_of_all(shown))


def paths(view: RunView, call: Call) -> Answer:
    """The cheapest ways from one person to another; no two share a tie. A tie costs the inverse of its weight.

    From a person to themselves there is one way, which has no ties.
    """
    ends = [call.query.get(name, "") for name in ("from", "to")]
    if not all(1 <= len(end) <= ID_LIMIT for end in ends):
        raise UnprocessableError(f"from and to are ids of 1 to {ID_LIMIT} characters", where="query", cure="give both")
    first, last = (row_of(view, end, call) for end in ends)
    limit = whole_number(call.query, "limit", default=3, low=1, high=MOST_PATHS)
    search = _Search(
        view, first, last, _wanted(call), whole_number(call.query, "steps", default=4, low=1, high=MOST_STEPS)
    )
    found: list[list[int]] = []
    used: set[Edge] = set()
    while len(found) < limit and (way := search.cheapest(used)) is not None:
        found.append(way)
        if first == last:
            break
        used |= {edge for a, b in itertools.pairwise(way) for edge in ((a, b), (b, a))}
    shown = np.array(sorted({first, last, *(row for way in found for row in way)}))
    content = Paths(**identity(view), paths=[search.told(way) for way in found], complete=search.opened < MOST_OPENED)
    return Answer(msgspec.json.encode(content), read=view.read_of_all(shown))


@dataclass
class _Search:
    """Dijkstra's search over the ties of a run, of at most ``steps`` ties."""

    view: RunView
    first: int
    last: int
    wanted: int
    steps: int
    opened: int = 0

    def cheapest(self, used: set[Edge]) -> list[int] | None:
        """The cheapest way that uses none of these ties; among equals the one through the smallest rows."""
        relations = self.view.relations
        queue: list[tuple[float, int, list[int]]] = [(0.0, self.first, [self.first])]
        best: dict[tuple[int, int], float] = {}
        while queue and self.opened < MOST_OPENED:
            cost, row, way = heapq.heappop(queue)
            if row == self.last:
                return way
            if len(way) > self.steps or best.get((row, len(way)), np.inf) < cost:
                continue
            self.opened += 1
            place = relations.ties_of(row)
            ties = zip(relations.neighbours[place], relations.weights[place], relations.types[place], strict=True)
            for other, weight, types in ties:
                following, key = cost + 1 / float(weight), (int(other), len(way) + 1)
                fits = int(types) & self.wanted and (row, key[0]) not in used and key[0] not in way
                if fits and following < best.get(key, np.inf):
                    best[key] = following
                    heapq.heappush(queue, (following, key[0], [*way, key[0]]))
        return None

    def told(self, way: list[int]) -> Path:
        """A way as the answer shows it."""
        people, steps = self.view.people, []
        for a, b in itertools.pairwise(way):
            place = self.view.relations.ties_of(a)
            at = place.start + int(np.flatnonzero(self.view.relations.neighbours[place] == b)[0])
            weight, types = float(self.view.relations.weights[at]), int(self.view.relations.types[at])
            steps.append(Step(people.person_id(a), people.person_id(b), round(weight, 6), _names(types)))
        return Path(cost=round(sum(1 / step.weight for step in steps), 6), steps=steps)


def _ties(view: RunView, row: int, wanted: int, min_weight: float) -> list[Neighbour]:
    """Ties of a person by falling weight, then id."""
    relations, place = view.relations, view.relations.ties_of(row)
    fits = (relations.types[place] & wanted != 0) & (relations.weights[place] >= min_weight)
    chosen = np.flatnonzero(fits) + place.start
    found = [
        Neighbour(view.people.person_id(int(other)), round(float(weight), 6), _names(int(types)))
        for other, weight, types in zip(
            relations.neighbours[chosen], relations.weights[chosen], relations.types[chosen], strict=True
        )
    ]
    return sorted(found, key=lambda tie: (-tie.weight, tie.person_id))


def _wanted(call: Call) -> int:
    """The kinds of ties asked for, as bits; all without."""
    names = words(call.query, "types")
    if names is None:
        return (1 << len(TIE_TYPES)) - 1
    for name in names:
        if name not in TIE_TYPES:
            raise unknown_name("type of tie", name[:ID_LIMIT], TIE_TYPES, "query")
    return sum(1 << TIE_TYPES.index(name) for name in set(names))


def _names(types: int) -> list[TieType]:
    return [cast(TieType, name) for place, name in enumerate(TIE_TYPES) if types >> place & 1]
