"""The card: what ships keeps the user's weights, and what contradicts itself is refused where it stands."""

import re
from pathlib import Path

import pytest

from graphfraud.errors import CardError
from graphfraud.features.catalogue import Feature
from graphfraud.score.card import SHIPPED, read_card
from graphfraud.score.checks import Source, _check_bins, _check_cap
from graphfraud.score.entries import Cap, Card, Entry, Reason
from graphfraud.score.inputs import INPUTS
from tests.score.score_people import CARD, JUDGEMENT

TEXT = JUDGEMENT.read_text(encoding="utf-8")


def written(tmp_path: Path, old: str, new: str) -> Path:
    assert TEXT.count(old) >= 1, f"{old!r} is no longer in the card"
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_shipped_card_has_the_users_weights() -> None:
    assert {name: part.weight for name, part in CARD.parts.items()} == {
        "social": 25,
        "payment": 40,
        "credit": 20,
        "device": 15,
    }


def test_the_shipped_card_has_the_users_bands() -> None:
    assert {name: (tier.limit_cny, tier.daily_rate_percent) for name, tier in CARD.tiers.items()} == {
        "new": ((500, 5_000), (0.03, 0.05)),
        "active": ((5_000, 30_000), (0.02, 0.04)),
        "premium": ((30_000, 300_000), (0.015, 0.03)),
    }


def test_every_typical_feature_of_the_mission_is_scored() -> None:
    named = {"friends", "group_messages_30d", "complaints_180d", "payments_per_day_30d", "large_payment_share_90d"}
    named |= {"refund_rate_90d", "inquiries_90d", "max_days_past_due", "lenders_open", "ip_stability_90d"}
    named |= {"same_model_sharers", "actions_per_minute_90d"}
    assert named <= set(CARD.features)


def test_guilt_by_association_is_capped() -> None:
    swing = sum(max(e.points) - min(e.points) for n, e in CARD.features.items() if n in CARD.caps[0].features)
    assert {"fraud_pagerank", "component_size"} <= set(CARD.caps[0].features)
    assert swing * CARD.parts["social"].weight / 100 <= 6.25


def test_another_content_is_another_version(tmp_path: Path) -> None:
    other = read_card(written(tmp_path, "review_band = 1.5", "review_band = 1.6"))
    assert other.label == CARD.label
    assert other.version != CARD.version


BROKEN = [
    ("[parts.social]\nweight = 25", "[parts.social]\nweight = 26", "the weights add up to 101", "[parts]"),
    ("[parts.device]", "[parts.gadget]", "the parts are social, payment, credit, gadget", "[parts]"),
    ("[features.friends]", "[features.fiends]", "unknown feature fiends", "[features.fiends]"),
    (
        '[features.friends]\npart = "social"',
        '[features.friends]\npart = "credit"',
        "the catalogue puts friends in part social, not credit",
        "[features.friends]",
    ),
    ("edges = [0, 9, 49, 149]", "edges = [0, 49, 49, 149]", "do not ascend strictly", "[features.friends]"),
    ("edges = [0, 9, 49, 149]", "edges = [0, 9, 49, inf]", "is not finite", "[features.friends]"),
    ("edges = [0, 9, 49, 149]", "edges = [0, 9, 49]", "3 edges make 4 bins, but there are 5", "[features.friends]"),
    ("edges = [0, 9, 49, 149]\npoints = [0, 0, 1, 2, 3]", "points = [0]", "there are no edges", "[features.friends]"),
    ("points = [0, 0, 1, 2, 3]", "points = [0, 1, 0, 2, 3]", "are not monotone up", "[features.friends]"),
    (
        "points = [3, 1, -5, -16]",
        "points = [3, 1, 2, -16]",
        "are not monotone down",
        "[features.large_payment_share_90d]",
    ),
    ("points = [0, 0, 1, 2, 3]", "points = [0, 0, 1, 2, 4]", "the part reaches from 0 to 101", "[parts.social]"),
    (
        "points = [0, 0, 1, 2, 3]",
        "points = [0, 0, 1, 2, 3]\nmissing = 4",
        "missing = 4 lies outside",
        "[features.friends]",
    ),
    ("S-GROUPS", "S-FRIENDS", "friends already uses the code S-FRIENDS", "[features.groups]"),
    ("S-GROUPS", "R-GROUPS", "'R-GROUPS' is not a code", "[features.groups]"),
    ('zh = "好友 {value} 人，社交关系偏少"', 'zh = ""', "the reason has no text in zh", "[features.friends]"),
    ("few social ties: {value} friends", " ", "the reason has no text in en", "[features.friends]"),
    ("few social ties: {value} friends", "ties: {person}", "the en text asks for {person}", "[features.friends]"),
    ("few social ties: {value} friends", "ties: {value", "the en text is not a template", "[features.friends]"),
    ("[features.friends]", "[features.friends]\ncolour = 1", "unknown field `colour`", "[features.friends]"),
    ('direction = "up"', 'direction = "sideways"', "Invalid enum value 'sideways'", "[features.friends]"),
    ("review_band = 1.5", "", "missing required field `review_band`", "[decision]"),
    ("review_band = 1.5", "review_band = 0", "a threshold is out of range", "[decision]"),
    ("max_reasons = 4", "max_reasons = 5", "a threshold is out of range", "[decision]"),
    ("share = 0.25", "share = 0.2", "move 21 % of part social, more than 20%", "[caps]"),
    ('"component_size", "core_number"]', '"component_size", "ips_90d"]', "ips_90d is not in part social", "[caps]"),
    ('activity = ["ips_90d"', 'activity = ["friends"', "friends is not a feature of this part", "[parts.device]"),
    ("[tiers.premium]", "[tiers.gold]", "the tiers are new, active, gold", "[tiers]"),
    ("limit_cny = [500, 5000]", "limit_cny = [100, 5000]", "leave 500-5000 CNY", "[tiers.new]"),
    ("limit_cny = [500, 5000]", "limit_cny = [550, 5000]", "are not whole hundreds", "[tiers.new]"),
    ("daily_rate_percent = [0.03, 0.05]", "daily_rate_percent = [0.03, 0.06]", "leave 0.03-0.05 %", "[tiers.new]"),
    ("min_score = 80", "min_score = 65", "min_score does not rise above that of new", "[tiers.active]"),
    ("min_score = 80", "min_score = 84", "at score 84 it is dearer than new", "[tiers.active]"),
    ("min_score = 65", "min_score = 74.9", "a decline could lack a reason", "[parts.social]"),
    ("debt_capacity = 30000", "debt_capacity = 0", "min_score or debt_capacity is out of range", "[tiers.new]"),
    ('needs = ["payment"', 'needs = ["social"', "social evidence may not be needed", "[tiers.premium]"),
    ("tenure_days = 30 }", "seniority = 30 }", "unknown feature seniority", "[tiers.active]"),
    ('version = "2026.0-judgement"', 'version = "2026.0-judgement"\nauthor = "x"', "unknown word author", "[author]"),
    ('version = "2026.0-judgement"', "version = 2026", "Expected `str`, got `int`", "[version]"),
]


