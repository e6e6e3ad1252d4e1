"""The catalogue: every feature's name, part, type, unit, meaning and source tables.

A feature exists when it stands here; its API field, its document and its column
in ``features.parquet`` all derive from this list.
"""

from dataclasses import dataclass
from typing import Final, Literal

Part = Literal["social", "payment", "credit", "device"]
Dtype = Literal["int", "float", "bool"]


@dataclass(frozen=True)
class Feature:
    """One catalogue entry. ``as_loaded`` marks values that no observation time bounds."""

    name: str
    part: Part
    dtype: Dtype
    unit: str
    meaning: str
    tables: tuple[str, ...]
    as_loaded: bool = False
    structural: bool = False


CATALOGUE: Final[tuple[Feature, ...]] = (
    # social relation chain
    Feature("friends", "social", "int", "people", "friends", ("friendships",)),
    Feature("groups", "social", "int", "groups", "chat groups the person is in", ("group_memberships",)),
    Feature(
        "group_messages_30d",
        "social",
        "int",
        "messages",
        "messages written in all groups in 30 days",
        ("group_memberships",),
        as_loaded=True,
    ),
    Feature("moments_30d", "social", "int", "posts", "activity in moments, as last observed", ("people_activity",)),
    Feature("complaints_180d", "social", "int", "complaints", "complaints received in 180 days", ("reports",)),
    Feature("complainants", "social", "int", "people", "different people who ever complained", ("reports",)),
    Feature(
        "listed_as_contact",
        "social",
        "int",
        "people",
        "people who name this person as emergency contact",
        ("contacts",),
    ),
    Feature("tenure_days", "social", "int", "days", "days since registration", ("people",)),
    # payment behaviour
    Feature(
        "payments_per_day_30d", "payment", "float", "payments/day", "payments made a day in 30 days", ("payments",)
    ),
    Feature(
        "large_payment_share_90d", "payment", "float", "share", "share of payments made that are large", ("payments",)
    ),
    Feature(
        "night_large_payments_90d",
        "payment",
        "int",
        "payments",
        "large payments made at night, local time",
        ("payments",),
    ),
    Feature("refund_rate_90d", "payment", "float", "share", "share of payments made that were refunded", ("payments",)),
    Feature("payees_90d", "payment", "int", "parties", "different people and merchants paid", ("payments",)),
    Feature(
        "merchant_share_90d",
        "payment",
        "float",
        "share",
        "share of payments made that went to merchants",
        ("payments",),
    ),
    Feature(
        "top_payee_share_90d", "payment", "float", "share", "share of money paid that went to one party", ("payments",)
    ),
    Feature(
        "pass_through_30d",
        "payment",
        "float",
        "share",
        "share of money received from people that left to people within 24 h",
        ("payments",),
    ),
    # credit history
    Feature("inquiries_90d", "credit", "int", "inquiries", "bureau inquiries in 90 days", ("inquiries",)),
    Feature(
        "inquiring_lenders_30d",
        "credit",
        "int",
        "lenders",
        "different lenders that inquired in 30 days",
        ("inquiries",),
    ),
    Feature("lenders_open", "credit", "int", "lenders", "lenders with an open loan", ("loans",)),
    Feature("outstanding", "credit", "float", "yuan", "owed on all open loans", ("loans",)),
    Feature("utilisation", "credit", "float", "share", "outstanding over principal of the open loans", ("loans",)),
    Feature("max_days_past_due", "credit", "int", "days", "worst days past due ever observed", ("loans",)),
    Feature("overdue_loans", "credit", "int", "loans", "loans that were ever overdue", ("loans",)),
    Feature("new_lenders_90d", "credit", "int", "lenders", "lenders first borrowed from in 90 days", ("loans",)),
    Feature(
        "guaranteed_for_others",
        "credit",
        "float",
        "yuan",
        "owed by others and guaranteed by this person",
        ("guarantees", "loans"),
    ),
    # device fingerprint
    Feature("ip_stability_90d", "device", "float", "share", "share of logins from the most used address", ("logins",)),
    Feature("ips_90d", "device", "int", "addresses", "different addresses logged in from", ("logins",)),
    Feature("devices_90d", "device", "int", "devices", "different devices logged in on", ("logins",)),
    Feature("device_sharing", "device", "int", "people", "other people on this person's devices", ("logins",)),
    Feature(
        "same_model_sharers",
        "device",
        "int",
        "people",
        "people on the same address whose device is of the same model",
        ("logins", "devices"),
    ),
    Feature(
        "emulator_share_90d",
        "device",
        "float",
        "share",
        "share of logins on emulators",
        ("logins", "devices"),
        as_loaded=True,
    ),
    Feature(
        "actions_per_minute_90d", "device", "float", "actions/min", "operations a minute while logged in", ("logins",)
    ),
    Feature(
        "session_regularity_90d",
        "device",
        "float",
        "ratio",
        "spread of session lengths over their mean; near 0 is a script",
        ("logins",),
    ),
    Feature("night_login_share_90d", "device", "float", "share", "share of logins at night, local time", ("logins",)),
    # structural
    Feature(
        "component_size",
        "social",
        "int",
        "people",
        "people in the component of shared identifiers and devices",
        ("identifiers", "logins"),
        structural=True,
    ),
    Feature(
        "core_number",
        "social",
        "int",
        "people",
        "largest k so that the person is in a k-core of shared things",
        ("identifiers", "logins"),
        structural=True,
    ),
    Feature(
        "pagerank",
        "social",
        "float",
        "ratio to mean",
        "PageRank over friends, payments, contacts, guarantees and shared things; 1 is average",
        ("friendships", "payments", "contacts", "guarantees", "identifiers", "logins"),
        structural=True,
    ),
    Feature(
        "fraud_pagerank",
        "social",
        "float",
        "ratio to mean",
        "personalised PageRank from people known as fraudulent by the as-of, the person left out",
        ("labels", "friendships", "payments", "contacts", "guarantees", "identifiers", "logins"),
        structural=True,
    ),
    Feature(
        "shared_device_weight",
        "device",
        "float",
        "bits",
        "rarity-weighted devices and addresses shared with others",
        ("logins",),
        structural=True,
    ),
    Feature(
        "shared_identifier_weight",
        "social",
        "float",
        "bits",
        "rarity-weighted phones, cards, addresses, documents and e-mails shared with others",
        ("identifiers",),
        structural=True,
    ),
)

BY_NAME: Final[dict[str, Feature]] = {feature.name: feature for feature in CATALOGUE}
