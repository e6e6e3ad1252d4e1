"""Every kind of honest dense group and the mechanism behind it."""

from collections.abc import Mapping
from typing import Final

from graphfraud.worlds.decoys.help import benefit_drive, helper, relatives, sign_up_drive
from graphfraud.worlds.decoys.homes import dormitory, family, village
from graphfraud.worlds.decoys.money import gig_platform, refund_shop, remittance, savings_club, supply_chain
from graphfraud.worlds.decoys.places import internet_cafe, kiosk, second_hand
from graphfraud.worlds.decoys.work import call_centre, co_operative, market, office
from graphfraud.worlds.stage import Mechanism

GROUPS: Final[Mapping[str, Mechanism]] = {
    "family": family,
    "dormitory": dormitory,
    "office": office,
    "internet_cafe": internet_cafe,
    "call_centre": call_centre,
    "market": market,
    "co_operative": co_operative,
    "village": village,
    "second_hand": second_hand,
    "kiosk": kiosk,
    "refund_shop": refund_shop,
    "gig_platform": gig_platform,
    "savings_club": savings_club,
    "supply_chain": supply_chain,
    "remittance": remittance,
    "relatives": relatives,
    "helper": helper,
    "sign_up_drive": sign_up_drive,
    "benefit_drive": benefit_drive,
}
