"""One decision on one request: pure, so that the same case, card and rules give the same bytes years later."""

from datetime import date
from typing import Any, Final

import msgspec
import numpy as np

from graphfraud.score.counterfactual import Counterfactual, counterfactual
from graphfraud.score.disclosure import disclosure
from graphfraud.score.entries import PARTS, TIERS, Card
from graphfraud.score.gate import Facts, Verdict, verdict
from graphfraud.score.inputs import INPUTS
from graphfraud.score.parts import Assessed, Floats, Values, assessed
from graphfraud.score.price import bounded_quote
from graphfraud.score.reasons import reasons
from graphfraud.score.request import Application, Case, Known, Payment, facts_of, floats
from graphfraud.score.rules import Outcome, Rule, digest, of_kind
from graphfraud.score.schedule import Terms
from graphfraud.score.scores import by_score, chance
from graphfraud.score.tier import NONE, RATE_STEP, Offer, deciding_score, offers

ALL_INPUTS: Final = tuple(INPUTS)


class Evidence(msgspec.Struct, frozen=True):
    """What a reason rests on: a ``ring``, a ``path`` of debt, a ``person``, or the values of ``tables``."""

    kind: str
    id: str
    detail: str = ""


class Told(msgspec.Struct, frozen=True):
    """A reason with its points of the total and what it rests on."""

    code: str
    points: float
    zh: str
    en: str
    evidence: list[Evidence] = []


