"""Grounds for tests: a few rows in, everything that terms ask about out."""

from collections.abc import Sequence

from graphfraud.rings.ground import Ground
from graphfraud.settings import Settings
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import uses
from tests.tables import Rows, day, snapshot_of

SETTINGS = Settings()


def ground_of(rows: Rows, settings: Settings = SETTINGS) -> Ground:
    """The ground of a few rows."""
    snapshot = snapshot_of(rows)
    shared = uses(snapshot, window_days=settings.links.window_days)
    return Ground(snapshot, shared, links(snapshot, shared, settings=settings.links), settings)


def paid(rows: Sequence[tuple[str, str, int, float]]) -> list[dict[str, object]]:
    """Payments (payer, payee, fen, day); who is called m… is a shop."""
    return [
        {
            "payment_id": f"{payer}-{payee}-{number}",
            "payer_id": payer,
            "payer_kind": kind(payer),
            "payee_id": payee,
            "payee_kind": kind(payee),
            "amount": fen,
            "at": day(at),
        }
        for number, (payer, payee, fen, at) in enumerate(rows)
    ]


def kind(party: str) -> str:
    """What a party is, by its first letter."""
    return "merchant" if party.startswith("m") else "person"
