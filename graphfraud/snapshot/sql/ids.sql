-- purpose:    every id or word of one vocabulary that a kept row mentions, numbered in order
-- parameters: none
-- returns:    table ids.{vocabulary} (id, i)
-- cost:       one scan of each column that mentions it, one sort of the distinct ids
CREATE TABLE ids.{vocabulary} AS
SELECT id, (row_number() OVER (ORDER BY id) - 1)::INTEGER AS i
FROM (SELECT DISTINCT id FROM ({mentions}) WHERE id IS NOT NULL)
