"""Which questions are put to every store, and what each must answer: see ``answers.json``, checked by hand."""

import json
from pathlib import Path
from typing import Any, Final

from graphfraud.investigate.library import library

ANSWERS: Final = Path(__file__).with_name("answers.json")
PEOPLE: Final = ("anna", "ben", "dan", "fay")
NARROW: Final[dict[str, list[dict[str, Any]]]] = {
    "guarantee_chain": [
        {"person_id": "anna", "max_hops": 2},
        {"person_id": "anna", "max_hops": 10_000},
        {"person_id": "anna", "to": "2026-01-02T00:00:00Z"},
        {"person_id": "anna", "from": "2026-01-02T00:00:00Z"},
    ],
    "shared_devices": [
        {"person_id": "anna", "hub_limit": 1},
        {"person_id": "anna", "from": "2026-01-05T10:30:00Z", "to": "2026-01-05T12:00:00Z"},
        {"person_id": "ben", "to": "2026-01-05T10:59:59Z"},
    ],
    "shared_identifiers": [{"person_id": "anna", "hub_limit": 2}, {"person_id": "anna", "to": "2026-01-01T12:00:00Z"}],
    "cycles_through": [{"person_id": "anna", "min_amount": 801}, {"person_id": "anna", "max_payments": 2}],
    "money_trail": [{"person_id": "anna", "min_amount": 800}, {"person_id": "anna", "min_amount": 800, "hours": 1}],
    "refinancing": [{"person_id": "ben", "days": 1}, {"person_id": "ben", "days": 14}],
    "neighbours": [{"person_id": "ben", "per_kind": 1}],
    "explanation_path": [
        {"person_id": "eve", "other_id": "cleo"},
        {"person_id": "eve", "other_id": "cleo", "max_links": 2},
        {"person_id": "eve", "other_id": "cleo", "hub_limit": 1},
    ],
    "lenders_in_common": [{"person_id": "anna", "other_id": "ben"}],
    "transfers_between": [{"person_id": "anna", "other_id": "ben"}],
    "worst_rings": [{"kind": "cash_out"}, {"min_score": 0.96}],
    "new_rings": [{"since": "2026-01-01T00:00:00Z"}],
    "hubs": [{"min_people": 3}, {"min_people": 4}],
    "ring_outsiders": [{"ring_id": "ring-2", "hub_limit": 5}],
    "most_indebted": [{"min_outstanding": 400}],
}
"""Questions beside those that every query is asked: the edge of a window, of a limit, of a hub."""


def questions() -> list[tuple[str, dict[str, Any]]]:
    """Every query with the people and rings of the case, and the narrow ones."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, query in library().items():
        if name == "counts":  # labels that were once there stay listed
            continue
        needed = [part.name for part in query.parameters if part.required]
        if "person_id" in needed:
            usual = [
                {"person_id": person} | ({"other_id": "cleo"} if "other_id" in needed else {}) for person in PEOPLE
            ]
        elif "ring_id" in needed:
            usual = [{"ring_id": "ring-1"}, {"ring_id": "ring-2"}]
        else:
            usual = [{"merchant_id": "m1"}] if "merchant_id" in needed else [{}]
        found += [(name, given) for given in usual + NARROW.get(name, [])]
    return found


def key(name: str, given: dict[str, Any]) -> str:
    """A question as one line."""
    return " ".join([name, *(f"{word}={value}" for word, value in given.items())])


def answers() -> dict[str, list[dict[str, Any]]]:
    """What each question must be answered."""
    found: dict[str, list[dict[str, Any]]] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return found
