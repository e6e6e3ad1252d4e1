"""The rules that stand before the score, as a table: ids, versions, thresholds, texts.

A rule reads one fact and fires where it lies in ``[at_least, below)``. An unknown fact fires
nothing; a fact that nobody can know, because its table is absent, makes the rule
``not_evaluated``. Rules are data: a decision keeps the table it was made by.
"""

import hashlib
from enum import IntEnum
from functools import lru_cache
from typing import Final, Literal

import msgspec

ADULT_YEARS: Final = 18
RING_SCORE: Final = 0.8
LARGE_YUAN: Final = 10_000
PAYMENTS_10MIN: Final = 10
PAID_1H_YUAN: Final = 50_000
JUST_BELOW_24H: Final = 3
PASSED_ON_SHARE: Final = 0.9
APPLICATIONS_24H: Final = 3

Kind = Literal["night", "application", "payment"]
PERSON: Final[tuple[Kind, ...]] = ("night", "application")
ASKED: Final[tuple[Kind, ...]] = ("application",)
PAID: Final[tuple[Kind, ...]] = ("payment",)
ALWAYS: Final[tuple[Kind, ...]] = ("night", "application", "payment")
REQUESTED: Final[tuple[Kind, ...]] = ("application", "payment")


class Outcome(IntEnum):
    """What a rule asks for, the worst last. The night knows no dialogue: there step_up and hold are a review."""

    APPROVE = 0
    STEP_UP = 1
    REVIEW = 2
    HOLD = 3
    DECLINE = 4


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule. ``linked``: it rests on a person's links; ``waivable``: the allow list suspends it."""

    id: str
    version: int
    meaning: str
    fact: str
    outcome: Outcome
    zh: str
    en: str
    at_least: float | None = None
    below: float | None = None
    linked: bool = False
    waivable: bool = False
    kinds: tuple[Kind, ...] = PERSON


