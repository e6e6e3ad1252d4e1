"""Cards beside the runs: kept for ever, one active, switched in one step, and changed by nobody."""

from pathlib import Path

import pytest

from graphfraud.errors import CardError
from graphfraud.publish.cards import ACTIVE, Cards, in_force
from graphfraud.score.card import parsed, read_card

SHIPPED = read_card(None)
OTHER = parsed(SHIPPED.text.replace("max_reasons = 4", "max_reasons = 3"))


def test_the_shipped_card_until_one_is_activated(tmp_path: Path) -> None:
    cards = Cards(tmp_path)
    assert cards.active() is None
    assert in_force(tmp_path, "") == SHIPPED
    cards.activate(OTHER)
    assert in_force(tmp_path, "").digest == OTHER.digest
    cards.activate(SHIPPED)
    assert in_force(tmp_path, "").digest == SHIPPED.digest
    assert {card.digest for card in cards.all()} == {OTHER.digest, SHIPPED.digest}


def test_the_configuration_goes_before_the_active_card(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OTHER.text, encoding="utf-8")
    Cards(tmp_path).activate(SHIPPED)
    assert in_force(tmp_path, str(path)).digest == OTHER.digest


def test_keeping_again_changes_nothing(tmp_path: Path) -> None:
    cards = Cards(tmp_path)
    first = cards.keep(OTHER)
    stamp = first.stat().st_mtime_ns
    assert cards.keep(OTHER) == first
    assert first.stat().st_mtime_ns == stamp
    assert not (cards.folder / ACTIVE).exists()


def test_a_card_changed_by_hand_is_noticed(tmp_path: Path) -> None:
    cards = Cards(tmp_path)
    cards.activate(SHIPPED)
    cards.keep(SHIPPED).write_text(OTHER.text, encoding="utf-8")
    with pytest.raises(CardError, match="not what was kept"):
        cards.active()
