"""Seeded worlds with known rings, decoys and contagion."""

from graphfraud.worlds.generate import WorldReport, generate

__all__ = ["WorldReport", "generate"]
