"""Documents are true: pages are fresh, links resolve, commands run, and every name exists.

Conventions of a page: the ``$`` lines of a ``console`` block are run in order, in one empty directory a page;
``# exits N`` names another status than 0, and lines shown under a command stand in what it prints. A block
``… file=NAME`` is written to that file first. The ``curl`` lines of ``docs/serve.md`` are asked of the service.
"""

import asyncio
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any

import click
import httpx
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI

from graphfraud.cli import cli
from graphfraud.queries import PACKAGE
from graphfraud.score.card import read_card
from graphfraud.score.rules import RULES
from graphfraud.serve.access import Access, KeyAccess, LoopbackAccess
from graphfraud.serve.app import counted, create_app
from graphfraud.serve.keys import Scope, create_key
from graphfraud.serve.metrics import RequestCounts
from graphfraud.serve.routes import OPERATIONS
from graphfraud.sources.records import FAULTS
from tests.serve.published import Sketch, publish

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])
HOME = "http://127.0.0.1:8000"
DRIVER = """
import json, os, sys
from graphfraud.cli import main
for line in sys.stdin:
    job = json.loads(line)
    child = os.fork()
    if not child:
        os.chdir(job["home"])
        output = os.open(job["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1), os.dup2(output, 2)
        sys.argv, status = job["words"], 0
        try:
            main()
        except SystemExit as leaving:
            status = leaving.code or 0
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(status)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Imports once, then runs each command in a fork: a start costs seconds, a fork milliseconds."""


@dataclass(frozen=True)
class Block:
    """A fenced block: what stands behind the fence, and its text."""

    info: str
    text: str


