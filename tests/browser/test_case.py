"""One whole case in both languages: from the queue to a verdict and a report that stands alone.

With ``GRAPHFRAUD_SCREENSHOTS=docs/page`` the six screenshots of the documents are made anew.
"""

import json
import os
import re
from pathlib import Path
from typing import Any, Final

import networkx as nx
import pyarrow.parquet as pq
import pytest

from graphfraud.desk.labels import about
from graphfraud.desk.queue import one_alert
from graphfraud.publish.serving import person_token
from graphfraud.serve.audit import events, newest_about, verify
from tests.browser.conftest import Page

pytestmark = pytest.mark.browser

SHOTS: Final = os.environ.get("GRAPHFRAUD_SCREENSHOTS", "")
SERIOUS: Final = ("serious", "critical")


def ready(tab: Any, url: str) -> None:
    tab.goto(url)
    tab.wait_for_selector("#app h1")
    tab.wait_for_function("!document.getElementById('gf-first')")


def shot(tab: Any, name: str) -> None:
    if SHOTS:
        tab.wait_for_timeout(1500)
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=f"{SHOTS}/{name}.png")


def accessible(tab: Any) -> None:
    """No serious finding of axe-core."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab).response["violations"]
    assert not [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found if one["impact"] in SERIOUS
    ]
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the window"


@pytest.mark.parametrize(
    ("language", "html", "verdict", "waiting"),
    [("zh", "zh-CN", "confirmed_fraud", "待处理"), ("en", "en-US", "not_fraud", "open")],
)
def test_a_case_from_alert_to_report(  # noqa: PLR0915 - one case, step by step, is what it tests
    tab: Any, page: Page, tmp_path: Path, language: str, html: str, verdict: str, waiting: str
) -> None:
    ready(tab, f"{page.url}/{language}")
    assert tab.get_attribute("html", "lang") == html
    tab.wait_for_selector("canvas")
    accessible(tab)
    shot(tab, f"overview-{language}") if language == "zh" else None

    # the queue, by keyboard: to the first alert on a ring that nobody decided
    tab.click(f"nav a[href='/{language}/alerts']")
    tab.wait_for_selector("tbody tr")
    accessible(tab)
    shot(tab, "alerts-en") if language == "en" else None
    rows = tab.locator("tbody tr")
    wanted = next(
        n for n in range(rows.count()) if "ring-" in rows.nth(n).inner_text() and waiting in rows.nth(n).inner_text()
    )
    for _ in range(wanted + 1):
        tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("form[data-act=take]")
    alert = tab.url
    ring = tab.locator("dd a").first
    ring_id = ring.inner_text()
    assert ring_id.startswith("ring-")

    # the ring: picture, reasons, members
    ring.click()
    tab.wait_for_selector("#app .gf-main canvas")
    tab.wait_for_function("!document.getElementById('gf-first')")
    accessible(tab)
    shot(tab, f"ring-{language}") if language == "zh" else None
    members = tab.locator(f"section a[href^='/{language}/people/']")
    assert members.count() >= 3

    # a member: the score taken apart, and what the store adds after the first picture
    person_id = members.first.inner_text()
    members.first.click()
    tab.wait_for_selector(f"h1:has-text('{person_id}')")
    tab.wait_for_function(
        "![...document.querySelectorAll('[role=status]')].some(one => one.textContent.match(/looking|正在/))"
    )
    assert tab.locator(f"a:has-text('{ring_id}')").count() >= 1
    accessible(tab)
    shot(tab, f"person-{language}") if language == "en" else None

    # how two members are tied
    ready(tab, f"{page.url}/{language}/rings/{ring_id}")
    two = [members.nth(n).inner_text() for n in range(2)]
    ready(tab, f"{page.url}/{language}/paths")
    tab.fill("input[name=first]", two[0])
    tab.fill("input[name=second]", two[1])
    tab.click(".gf-main button[type=submit]")
    tab.wait_for_selector(".gf-way")
    assert two[1] in tab.locator(".gf-way").first.inner_text()
    accessible(tab)
    shot(tab, f"paths-{language}") if language == "en" else None

    # a query, as table and picture
    ready(tab, f"{page.url}/{language}/queries/neighbours")
    tab.fill(".gf-main input[name=person_id]", person_id)
    tab.click(".gf-main button[type=submit]")
    tab.wait_for_selector("tbody tr")
    tab.wait_for_selector("canvas")
    accessible(tab)
    shot(tab, f"queries-{language}") if language == "zh" else None
    ready(tab, f"{page.url}/{language}/compare")
    accessible(tab)

    # take it, decide: not without a reason, not without a second confirmation
    ready(tab, alert)
    accessible(tab)
    tab.click("form[data-act=take] button")
    tab.wait_for_selector("form[data-act=verdict]")
    button = tab.locator(f"button[value={verdict}]")
    button.click()
    assert not tab.locator("#gf-confirm").is_visible()
    tab.fill("form[data-act=verdict] textarea", "seven phones on one desk <b>")
    button.click()
    tab.wait_for_selector("#gf-confirm[open]")
    members = members_of(page, ring_id)
    assert str(len(members)) in tab.locator("#gf-will").inner_text()
    accessible(tab)
    assert on_desk(page, alert)["state"] == "taken"
    tab.click("#gf-no")
    button.click()
    tab.click("#gf-yes")
    tab.wait_for_selector("td:has-text('seven phones')")
    settled = on_desk(page, alert)
    assert (settled["state"], settled["taken_by"], settled["notes"][-1]["verdict"]) == ("settled", "anna", verdict)
    label = {"confirmed_fraud": "fraud", "not_fraud": "clean"}[verdict]
    for one in members:
        said = page.desk.work(lambda c, _, one=one: about(c, one)).labels
        assert [(given.label, given.author) for given in said] == [(label, "anna")]

    # write it up
    ready(tab, f"{page.url}/{language}/rings/{ring_id}")
    with tab.expect_download() as taken:
        tab.click("a[href$='.html']")
    report = tmp_path / "case.html"
    taken.value.save_as(report)
    told = report.read_text(encoding="utf-8")
    assert ring_id in told
    assert "seven phones on one desk &lt;b&gt;" in told
    assert "<svg" in told
    assert not re.search(r"(src|href)=|https?://", told), "the report needs something else"
    with tab.expect_download() as taken:
        tab.click("a[href$='.json']")
    taken.value.save_as(tmp_path / "case.json")
    graph = nx.node_link_graph(json.loads((tmp_path / "case.json").read_text(encoding="utf-8")), edges="edges")
    assert graph.graph["ring_id"] == ring_id
    assert f"Person:{person_id}" in graph

    # every look is in the audit log of the desk, and nothing in it names a person
    verify(page.audit)
    looks = [event for _, event in events(page.audit) if event.who == "anna"]
    seen = {(event.what, event.more) for event in looks}
    assert {("page ring", ring_id), ("page export html", ring_id), ("page export json", ring_id)} <= seen
    assert {("page query", "explanation_path"), ("page query", "neighbours"), ("page verdict", verdict)} <= seen
    token = person_token(person_id).hex()
    assert {"page person", "page ring", "page verdict", "page query"} <= {
        event.what for event in newest_about(page.audit, token, limit=99)
    }
    assert not any(person_id.encode() in path.read_bytes() for path in page.audit.iterdir())


def on_desk(page: Page, alert: str) -> dict[str, Any]:
    return page.desk.work(lambda connection, now: one_alert(connection, alert.rsplit("/", 1)[1], now))


def members_of(page: Page, ring_id: str) -> list[str]:
    rows = pq.read_table(page.runs.must_have_current().table("ring_members")).to_pylist()
    return [row["person_id"] for row in rows if row["ring_id"] == ring_id]


def test_a_click_on_a_member_opens_the_person(tab: Any, page: Page) -> None:
    ready(tab, f"{page.url}/en/rings")
    tab.locator("tbody a").first.click()
    tab.wait_for_selector("#app .gf-main canvas")
    tab.wait_for_function("!document.getElementById('gf-first')")
    tab.wait_for_timeout(1000)
    box = tab.locator("canvas").first.bounding_box()
    place = tab.evaluate(
        """() => { const holder = document.querySelector('canvas').closest('[id^=c]');
        const chart = getElement(Number(holder.id.slice(1))).chart;
        const data = chart.getModel().getSeriesByIndex(0).getData();
        const item = data.getItemGraphicEl(0), point = item.transformCoordToGlobal(0, 0); return point; }"""
    )
    tab.mouse.click(box["x"] + place[0], box["y"] + place[1])
    tab.wait_for_url("**/people/**")


def test_a_group_that_is_no_ring_says_why(tab: Any, page: Page) -> None:
    ready(tab, f"{page.url}/zh/rings")
    tab.click("a[href='/zh/groups']")
    tab.wait_for_selector("#app tbody tr")
    accessible(tab)
    tab.locator("tbody a").first.click()
    tab.wait_for_selector("h2:has-text('为什么不是团伙')")
    assert "RI-" in tab.locator("section:has(h2:has-text('为什么不是团伙'))").inner_text()
    assert tab.locator("a[href^='/zh/people/']").count() >= 3
    accessible(tab)
    shot(tab, "group-zh")


def test_what_is_not_there_is_said(tab: Any, page: Page) -> None:
    for path, told in (
        ("/en/people/nobody", "no person"),
        ("/zh/rings/ring-none", "no ring"),
        ("/en/queries/drop", "no query"),
    ):
        ready(tab, f"{page.url}{path}")
        assert told in tab.locator("[role=alert]").inner_text()
        accessible(tab)


def test_the_first_picture_of_a_ring_is_drawn_before_any_library_has_come(tab: Any, page: Page) -> None:
    """Every script of the page is held back: what is drawn came with the page itself."""
    ring_id = pq.read_table(page.runs.must_have_current().table("rings"))["ring_id"][0].as_py()
    tab.route("**/*.js", lambda route: route.abort())
    tab.route("**/*.mjs", lambda route: route.abort())
    url = f"{page.url}/en/rings/{ring_id}"
    tab.goto(url, wait_until="commit")
    tab.wait_for_function(
        """() => { const c = document.querySelector('#gf-first canvas');
        return c && c.width && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v); }"""
    )
    assert ring_id in tab.locator("#gf-first").inner_text()
    tab.unroute("**/*.js")
    tab.unroute("**/*.mjs")
    ready(tab, url)
    assert tab.locator("#app .gf-main canvas").count() >= 1
