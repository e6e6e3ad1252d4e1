// purpose:    claim one batch of a load inside its transaction, so that none is written twice
// parameters: $record, the id of the load; $lane, the series; $batch, counted from 1 in each
// returns:    one record: whether the batch is still to be written; none when the load was taken over
// cost:       one node
MATCH (:Load {id: $record, state: 'open'})
MATCH (l:Lane {load: $record, number: $lane})
WITH l, l.batch < $batch AS fresh
SET l.batch = CASE WHEN fresh THEN $batch ELSE l.batch END
RETURN fresh
