"""Terms: what speaks for and against a candidate, each a value between 0 and 1 with a stable code.

``RG-`` speaks for a ring and never has a negative weight, ``RI-`` is an innocent
explanation and never has a positive one. The log-odds of a candidate are the sum of
weight times value (see :mod:`graphfraud.rings.model`), so an investigator can take a score apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graphfraud.rings import closeness, company, credit, meeting, money, papers, shops
from graphfraud.rings.bond import bond
from graphfraud.rings.ground import Ground
from graphfraud.rings.groups import Floats, Groups

STAGES: Final = (meeting, papers, shops, money, credit, company, closeness)


@dataclass(frozen=True)
class Term:
    """One term: its code and what it says; ``{count}`` of ``{size}`` members, or ``{value}``."""

    code: str
    zh: str
    en: str

    @property
    def innocent(self) -> bool:
        """Whether it speaks against a ring."""
        return self.code.startswith("RI-")


_MEMBERS_ZH, _MEMBERS_EN = "{size} 名成员中有 {count} 名", "{count} of {size} members "


def _members(code: str, zh: str, en: str) -> Term:
    return Term(code, _MEMBERS_ZH + zh, _MEMBERS_EN + en)


def _degree(code: str, zh: str, en: str) -> Term:
    return Term(code, zh + "（{value:.0%}）", en + " ({value:.0%})")


TERMS: Final = (
    _members("RG-DEVICE", "与其他成员共用设备", "use a device of another member"),
    _members("RG-PLACE", "与其他成员共用网络地址", "log in at an address of another member"),
    _degree("RG-FEW-DEVICES", "少数设备由多人使用", "many members crowd on few devices"),
    _degree("RG-MEET-BURST", "共用集中在短时间内", "sharing falls into a short time"),
    _degree("RG-SCRIPT", "登录时长如脚本般整齐", "sessions are as even as a script's"),
    _members("RG-EMULATOR", "使用模拟器", "log in on emulators"),
    _members("RG-DESK", "在他人的设备或地址上申请借款", "applied on a device or at an address of another member"),
    _members("RG-NEW-HOME", "此后几乎只用共用设备", "have since used hardly any but the shared devices"),
    _degree("RI-OWN-DEVICE", "在共用地址多用自己的设备", "at shared addresses most use devices of their own"),
    _degree("RI-PASSED-ON", "设备依次转手", "devices pass from one to the next in time"),
    _degree("RI-PUBLIC", "共用地址是公共或移动网络", "the shared addresses are public or mobile"),
    _members("RI-ONE-HOME", "像一家人一样共用住宅网络", "share a home address on the network, as a household does"),
    _degree("RI-OFFICE", "共用地址是办公网络", "the shared addresses are offices"),
    _members("RG-IDENTITY", "与其他成员共用证件或银行卡", "share a document or card with another member"),
    _members("RG-PHONE", "与其他成员共用手机号或邮箱", "share a phone or e-mail address with another member"),
    _members("RG-ADDRESS", "与其他成员共用住址", "share an address with another member"),
    _members("RG-DOCUMENT", "与其他成员共用身份证件", "share an identity document with another member"),
    _degree("RG-TYPES", "多种不同类型的证件相同", "several different types of papers are shared"),
    _degree("RG-PAPER-BURST", "证件在短时间内登记", "the shared papers were entered within a short time"),
    _members("RG-TAKEN-OVER", "原手机号停用后改用共用号码", "took a shared phone as soon as their own ended"),
    _degree("RI-HOUSEHOLD", "同住一处的小家庭", "a small group at one address"),
    _members("RG-PAYBACK", "付给同一商户的钱大部分退回", "got most of their money back from one shop"),
    _members("RG-RELAY", "从同一人处收回付给同一商户的钱", "got what they paid one shop back from one person"),
    _members("RG-BACK-KEPT", "退款被扣下一部分", "got their money back less something"),
    _degree("RG-BACK-LARGE", "退回的款项很大", "what came back is a large sum"),
    _members("RG-BACK-AGAIN", "多次收到退款", "got money back from one shop again and again"),
    _members("RG-BONUS", "从同一商户得到多于支付的钱", "got more from one shop than they paid"),
    _members("RI-EMPLOYER", "由同一单位支付工资", "are paid wages by one organisation"),
    _members("RI-WAGES", "领取工资", "are paid wages by anybody"),
    _members("RG-FLOW", "把成员的来款立即转给成员", "pass money from members on to members at once"),
    _degree("RG-FLOW-MANY", "多次即时转手", "money was passed on many times"),
    _members("RG-FLOW-AGAIN", "多次即时转手", "did so again and again"),
    _degree("RG-FLOW-TAKES", "每次转手留下一点", "a little is kept each time"),
    _degree("RG-FLOW-RARE", "转手的时间和金额不似巧合", "time and amount of passing on are no coincidence"),
    _members("RG-ROUND", "钱款转了一圈又回到起点", "stand on a way of money that ends where it began"),
    _members("RG-ONE-PAYEE", "付款给同一成员", "pay one and the same member"),
    _members("RG-AGENT", "以同一成员为联系人或放款后向其付费", "name one member as contact or pay a fee from a loan"),
    _degree("RG-PAY-BURST", "成员间付款集中在短时间内", "members pay each other within a short time"),
    _degree("RI-TRADE", "成员间日常往来频繁", "members deal with each other all the time"),
    _degree("RI-BOTH-WAYS", "往来有来有往", "payments go in both directions"),
    _degree("RI-ROUND-SUMS", "金额零散如日常消费", "amounts are odd as in daily life"),
    _members("RG-OVERDUE", "借款逾期", "have been overdue"),
    _members("RG-PROMISE", "为其他成员担保", "guarantee for another member"),
    _degree("RG-PROMISE-FAILED", "互保债务多已逾期", "guaranteed debts went overdue"),
    _degree("RG-PROMISE-BURST", "担保集中在短时间内", "guarantees were given within a short time"),
    _degree("RG-PROMISE-WOVEN", "担保彼此交织", "guarantees are interwoven"),
    _members("RG-BORROW-BURST", "在三天之内相继借款", "borrowed within three days of another member"),
    _members("RG-LENDERS", "近期向多家机构借款", "borrowed from several lenders lately"),
    _degree("RI-ONE-LENDER", "借款来自同一家机构", "the loans are of one lender"),
    _members("RI-REPAY", "有借款且从未逾期", "have a loan and were never late"),
    _degree("RI-PROMISE-KEPT", "被担保的债务按时偿还", "guaranteed debts are paid on time"),
    _members("RI-NO-CREDIT", "从未申请、借款或担保", "never asked for credit nor answered for any"),
    _members("RG-REGISTER", "在三天之内相继注册", "registered within three days of another member"),
    _members("RG-APPLY", "在三天之内相继申请借款", "applied within three days of another member"),
    _members("RG-INVITED", "为受邀用户", "were invited"),
    _members("RG-COMPLAINT", "被投诉", "were complained about"),
    _members("RG-KNOWN", "为已知欺诈者", "are known as fraudulent"),
    _degree("RG-NEAR-KNOWN", "其余成员与已知欺诈者关联紧密", "the others are tied to people known as fraudulent"),
    Term("RG-LARGE", "规模超过一个家庭（{size} 人）", "larger than a household ({size} people)"),
    _members("RI-TENURE", "注册已逾一年", "registered more than a year ago"),
    _members("RI-STUDENTS", "是学生", "are students"),
    _members("RI-SELF-EMPLOYED", "是个体经营者", "are self-employed"),
    _members("RI-CLEARED", "经查无问题", "were looked at and cleared"),
    _degree("RI-FRIENDS", "彼此是老朋友", "members are friends of old"),
    _degree("RI-CONTACTS", "彼此互为联系人", "members name each other as contacts"),
    _members("RI-CHAT", "在同一个聊天群", "are in one chat group"),
    _degree("RG-CLOSED", "成员的关联大多在内部", "ties of the members end among themselves"),
    _degree("RG-DENSE", "成员之间彼此相连", "members are tied to one another"),
    _degree("RG-BOND", "同一种证据贯穿多数成员", "one kind of evidence holds most members"),
)  # fmt: skip
"""Every term in a fixed order."""
LABEL_TERMS: Final = ("RG-KNOWN", "RG-NEAR-KNOWN", "RI-CLEARED")
"""Terms that rest on labels; a night without labels has none of them."""


def values(ground: Ground, groups: Groups) -> dict[str, Floats]:
    """Value of each term for each group, by code, in the order of :data:`TERMS`."""
    found: dict[str, Floats] = {}
    for stage in STAGES:
        found |= stage.terms(ground, groups)
    found["RG-BOND"] = bond(found)[1]
    return {term.code: found[term.code] for term in TERMS}


def reason(term: Term, value: float, size: int) -> dict[str, str]:
    """One reason as published: code and both sentences, with the people counted."""
    words: Mapping[str, float | int] = {"value": value, "size": size, "count": round(value * size)}
    return {"code": term.code, "zh": term.zh.format(**words), "en": term.en.format(**words)}
