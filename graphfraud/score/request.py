"""What a decision is made from: the request, what is known of the people, what happened lately, and the policy."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from graphfraud.score.parts import Floats
from graphfraud.score.rules import LARGE_YUAN
from graphfraud.score.schedule import Plan

NAN: Final = float("nan")
LEAST_YUAN: Final = 100
MOST_YUAN: Final = 300_000
RING_PAYMENT_YUAN: Final = 1_000
JUST_BELOW: Final = (0.8, 1.0)
"""A payment of this share of the large amount lies just under it."""
SHARE_CLOSE: Final = 1e-6

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Yuan = Annotated[float, msgspec.Meta(gt=0, le=1e12)]


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An explicit consent: for what, from when, until when."""

    purpose: str
    given_at: Moment
    withdrawn_at: Moment | None = None


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a partner of a joint loan carries, as a share of the principal."""

    partner_id: Id
    share: float


class Application(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="application", kw_only=True
):
    """Somebody asks for credit: a row of applications, and what comes with it."""

    application_id: Id
    person_id: Id
    amount: Yuan
    term_months: Annotated[int, msgspec.Meta(ge=1, le=60)] = 12
    at: Moment
    device_id: Id | None = None
    ip: Id | None = None
    plan: Plan = Plan.EQUAL_PRINCIPAL
    consents: Annotated[list[Consent], msgspec.Meta(max_length=20)] | None = None
    funding: Annotated[list[Share], msgspec.Meta(max_length=50)] | None = None


class Payment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="payment", kw_only=True):
    """Somebody pays: a row of payments before it is carried out, with the device it comes from."""

    payment_id: Id
    payer_id: Id
    payer_kind: Literal["person", "merchant"] = "person"
    payee_id: Id
    payee_kind: Literal["person", "merchant"] = "person"
    payer_account: Id | None = None
    payee_account: Id | None = None
    amount: Yuan
    at: Moment
    refunded_at: Moment | None = None
    device_id: Id | None = None
    ip: Id | None = None


Request = Application | Payment


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a run knows of one person; null is unknown. ``inputs`` are those that a card may score."""

    person_id: str
    inputs: dict[str, float | None] = {}
    birth_date: date | None = None
    id_verified: bool | None = None
    face_verified: bool | None = None
    invited: bool | None = None
    blocked: bool | None = None
    watched: bool | None = None
    allowed: bool | None = None
    known_fraud: bool | None = None
    ring_score: float | None = None
    ring_id: str | None = None
    ring_role: str | None = None
    top_path: str | None = None
    consents: list[str] | None = None
    devices: list[str] | None = None
    funding_wrong: int | None = None


class Recent(msgspec.Struct, frozen=True, kw_only=True):
    """Requests decided before, by their own times up to this one's; money in yuan."""

    payments_10min: int = 0
    paid_1h: float = 0.0
    just_below_24h: int = 0
    paid_24h: float = 0.0
    received_24h: float = 0.0
    applications_24h: int = 0


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that a decision rests on, besides card and rules."""

    zone: str = "Asia/Shanghai"
    night_start_hour: int = 23
    night_end_hour: int = 6
    large_yuan: float = LARGE_YUAN
    consent_purposes: tuple[str, ...] = ("credit_assessment", "credit_scoring", "credit")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one decision is made from, but for card and rules; ``run_id`` says who knew it."""

    request: Request
    person: Known | None
    payee: Known | None = None
    recent: Recent = Recent()
    listed: tuple[str, ...] = ()
    lists_known: bool = False
    policy: Policy = Policy()
    run_id: str = ""
    unknown_rules: tuple[str, ...] = ()
    """Rules that the run could not evaluate for anybody, their table being absent."""

    @property
    def today(self) -> date:
        """The local day of the request."""
        return self.local.date()

    @property
    def local(self) -> datetime:
        """The local time of the request; as given within a day of the calendar's ends."""
        try:
            return self.request.at.astimezone(ZoneInfo(self.policy.zone))
        except OverflowError:
            return self.request.at


def facts_of(case: Case) -> dict[str, Floats]:
    """Every fact that a rule may read about this case, arrays of one; unknown is NaN."""
    request, person = case.request, case.person
    found = _of_person(case) if person is not None else {}
    found |= _of_application(case, request) if isinstance(request, Application) else _of_payment(case, request)
    return {name: np.array([value], dtype=np.float64) for name, value in found.items()}


