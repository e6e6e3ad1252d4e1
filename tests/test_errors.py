"""The error tree: drawn as it is, with a message that says what, where and how to cure it."""

import inspect

import pytest

from graphfraud import errors
from graphfraud.errors import GraphfraudError

CLASSES = [found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, GraphfraudError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_drawn_with_its_statuses(kind: type[GraphfraudError]) -> None:
    drawing = inspect.getdoc(errors) or ""
    lines = [line for line in drawing.splitlines() if f" {kind.__name__} " in f" {line} "]
    assert len(lines) == 1, f"{kind.__name__} is not in the drawing"
    for word, status in (("exit", kind.exit_status), ("HTTP", kind.http_status)):
        if word in lines[0]:
            assert f"{word} {status}" in lines[0]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_says_what_where_and_how_to_cure_it(kind: type[GraphfraudError]) -> None:
    error = kind("it broke.", where="links.csv:18", cure="mend it.")
    assert str(error) == "links.csv:18: it broke. To cure it: mend it."
    assert (error.what, error.where, error.cure) == ("it broke", "links.csv:18", "mend it")


def test_exit_statuses_are_those_of_the_contract() -> None:
    assert {kind.exit_status for kind in CLASSES} == {1, 2, 3}
    assert errors.UsageError.exit_status == 2
    assert all(kind.exit_status == 3 for kind in CLASSES if issubclass(kind, errors.RefusedError))
