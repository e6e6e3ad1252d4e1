"""Contest: of patterns and rings of other evidence that name mostly the same people, only the best are told.

Two groups contend when they share more than :data:`COVERED` of the smaller; not so where each of them is sure and
they are mostly other people by other payments: then one ring has members in another. The surest win; then a winner
gives way to several that contend with it, and with no other winner, when these are worth more together and none
is much less sure: a crowd of payments that two rings have in common hides both, a sure ring is no two of its parts.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from graphfraud.rings.groups import Flags, Floats, Groups, Ints, Rows, sets
from graphfraud.rings.shapes import NONE

COVERED: Final = 0.5
"""Of two that share more than this of the smaller, only the better one is told."""

SURE: Final = 0.95
"""From this score on a group may be told beside one that it shares people, but no payment, with;"""
SAME: Final = 0.5
"""not where this share of the people of both are in both: that is one ring told twice."""

CERTAIN: Final = 1e-9
"""What is missing to 1 is at least so much: of two that are surer neither counts as the surer."""
PART: Final = 0.1
"""A crowd gives way only to groups whose odds are each at least this part of its own."""
PRICE: Final = 0.4
"""A group that is no surer than this is worth nothing beside the others."""


def winners(groups: Groups, score: Floats, centre: Ints, joined: Flags, paid: Sequence[frozenset[int]]) -> Rows:
    """Places of the groups that are told, sorted; a person may be in two of them.

    By falling score, of equals the larger, then the earlier; the worth of a group is its score less :data:`PRICE`.
    Only ``joined`` groups give way to several: what has a form of its own is one whole.
    ``centre`` is the account that a group stands around, or ``NONE``: two around one account are not two of several.
    ``paid`` are the payments that each rests on; none where it rests on more than payments.
    Of several ways to tell a crowd as more than one, that which is worth most to most people is taken.
    Cost: for each group those its members are in.
    """
    order = np.lexsort((np.arange(len(groups)), -groups.size, -np.round(score, 9))).tolist()
    sure = [rows if certain else frozenset() for rows, certain in zip(paid, score >= SURE, strict=True)]
    told = _Told(sets(groups.start, groups.person), centre.tolist(), sure)
    for place in order:
        if not told.rivals(place):
            told.add(place)
    worth = np.round(score - PRICE, 9)
    odds = score / np.maximum(1.0 - score, CERTAIN)
    for place in [place for place in order if place in told.places and joined[place]]:
        ways = told.instead(place, order)
        instead = max(ways, key=lambda some: float((worth[some] * groups.size[some]).sum()), default=[])
        surer = len(instead) > 1 and worth[instead].sum() > worth[place]
        if surer and odds[instead].min() >= PART * odds[place]:
            told.exchange(place, instead)
    return np.array(sorted(told.places), np.int64)


class _Told:
    """The groups told so far, by their people."""

    def __init__(self, people: Sequence[frozenset[int]], centre: Sequence[int], paid: Sequence[frozenset[int]]) -> None:
        self.people = people
        self.centre = centre
        self.paid = paid
        self.places: set[int] = set()
        self._in: dict[int, set[int]] = {}

    def add(self, place: int) -> None:
        """Tell a group."""
        self.places.add(place)
        for person in self.people[place]:
            self._in.setdefault(person, set()).add(place)

    def remove(self, place: int) -> None:
        """Tell it no more."""
        self.places.remove(place)
        for person in self.people[place]:
            self._in[person].remove(place)

    def rivals(self, place: int) -> list[int]:
        """The told groups that contend with one."""
        common = Counter(other for person in self.people[place] for other in self._in.get(person, ()))
        return [other for other in common if self.contend(place, other)]

    def contend(self, one: int, other: int) -> bool:
        """Whether only the better one of two is told."""
        mine, theirs = self.people[one], self.people[other]
        common = len(mine & theirs)
        if common <= COVERED * min(len(mine), len(theirs)):
            return False
        apart = self.paid[one] and self.paid[other] and self.paid[one].isdisjoint(self.paid[other])
        return not apart or common >= SAME * len(mine | theirs)

    def instead(self, place: int, order: Sequence[int]) -> list[list[int]]:
        """Groups that contend with a told one and no other, nor with each other: one list for each first of them."""
        free = [
            other
            for other in order
            if not self.people[other].isdisjoint(self.people[place])
            and len(self.people[other]) < len(self.people[place])
            and self.rivals(other) == [place]
        ]
        return [self._apart([first, *free]) for first in free]

    def _apart(self, order: Sequence[int]) -> list[int]:
        found: list[int] = []
        for place in order:
            if not any(self.contend(place, other) or self._beside(place, other) for other in found):
                found.append(place)
        return found

    def _beside(self, one: int, other: int) -> bool:
        """Whether two are parts of one crowd: around one account, or with more people in common than a go-between."""
        several = len(self.people[one] & self.people[other]) > 1
        return several or self.centre[one] == self.centre[other] != NONE

    def exchange(self, place: int, instead: Sequence[int]) -> None:
        """Tell several instead of one."""
        self.remove(place)
        for other in instead:
            self.add(other)
