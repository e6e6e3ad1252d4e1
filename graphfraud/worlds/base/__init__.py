"""The ordinary life of everybody, one module a concern."""
