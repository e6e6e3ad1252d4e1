// purpose:    claim one batch of a run inside its transaction, so that none is written twice
// parameters: $record, who writes the run; $batch, counted from 1
// returns:    one record: whether the batch is still to be written; none when another took over
// cost:       the runs, which are few
MATCH (r:Run {writing: $record})
WITH r, r.batch < $batch AS fresh
SET r.batch = CASE WHEN fresh THEN $batch ELSE r.batch END
RETURN fresh
