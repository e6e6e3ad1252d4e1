-- purpose:    the rejected rows with their reasons, in the order of the source
-- parameters: none
-- returns:    table, file, row, column, value, reason
-- cost:       one sort of the rejects
SELECT * FROM rejects ORDER BY "table", "row", "column" NULLS FIRST, reason
