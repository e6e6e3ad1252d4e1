"""Agents: who names whom as contact when applying, and who pays whom a small part of a fresh loan."""

from typing import Final

import numpy as np
import numpy.typing as npt

from graphfraud.rings.flows import Transfers
from graphfraud.rings.groups import Ints, Rows
from graphfraud.settings import HOUR_US
from graphfraud.snapshot.graph import Snapshot

SOON_US: Final = 48 * HOUR_US
"""A fee follows the loan within so long."""
LARGEST, SMALLEST = 3, 50
"""A fee is at most a third of the loan and at least a fiftieth."""
Clients = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]


def agents(snapshot: Snapshot, sent: Transfers) -> Clients:
    """Client and agent, each pair as often as it is seen: by a fee, or by naming a contact."""
    paid, named = snapshot["disbursements"], snapshot["contacts"]
    loan = last_before(paid["person_id"], paid["at"], sent.payer, sent.at)
    known = np.flatnonzero(loan >= 0)
    fen, part = paid["amount"][loan[known]], sent.fen[known]
    soon = sent.at[known] - paid["at"][loan[known]] <= SOON_US
    fee = known[soon & (part * LARGEST <= fen) & (part * SMALLEST >= fen)]
    client = np.concatenate([sent.payer[fee], named["person_id"]])
    return client, np.concatenate([sent.payee[fee], named["contact_id"]])


def last_before(owner: Ints, at: Ints, person: Ints, when: Ints) -> Rows:
    """For each person and time, the row of the owner's last event up to then, or -1."""
    kind = np.repeat([0, 1], [len(owner), len(person)])
    who, moment = np.concatenate([owner, person]), np.concatenate([at, when])
    order = np.lexsort((kind, moment, who))
    event = np.where(kind[order] == 0, np.arange(len(order)), -1)
    last = np.maximum.accumulate(event) if len(order) else event
    found = order[np.maximum(last, 0)]
    found = np.where((last >= 0) & (who[found] == who[order]), found, -1)
    answer = np.full(len(order), -1, np.int64)
    answer[order] = found
    return answer[len(owner) :]
