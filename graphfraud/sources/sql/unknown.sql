-- purpose: rejects for ids that name nothing known, unless the same value is a reject already
-- parameters: table, place, column, reason; {column} that holds the id, {known} the table of known ids,
--   {when} whether the id names such an entity at all, {shown} what the reject shows of it
-- returns: the number of rejects
-- cost: one hash join with the known ids, one with the rejects of the table
INSERT INTO rejects
SELECT $table, found.file, found.number, $place, $column, {shown}, $reason
FROM stage.rows AS found
ANTI JOIN {known} AS known ON known.id = found.{column}
ANTI JOIN (SELECT file, number FROM rejects WHERE "table" = $table AND place = $place) AS told
    ON told.file = found.file AND told.number = found.number
WHERE found.{column} IS NOT NULL AND {when};