@pytest.mark.parametrize(
    ("old", "new", "message", "entry"), BROKEN, ids=[entry + " " + text for *_, text, entry in BROKEN]
)
def test_a_broken_card_is_refused(tmp_path: Path, old: str, new: str, message: str, entry: str) -> None:
    path = written(tmp_path, old, new)
    with pytest.raises(CardError, match=re.escape(message)) as caught:
        read_card(path)
    assert caught.value.where.startswith("mine.toml")
    assert caught.value.where.endswith(entry)
    assert caught.value.cure


def test_an_error_names_the_line(tmp_path: Path) -> None:
    path = written(tmp_path, "edges = [0, 9, 49, 149]", "edges = [9, 0, 49, 149]")
    line = TEXT.splitlines().index("[features.friends]") + 1
    with pytest.raises(CardError) as caught:
        read_card(path)
    assert caught.value.where == f"mine.toml:{line} [features.friends]"


def test_a_card_that_is_not_toml_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("version = 'x'\nparts = = 1", encoding="utf-8")
    with pytest.raises(CardError, match="line 2"):
        read_card(path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_card_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CardError, match="the card cannot be read"):
        read_card(path)


def test_too_few_features_in_a_part(tmp_path: Path) -> None:
    entries = re.split(r"(?=\n\[)", TEXT)
    path = tmp_path / "mine.toml"
    dropped = [e for e in entries if not e.startswith("\n[features.") or INPUTS[e[11:].split("]")[0]].part != "credit"]
    path.write_text("".join(dropped), encoding="utf-8")
    with pytest.raises(CardError, match="only 0 features"):
        read_card(path)


def test_a_yes_or_no_feature_has_two_points_and_no_edges() -> None:
    feature = Feature("flag", "device", "bool", "", "a flag", ("logins",))
    reason = Reason("D-FLAG", "是", "yes")
    source = Source("mine.toml", "")
    flag = feature.dtype == "bool"
    _check_bins(Entry("device", "down", (1.0, -1.0), reason), source, ("features", "flag"), flag=flag)
    for entry in (
        Entry("device", "down", (1.0, 0.0, -1.0), reason),
        Entry("device", "down", (1.0, -1.0), reason, edges=(0.5,)),
    ):
        with pytest.raises(CardError, match="two points"):
            _check_bins(entry, source, ("features", "flag"), flag=flag)


def test_a_cap_counts_whole_swings() -> None:
    source = Source("mine.toml", "")
    _check_cap(CARD, Cap("social", ("complaints_180d",), 0.18, "x"), source)
    with pytest.raises(CardError, match="18 %"):
        _check_cap(CARD, Cap("social", ("complaints_180d",), 0.17, "x"), source)


def test_the_default_is_what_ships() -> None:
    assert isinstance(read_card(None), Card)
    assert read_card(SHIPPED) == read_card(None)
