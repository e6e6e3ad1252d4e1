"""The questions an investigator asks, each once in Cypher and, where it can be, once in SQL."""
