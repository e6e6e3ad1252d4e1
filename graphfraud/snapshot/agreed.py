"""What each person agreed to, which devices they used, and whether their joint loans are funded as the rules ask."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphfraud.schema import Entity
from graphfraud.settings import DAY_US
from graphfraud.snapshot.borrowing import current_loans
from graphfraud.snapshot.graph import NEVER, Snapshot

DEVICE_DAYS: Final = 180
SHARE_CLOSE: Final = 1e-6


def consents(snapshot: Snapshot) -> pa.Array:
    """Purposes of the consents in force at the as-of, sorted, a list a person; null where no consents are kept."""
    rows = snapshot["consents"]
    if not len(rows):
        return pa.nulls(snapshot.people, pa.list_(pa.string()))
    open_ = rows["withdrawn_at"] == NEVER
    return _lists(snapshot, rows["person_id"][open_], rows["purpose"][open_], snapshot.ids["consents.purpose"])


def devices(snapshot: Snapshot) -> pa.Array:
    """Devices logged in on within 180 days, sorted, a list a person; null where no logins are kept."""
    rows = snapshot["logins"]
    if not len(rows):
        return pa.nulls(snapshot.people, pa.list_(pa.string()))
    recent = rows["at"] > snapshot.as_of - DEVICE_DAYS * DAY_US
    return _lists(snapshot, rows["person_id"][recent], rows["device_id"][recent], snapshot.ids[Entity.DEVICE])


def funding_wrong(snapshot: Snapshot) -> pa.Array:
    """Open joint loans of each person whose shares do not add up to the whole, or hold one that is not positive.

    Null where no funding is kept.
    """
    rows = snapshot["funding"]
    if not len(rows):
        return pa.nulls(snapshot.people, pa.int64())
    count = snapshot.count(Entity.LOAN)
    total = np.bincount(rows["loan_id"], weights=rows["share"], minlength=count)
    bad = np.zeros(count, bool)
    bad[rows["loan_id"]] = True
    bad &= np.abs(total - 1) > SHARE_CLOSE
    bad[rows["loan_id"][~(rows["share"] > 0)]] = True
    loans = current_loans(snapshot)
    hit = loans.open & bad[loans.loan]
    return pa.array(np.bincount(loans.person[hit], minlength=snapshot.people).astype(np.int64))


def listed(snapshot: Snapshot) -> pa.Table:
    """Devices, addresses and merchants on the block list at the as-of: target_kind and target_id, sorted."""
    rows = snapshot["lists"]
    kinds, targets = snapshot.ids["lists.target_kind"], snapshot.ids["lists.target_id"]
    blocked = (rows["list"] == 0) & (rows["until"] == NEVER)
    table = pa.table(
        {
            "target_kind": kinds.take(pa.array(rows["target_kind"][blocked])).cast(pa.string()),
            "target_id": targets.take(pa.array(rows["target_id"][blocked])).cast(pa.string()),
        }
    )
    others = table.filter(pa.array([kind != "person" for kind in table.column("target_kind").to_pylist()], pa.bool_()))
    return others.sort_by([("target_kind", "ascending"), ("target_id", "ascending")])


def _lists(snapshot: Snapshot, person: npt.NDArray[np.int32], thing: npt.NDArray[np.int32], ids: pa.Array) -> pa.Array:
    """Distinct things of each person, in the order of their numbers."""
    known = thing >= 0
    pairs = np.unique(np.stack([person[known], thing[known]]).astype(np.int64), axis=1)
    bounds = np.searchsorted(pairs[0], np.arange(snapshot.people + 1))
    return pa.ListArray.from_arrays(pa.array(bounds.astype(np.int32)), ids.take(pa.array(pairs[1])).cast(pa.string()))