class AdverseAction(msgspec.Struct, frozen=True):
    """What somebody is told who does not get what they asked for: that, why, and what they may do."""

    zh: str
    en: str
    codes: list[str]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a request; money in yuan, rates as shares. Offer and score belong to applications."""

    kind: str
    request_id: str
    outcome: str
    rules_fired: list[str]
    rules_evaluated: list[str]
    rules_not_evaluated: list[str]
    reasons: list[Told]
    card_version: str
    rules_digest: str
    run_id: str
    score: float | None = None
    parts: dict[str, float | None] = {}
    bad_probability: float | None = None
    tier: str | None = None
    way_in: str | None = None
    limit_cny: float | None = None
    approved_cny: float | None = None
    daily_rate: float | None = None
    irr_annual: float | None = None
    disclosure: dict[str, Any] | None = None
    adverse_action: AdverseAction | None = None
    counterfactual: Counterfactual | None = None


def decide(case: Case, card: Card, rules: tuple[Rule, ...]) -> Decision:
    """The decision on a case. Cost: a few milliseconds.

    Raises:
        RefusedError: the terms asked for make no loan.
    """
    if isinstance(case.request, Payment):
        return _on_payment(case, case.request, card, rules)
    return _on_application(case, case.request, card, rules)


def _on_payment(case: Case, request: Payment, card: Card, rules: tuple[Rule, ...]) -> Decision:
    table = of_kind("payment", rules)
    known, facts = _known(case.person), _facts(case, table)
    gate = verdict(facts, table)
    people = assessed(known, card)
    people.points[:] = np.array([entry.missing for entry in card.features.values()])  # a payment is not scored
    return Decision(
        kind="payment",
        request_id=request.payment_id,
        outcome=_name(int(gate.outcome[0])),
        reasons=_told(case, people, known, gate, facts, refused=False),
        **_identity(case, card, rules, gate),
    )


def _on_application(case: Case, request: Application, card: Card, rules: tuple[Rule, ...]) -> Decision:
    table = of_kind("application", rules)
    known = _known(case.person)
    people = assessed(known, card)
    facts = _facts(case, table)
    facts.columns["max_days_past_due"] = known.of("max_days_past_due")
    facts.columns["parts"] = (~np.isnan(people.parts)).sum(axis=1).astype(np.float64)
    gate = verdict(facts, table)
    score = deciding_score(people, gate.adverse)
    outcome = int(np.maximum(gate.outcome, by_score(score, card))[0])
    offer = offers(score, known, people, excluded=np.array([outcome == Outcome.DECLINE]))
    told = _told(case, people, known, gate, facts, refused=bool(score[0] < card.floor))
    barred = gate.outcome[0] == Outcome.DECLINE  # no better score would help
    lowered = outcome != Outcome.APPROVE or offer.limit_cny[0] < request.amount
    return Decision(
        kind="application",
        request_id=request.application_id,
        outcome=_name(outcome),
        reasons=told,
        score=_plain(people.total),
        parts={part: _plain(people.parts[:, place]) for place, part in enumerate(PARTS)},
        bad_probability=_plain(chance(people.with_neutral, card)),
        way_in="invitation" if case.person is not None and case.person.invited else "application",
        adverse_action=_adverse(told, outcome) if lowered else None,
        counterfactual=None if barred else counterfactual(people, known, score, offer, adverse_rule=gate.adverse),
        **_offer(request, offer, case.today, outcome),
        **_identity(case, card, rules, gate),
    )


def _known(person: Known | None) -> Values:
    inputs = dict.fromkeys(ALL_INPUTS) | (person.inputs if person is not None else {})
    return Values(floats(inputs), 1)


def _facts(case: Case, table: tuple[Rule, ...]) -> Facts:
    missing = {rule.fact: np.array([np.nan]) for rule in table}
    allowed = case.person is not None and bool(case.person.allowed)
    return Facts(missing | facts_of(case), np.array([allowed]))


def _identity(case: Case, card: Card, rules: tuple[Rule, ...], gate: Verdict) -> dict[str, Any]:
    unknown = set(gate.not_evaluated)
    return {
        "rules_fired": [rule.id for rule, hit in zip(gate.rules, gate.fired[0], strict=True) if hit],
        "rules_evaluated": [rule.id for rule in gate.rules if rule.id not in unknown],
        "rules_not_evaluated": [rule.id for rule in gate.rules if rule.id in unknown],
        "card_version": card.version,
        "rules_digest": digest(rules),
        "run_id": case.run_id,
    }


def _offer(request: Application, offer: Offer, today: date, outcome: int) -> dict[str, Any]:
    """Tier, limit and the loan asked for inside it, at a price that is disclosed whole."""
    tier = int(offer.tier[0])
    if tier == NONE:
        return {"tier": "none", "limit_cny": 0.0}
    limit = float(offer.limit_cny[0])
    plain = {"tier": TIERS[tier], "limit_cny": limit}
    if outcome != Outcome.APPROVE:
        return plain
    fen = min(round(request.amount * 100), int(limit) * 100)
    quote = bounded_quote(Terms(fen, int(offer.rate_steps[0]), today, request.term_months, request.plan))
    shown = disclosure(quote)
    return plain | {
        "approved_cny": fen / 100,
        "daily_rate": quote.terms.rate_steps / RATE_STEP,
        "irr_annual": shown.irr_annual,
        "disclosure": msgspec.to_builtins(shown),
    }


def _told(case: Case, people: Assessed, known: Values, gate: Verdict, facts: Facts, *, refused: bool) -> list[Told]:
    listed = reasons(people, known, gate, facts, refused=np.array([refused])).to_pylist()[0]
    by_code = {entry.reason.code: name for name, entry in people.card.features.items()}
    return [Told(**one, evidence=_evidence(case, one["code"], by_code.get(one["code"]))) for one in listed]


def _evidence(case: Case, code: str, feature: str | None) -> list[Evidence]:
    found = []
    if code in ("R-RING", "R-CONFIRMED", "R-RING-PAYMENT") or feature == "ring_score":
        parties = [one for one in (case.person, case.payee) if one is not None and one.ring_id is not None]
        found += [Evidence("ring", one.ring_id or "", f"{one.person_id}: {one.ring_role}") for one in parties]
    if code == "R-PAYEE-BLOCK" and case.payee is not None:
        found.append(Evidence("person", case.payee.person_id, "payee"))
    if code in ("R-NEW-DEVICE", "R-DEVICE-LIST") and case.request.device_id is not None:
        found.append(Evidence("device", case.request.device_id, case.request.at.isoformat()))
    if feature in ("default_probability", "exposure_to_others") and case.person is not None and case.person.top_path:
        found.append(Evidence("path", case.person.person_id, case.person.top_path))
    if feature is not None:
        found.append(Evidence("tables", feature, ", ".join(INPUTS[feature].tables)))
    return found


def _adverse(told: list[Told], outcome: int) -> AdverseAction:
    what = {
        Outcome.APPROVE: ("批准金额低于您申请的金额", "you are offered less than you asked for"),
        Outcome.STEP_UP: ("请先完成身份核验", "please complete the check of your identity first"),
        Outcome.REVIEW: ("您的申请将由人工审核", "a person will look at your application"),
        Outcome.HOLD: ("您的申请暂缓处理", "your application is on hold"),
        Outcome.DECLINE: ("您的申请未获批准", "your application was declined"),
    }[Outcome(outcome)]
    zh, en = "；".join(one.zh for one in told), "; ".join(one.en for one in told)
    right = ("您可要求人工复核并更正有误的信息。", "You may ask a person to look again, and have wrong data corrected.")
    return AdverseAction(
        f"{what[0]}。主要原因：{zh or '见上'}。{right[0]}",
        f"{what[1]}. Why: {en or 'see above'}. {right[1]}",
        [one.code for one in told],
    )


def _name(outcome: int) -> str:
    return Outcome(outcome).name.lower()


def _plain(values: Floats) -> float | None:
    return None if np.isnan(values[0]) else float(values[0])
