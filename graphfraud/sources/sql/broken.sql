-- purpose: one reject for each row of a block that could not be cut into columns
-- parameters: table, file (place of the file), secret (whether lines may hold identifiers)
-- returns: the number of rejects
-- cost: one pass over the broken rows
INSERT INTO rejects
SELECT
    $table, $file, "row", -1, '',
    CASE WHEN $secret THEN '(withheld)' ELSE shown(coalesce(TRY(decode(line)), CAST(line AS VARCHAR))) END,
    reason
FROM broken;
