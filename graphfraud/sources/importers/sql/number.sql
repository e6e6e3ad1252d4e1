-- purpose:    give each line its row number in the file, the malformed lines between them counted, and decode it
-- parameters: none; reads lines and the registered table "broken"
-- returns:    table raw.NAME: row and each wanted column as text, null where the bytes are not UTF-8
-- cost:       one pass over the lines
CREATE TABLE raw.{table} AS
WITH placed AS (
    SELECT "row" - row_number() OVER (ORDER BY "row") + 1 AS from_rank,
           row_number() OVER (ORDER BY "row") AS shift
    FROM broken
),
shifts AS (
    SELECT from_rank, max(shift) AS shift FROM placed GROUP BY from_rank
)
SELECT lines.rank + coalesce(shifts.shift, 0) AS "row",
       TRY(decode(COLUMNS(lines.* EXCLUDE (rank))))
FROM lines
ASOF LEFT JOIN shifts ON lines.rank >= shifts.from_rank
