"""Every ring kind and the mechanism behind it."""

from collections.abc import Mapping
from typing import Final

from graphfraud.worlds.rings.flows import cash_out, mule_chain, promotion_abuse, transfer_cycle
from graphfraud.worlds.rings.promises import account_resale, guarantee_circle
from graphfraud.worlds.rings.shared import device_farm, loan_agent, shared_identity
from graphfraud.worlds.stage import Mechanism

RINGS: Final[Mapping[str, Mechanism]] = {
    "device_farm": device_farm,
    "shared_identity": shared_identity,
    "loan_agent": loan_agent,
    "cash_out": cash_out,
    "mule_chain": mule_chain,
    "transfer_cycle": transfer_cycle,
    "guarantee_circle": guarantee_circle,
    "account_resale": account_resale,
    "promotion_abuse": promotion_abuse,
}

ROLE_OF_OTHERS: Final[Mapping[str, str]] = {
    "device_farm": "member",
    "shared_identity": "member",
    "loan_agent": "recruit",
    "cash_out": "member",
    "mule_chain": "mule",
    "transfer_cycle": "member",
    "guarantee_circle": "member",
    "account_resale": "mule",
    "promotion_abuse": "recruit",
}
"""Role of the members who are not at the head; the head is the organiser."""
