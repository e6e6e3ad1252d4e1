"""Where the tables are kept: the local lake, or Neo4j."""