def blocks(page: Path) -> list[Block]:
    found = re.findall(r"^```(.*?)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [Block(info.strip(), text) for info, text in found]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def code(page: Path) -> list[str]:
    """Every line of a block and every inline span, one piece of code each."""
    inline = re.findall(r"`([^`\n]+)`", prose(page))
    lines = [line for block in blocks(page) for line in block.text.replace("\\\n", " ").splitlines()]
    return inline + lines


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


# what derives from the code


def test_generated_pages_are_fresh() -> None:
    make = runpy.run_path(str(DOCS / "make.py"))
    stale = [name for name, text in make["pages"]().items() if (DOCS / name).read_text(encoding="utf-8") != text]
    assert not stale, "run: python docs/make.py"


def test_every_reject_reason_stands_in_the_table() -> None:
    told = set(re.findall(r"^\| `([^`]+)` \|", (DOCS / "load-your-data.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert not {reason for reason in reject_reasons() if not any(row.startswith(reason) for row in told)}
    assert not {row for row in told if not any(row.startswith(reason) for reason in reject_reasons())}


def reject_reasons() -> set[str]:
    """Beginnings of all reasons, from the code that gives them."""
    kinds = (PACKAGE / "sources/sql/kinds.sql").read_text(encoding="utf-8")
    macros = re.findall(r"^CREATE MACRO \w+_fault\(.*?;$", kinds, re.MULTILINE | re.DOTALL)
    found = {reason.strip() for macro in macros for reason in re.findall(r"THEN '([^']+)'", macro)}
    checks = (PACKAGE / "sources/checks.py").read_text(encoding="utf-8")
    found |= {reason.partition("{")[0].strip() for reason in re.findall(r"THEN '([^']+)'", checks)}
    found |= set(re.findall(r"\"'([a-z ]+)'\"", checks))
    conflicts = (PACKAGE / "sources/sql/conflicts.sql").read_text(encoding="utf-8")
    found |= set(re.findall(r"'([a-z ]+)'", conflicts))
    return found | {"unknown person", "unknown loan"} | {fault for fault in FAULTS if fault}


def test_reject_reasons_are_found_where_the_code_has_them() -> None:
    assert {
        "negative amount",
        "missing value",
        "NUL byte",
        "neither",
        "conflicting rows for one key",
    } <= reject_reasons()
    assert len(reject_reasons()) >= 24


def test_every_reason_code_stands_in_a_table() -> None:
    told = (DOCS / "reasons.md").read_text(encoding="utf-8")
    codes = [rule.id for rule in RULES] + [entry.reason.code for entry in read_card(None).features.values()]
    assert not [found for found in codes if f"`{found}`" not in told]


# links and cleanliness


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_and_anchors_resolve(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        file, _, anchor = target.partition("#")
        if "://" in target:
            continue
        there = (page.parent / file).resolve() if file else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert not broken


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in a link."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_name_no_machine_and_leave_nothing_to_do(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([^\s/:)`'\"]+)", text))
    assert not re.findall(r"(?<![\w.])/(?:work|home|root|tmp|Users)/", text)
    assert not {host for host in hosts if re.search(r"pypi|pythonhosted|maven|npmjs|docker\.io|mirror|proxy", host)}
    assert not re.findall(r"\b(?:TODO|FIXME|XXX|TBD)\b", text)


def test_every_page_is_reached_from_the_first() -> None:
    seen, left = set[Path](), [ROOT / "README.md"]
    while left:
        page = left.pop()
        if page not in seen and page.suffix == ".md" and page.is_file():
            seen.add(page)
            targets = re.findall(r"\]\(([^)\s#]+)", prose(page))
            left += [(page.parent / target).resolve() for target in targets if "://" not in target]
    assert not [name_of(page) for page in PAGES if page not in seen]


def test_the_picture_says_in_words_what_it_shows() -> None:
    picture = ET.parse(DOCS / "picture.svg").getroot()  # noqa: S314 - our own file
    space = {"svg": "http://www.w3.org/2000/svg"}
    named = picture.attrib["aria-labelledby"].split()
    assert [picture.findtext(f"svg:*[@id='{name}']", namespaces=space) for name in named] != [None] * len(named)
    assert "prefers-color-scheme: dark" in picture.findtext("svg:style", "", space)


# names of commands, options and routes


def commands() -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in cli.commands.items():
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": part for inner, part in command.commands.items()}
    return found


def options(command: click.Command) -> set[str]:
    return {word for parameter in command.params for word in parameter.opts} | {"--help", "-h"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_and_options_exist(page: Path) -> None:
    known, wrong = commands(), []
    for piece in code(page):
        for words in re.findall(r"(?:^|[\s$/])graphfraud ((?:[a-z][\w-]*)(?: [a-z][\w-]*)?)(?=[\s]|$)", piece):
            name = words if words in known else words.split()[0]
            if name not in known:
                wrong.append(words)
            elif asked := set(re.findall(r"(?<!\S)--[a-z][\w-]*", piece)) - options(known[name]):
                wrong.append(f"{name}: {asked}")
    assert not wrong


def test_a_command_that_is_not_there_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Say `graphfraud nightly --dta x`, then `graphfraud nihgtly`.\n")
    with pytest.raises(AssertionError, match="nihgtly"):
        test_commands_and_options_exist(page)


def test_every_command_stands_in_a_page() -> None:
    text = "\n".join(piece for page in PAGES for piece in code(page))
    assert not [
        name for name, command in commands().items() if not isinstance(command, click.Group) and name not in text
    ]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_routes_exist(page: Path) -> None:
    known = {(operation.method, operation.path) for operation in OPERATIONS}
    named = {found for piece in code(page) for found in re.findall(r"\b(GET|POST|PUT|DELETE) (/[\w{}/-]*)", piece)}
    assert not named - known - {("GET", "/openapi.json")}


def test_every_route_stands_in_the_page_on_serving() -> None:
    told = (DOCS / "serve.md").read_text(encoding="utf-8")
    missing = [one.route for one in OPERATIONS if f"| `{one.route}` |" not in told]
    assert not missing
    assert not [scope for scope in Scope if f"`{scope}`" not in told]


# what pages tell to do


@dataclass(frozen=True)
class Shell:
    """Runs commands in a directory, those of graphfraud by the process that has imported it."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    home: Path

    def run(self, command: str) -> tuple[int, str]:
        """Exit status and all that was printed."""
        words, output = shlex.split(command, comments=True), self.home / ".printed"
        if words[0] != "graphfraud":
            settings: dict[str, Any] = {"cwd": self.home, "env": self.environment}
            done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, **settings)
            return done.returncode, done.stdout + done.stderr
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"home": str(self.home), "words": words, "output": str(output)}) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline()), output.read_text(encoding="utf-8")

    def follow(self, page: Path) -> int:
        """Write the files of a page and run its commands in order; how many there were."""
        count = 0
        for block in blocks(page):
            if file := re.search(r"\bfile=(\S+)", block.info):
                place = self.home / file[1]
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(block.text, encoding="utf-8")
            if block.info == "console":
                for command, shown in told(block):
                    status, printed = self.run(command)
                    expected = re.search(r"# exits (\d+)", command)
                    assert status == (int(expected[1]) if expected else 0), f"{command}\n{printed}"
                    assert not [line for line in shown if squeezed(line) not in squeezed(printed)], printed
                    count += 1
        return count


def told(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block with the lines shown under it."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, *shown = part.replace("\\\n", " ").splitlines()
        yield command, [line for line in shown if line.strip()]


def squeezed(text: str) -> str:
    """Without white space: a terminal breaks lines where it likes."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    home = tmp_path_factory.mktemp("home")
    environment = kept | {"PATH": path, "HOME": str(home), "COLUMNS": "200", "GRAPHFRAUD_KEY": "ab" * 32}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", DRIVER], env=environment, **pipes) as process:
        yield Shell(process, environment, home)


FOLLOWED = [page for page in PAGES if any(block.info == "console" for block in blocks(page))]


@pytest.mark.parametrize("page", FOLLOWED, ids=name_of)
def test_commands_of_a_page_run_as_told(page: Path, shell: Shell, tmp_path: Path) -> None:
    assert replace(shell, home=tmp_path).follow(page)
    if page.name == "read-a-run.md":
        assert not undescribed(tmp_path / "graphfraud-data/runs/current", page)


def undescribed(run: Path, page: Path) -> list[str]:
    """Files, columns and manifest entries of a run that the page does not name."""
    text = page.read_text(encoding="utf-8")
    names = ["serving/"]
    for table in sorted(run.glob("*.parquet")):
        names.append(table.name)
        names += pq.read_schema(table).names if table.stem != "features" else ["person_id"]
    names += json.loads((run / "manifest.json").read_bytes())
    return [name for name in names if f"`{name}`" not in text and f"### {name}" not in text]


def test_shown_lines_that_a_command_does_not_print_would_be_found(shell: Shell, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ graphfraud card validate\ncard 1999 is valid\n```\n")
    with pytest.raises(AssertionError, match="is valid"):
        replace(shell, home=tmp_path).follow(page)


# what pages tell to ask


@dataclass(frozen=True)
class Asked:
    """A curl command: its address, headers and body."""

    url: str
    headers: dict[str, str]
    body: str | None

    @classmethod
    def of(cls, command: str) -> "Asked":
        """Only what the pages use: -H, -d, -o and one address."""
        words, url, headers, body = iter(shlex.split(command)[1:]), "", {}, None
        for word in words:
            if word == "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = next(words)
            elif word == "-o":
                next(words)
            else:
                assert not word.startswith("-"), word
                url = word
        return cls(url, headers, body)


def ask(app: FastAPI, asked: Asked) -> httpx.Response:
    async def once() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            method = "POST" if asked.body else "GET"
            return await client.request(method, asked.url, headers=asked.headers, content=asked.body)

    return asyncio.run(once())


def test_curl_lines_are_answered(night_home: Path, tmp_path: Path) -> None:
    """All of one small run that has a ring; decisions of a whole night, for only that holds what they need."""
    publish(tmp_path / "runs", Sketch(people=("u00000000", "u00000001", "u00000002", "u00000003")))
    shutil.copytree(night_home / "runs", tmp_path / "night", symlinks=True)
    keys = tmp_path / "api-keys.json"
    key = create_key(keys, name="docs", scopes=tuple(Scope), now=datetime(2026, 1, 1, tzinfo=UTC))
    counts = RequestCounts(tmp_path / "counts", counted())

    def app(access: Access, runs: str = "runs") -> FastAPI:
        return create_app(tmp_path / runs, access=access, counts=counts)

    open_app, keyed_app = app(LoopbackAccess(8000)), app(KeyAccess(keys, time.monotonic))
    night_app = app(LoopbackAccess(8000), "night")
    ring = ask(open_app, Asked(f"{HOME}/rings", {}, None)).json()["rings"][0]["ring_id"]
    lines = [line for line in code(DOCS / "serve.md") if line.startswith("curl ")]
    for line in lines:
        asked = Asked.of(Template(line).substitute(PERSON="u00000000", RING=ring, KEY=key))
        answer = ask(keyed_app if "$KEY" in line else night_app if "/decisions" in line else open_app, asked)
        assert answer.status_code == 200, f"{line}\n{answer.text}"
    assert len(lines) >= 10
