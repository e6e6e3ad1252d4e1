-- purpose:    one vocabulary in the order of its numbers
-- parameters: none
-- returns:    id
-- cost:       one sort
SELECT id FROM ids.{vocabulary} ORDER BY i
