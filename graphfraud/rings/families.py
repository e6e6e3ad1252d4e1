"""Families: which kind of evidence made a candidate."""

from typing import Final

FAMILIES: Final = (
    "device",
    "place",
    "burst",
    "identity",
    "household",
    "links",
    "payback",
    "flow",
    "chain",
    "promise",
    "star",
    "desk",
    "union",
    "circle",
    "grown",
    "refined",
)
"""What holds a candidate together; a candidate's family is its place here."""
