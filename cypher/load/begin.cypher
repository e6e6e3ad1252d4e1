// purpose:    open the record of a load and its lanes; it takes the place of every other load
// parameters: $load, its id; $lanes, how many; $started_at, milliseconds; $tables and $fingerprints, those left unfinished
// returns:    nothing
// cost:       a few nodes
MERGE (l:Load {id: $load})
  ON CREATE SET l.state = 'open', l.tables = $tables, l.fingerprints = $fingerprints,
    l.started_at = datetime.fromepochmillis($started_at)
FOREACH (lane IN range(0, $lanes - 1) | MERGE (a:Lane {load: $load, number: lane}) ON CREATE SET a.batch = 0)
WITH l
CALL () { MATCH (lane:Lane) WHERE lane.load <> $load DELETE lane }
MATCH (other:Load) WHERE other.id <> $load
DETACH DELETE other
