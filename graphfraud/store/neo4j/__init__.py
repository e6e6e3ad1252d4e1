"""The contract's tables in a Neo4j database; needs the extra ``neo4j``."""
