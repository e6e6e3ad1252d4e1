"""Seeded worlds with known rings, decoys and contagion."""
