// purpose:    claim one batch of a load inside its transaction, so that none is written twice
// parameters: $record, the id of the load; $batch, counted from 1
// returns:    one record: whether the batch is still to be written; none when the load was taken over
// cost:       one node
MATCH (l:Load {id: $record, state: 'open'})
WITH l, l.batch < $batch AS fresh
SET l.batch = CASE WHEN fresh THEN $batch ELSE l.batch END
RETURN fresh
