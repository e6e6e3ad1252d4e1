-- purpose:    a login on the day when a customer was first seen on a device, from USES
-- parameters: none
-- returns:    table staged.logins, every edge with its fate; one row a person, device and time
-- cost:       one scan, sorted within a person, device and time
CREATE TABLE staged.logins AS
WITH typed AS (
    SELECT "row" AS source_row, source AS person_id, target AS device_id,
           CAST(first_seen AS TIMESTAMPTZ) AS "at"
    FROM good."USES"
)
SELECT 'USES' AS source_file, source_row,
       CASE
           WHEN person_id NOT IN (SELECT id FROM good."Customer") THEN 'unknown person'
           WHEN row_number() OVER (PARTITION BY person_id, device_id, "at" ORDER BY source_row) > 1
               THEN 'merged: repeated login'
       END AS dropped,
       person_id, device_id, "at"
FROM typed
