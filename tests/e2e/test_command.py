"""The command line from the first word to the last: what it prints, writes and returns."""

import json
import re
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest

from tests.e2e.conftest import COMMAND, Run, answer, environment

FIXTURES = Path(__file__).parents[2] / "fixtures" / "tiny"
NO_KEY = {"GRAPHFRAUD_KEY": ""}


def test_a_night_on_the_hand_made_tables_and_a_look_at_each_thing(run: Run, tmp_path: Path) -> None:
    done = answer(run("nightly", "--data", str(FIXTURES), "--json"))
    assert done["current"]
    assert done["as_of"] == (FIXTURES / "as_of.txt").read_text().strip()
    assert not any(done["load"]["rejected"].values())
    assert (tmp_path / "graphfraud-data/runs/current").readlink() == Path(done["run_id"])
    score = answer(run("score", "anna", "--json"))
    assert score["person_id"] == "anna"
    assert 0 <= score["score"] <= 100
    assert answer(run("debt", "anna", "--json"))["outstanding"] >= 0
    assert "Score of anna" in run("score", "anna").stdout


def test_debt_tells_the_path_and_stress_draws_what_a_shock_would_cost(run: Run, tmp_path: Path) -> None:
    run("nightly", "--data", str(FIXTURES))
    assert "default probability rests on documented priors" in run("debt", "anna").stdout
    found = answer(run("stress", "--shock", "odds=3 buffer=0.5 fail=anna", "--worlds", "50", "--json"))
    assert found["shocked"]["mean"] >= found["baseline"]["mean"]
    assert found["shock"] == {"failing": ["anna"], "odds": 3.0, "buffer": 0.5}
    assert Path(tmp_path / found["picture"]).read_text().startswith("<svg")
    shown = run("stress", "--shock", "odds=3", "--worlds", "20", "--plot", "other.svg").stdout
    assert "Loss in a quarter" in shown
    assert (tmp_path / "other.svg").exists()
    wrong = run("stress", "--shock", "earthquake=9", ok=False)
    assert wrong.returncode == 2
    assert "describes no shock" in wrong.stderr
    assert run("stress", "--shock", "fail=nobody", ok=False).returncode == 1


def test_unknown_people_rings_and_runs_are_told_with_a_cure(run: Run) -> None:
    run("nightly", "--data", str(FIXTURES))
    for words in (
        ("score", "nobody"),
        ("debt", "nobody"),
        ("ring", "ring-none"),
        ("rollback", "20200101T000000Z-00000000"),
    ):
        done = run(*words, ok=False)
        assert done.returncode == 1
        assert "To cure it:" in done.stderr


def test_before_the_first_night_every_look_says_so(run: Run) -> None:
    for words in (("score", "anna"), ("ring", "x"), ("evaluate", "--truth", ".")):
        done = run(*words, ok=False)
        assert "no run was published yet" in done.stderr
        assert "graphfraud nightly" in done.stderr


def test_loading_twice_changes_nothing(run: Run) -> None:
    first = answer(run("load", str(FIXTURES), "--json"))
    again = answer(run("load", str(FIXTURES), "--json"))
    assert sum(counts["added"] for counts in first["written"].values()) > 0
    assert all(counts["added"] == counts["replaced"] == 0 for counts in again["written"].values())


