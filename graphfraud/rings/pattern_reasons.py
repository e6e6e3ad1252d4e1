"""Reasons of a pattern: the shape that the money takes, then the traits that moved its score; codes are stable."""

from typing import Final

import numpy as np

from graphfraud.rings.groups import Floats, Ints, joined
from graphfraud.rings.patterns import Patterns, columns, learned
from graphfraud.rings.reasons import Reason
from graphfraud.rings.shapes import NONE, SHAPES
from graphfraud.rings.traits import TRAITS
from graphfraud.settings import DAY_US

SHOWN: Final = 0.5
"""A trait that moves the log-odds by less is no reason."""
FORMS: Final = {
    "cycle": (
        "RP-CYCLE",
        "资金经 {accounts} 个账户绕回起点，历时 {days:.1f} 天",
        "money came back to where it began through {accounts} accounts within {days:.1f} days",
    ),
    "fan_in": (
        "RP-FAN-IN",
        "{partners} 个账户在 {days:.1f} 天内付给同一账户",
        "{partners} accounts paid one account within {days:.1f} days",
    ),
    "fan_out": (
        "RP-FAN-OUT",
        "同一账户在 {days:.1f} 天内付给 {partners} 个账户",
        "one account paid {partners} accounts within {days:.1f} days",
    ),
    "gather_scatter": (
        "RP-GATHER-SCATTER",
        "同一账户在 {days:.1f} 天内先汇集后分散给共 {partners} 个账户",
        "one account gathered from and scattered to {partners} accounts within {days:.1f} days",
    ),
    "scatter_gather": (
        "RP-SCATTER-GATHER",
        "资金经 {middles} 个中间账户分散后汇集到同一账户",
        "money went through {middles} accounts between one payer and one collector",
    ),
    "stack": (
        "RP-STACK",
        "近乎相同的金额在 {accounts} 个账户间逐级转移",
        "nearly the same sum went on from account to account over {accounts} accounts",
    ),
    "bipartite": (
        "RP-BIPARTITE",
        "{payers} 个付款账户在 {days:.1f} 天内付给相同的 {payees} 个账户",
        "{payers} payers paid the same {payees} payees within {days:.1f} days",
    ),
    "pass_through": (
        "RP-PASS-THROUGH",
        "{partners} 个账户把刚收到的钱几乎全部转给同一账户",
        "{partners} accounts passed on to one account nearly all that had just come to them",
    ),
    "front": (
        "RP-FRONT",
        "共用证件或设备的 {partners} 个账户付给同一账户",
        "{partners} accounts of people who share papers or devices paid one account",
    ),
    "repeated": (
        "RP-REPEATED",
        "同一账户在 {days:.1f} 天内 {times} 次大额付给 {payees} 个账户",
        "one account made {times} large payments to {payees} accounts within {days:.1f} days",
    ),
    "same_sum": (
        "RP-SAME-SUM",
        "同一少见金额在 {accounts} 个账户间转移",
        "one rare sum moved between {accounts} accounts",
    ),
    "cluster": (
        "RP-CLUSTER",
        "{accounts} 个账户之间在 {days:.1f} 天内有 {times} 笔反常付款",
        "{times} payments out of the ordinary joined {accounts} accounts within {days:.1f} days",
    ),
    "island": (
        "RP-ISLAND",
        "{accounts} 个账户只在彼此之间转账",
        "{accounts} accounts transfer money to each other and to nobody else",
    ),
}
"""Code and both sentences of each shape."""
WORDS: Final = {
    "tight": ("RP-TIGHT", "集中在短时间内", "all within a short time"),
    "round": ("RP-ROUND-SUMS", "金额是少见的整数", "sums are rounder than usual here"),
    "rounds": ("RP-ROUND-SUMS", "金额是少见的整数", "sums are rounder than usual here"),
    "large": ("RP-LARGE-SUMS", "金额异常大", "sums are unusually large here"),
    "larges": ("RP-LARGE-SUMS", "金额异常大", "sums are unusually large here"),
    "small": ("RP-SMALL-SUMS", "金额异常小", "sums are unusually small here"),
    "odd": ("RP-UNLIKE-PAYER", "金额与付款人平时不同", "the payers elsewhere pay quite other sums"),
    "equal": ("RP-EQUAL-SUMS", "多笔金额几乎相同", "several sums are nearly the same"),
    "equals": ("RP-EQUAL-SUMS", "多笔金额几乎相同", "several sums are nearly the same"),
    "woven": ("RP-WOVEN", "付款彼此交织", "the payments are interwoven"),
    "sided": ("RP-SIDED", "付款方与收款方互不相混", "who pays is never paid and who is paid never pays"),
    "alike": ("RP-ALIKE", "成员有多样东西相同", "members have several things in common"),
    "closed": ("RP-NOTHING-ELSE", "部分账户没有其他往来", "some of the accounts do nothing else"),
    "closes": ("RP-NOTHING-ELSE", "部分账户没有其他往来", "some of the accounts do nothing else"),
    "quiet": ("RP-QUIET", "账户平时很少往来", "the accounts hardly do anything else"),
    "burst": ("RP-BURST", "往来远比平时密集", "far more often than the account usually deals"),
    "bursts": ("RP-BURST", "往来远比平时密集", "far more often than the account usually deals"),
    "repeats": ("RP-AGAIN", "同一双方多次付款", "the same two deal several times"),
    "passes": ("RP-PASSED-ON", "资金到账后随即转出", "money is passed on as soon as it came"),
    "shares": ("RP-SHARED", "成员共用证件、设备或地址", "members share papers, devices or addresses"),
    "banded": ("RP-EQUAL-SUMS", "多笔金额几乎相同", "several sums are nearly the same"),
    "bands": ("RP-EQUAL-SUMS", "多笔金额几乎相同", "several sums are nearly the same"),
    "strangers": ("RP-STRANGERS", "双方在此之外没有往来", "the parties do not deal with each other otherwise"),
    "unlikely": ("RP-UNLIKELY", "如此多的往来难以用偶然解释", "chance hardly explains so many dealings so soon"),
    "unlikelier": ("RP-UNLIKELY", "如此多的往来难以用偶然解释", "chance hardly explains so many dealings so soon"),
    "leaves": ("RP-LEAVES", "汇集的资金随即整笔转出", "what was gathered soon left in one piece"),
    "wages": ("RI-REGULAR", "按月重复的付款", "payments that come again every month"),
    "pays_wages": ("RI-PAYS-WAGES", "付款人定期发放工资", "the payer pays wages"),
    "trades": ("RI-TRADES", "核心账户日常往来频繁", "the account in the middle deals with many all the time"),
    "busy": ("RI-BUSY", "账户日常往来频繁", "the accounts deal with many all the time"),
    "wide": ("RP-MANY", "涉及多方", "many parties take part"),
}
"""Code and both texts of each trait; two that say the same share a code."""


