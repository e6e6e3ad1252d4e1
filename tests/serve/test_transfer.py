"""How answers travel: tags that change with the content only, and compression that says so."""

import gzip
from pathlib import Path

import pytest

from tests.serve.conftest import Client, make_client
from tests.serve.published import Sketch, numbered, publish

MANY = {"person_ids": [*Sketch().people] * 100}


def test_a_known_answer_is_not_sent_again(client: Client) -> None:
    first = client.get("/scores/p-1")
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = client.get("/scores/p-1", headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in again.headers
    assert client.get("/scores/p-1", headers={"if-none-match": '"x"'}).content == first.content
    assert client.get("/scores/p-2").headers["etag"] != tag


def test_a_new_run_is_a_new_answer(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    publish(runs, numbered(1))
    tag = make_client(runs, tmp_path).get("/scores/p-1").headers["etag"]
    publish(runs, numbered(2))
    assert make_client(runs, tmp_path).get("/scores/p-1", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("gzip;q=0", False), ("br", False), ("identity", False)],
)
def test_long_answers_are_compressed_for_who_takes_it(client: Client, accepted: str, packed: bool) -> None:
    answer = client.ask("POST", "/graph-features", json=MANY, headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert answer.json()["people"][1]["person_id"] == MANY["person_ids"][1]
    plain = client.ask("POST", "/graph-features", json=MANY, headers={"accept-encoding": "identity"})
    assert (len(answer.content), answer.content) == (len(plain.content), plain.content)
    assert (int(answer.headers["content-length"]) < len(plain.content)) is packed


def test_short_answers_are_not(client: Client) -> None:
    answer = client.get("/scores/p-1", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in answer.headers


def test_a_compressed_question_is_refused_before_it_is_unpacked(client: Client) -> None:
    bomb = gzip.compress(b" " * (64 << 20))
    for encoding in ("gzip", "deflate", "br", "gzip, gzip"):
        answer = client.ask("POST", "/scores", content=bomb, headers={"content-encoding": encoding})
        assert answer.status_code == 415