RULES: Final = (
    Rule(
        "R-MINOR",
        1,
        "younger than 18 on the day, by the identity document",
        "age",
        Outcome.DECLINE,
        "年龄 {value} 岁，未满18周岁",
        "{value} years old, under 18",
        below=ADULT_YEARS,
    ),
    Rule(
        "R-BLOCK",
        1,
        "on the block list",
        "blocked",
        Outcome.DECLINE,
        "在禁止名单中",
        "on the block list",
        1,
        kinds=ALWAYS,
    ),
    Rule(
        "R-PAYEE-BLOCK",
        1,
        "pays somebody on the block list",
        "payee_blocked",
        Outcome.DECLINE,
        "收款方在禁止名单中",
        "the payee is on the block list",
        1,
        kinds=PAID,
    ),
    Rule(
        "R-CONFIRMED",
        1,
        "known as fraudulent and member of a reported ring",
        "confirmed",
        Outcome.DECLINE,
        "已确认欺诈且为团伙成员",
        "known as fraudulent and member of a reported ring",
        1,
        kinds=ALWAYS,
    ),
    Rule(
        "R-OVERDUE-90",
        1,
        "was 90 days or more past due",
        "max_days_past_due",
        Outcome.DECLINE,
        "曾逾期 {value} 天（90天及以上）",
        "was {value} days past due (90 or more)",
        90,
    ),
    Rule(
        "R-AMOUNT",
        1,
        "asks for less than 100 or more than 300,000 CNY",
        "amount_outside",
        Outcome.DECLINE,
        "申请金额超出100元至300,000元的范围",
        "asks for less than 100 or more than 300,000 CNY",
        1,
        kinds=ASKED,
    ),
    Rule(
        "R-CONSENT",
        1,
        "no explicit consent to a credit assessment in force on the day",
        "consent",
        Outcome.HOLD,
        "未取得本人对信用评估的明示同意，或同意已撤回",
        "no explicit consent to a credit assessment is in force",
        below=1,
        kinds=ASKED,
    ),
    Rule(
        "R-FUNDING",
        1,
        "shares of a joint loan do not add up to the whole, or one is not positive",
        "funding_wrong",
        Outcome.HOLD,
        "联合贷款出资比例不符合规定",
        "the shares of a joint loan do not agree with the rules",
        1,
        kinds=ASKED,
    ),
    Rule(
        "R-NIGHT-TRANSFER",
        1,
        "large transfer to a person at night, local time",
        "night_transfer",
        Outcome.HOLD,
        "夜间大额转账 {value} 元",
        "large transfer at night: {value} CNY",
        LARGE_YUAN,
        kinds=PAID,
    ),
    Rule(
        "R-RING-PAYMENT",
        1,
        "1,000 CNY or more from or to a member of a reported ring scored 0.8 or more",
        "ring_payment",
        Outcome.HOLD,
        "大额付款涉及疑似团伙成员（团伙评分 {value}）",
        "larger payment with a member of a suspected ring (ring score {value})",
        RING_SCORE,
        linked=True,
        waivable=True,
        kinds=PAID,
    ),
    Rule(
        "R-VELOCITY-SUM",
        1,
        "50,000 CNY or more to people within an hour",
        "paid_1h",
        Outcome.HOLD,
        "一小时内向他人付款合计 {value} 元",
        "paid to people within an hour: {value} CNY",
        PAID_1H_YUAN,
        kinds=PAID,
    ),
    Rule(
        "R-OVERDUE-30",
        1,
        "was 30 to 89 days past due",
        "max_days_past_due",
        Outcome.REVIEW,
        "曾逾期 {value} 天（30天及以上）",
        "was {value} days past due (30 or more)",
        30,
        90,
    ),
    Rule(
        "R-ID",
        2,
        "identity document not verified",
        "id_verified",
        Outcome.STEP_UP,
        "身份证件未通过核验",
        "identity document not verified",
        below=1,
    ),
    Rule(
        "R-FACE",
        2,
        "face check not passed",
        "face_verified",
        Outcome.STEP_UP,
        "未通过人脸核验",
        "face check not passed",
        below=1,
    ),
    Rule(
        "R-AGE",
        1,
        "no birth date from an identity document, so nobody knows whether it is a minor",
        "age_unknown",
        Outcome.STEP_UP,
        "缺少身份证件上的出生日期，无法确认已满18周岁",
        "no birth date from a document: not known to be 18",
        1,
        kinds=ASKED,
    ),
    Rule(
        "R-WATCH",
        1,
        "on the watch list",
        "watched",
        Outcome.REVIEW,
        "在关注名单中",
        "on the watch list",
        1,
        waivable=True,
    ),
    Rule(
        "R-RING",
        1,
        "member, not bystander, of a reported ring scored 0.8 or more; never declined for it alone",
        "ring_score",
        Outcome.REVIEW,
        "疑似团伙成员（团伙评分 {value}）",
        "member of a suspected ring (ring score {value})",
        RING_SCORE,
        linked=True,
        waivable=True,
    ),
    Rule(
        "R-FRAUD",
        1,
        "known as fraudulent, but member of no reported ring",
        "lone_fraud",
        Outcome.REVIEW,
        "已标记欺诈",
        "known as fraudulent",
        1,
    ),
    Rule(
        "R-DEVICE-LIST",
        1,
        "device or address on the block list",
        "device_blocked",
        Outcome.REVIEW,
        "所用设备或网络地址在禁止名单中",
        "the device or address is on the block list",
        1,
        kinds=REQUESTED,
    ),
    Rule(
        "R-SPLIT",
        1,
        "three or more payments just under the large amount within 24 hours (structuring)",
        "just_below_24h",
        Outcome.REVIEW,
        "24小时内 {value} 笔略低于大额标准的付款（疑似拆分）",
        "payments just under the large amount within 24 hours: {value}",
        JUST_BELOW_24H,
        kinds=PAID,
    ),
    Rule(
        "R-PASS-ON",
        1,
        "nine tenths or more of what people paid in within 24 hours is paid on",
        "passed_on_24h",
        Outcome.REVIEW,
        "24小时内收到他人款项的 {value} 转出",
        "share of the money received from people within 24 hours that is paid on: {value}",
        PASSED_ON_SHARE,
        kinds=PAID,
    ),
    Rule(
        "R-VELOCITY",
        1,
        "ten or more payments within ten minutes",
        "payments_10min",
        Outcome.STEP_UP,
        "十分钟内付款 {value} 笔",
        "payments within ten minutes: {value}",
        PAYMENTS_10MIN,
        kinds=PAID,
    ),
    Rule(
        "R-NEW-DEVICE",
        1,
        "large amount from a device not used before",
        "new_device_amount",
        Outcome.STEP_UP,
        "在新设备上操作大额 {value} 元",
        "large amount from a new device: {value} CNY",
        LARGE_YUAN,
        kinds=REQUESTED,
    ),
    Rule(
        "R-APPLICATIONS",
        1,
        "third or later application within 24 hours",
        "applications_24h",
        Outcome.REVIEW,
        "24小时内第 {value} 次申请",
        "applications within 24 hours: {value}",
        APPLICATIONS_24H,
        kinds=ASKED,
    ),
    Rule(
        "R-NOFILE",
        1,
        "no part of the score could be computed",
        "parts",
        Outcome.REVIEW,
        "缺少可评分的资料",
        "nothing is known that could be scored",
        below=1,
    ),
)
"""In this order rules are reported and take the first places among the reasons."""
WHOLE_FACTS: Final = frozenset({"ring_score", "ring_payment", "passed_on_24h"})
"""Facts that are not whole numbers."""


def of_kind(kind: Kind, rules: tuple[Rule, ...] = RULES) -> tuple[Rule, ...]:
    """The rules that a decision of this kind is put before."""
    return tuple(rule for rule in rules if kind in rule.kinds)


def as_text(rules: tuple[Rule, ...]) -> str:
    """The table as JSON, to be kept beside the decisions that it made."""
    return msgspec.json.encode(from_text(msgspec.json.encode(rules).decode())).decode()  # 1 and 1.0 are one text


def from_text(text: str) -> tuple[Rule, ...]:
    """The table that :func:`as_text` wrote."""
    return msgspec.json.decode(text, type=tuple[Rule, ...])


@lru_cache(maxsize=8)
def digest(rules: tuple[Rule, ...] = RULES) -> str:
    """SHA-256 of the table: another rule, threshold or text is another digest."""
    return hashlib.sha256(as_text(rules).encode()).hexdigest()
