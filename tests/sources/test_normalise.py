"""Two spellings of one identifier meet; what does not fit its kind stays as it is."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graphfraud.schema import IDENTIFIER_KINDS
from graphfraud.sources.normalise import normalised


@pytest.mark.parametrize(
    ("kind", "spellings", "one"),
    [
        (
            "phone",
            (
                "13800138000",
                "138 0013-8000",
                "+86 138.0013.8000",
                "0086 13800138000",
                "8613800138000",
                "１３８００１３８０００",
            ),
            "+8613800138000",
        ),
        ("phone", ("+1 (415) 555-0100", "001-415-555-0100"), "+14155550100"),
        ("phone", ("010-1234 5678", "(010)12345678", "+86 (0)10 1234 5678"), "+861012345678"),
        ("phone", ("\u202a+86 138‑0013‑8000\u202c",), "+8613800138000"),
        ("email", ("Anna@Example.COM", " anna@example.com "), "anna@example.com"),
        ("card", ("6222 0000 1111 2222", "6222-0000-1111-2222", "６２２２000011112222"), "6222000011112222"),
        ("national_id", ("11010519491231002x", "110105 19491231 002X", "11010519491231002Ｘ"), "11010519491231002X"),
        ("address", (" No. 1\t Main\u3000Street\n", "No. 1 Main Street"), "No. 1 Main Street"),
    ],
)
def test_spellings_meet(kind: str, spellings: tuple[str, ...], one: str) -> None:
    assert {normalised(kind, spelling) for spelling in spellings} == {one}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "ask my mother"),
        ("phone", "138 0013 8000 ext. 5"),
        ("phone", "110"),
        ("phone", "+0138001380"),
        ("email", "anna at example.com"),
        ("card", "6222 **** **** 2222"),
        ("national_id", "A123456(7)"),
        ("address", "   "),
    ],
)
def test_what_does_not_fit_stays(kind: str, value: str) -> None:
    assert normalised(kind, value) == value


def test_letters_of_an_address_keep_their_case() -> None:
    assert normalised("address", "Block A") != normalised("address", "block a")


@given(st.sampled_from(IDENTIFIER_KINDS), st.text() | st.text("+0861 -()x@", max_size=20))
@example("email", "İ@x")
@example("phone", "+8600138001380")
def test_normalising_twice_changes_nothing(kind: str, value: str) -> None:
    once = normalised(kind, value)
    assert normalised(kind, once) == once
    assert unicodedata.is_normalized("NFKC", once)
