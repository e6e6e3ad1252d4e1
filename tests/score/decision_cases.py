"""Three hundred golden decisions: applications and payments, and what the shipped card and rules make of them.

``python -m tests.score.decision_cases`` writes ``golden_decisions.csv`` anew; a change of card or rules
changes it in the same commit.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from graphfraud.score.decision import Decision, decide
from graphfraud.score.request import Application, Case, Consent, Known, Payment, Recent, Share
from graphfraud.score.rules import RULES
from graphfraud.score.schedule import Plan
from tests.score.score_cases import CASES
from tests.score.score_cases import Case as Person
from tests.score.score_people import SHIPPED, ordinary

GOLDEN = Path(__file__).with_name("golden_decisions.csv")
NOON = datetime(2026, 2, 2, 4, tzinfo=UTC)  # 12:00 in Shanghai
NIGHT = datetime(2026, 2, 2, 16, 30, tzinfo=UTC)  # half past midnight there
CONSENT = Consent("credit_assessment", datetime(2026, 2, 1, tzinfo=UTC))
DEBT = {"default_probability": 0.02, "exposure_to_others": 0.0, "stacking": 0.0}


def known(case: Person, person_id: str = "p1", **changes: Any) -> Known:
    """A person of the golden cases as a run would know them."""
    ring = case.ring if case.ring is not None and case.ring[1] != "bystander" else None
    standing = {
        "birth_date": date(1990, 5, 17),
        "id_verified": True,
        "face_verified": True,
        "blocked": False,
        "watched": False,
        "allowed": False,
        "known_fraud": False,
        **case.standing,
    }
    about = {"ring_score": ring[0] if ring else 0.0, "ring_id": "ring-1" if ring else None}
    inputs = {**ordinary(**case.features), **DEBT, "ring_score": about["ring_score"]}
    rest = {"consents": ["credit_assessment"], "devices": ["d1"], "funding_wrong": 0, **about, **standing, **changes}
    return Known(person_id=person_id, inputs=inputs, ring_role=ring[1] if ring else None, **rest)


def application(**changes: Any) -> Application:
    plain = {"application_id": "a", "person_id": "p1", "amount": 3_000.0, "at": NOON, "consents": [CONSENT]}
    return Application(**{**plain, **changes})


def payment(**changes: Any) -> Payment:
    plain = {"payment_id": "m", "payer_id": "p1", "payee_id": "p2", "amount": 200.0, "at": NOON, "device_id": "d1"}
    return Payment(**{**plain, **changes})


def case_of(request: Application | Payment, person: Known | None, **more: Any) -> Case:
    return Case(**{"request": request, "person": person, "lists_known": True, "run_id": "run", **more})


ORDINARY = CASES[0]
APPLICATIONS: dict[str, dict[str, Any]] = {
    "small": {},
    "too_much": {"amount": 60_000.0, "term_months": 24},
    "interest_first": {"amount": 5_000.0, "plan": Plan.INTEREST_FIRST, "term_months": 6},
    "new_device": {"amount": 12_000.0, "device_id": "d9"},
    "no_consent": {"consents": []},
    "everything": {"amount": 300_000.0, "term_months": 36},
}
ODD: dict[str, Case] = {
    "stranger": case_of(application(), None),
    "consent_withdrawn": case_of(
        application(consents=[msgspec.structs.replace(CONSENT, withdrawn_at=NOON)]), known(ORDINARY)
    ),
    "consent_for_marketing": case_of(application(consents=[Consent("marketing", NOON)]), known(ORDINARY)),
    "consent_given_later": case_of(application(consents=[Consent("credit_assessment", NIGHT)]), known(ORDINARY)),
    "shares_whole": case_of(application(funding=[Share("a", 0.3), Share("b", 0.7)]), known(ORDINARY)),
    "shares_short": case_of(application(funding=[Share("a", 0.3), Share("b", 0.6)]), known(ORDINARY)),
    "partner_twice": case_of(application(funding=[Share("a", 0.5), Share("a", 0.5)]), known(ORDINARY)),
    "under_100": case_of(application(amount=99.0), known(ORDINARY)),
    "over_300000": case_of(application(amount=300_001.0), known(ORDINARY)),
    "third_today": case_of(application(), known(ORDINARY), recent=Recent(applications_24h=2)),
    "second_today": case_of(application(), known(ORDINARY), recent=Recent(applications_24h=1)),
    "blocked_device": case_of(application(device_id="d1"), known(ORDINARY), listed=("d1",)),
    "no_birth_date": case_of(application(), known(ORDINARY, birth_date=None)),
    "no_birth_dates_at_all": case_of(application(), known(ORDINARY, birth_date=None), unknown_rules=("R-MINOR",)),
    "daily_plan": case_of(application(plan=Plan.DAILY), known(ORDINARY)),
    "three_years": case_of(application(term_months=36), known(ORDINARY)),
}
IN_RING = next(one for one in CASES if one.name == "in_ring")
BLOCKED = next(one for one in CASES if one.name == "blocked")
CONFIRMED = next(one for one in CASES if one.name == "device_farm_known_in_ring")
PAYERS = {"ordinary": ORDINARY, "in_ring": IN_RING, "blocked": BLOCKED, "confirmed": CONFIRMED}
RECENT = {
    "quiet": Recent(),
    "ten": Recent(payments_10min=9, paid_1h=900.0),
    "hour": Recent(paid_1h=45_000.0),
    "split": Recent(just_below_24h=2),
    "mule": Recent(received_24h=30_000.0, paid_24h=20_000.0),
}


PAYEES = {"person": known(replace(ORDINARY), "p2"), "blocked": known(BLOCKED, "p2")}


def cases() -> Iterator[tuple[str, Case]]:
    """Names and cases, in order."""
    for person in CASES:
        for name, asked in APPLICATIONS.items():
            yield f"application {name} {person.name}", case_of(application(**asked), known(person))
    yield from ((f"application odd {name}", case) for name, case in ODD.items())
    yield from _payments_by_payer()
    yield from _payments_by_history()
    yield from _payments_by_payee()
    yield from _payments_by_list()


def _payments_by_payer() -> Iterator[tuple[str, Case]]:
    for who, payer in PAYERS.items():
        for amount in (200.0, 8_500.0, 10_000.0):
            for at in (NOON, NIGHT):
                paid = payment(amount=amount, at=at)
                yield f"payment {who} {amount:.0f} {at:%H}", case_of(paid, known(payer), payee=PAYEES["person"])


def _payments_by_history() -> Iterator[tuple[str, Case]]:
    for recent, lately in RECENT.items():
        for amount in (200.0, 8_500.0, 12_000.0):
            more = {"payee": PAYEES["person"], "recent": lately}
            yield f"payment {recent} {amount:.0f}", case_of(payment(amount=amount), known(ORDINARY), **more)


def _payments_by_payee() -> Iterator[tuple[str, Case]]:
    for kind, payee in (("merchant", None), ("blocked", PAYEES["blocked"])):
        for amount in (200.0, 12_000.0):
            for device in ("d1", "d9"):
                for at in (NOON, NIGHT):
                    paid = payment(
                        amount=amount, at=at, device_id=device, payee_kind="merchant" if payee is None else "person"
                    )
                    yield (
                        f"payment to {kind} {amount:.0f} {device} {at:%H}",
                        case_of(paid, known(ORDINARY), payee=payee),
                    )


def _payments_by_list() -> Iterator[tuple[str, Case]]:
    for name, listed in (("device", ("d1",)), ("address", ("i1",)), ("nothing", ())):
        paid = payment(ip="i1")
        yield f"payment blocked {name}", case_of(paid, known(ORDINARY), payee=PAYEES["person"], listed=listed)


def decided(case: Case) -> Decision:
    return decide(case, SHIPPED, RULES)


def row(name: str, made: Decision) -> list[str]:
    changed = made.counterfactual
    told = [made.score, made.tier, made.limit_cny, made.approved_cny, made.daily_rate, made.irr_annual]
    return [
        name,
        made.outcome,
        " ".join(made.rules_fired),
        *("" if value is None else str(value) for value in told),
        " ".join(f"{reason.code}:{reason.points:g}" for reason in made.reasons),
        ""
        if changed is None
        else f"{changed.feature} {'<=' if changed.at_most else '>='} {changed.needed:g} {changed.tier}",
    ]


HEADINGS = ("case", "outcome", "rules", "score", "tier", "limit", "approved", "rate", "irr", "reasons", "lifted_by")


def golden() -> str:
    """What golden_decisions.csv should say."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(row(name, decided(case)) for name, case in cases())
    return text.getvalue()


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
