"""Tests of a Neo4j server of our own, and the fixtures that lend it to others."""