def _of_person(case: Case) -> dict[str, float]:
    person = case.person or Known(person_id="")
    fraud, member = _number(person.known_fraud), person.ring_score is not None and person.ring_score > 0
    born = person.birth_date
    return {
        "age": NAN if born is None else float(age(born, case.today)),
        "age_unknown": NAN if "R-MINOR" in case.unknown_rules else float(born is None),
        "id_verified": _number(person.id_verified),
        "face_verified": _number(person.face_verified),
        "blocked": _number(person.blocked),
        "watched": _number(person.watched),
        "ring_score": _number(person.ring_score),
        "confirmed": NAN if np.isnan(fraud) else float(fraud == 1 and member),
        "lone_fraud": NAN if np.isnan(fraud) else float(fraud == 1 and not member),
    }


def _of_application(case: Case, request: Application) -> dict[str, float]:
    outside = not LEAST_YUAN <= request.amount <= MOST_YUAN
    return {
        "amount_outside": float(outside),
        "consent": _consent(case, request),
        "funding_wrong": _funding(case, request),
        "device_blocked": _listed(case, request.device_id, request.ip),
        "new_device_amount": _new_device(case, request.device_id, request.amount),
        "applications_24h": float(case.recent.applications_24h + 1),
    }


def _of_payment(case: Case, request: Payment) -> dict[str, float]:
    recent, amount = case.recent, request.amount
    to_person = request.payee_kind == "person"
    paid_on = (recent.paid_24h + amount * to_person) / recent.received_24h if recent.received_24h > 0 else 0.0
    low, high = (share * case.policy.large_yuan for share in JUST_BELOW)
    return {
        "payee_blocked": NAN if case.payee is None else _number(case.payee.blocked),
        "night_transfer": amount if to_person and _night(case) else 0.0,
        "ring_payment": _ring_payment(case, amount),
        "paid_1h": recent.paid_1h + amount * to_person,
        "payments_10min": float(recent.payments_10min + 1),
        "just_below_24h": float(recent.just_below_24h + (low <= amount < high)),
        "passed_on_24h": min(paid_on, 1.0) if recent.received_24h >= case.policy.large_yuan else 0.0,
        "device_blocked": _listed(case, request.device_id, request.ip),
        "new_device_amount": _new_device(case, request.device_id, amount),
    }


def age(born: date, today: date) -> int:
    """Completed years of life; born on 29 February: a year older on 1 March.

    >>> age(date(2008, 2, 29), date(2026, 2, 28))
    17
    """
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def just_below(amount: float, policy: Policy) -> bool:
    """Whether a payment lies just under the large amount."""
    low, high = (share * policy.large_yuan for share in JUST_BELOW)
    return low <= amount < high


def _night(case: Case) -> bool:
    hour, start, end = case.local.hour, case.policy.night_start_hour, case.policy.night_end_hour
    return start <= hour < end if start <= end else hour >= start or hour < end


def _consent(case: Case, request: Application) -> float:
    """1 with an explicit, dated consent for the purpose in force, 0 without, NaN where consents are not kept."""
    purposes = case.policy.consent_purposes
    if request.consents is not None:
        return float(
            any(
                one.purpose in purposes
                and one.given_at <= request.at
                and (one.withdrawn_at is None or one.withdrawn_at > request.at)
                for one in request.consents
            )
        )
    if case.person is None or case.person.consents is None:
        return NAN
    return float(any(purpose in purposes for purpose in case.person.consents))


def _funding(case: Case, request: Application) -> float:
    """1 where shares of a joint loan do not add up: of this one, or of an open one of the person."""
    if request.funding is not None:
        shares = [one.share for one in request.funding]
        partners = {one.partner_id for one in request.funding}
        whole = bool(shares) and abs(sum(shares) - 1) <= SHARE_CLOSE
        return float(not (whole and min(shares) > 0 and len(partners) == len(shares)))
    return NAN if case.person is None else _number(case.person.funding_wrong)


def _listed(case: Case, *things: str | None) -> float:
    if not case.lists_known:
        return NAN
    return float(any(thing in case.listed for thing in things if thing is not None))


def _new_device(case: Case, device_id: str | None, amount: float) -> float:
    if device_id is None or case.person is None or case.person.devices is None:
        return NAN
    return 0.0 if device_id in case.person.devices else amount


def _ring_payment(case: Case, amount: float) -> float:
    known = [one.ring_score for one in (case.person, case.payee) if one is not None and one.ring_score is not None]
    if not known:
        return NAN
    return max(known) if amount >= RING_PAYMENT_YUAN else 0.0


def _number(value: float | None) -> float:
    return NAN if value is None else float(value)


def floats(inputs: Mapping[str, float | None]) -> dict[str, Floats]:
    """Inputs as arrays of one."""
    return {name: np.array([_number(value)], dtype=np.float64) for name, value in inputs.items()}
