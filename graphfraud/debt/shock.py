"""Stress: what a shock would cost, as a distribution over worlds that might be, beside the same without it."""

from dataclasses import asdict, dataclass
from typing import Any, Final

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from graphfraud.debt.debtrank import Graph, Weights, _round
from graphfraud.errors import UsageError

QUANTILES: Final = (0.5, 0.9, 0.95, 0.99)
CUT: Final = 1e-4
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Shock:
    """What happens: some fail for certain, everybody's odds of failing are multiplied, buffers shrink.

    ``odds`` 2 doubles the odds of default; ``buffer`` .7 leaves 70 % of what each person can bear.
    """

    failing: tuple[str, ...] = ()
    odds: float = 1.0
    buffer: float = 1.0

    @classmethod
    def parse(cls, words: str) -> "Shock":
        """A shock as written on the command line.

        >>> Shock.parse("odds=2 buffer=0.7 fail=p1,p2")
        Shock(failing=('p1', 'p2'), odds=2.0, buffer=0.7)

        Raises:
            UsageError: a word that is none of odds=, buffer=, fail=, or a number out of range.
        """
        given: dict[str, str] = {}
        for word in words.split():
            name, sign, value = word.partition("=")
            if not sign or name not in ("odds", "buffer", "fail"):
                raise _unclear(word)
            given[name] = value
        odds, buffer = _number(given.get("odds", "1")), _number(given.get("buffer", "1"))
        if odds <= 0 or not 0 < buffer <= 1:
            raise _unclear(words)
        return cls(tuple(filter(None, given.get("fail", "").split(","))), odds, buffer)


@dataclass(frozen=True, eq=False)
class Losses:
    """One value a world, yuan: owed by those who fail by themselves, and lost by others through them."""

    defaulted: Floats
    passed_on: Floats

    @property
    def total(self) -> Floats:
        """Both together."""
        return self.defaulted + self.passed_on

    def figures(self) -> dict[str, float]:
        """Mean, quantiles, and the mean of the worst twentieth of the worlds, in yuan."""
        total = np.sort(self.total)
        found = {"mean": float(total.mean())}
        found |= {f"q{round(100 * share)}": float(np.quantile(total, share)) for share in QUANTILES}
        return found | {"worst_5_percent": float(total[-max(1, len(total) // 20) :].mean())}


@dataclass(frozen=True, eq=False)
class Stress:
    """Losses under a shock and without it; ``exposure`` is all that could be passed on, yuan."""

    shock: Shock
    shocked: Losses
    baseline: Losses
    exposure: float

    def figures(self) -> dict[str, Any]:
        """The shock and both distributions, as plain values."""
        return {
            "shock": asdict(self.shock),
            "worlds": len(self.shocked.total),
            "baseline": self.baseline.figures(),
            "shocked": self.shocked.figures(),
            "exposure": self.exposure,
        }


@dataclass(frozen=True, eq=False)
class Book:
    """Who might fail: weights between people, each one's own probability of default, yuan owed by each."""

    network: Weights
    own: Floats
    outstanding: Floats


def stress(book: Book, shock: Shock, *, failing: Ints, worlds: int = 1000, seed: int) -> Stress:
    """Loss distribution of a what-if; ``failing`` are the numbers of the people who fail for certain.

    Both distributions use the same draws, so their difference is the shock's. Cost: for each world
    the neighbourhood of those who fail in it.
    """
    own = np.clip(book.own, 1e-12, 1.0 - 1e-12)
    shocked = expit(logit(own) + np.log(shock.odds))
    shocked[failing] = 1.0
    harder = _with_buffer(book.network, shock.buffer)
    return Stress(
        shock,
        _drawn(Book(harder, shocked, book.outstanding), worlds, seed),
        _drawn(Book(book.network, own, book.outstanding), worlds, seed),
        harder.exposure,
    )


def _with_buffer(network: Weights, share: float) -> Weights:
    """The same exposures against smaller buffers; what was cut at a whole buffer stays cut."""
    return Weights(network.bounds, network.exposed, np.minimum(1.0, network.weight / share), network.buffer * share)


def _drawn(book: Book, worlds: int, seed: int) -> Losses:
    rng = np.random.default_rng(seed)
    network = book.network
    graph = (network.bounds, network.exposed, network.weight)
    defaulted, passed_on = np.zeros(worlds), np.zeros(worlds)
    for world in range(worlds):
        failed = np.flatnonzero(rng.random(network.people) < book.own)
        defaulted[world] = book.outstanding[failed].sum()
        passed_on[world] = _passed_on(graph, network.buffer, failed)
    return Losses(defaulted, passed_on)


@nb.njit(cache=True)
def _passed_on(graph: Graph, buffer: npt.NDArray[np.float64], failed: npt.NDArray[np.int64]) -> float:
    """What everybody who did not fail loses, nobody more than their buffer."""
    people = len(buffer)
    h, passed, due = np.zeros(people), np.zeros(people), np.zeros(people)
    seen, now, later = np.empty(people, np.int64), np.empty(people, np.int64), np.empty(people, np.int64)
    marks = np.zeros(people, np.uint8)
    reached, active = len(failed), len(failed)
    h[failed], marks[failed] = 1.0, 1
    seen[:reached] = failed
    now[:active] = failed
    while active:
        reached, active = _round(graph, (h, passed, due), marks, (seen, now, later), (reached, active), (0.0, CUT))
        now, later = later, now
    lost = 0.0
    for i in seen[len(failed) : reached]:
        lost += h[i] * buffer[i]
    return lost


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError as error:
        raise _unclear(word) from error


def _unclear(words: str) -> UsageError:
    return UsageError(
        f"{words!r} describes no shock",
        where="--shock",
        cure="write odds=2, buffer=0.7 or fail=ID,ID, with spaces between",
    )
