"""Cards beside the runs: every card that was ever used or activated, for ever, and which one is active.

A card lies under the digest of its text, so the same text is one file and no file ever changes.
``active`` is a link that is switched in one step; the next night scores with it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphfraud.errors import CardError
from graphfraud.score.card import read_card
from graphfraud.score.entries import Card
from graphfraud.store.durable import switch_link, write_file

FOLDER: Final = "cards"
ACTIVE: Final = "active"
NAME_DIGITS: Final = 16


@dataclass(frozen=True)
class Cards:
    """All cards of one directory of runs."""

    home: Path

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self.home / FOLDER

    def active(self) -> Card | None:
        """The active card, or None while none was activated.

        Raises:
            CardError: the file is damaged, or was changed by hand.
        """
        link = self.folder / ACTIVE
        return self._read(self.folder / link.readlink()) if link.is_symlink() else None

    def keep(self, card: Card) -> Path:
        """Put a card there, if it is not there yet; returns its file."""
        path = self.folder / f"{card.digest[:NAME_DIGITS]}.toml"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_file(path, card.text.encode())
        return path

    def activate(self, card: Card) -> None:
        """Make a card the active one, in one step."""
        switch_link(self.folder / ACTIVE, self.keep(card).name)

    def all(self) -> list[Card]:
        """Every card kept, by version."""
        return sorted((self._read(path) for path in self.folder.glob("*.toml")), key=lambda card: card.version)

    def _read(self, path: Path) -> Card:
        card = read_card(path)
        if not card.digest.startswith(path.stem):
            raise CardError(
                "the file is not what was kept", where=str(path), cure="activate the card from your own copy again"
            )
        return card


def in_force(home: Path, given: str) -> Card:
    """The card of the configuration; without one the active card, else the one that ships."""
    if given:
        return read_card(Path(given))
    return Cards(home).active() or read_card(None)
