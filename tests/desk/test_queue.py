"""The queue: one alert a target, one holder at a time, back only for what its verdict did not know."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from graphfraud.desk.queue import NEXT, TAKEN_US, Settling, alert_id, comment, queue, settle, take, take_in
from graphfraud.desk.tables import LABELS
from graphfraud.errors import NotFoundError, TakenError

NOW = 1_000_000_000


def row(target: str, code: str, severity: str = "medium", *, kind: str = "person", seen: int = 5) -> dict[str, Any]:
    reasons = [{"code": code, "zh": "", "en": code.lower()}]
    return {"target_kind": kind, "target_id": target, "severity": severity, "reasons": reasons, "first_seen_at": seen}


def night(engine: sa.Engine, number: int, *rows: dict[str, Any]) -> int:
    with engine.begin() as connection:
        return take_in(connection, f"run-{number}", number, rows)


def targets(engine: sa.Engine, state: str | None = "open", *, now: int = NOW) -> list[str]:
    with engine.begin() as connection:
        return [one["target_id"] for one in queue(connection, state=state, after=None, limit=100, now=now)]


def taken(engine: sa.Engine, wanted: str, author: str, now: int = NOW) -> dict[str, Any]:
    with engine.begin() as connection:
        return take(connection, wanted, author=author, now=now)


def settled(engine: sa.Engine, target: str, verdict: str = "not_fraud", *, kind: str = "person") -> dict[str, Any]:
    wanted = alert_id(kind, target)
    taken(engine, wanted, "wang")
    people = (target,) if kind == "person" else ("p-1", "p-2")
    with engine.begin() as connection:
        return settle(connection, wanted, Settling(verdict, "wang", NOW, "seen", people))  # type: ignore[arg-type]


def labels(engine: sa.Engine) -> list[tuple[Any, ...]]:
    with engine.begin() as connection:
        return [tuple(one) for one in connection.execute(sa.select(LABELS).order_by(LABELS.c.person_id))]


def test_two_rules_about_one_target_are_one_alert(engine: sa.Engine) -> None:
    assert night(engine, 1, row("a", "X"), row("a", "Y", "high", seen=3), row("b", "X")) == 2
    with engine.begin() as connection:
        first, second = queue(connection, state=None, after=None, limit=9, now=NOW)
    assert (first["target_id"], first["severity"], first["first_seen_at"]) == ("a", "high", 3)
    assert {reason["code"] for reason in first["reasons"]} == {"X", "Y"}
    assert second["target_id"] == "b"


def test_the_gravest_come_first_then_the_oldest_page_by_page(engine: sa.Engine) -> None:
    night(engine, 1, row("a", "X", seen=9), row("b", "X", seen=1), row("c", "X", "high"), row("d", "X", "low"))
    assert targets(engine) == ["c", "b", "a", "d"]
    found, after = [], None
    while True:
        with engine.begin() as connection:
            page = queue(connection, state="open", after=after, limit=1, now=NOW)
        if not page:
            break
        found.append(page[0]["target_id"])
        severity = ("low", "medium", "high").index(page[0]["severity"])
        after = (severity, page[0]["first_seen_at"], page[0]["alert_id"])
    assert found == ["c", "b", "a", "d"]


def test_a_settled_alert_stays_settled_while_nothing_new_is_known(engine: sa.Engine) -> None:
    night(engine, 1, row("a", "X"))
    settled(engine, "a")
    assert night(engine, 2, row("a", "X")) == 0
    assert night(engine, 3, row("a", "X", "low")) == 0
    assert targets(engine) == []


@pytest.mark.parametrize("again", [row("a", "Z"), row("a", "X", "high")], ids=["another reason", "more severe"])
def test_it_comes_back_for_a_new_material_risk(engine: sa.Engine, again: dict[str, Any]) -> None:
    night(engine, 1, row("a", "X"))
    settled(engine, "a")
    assert night(engine, 2, again) == 1
    assert targets(engine) == ["a"]


def test_an_older_run_changes_nothing(engine: sa.Engine) -> None:
    night(engine, 2, row("a", "X"))
    settled(engine, "a")
    assert night(engine, 1, row("a", "Z", "high"), row("b", "X")) == 0
    assert targets(engine, None) == ["a"]


def test_one_has_it_until_the_time_is_over(engine: sa.Engine) -> None:
    night(engine, 1, row("a", "X"))
    wanted = alert_id("person", "a")
    assert taken(engine, wanted, "wang")["taken_by"] == "wang"
    with pytest.raises(TakenError, match="wang has it"):
        taken(engine, wanted, "li")
    assert taken(engine, wanted, "wang", NOW + 1)["taken_until"] == NOW + 1 + TAKEN_US
    assert targets(engine) == []
    assert targets(engine, "taken") == ["a"]
    later = NOW + 1 + TAKEN_US
    assert (targets(engine, now=later), targets(engine, "taken", now=later)) == (["a"], [])
    assert taken(engine, wanted, "li", later)["taken_by"] == "li"


def test_next_is_the_first_free_one(engine: sa.Engine) -> None:
    night(engine, 1, row("a", "X"), row("b", "X", "high"))
    assert [taken(engine, NEXT, who)["target_id"] for who in ("wang", "li")] == ["b", "a"]
    with pytest.raises(NotFoundError, match="no alert is free"):
        taken(engine, NEXT, "zhao")
    with pytest.raises(NotFoundError, match="no such alert"):
        taken(engine, "alert-0", "zhao")


def test_many_at_once_never_get_the_same(engine: sa.Engine) -> None:
    night(engine, 1, *(row(f"p{n:02d}", "X") for n in range(12)))
    found: list[str] = []

    def work(who: str) -> None:
        found.extend(taken(engine, NEXT, who)["target_id"] for _ in range(3))

    threads = [threading.Thread(target=work, args=(f"who{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"p{n:02d}" for n in range(12)]


def test_only_who_has_it_settles_it_once(engine: sa.Engine) -> None:
    night(engine, 1, row("a", "X"))
    wanted = alert_id("person", "a")
    settling = Settling("not_fraud", "wang", NOW, "", ("a",))
    with engine.begin() as connection, pytest.raises(TakenError):
        settle(connection, wanted, settling)
    taken(engine, wanted, "li")
    with engine.begin() as connection, pytest.raises(TakenError):
        settle(connection, wanted, settling)
    assert labels(engine) == []
    taken(engine, wanted, "wang", NOW + TAKEN_US)
    late = Settling("not_fraud", "wang", NOW + 2 * TAKEN_US, "", ("a",))
    with engine.begin() as connection, pytest.raises(TakenError):
        settle(connection, wanted, late)


@pytest.mark.parametrize(("verdict", "label"), [("confirmed_fraud", "fraud"), ("not_fraud", "clean"), ("unsure", None)])
def test_a_verdict_labels_the_person(engine: sa.Engine, verdict: str, label: str | None) -> None:
    night(engine, 1, row("a", "X"))
    found = settled(engine, "a", verdict)
    assert (found["state"], [note["verdict"] for note in found["notes"]]) == ("settled", [verdict])
    assert labels(engine) == ([("a", label, NOW, None, "wang")] if label else [])


def test_a_verdict_on_a_ring_labels_its_members_under_a_name_of_people(engine: sa.Engine) -> None:
    night(engine, 1, row("ring-1", "R", kind="ring"))
    settled(engine, "ring-1", "confirmed_fraud", kind="ring")
    case = f"case-{alert_id('ring', 'ring-1')}"
    assert labels(engine) == [(person, "fraud", NOW, case, "wang") for person in ("p-1", "p-2")]


def test_comments_stand_in_their_order(engine: sa.Engine) -> None:
    night(engine, 1, row("a", "X"))
    for text in ("first", "second"):
        with engine.begin() as connection:
            found = comment(connection, alert_id("person", "a"), author="li", at=NOW, text=text)
    assert [(note["author"], note["text"]) for note in found["notes"]] == [("li", "first"), ("li", "second")]