def test_rows_that_cannot_be_used_are_written_down_and_the_rest_is_loaded(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    people = [f"p{i},2026-01-01T00:00:00Z" for i in range(200)]
    (data / "people.csv").write_text(
        "person_id,registered_at,shoe_size\n" + "\n".join(f"{row},42" for row in people) + "\n"
    )
    (data / "contacts.csv").write_text(
        "person_id,contact_id\n" + "\n".join(f"p{i},p{i + 1}" for i in range(198)) + "\np1,ghost\n"
    )
    done = run("load", str(data))
    assert "shoe_size" in done.stderr
    rejects = pq.read_table(tmp_path / "graphfraud-data/runs/rejects.parquet").to_pylist()
    assert [(r["table"], r["row"], r["column"], r["value"], r["reason"]) for r in rejects] == [
        ("contacts", 199, "contact_id", "ghost", "unknown person")
    ]


def test_too_many_bad_rows_write_nothing_and_exit_with_3(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "people.csv").write_text("person_id,registered_at\nanna,2026-01-01\nbob,yesterday\n")
    done = run("load", str(data), ok=False)
    assert done.returncode == 3
    assert "--max-rejects" in done.stderr
    assert not (tmp_path / "graphfraud-data/heads").exists()
    assert answer(run("load", str(data), "--max-rejects", "0.5", "--json"))["written"]["people"]["added"] == 1


def test_a_missing_column_names_the_file_the_column_and_what_was_found(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "people.csv").write_text("person,registered_at\nanna,2026-01-01\n")
    done = run("load", str(data), ok=False)
    assert done.returncode == 1
    for word in ("people.csv", "person_id", "person, registered_at"):
        assert word in done.stderr


def test_a_slip_of_the_pen_in_replace_is_noticed(run: Run) -> None:
    done = run("load", str(FIXTURES), "--replace", "peple", ok=False)
    assert done.returncode == 2
    assert "peple" in done.stderr
    assert "people" in done.stderr


def test_without_a_key_nothing_is_read(run: Run, tmp_path: Path) -> None:
    done = run("load", str(FIXTURES), ok=False, **NO_KEY)
    assert done.returncode == 1
    assert "GRAPHFRAUD_KEY" in done.stderr
    assert not (tmp_path / "graphfraud-data").exists()


@pytest.mark.parametrize("words", [("nightly", "--as-of", "soon"), ("nightly", "--wings"), ("dance",), ("generate",)])
def test_wrong_words_exit_with_2(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words, ok=False).returncode == 2


@pytest.mark.parametrize(
    ("words", "cure"),
    [(("nightly", "--engine", "spark"), "--engine local"), (("nightly", "--store", "what://x"), "--store")],
)
def test_what_this_version_does_not_have_is_said(run: Run, words: tuple[str, ...], cure: str) -> None:
    done = run(*words, ok=False)
    assert done.returncode in (1, 2)
    assert cure in done.stderr


def test_errors_are_json_for_machines(run: Run) -> None:
    done = run("score", "anna", "--json", ok=False)
    assert answer(done)["error"]["kind"] == "RunError"


def test_a_wrong_configuration_names_the_word(run: Run, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[links]\nhub_limits = 3\n")
    done = run("nightly", "--config", "settings.toml", ok=False)
    assert done.returncode == 2
    assert "hub_limits" in done.stderr


def test_a_world_an_evaluation_and_a_rollback(run: Run, tmp_path: Path) -> None:
    made = answer(run("generate", "w", "--people", "300", "--seed", "2", "--json"))
    assert made["rows"]["people"] == 300
    first = answer(run("nightly", "--data", "w", "--json"))
    figures = answer(run("evaluate", "--truth", "w/truth", "--json"))
    assert figures["true_rings"] >= 2
    second = answer(run("nightly", "--as-of", "2026-02-02T00:00:00Z", "--json"))
    assert second["parent_run"] == first["run_id"]
    assert answer(run("rollback", first["run_id"], "--json")) == {"current": first["run_id"]}
    assert (tmp_path / "graphfraud-data/runs/current").readlink() == Path(first["run_id"])


def test_doctor_says_what_is_missing(run: Run) -> None:
    done = run("doctor", "--json", ok=False, **NO_KEY)
    assert done.returncode == 1
    findings = {finding["what"]: finding for finding in answer(done)["findings"]}
    assert not findings["pseudonym key"]["fine"]
    assert "token_hex" in findings["pseudonym key"]["cure"]
    assert run("doctor").returncode == 0


def test_the_demonstration_ends_with_a_service_that_answers(tmp_path: Path) -> None:
    words = [COMMAND, "demo", "--people", "300", "--port", "0"]
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        env=environment(tmp_path) | NO_KEY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        seen = ""
        while not (address := re.search(r"http://127\.0\.0\.1:[1-9]\d*", seen)):
            line = process.stdout.readline()
            assert line, seen
            seen += line
        assert "Worst rings" in seen
        person = re.search(r"/graph-features/([^?' ]+)", seen)
        assert person
        with urlopen(f"{address[0]}/graph-features/{person[1]}", timeout=20) as response:  # noqa: S310 - our own service
            assert json.load(response)["person_id"] == person[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_the_wheel_holds_all_it_needs(tmp_path: Path) -> None:
    """Built, installed into an environment that has the libraries but not the checkout, and run in an empty directory."""
    root = Path(__file__).parents[2]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(root)], check=True
    )
    wheel = next(tmp_path.glob("graphfraud-*.whl"))
    target = tmp_path / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(target), str(wheel)], check=True)
    venv.create(tmp_path / "venv")
    libraries = next(Path(sys.prefix).glob("lib/python*/site-packages"))
    python = tmp_path / "venv/bin/python"
    script = (
        f"import sys; sys.path[:0] = [{str(target)!r}, {str(libraries)!r}]\n"
        "import graphfraud; assert 'site/graphfraud' in graphfraud.__file__, graphfraud.__file__\n"
        "from graphfraud.cli import main; main()"
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    words = [str(python), "-c", script, "demo", "--people", "300", "--no-serve"]
    done = subprocess.run(
        words, cwd=empty, env=environment(tmp_path) | NO_KEY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Worst rings" in done.stdout
    assert list((target / "graphfraud" / "cypher").rglob("*.cypher"))


def test_a_command_that_is_stopped_says_how_to_go_on(tmp_path: Path) -> None:
    words = [COMMAND, "generate", "w", "--people", "200000"]
    with subprocess.Popen(words, cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.PIPE, text=True) as process:
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "goes on where this one stopped" in said
