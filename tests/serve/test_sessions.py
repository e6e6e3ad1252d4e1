"""Logging in at the page: a cookie that scripts cannot read, a token for whatever changes something."""

import time
from pathlib import Path

import pytest

from graphfraud.desk.people import add_user
from graphfraud.serve.access import KeyAccess
from graphfraud.serve.desk import Desk
from graphfraud.serve.session import Sessions
from tests.serve.conftest import Client, make_client

LOGIN = {"name": "wang", "password": "correct horse battery"}


@pytest.fixture
def page(runs: Path, tmp_path: Path) -> Client:
    desk = Desk(f"sqlite:///{tmp_path / 'desk.sqlite'}", time.time)
    desk.work(lambda c, now: add_user(c, **LOGIN, scopes=("investigate", "decide"), now=now))
    access = KeyAccess(tmp_path / "keys.json", time.monotonic, sessions=Sessions(desk))
    return make_client(runs, tmp_path, access=access, desk=desk)


def logged_in(page: Client) -> tuple[str, str]:
    answer = page.post("/login", LOGIN)
    assert answer.status_code == 200
    flags = answer.headers["set-cookie"]
    assert all(flag in flags for flag in ("HttpOnly", "SameSite=Strict", "Path=/"))
    assert answer.headers["cache-control"] == "no-store"
    return flags.split(";")[0], answer.json()["csrf_token"]


def test_a_session_reads_with_its_cookie_and_changes_with_its_token(page: Client) -> None:
    cookie, csrf = logged_in(page)
    label = {"labels": [{"person_id": "p-1", "label": "clean"}]}
    assert page.get("/rings").status_code == 401
    assert page.get("/rings", headers={"cookie": cookie}).status_code == 200
    assert page.get("/scores/p-1", headers={"cookie": cookie}).status_code == 403  # not a scope of hers
    assert page.post("/labels", label, headers={"cookie": cookie}).status_code == 403
    assert page.post("/labels", label, headers={"cookie": cookie, "x-csrf-token": "x"}).status_code == 403
    assert page.post("/labels", label, headers={"cookie": cookie, "x-csrf-token": csrf}).status_code == 200


def test_another_sessions_token_is_worth_nothing(page: Client) -> None:
    cookie, _ = logged_in(page)
    _, csrf = logged_in(page)
    label = {"labels": [{"person_id": "p-1", "label": "clean"}]}
    assert page.post("/labels", label, headers={"cookie": cookie, "x-csrf-token": csrf}).status_code == 403


def test_after_the_logout_the_cookie_is_worth_nothing(page: Client) -> None:
    cookie, _ = logged_in(page)
    answer = page.post("/logout", {}, headers={"cookie": cookie})
    assert (answer.status_code, "Max-Age=0" in answer.headers["set-cookie"]) == (200, True)
    assert page.get("/rings", headers={"cookie": cookie}).status_code == 401
    assert page.post("/logout", {}).status_code == 401


@pytest.mark.parametrize("words", [{"password": "wrong"}, {"name": "li"}])
def test_wrong_words_are_refused_without_saying_which(page: Client, words: dict[str, str]) -> None:
    answer = page.post("/login", LOGIN | words)
    assert (answer.status_code, answer.json()["detail"]) == (401, "wrong name or password")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "cookie", ["graphfraud=", "graphfraud=x", "graphfraud", "=;;;", "graphfraud=" + "é" * 9, "a=\x7f"]
)
def test_a_made_up_cookie_lets_nobody_in(page: Client, cookie: str) -> None:
    assert page.ask("GET", "/rings", headers=[(b"cookie", cookie.encode())]).status_code == 401


def test_over_tls_the_cookie_is_secure(runs: Path, tmp_path: Path) -> None:
    desk = Desk(f"sqlite:///{tmp_path / 'desk.sqlite'}", time.time)
    desk.work(lambda c, now: add_user(c, **LOGIN, scopes=(), now=now))
    flags = make_client(runs, tmp_path, desk=desk, tls=True).post("/login", LOGIN).headers["set-cookie"]
    assert flags.startswith("__Host-graphfraud=")
    assert flags.endswith("Secure")
