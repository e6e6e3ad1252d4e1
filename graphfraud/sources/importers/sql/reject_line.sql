-- purpose:    reject lines with too few or too many fields
-- parameters: $table, $file; reads the registered table "broken"
-- returns:    nothing; adds to rejects
-- cost:       the malformed lines
INSERT INTO rejects BY NAME
SELECT $table AS "table", $file AS file, "row",
       'expected ' || expected || ' fields, found ' || found AS reason
FROM broken
