"""Every rule that the product must keep, and the tests that would fail if it did not."""

import ast
from pathlib import Path

import pytest
from click.testing import CliRunner

from graphfraud.cli.oversight import forget_command

TESTS = Path(__file__).parent
RULES = {
    "social 25, payment 40, credit 20, device 15": [
        "score/test_card.py::test_the_shipped_card_has_the_users_weights",
        "score/test_parts.py::test_the_swing_of_a_part_is_its_weight",
        "score/test_parts.py::test_a_missing_part_gives_its_weight_to_the_others",
    ],
    "the typical features of each part are scored": [
        "score/test_card.py::test_every_typical_feature_of_the_mission_is_scored",
    ],
    "limits and daily rates of the three tiers": [
        "score/test_card.py::test_the_shipped_card_has_the_users_bands",
        "score/test_tier.py::test_no_offer_leaves_the_band_of_its_tier",
        "test_pipeline.py::test_no_offer_leaves_its_band_or_the_rate_bound",
    ],
    "re-assessed monthly, weekly, in real time": [
        "score/test_steady.py::test_a_tier_is_assessed_in_its_own_time",
        "score/test_steady.py::test_the_next_assessment_by_the_calendar",
    ],
    "overall limit 100 to 300,000 CNY": [
        "score/test_decisions.py::test_a_rule_fires_and_the_nearest_no_does_not",
        "score/test_decisions.py::test_an_offer_is_disclosed_whole_and_inside_the_limit",
    ],
    "some are invited, anyone may apply": ["score/test_steady.py::test_two_ways_in"],
    "early repayment costs nothing": [
        "score/test_schedule.py::test_settling_early_costs_only_the_days",
        "score/test_schedule.py::test_daily_with_free_repayment_by_hand",
    ],
    "never above 24 % a year, nominal or effective, fees included": [
        "score/test_price.py::test_no_random_offer_is_shown_above_the_bound",
        "score/test_price.py::test_a_thousand_random_plans_agree_with_bisection",
        "score/test_price.py::test_a_thousand_random_monthly_plans_agree_with_numpy_financial",
        "score/test_price.py::test_a_short_cheap_loan_is_bounded_by_the_nominal_rate",
        "score/test_price.py::test_a_leap_year_has_366_days_of_365",
    ],
    "equal principal, interest first, daily interest": [
        "score/test_schedule.py::test_equal_principal_by_hand",
        "score/test_schedule.py::test_interest_first_by_hand",
        "score/test_schedule.py::test_daily_with_free_repayment_by_hand",
    ],
    "the yearly rate, every fee and what default means are shown": [
        "score/test_price.py::test_the_disclosure_names_everything",
        "score/test_price.py::test_the_shown_figure_is_never_lower_than_the_real_one",
    ],
    "abnormal payments are stopped, at night in China": [
        "score/test_decisions.py::test_every_rule_of_a_request_fires_somewhere_and_not_everywhere",
        "score/test_decisions.py::test_a_rule_fires_and_the_nearest_no_does_not",
        "score/test_decisions.py::test_night_is_night_in_china",
    ],
    "patterns of money laundering raise an alert": [
        "publish/test_alerts.py::test_patterns_of_laundering_raise_an_alert",
        "serve/test_alerts.py::test_the_queue_has_every_target_of_the_run_once",
    ],
    "minors are kept out by document and by face check": [
        "score/test_gate.py::test_the_eighteenth_birthday_by_the_calendar",
        "score/test_gate.py::test_the_allow_list_does_not_open_the_gate_for_minors",
        "score/test_gate.py::test_every_rule_is_tried_above",
        "score/test_scores.py::test_the_birthday_is_local",
    ],
    "lawful purpose": [
        "serve/test_relations.py::test_find_without_a_purpose_or_a_kind_is_refused",
        "serve/test_relations.py::test_only_who_agreed_to_the_purpose_of_the_key_is_shown",
    ],
    "identifier values only as keyed digests": [
        "sources/test_pseudonym.py::test_a_digest_is_hmac_sha256_of_label_kind_and_value",
        "sources/test_secrets.py::test_nothing_shows_an_identifier",
        "sources/test_secrets.py::test_spilled_files_hold_no_value",
    ],
    "deletion on request": ["forgetting/test_forget.py::test_no_byte_is_left_but_the_tombstone"],
    "retention limits": [
        "test_pipeline.py::test_sweeping_removes_only_old_runs_beyond_those_kept",
        "store/test_lake.py::test_sweeping_keeps_what_the_newest_state_needs",
    ],
    "no consent by default": ["score/test_decisions.py::test_a_rule_fires_and_the_nearest_no_does_not"],
    "layered authorisation, a sensitive operation is confirmed again": [
        "serve/test_access.py::test_every_route_wants_a_key_of_its_scope",
        "browser/test_case.py::test_a_case_from_alert_to_report",
        "test_mission_rules.py::test_who_is_not_sure_forgets_nobody",
    ],
    "shares of joint lending agree with the rules": [
        "score/test_decisions.py::test_a_rule_fires_and_the_nearest_no_does_not",
    ],
    "every decision can be explained": [
        "score/test_reasons.py::test_whoever_is_not_approved_learns_why",
        "score/test_reasons.py::test_reasons_are_few_true_and_sorted",
        "publish/test_grounds.py::test_complaints_name_who_complained_the_latest_first_and_each_once",
        "score/test_decisions.py::test_adverse_action_names_the_reasons_in_both_languages",
        "score/test_decisions.py::test_a_decision_is_replayed_bit_for_bit_without_run_card_or_rules",
    ],
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_tests(rule: str) -> None:
    assert RULES[rule]
    for named in RULES[rule]:
        file, _, test = named.partition("::")
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, named


def test_who_is_not_sure_forgets_nobody(tmp_path: Path) -> None:
    asked = CliRunner().invoke(forget_command, ["anna", "--runs", str(tmp_path / "runs")], input="n\n")
    assert asked.exit_code == 1
    assert "Aborted" in asked.output
    assert not list(tmp_path.iterdir())