def forms(found: Patterns) -> list[str]:
    """What the money of each pattern draws: its shape, or of an island or a travelling sum what it looks like."""
    return [_drawn(found, place) for place in range(len(found.shapes))]


def _drawn(found: Patterns, place: int) -> str:
    name = SHAPES[found.shapes.shape[place]]
    source, target = _ends(found, place)
    payers, payees = set(source.tolist()), set(target.tolist())
    if name in ("same_sum", "island", "stack", "cluster") and _round(source, target):
        return "cycle"
    if name in ("same_sum", "island", "cluster") and not payers & payees:
        if len(payers) > 1 and len(payees) > 1:
            return "bipartite"
        if len(payers) != len(payees):
            return "fan_in" if len(payees) == 1 else "fan_out"
    return name


def _ends(found: Patterns, place: int) -> tuple[Ints, Ints]:
    row = found.shapes.row[found.shapes.start[place] : found.shapes.start[place + 1]]
    return found.ledger.source[row], found.ledger.target[row]


def _round(source: Ints, target: Ints) -> bool:
    """Whether at least three accounts stand on a way that ends where it began."""
    nodes, place = np.unique(np.concatenate([source, target]), return_inverse=True)
    label = joined(place[: len(source)], place[len(source) :], len(nodes), directed=True)
    return bool(np.bincount(label).max() >= 3)


def reasons(found: Patterns) -> list[list[Reason]]:
    """Reasons of each pattern: its form with what its shape starts from, then what moved the score, strongest first."""
    trees = learned()
    added = trees.added(columns(found.shapes.shape, found.traits))
    start = trees.nothing + added[:, len(TRAITS) :].sum(axis=1)
    return [
        [_form(found, place, form, float(start[place])), *_moved(added[place, : len(TRAITS)])]
        for place, form in enumerate(forms(found))
    ]


def _form(found: Patterns, place: int, form: str, start: float) -> Reason:
    source, target = _ends(found, place)
    row = found.shapes.row[found.shapes.start[place] : found.shapes.start[place + 1]]
    payers, payees = set(source.tolist()), set(target.tolist())
    at = found.ledger.at[row]
    words: dict[str, float] = {
        "accounts": len(payers | payees),
        "partners": len((payers | payees) - {int(found.shapes.centre[place])}) - (found.shapes.centre[place] == NONE),
        "payers": len(payers),
        "payees": len(payees),
        "middles": len(payers & payees),
        "times": len(row),
        "days": float(at.max() - at.min()) / DAY_US,
    }
    code, zh, en = FORMS[form]
    return Reason({"code": code, "zh": zh.format(**words), "en": en.format(**words)}, start)


def _moved(values: Floats) -> list[Reason]:
    """The traits that count, by code, what speaks against at the end."""
    total: dict[str, float] = {}
    for name, value in zip(TRAITS, values.tolist(), strict=True):
        if name not in WORDS:  # what a ledger tells is no reason
            continue
        total[WORDS[name][0]] = total.get(WORDS[name][0], 0.0) + value
    texts = {words[0]: words for words in WORDS.values()}
    order = sorted((-round(value, 9), code) for code, value in total.items() if abs(value) >= SHOWN)
    return [Reason({"code": code, "zh": texts[code][1], "en": texts[code][2]}, -moved) for moved, code in order]
