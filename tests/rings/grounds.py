"""Grounds for tests: a few rows in, everything that terms ask about out."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from graphfraud.rings.ground import Ground
from graphfraud.schema import Entity
from graphfraud.settings import Settings
from graphfraud.snapshot.graph import Relation, Snapshot
from graphfraud.snapshot.links import links
from graphfraud.snapshot.sharing import uses
from tests.tables import AS_OF, Rows, day, snapshot_of

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


def payments_only(rows: Sequence[tuple[str, str, int, float]], people: str, merchants: Sequence[str] = ()) -> Snapshot:
    """A snapshot of payments and nothing else, made without a store: fast enough for a thousand examples."""
    place = {name: number for number, name in enumerate([*people, *merchants])}
    columns = {
        "payer_id": np.array([place[row[0]] for row in rows], np.int32),
        "payee_id": np.array([place[row[1]] for row in rows], np.int32),
        "amount": np.array([row[2] for row in rows], np.int64),
        "at": np.array([day(row[3]) for row in rows], np.int64),
    }
    ids = {Entity.PERSON: pa.array(list(people)), Entity.MERCHANT: pa.array(list(merchants), pa.string())}
    return Snapshot(AS_OF, ids, {"payments": Relation("payments", columns)})
