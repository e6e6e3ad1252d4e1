-- purpose:    the ids that one column of changed rows names
-- parameters: none
-- returns:    id, and what comes with it
-- cost:       one scan of the column
SELECT {id} AS id, {extra} AS extra FROM changes AS r WHERE {condition}
