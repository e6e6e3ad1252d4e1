-- purpose:    is there this ring in the current run
-- parameters: $id
-- returns:    a row if there is
-- cost:       a scan of the run's rings
SELECT ring_id AS id FROM run_rings WHERE ring_id = $id LIMIT 1
