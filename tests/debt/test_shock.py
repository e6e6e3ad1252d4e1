"""Stress: shocks in words, losses that agree with what is certain, and pictures that can be read."""

from html.parser import HTMLParser

import numpy as np
import pytest

from graphfraud.debt.debtrank import weights
from graphfraud.debt.picture import loss_picture
from graphfraud.debt.shock import Book, Shock, stress
from graphfraud.errors import UsageError
from tests.debt.networks import exposed_by


class Balanced(HTMLParser):
    """Every element that opens is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as called
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def book(own: list[float]) -> Book:
    network = weights(exposed_by([(1, 0, 5000), (2, 1, 10000)], 3), np.full(3, 10_000))
    return Book(network, np.array(own), np.array([50.0, 0.0, 0.0]))


def test_a_certain_failure_costs_what_it_costs() -> None:
    found = stress(book([0.0, 0.0, 0.0]), Shock(failing=("p0",)), failing=np.array([0]), worlds=20, seed=1)
    assert set(found.baseline.total) == {0.0}
    assert found.shocked.defaulted == pytest.approx(np.full(20, 50.0))
    assert found.shocked.passed_on == pytest.approx(np.full(20, 100.0))  # half of 1's buffer, then half of 2's
    assert found.exposure == pytest.approx(150.0)


def test_higher_odds_and_smaller_buffers_cost_more() -> None:
    found = stress(book([0.2, 0.2, 0.2]), Shock(odds=3.0), failing=np.zeros(0, np.int64), worlds=500, seed=1)
    assert found.shocked.total.mean() > found.baseline.total.mean()
    assert (found.shocked.defaulted >= found.baseline.defaulted).all()
    assert (found.shocked.passed_on <= found.exposure + 1e-9).all()


def test_the_simulated_mean_is_the_exact_one() -> None:
    found = stress(book([0.3, 0.0, 0.0]), Shock(), failing=np.zeros(0, np.int64), worlds=20_000, seed=1)
    assert found.baseline.total.mean() == pytest.approx(0.3 * 150.0, rel=0.03)
    figures = found.baseline.figures()
    assert figures["q50"] == 0.0
    assert figures["q90"] == figures["worst_5_percent"] == pytest.approx(150.0)


def test_a_shock_reads_as_written() -> None:
    assert Shock.parse("fail=a,b buffer=0.5") == Shock(("a", "b"), 1.0, 0.5)
    assert Shock.parse("") == Shock()


@pytest.mark.parametrize("words", ["odds", "odds=0", "odds=many", "buffer=1.5", "earthquake=9"])
def test_what_is_no_shock_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match="describes no shock"):
        Shock.parse(words)


def test_the_picture_is_well_formed_and_names_both() -> None:
    found = stress(book([0.3, 0.1, 0.1]), Shock(odds=2.0), failing=np.zeros(0, np.int64), worlds=50, seed=1)
    reader = Balanced()
    reader.feed(loss_picture(found))
    assert reader.open == []
    assert any(words.startswith("without: mean") for words in reader.words)
    assert any(words.startswith("with the shock: mean") for words in reader.words)
