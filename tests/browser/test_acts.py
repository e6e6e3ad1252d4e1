"""What changes something at the page: only for who may, only with a second confirmation, and the server asks again."""

from collections.abc import Callable
from typing import Any

import pytest

from graphfraud.desk.labels import About, about
from graphfraud.publish.serving import person_token
from graphfraud.serve.audit import newest_about, verify
from tests.browser.conftest import PASSWORD, Page
from tests.browser.test_case import accessible, ready, shot

pytestmark = pytest.mark.browser
PERSON = "u00000007"
TYPED = "#gf-typed"


def said_of(page: Page, person_id: str) -> About:
    return page.desk.work(lambda connection, _: about(connection, person_id))


def audited(page: Page, person_id: str) -> list[tuple[str, str, str]]:
    return [(one.who, one.what, one.more) for one in newest_about(page.audit, person_token(person_id).hex(), limit=99)]


def send(tab: Any, act: str, fields: dict[str, str], typed: str) -> str:
    """What the server says to an operation that no form of the page asked for."""
    tab.evaluate("given => emitEvent('gf-act', given)", {"act": act, "fields": fields, "typed": typed})
    tab.wait_for_function("document.getElementById('gf-said').textContent")
    return str(tab.locator("#gf-said").inner_text())


def test_an_override_and_a_label_need_the_id_typed(tab: Any, page: Page) -> None:
    ready(tab, f"{page.url}/en/people/{PERSON}")
    form = tab.locator("form[data-act=override]")
    form.locator("select").select_option("block")
    form.locator("input[name=until]").fill("2030-01-31")
    form.locator("textarea").fill("asked by the police")
    form.locator("button").click()
    tab.wait_for_selector("#gf-confirm[open]")
    told = tab.locator("#gf-will").inner_text()
    assert all(word in told for word in (PERSON, "block list", "declined", "2030-01-31"))
    accessible(tab)
    shot(tab, "override-en")
    assert tab.locator("#gf-yes").is_disabled()
    tab.fill(TYPED, PERSON[:-1])
    assert tab.locator("#gf-yes").is_disabled()
    assert said_of(page, PERSON).lists == ()
    tab.fill(TYPED, PERSON)
    tab.click("#gf-yes")
    tab.wait_for_selector("td:has-text('asked by the police')")
    (entry,) = said_of(page, PERSON).lists
    assert (entry.list, entry.author, entry.reason) == ("block", "anna", "asked by the police")
    assert entry.until_at == 1_896_134_400_000_000  # the end of that day

    tab.locator("form[data-act=label] select").select_option("clean")
    tab.locator("form[data-act=label] button").click()
    tab.fill(TYPED, PERSON)
    tab.click("#gf-yes")
    tab.wait_for_selector("td .gf-clean")
    assert [one.label for one in said_of(page, PERSON).labels] == ["clean"]
    assert {("anna", "page override", "block"), ("anna", "page label", "clean")} <= set(audited(page, PERSON))
    assert "not typed" in send(tab, "label", {"label": "fraud"}, "u00000008")
    assert [one.label for one in said_of(page, PERSON).labels] == ["clean"]


def test_a_viewer_sees_no_operation_and_is_refused_every_one(tabs: Callable[[str], Any], page: Page) -> None:
    tab, person = tabs("viewer"), "u00000009"
    ready(tab, f"{page.url}/zh/people/{person}")
    accessible(tab)
    assert tab.locator(".gf-act").count() == 0
    for act, fields in (("override", {"list": "allow", "reason": "x"}), ("label", {"label": "clean"}), ("forget", {})):
        ready(tab, f"{page.url}/zh/people/{person}")
        assert "may not do this" in send(tab, act, fields, person)
    assert said_of(page, person) == About((), ())
    ready(tab, f"{page.url}/en/alerts")
    tab.locator("tbody a").first.click()
    tab.wait_for_selector("text=your role only looks")
    assert tab.locator(".gf-act").count() == 0
    assert "may not do this" in send(tab, "take", {}, "")
    assert "may not do this" in send(tab, "verdict", {"verdict": "not_fraud", "comment": "x"}, "")
    ready(tab, f"{page.url}/en/people/{person}")
    assert tab.locator("h1").inner_text().endswith(person)
    assert {("viewer", "page person", ""), ("viewer", "page override", "refused")} <= set(audited(page, person))


def test_an_investigator_may_not_forget(tab: Any, page: Page) -> None:
    ready(tab, f"{page.url}/en/people/{PERSON}")
    assert tab.locator("form[data-act=label]").count() == 1
    assert tab.locator("form[data-act=forget]").count() == 0
    assert "may not do this" in send(tab, "forget", {}, PERSON)


def test_the_door_lets_in_by_name_and_password_and_out_again(browser: Any, page: Page) -> None:
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{page.url}/en/rings")
    tab.fill("input[name=name]", "anna")
    tab.fill("input[name=password]", "wrong")
    tab.locator("form").first.locator("button").click()
    tab.wait_for_selector("[role=alert]")
    accessible(tab)
    tab.fill("input[name=name]", "anna")
    tab.fill("input[name=password]", PASSWORD)
    tab.locator("form").first.locator("button").click()
    tab.wait_for_selector("header form[action='/sign-out']")
    tab.click("header form[action='/sign-out'] button")
    tab.wait_for_selector("input[name=password]")
    context.close()


def test_an_officer_forgets_somebody_for_good(tabs: Callable[[str], Any], page: Page) -> None:
    tab, person = tabs("olga"), "u00000011"
    ready(tab, f"{page.url}/en/people/{person}")
    tab.click("form[data-act=forget] button")
    tab.wait_for_selector("#gf-confirm[open]")
    assert "no way back" in tab.locator("#gf-will").inner_text()
    tab.fill(TYPED, person)
    tab.click("#gf-yes")
    tab.wait_for_selector("text=Tombstone")
    assert person not in tab.locator(".gf-main").inner_text()
    ready(tab, f"{page.url}/en/people/{person}")
    assert "no person" in tab.locator("[role=alert]").inner_text()
    assert ("olga", "forget", "") in audited(page, person)
    verify(page.audit)
