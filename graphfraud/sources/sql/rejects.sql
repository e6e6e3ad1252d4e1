-- purpose: all rejects in a fixed order
-- parameters: tables (in the order of the schema), files (names by place)
-- returns: table, file, row, column, value, reason
-- cost: a sort
SELECT "table", list_extract($files, file + 1) AS file, number AS "row", "column", "value", reason
FROM rejects
ORDER BY list_position($tables, "table"), rejects.file, number, place, reason;
