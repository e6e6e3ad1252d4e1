"""Somebody else's data as contract tables: one module a source, each with its reconciliation."""
