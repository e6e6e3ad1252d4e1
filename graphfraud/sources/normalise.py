"""Identifier values in one spelling per kind, so that two spellings of one phone meet in one digest.

Nothing here rejects or raises: a value that does not fit its kind keeps its NFKC text.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

_SPACES: Final = re.compile(r"\s+")
_SPACES_AND_HYPHENS: Final = re.compile(r"[\s\-‐-―−]+")
_PHONE_MARKS: Final = re.compile(r"[\s\-‐-―−.()/\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_PHONE: Final = re.compile(r"(\+|00)?([0-9]{5,15})")
_WITH_CODE: Final = re.compile(r"86(1[3-9][0-9]{9})")
_CARD: Final = re.compile(r"[0-9]{8,19}")
_NATIONAL_ID: Final = re.compile(r"[0-9A-Z]{5,32}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_COUNTRY: Final = "86"


def normalised(kind: str, value: str) -> str:
    """The one spelling of an identifier value; applying it twice changes nothing.

    >>> normalised("phone", "138 0013-8000")
    '+8613800138000'
    >>> normalised("card", "6222 0000-1111 2222")
    '6222000011112222'
    """
    text = unicodedata.normalize("NFKC", value)
    spell = _SPELLINGS.get(kind)
    return spell(text) if spell else text


def _phone(text: str) -> str:
    """``+`` and digits with country code; without ``+`` or ``00`` a number is Chinese."""
    match = _PHONE.fullmatch(_PHONE_MARKS.sub("", text))
    if match is None:
        return text
    abroad, digits = match.groups()
    if not abroad:
        known = _WITH_CODE.fullmatch(digits)
        digits = _COUNTRY + (known[1] if known else digits)
    if digits.startswith(_COUNTRY + "0"):  # the trunk prefix is dialled at home only
        digits = _COUNTRY + digits[len(_COUNTRY) :].lstrip("0")
    return f"+{digits}" if 7 <= len(digits) <= 15 and digits[0] != "0" else text


def _card(text: str) -> str:
    digits = _SPACES_AND_HYPHENS.sub("", text)
    return digits if _CARD.fullmatch(digits) else text


def _national_id(text: str) -> str:
    letters = _SPACES.sub("", text).upper()
    return letters if _NATIONAL_ID.fullmatch(letters) else text


def _email(text: str) -> str:
    address = text.strip()
    return unicodedata.normalize("NFKC", address.lower()) if _EMAIL.fullmatch(address) else text


def _address(text: str) -> str:
    return _SPACES.sub(" ", text).strip() or text


_SPELLINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "phone": _phone,
    "card": _card,
    "national_id": _national_id,
    "email": _email,
    "address": _address,
}
