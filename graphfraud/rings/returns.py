"""Returns: money that a person paid to an organisation and that came back soon, as a payment of its own."""

from dataclasses import dataclass
from typing import Final

import numba as nb
import numpy as np
import numpy.typing as npt

from graphfraud.rings.groups import Floats, Rows
from graphfraud.settings import DAY_US
from graphfraud.snapshot.graph import Snapshot

WINDOW_US: Final = 7 * DAY_US
LEAST: Final = 0.5
"""A payback is at least this share of what was paid, and never more than it; beyond, it is a bonus."""


@dataclass(frozen=True, eq=False)
class Returns:
    """One row a payment that was followed by one back: who, which organisation, fen paid and fen back, and when."""

    person: npt.NDArray[np.int32]
    organisation: npt.NDArray[np.int32]
    paid: Rows
    back: Rows
    at: Rows

    @property
    def share(self) -> Floats:
        """What came back over what was paid."""
        return self.back / np.maximum(self.paid, 1)


def returns(snapshot: Snapshot) -> Returns:
    """For each payment to an organisation, the first payment from it to the same person within the window."""
    rows, people = snapshot["payments"], snapshot.people
    out = np.flatnonzero((rows["payer_id"] < people) & (rows["payee_id"] >= people))
    back = np.flatnonzero((rows["payer_id"] >= people) & (rows["payee_id"] < people) & (rows["payee_id"] >= 0))
    payments = rows["amount"], rows["at"]
    out = _sorted(out, rows["payer_id"], rows["payee_id"], *payments)
    back = _sorted(back, rows["payee_id"], rows["payer_id"], *payments)
    width = int(rows["payer_id"].max(initial=0)) + int(rows["payee_id"].max(initial=0)) + 1
    went = rows["payer_id"][out].astype(np.int64) * width + rows["payee_id"][out]
    came = rows["payee_id"][back].astype(np.int64) * width + rows["payer_id"][back]
    first = _first_after(went, rows["at"][out], came, rows["at"][back], WINDOW_US)
    out, back = out[first >= 0], back[first[first >= 0]]
    return Returns(
        person=rows["payer_id"][out],
        organisation=rows["payee_id"][out],
        paid=rows["amount"][out],
        back=rows["amount"][back],
        at=rows["at"][back],
    )


def _sorted(
    chosen: Rows,
    person: npt.NDArray[np.int32],
    organisation: npt.NDArray[np.int32],
    amount: Rows,
    at: Rows,
) -> Rows:
    return chosen[np.lexsort((amount[chosen], at[chosen], organisation[chosen], person[chosen]))]


@nb.njit(cache=True)
def _first_after(
    went: npt.NDArray[np.int64],
    went_at: npt.NDArray[np.int64],
    came: npt.NDArray[np.int64],
    came_at: npt.NDArray[np.int64],
    window: int,
) -> npt.NDArray[np.int64]:
    """For each row of one sorted list, the first row of the other with the same key and a later time, or -1."""
    found = np.full(len(went), -1, np.int64)
    j = 0
    for i in range(len(went)):
        while j < len(came) and (came[j] < went[i] or (came[j] == went[i] and came_at[j] <= went_at[i])):
            j += 1
        if j < len(came) and came[j] == went[i] and came_at[j] - went_at[i] <= window:
            found[i] = j
    return found
