// purpose:    open the record of a load; it takes the place of every other load
// parameters: $load, its id; $started_at, milliseconds; $tables and $fingerprints, what an unfinished load had begun
// returns:    nothing
// cost:       one node, or two
MERGE (l:Load {id: $load})
  ON CREATE SET l.state = 'open', l.batch = 0, l.tables = $tables, l.fingerprints = $fingerprints,
    l.started_at = datetime.fromepochmillis($started_at)
WITH l
MATCH (other:Load) WHERE other.id <> $load
DETACH DELETE other
