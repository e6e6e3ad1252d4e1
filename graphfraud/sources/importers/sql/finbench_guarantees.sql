-- purpose:    guarantees between people, the earliest of each pair
-- parameters: none
-- returns:    table staged.guarantees, every guarantee with its fate
-- cost:       one scan, sorted within a pair, and two look-ups in Person
CREATE TABLE staged.guarantees AS
WITH typed AS (
    SELECT "row" AS source_row, "fromId" AS guarantor_id, "toId" AS person_id,
           CAST("createTime" AS TIMESTAMPTZ) AS "at",
           "fromId" IN (SELECT "personId" FROM good."Person")
               AND "toId" IN (SELECT "personId" FROM good."Person") AS known
    FROM good."PersonGuaranteePerson"
)
SELECT 'PersonGuaranteePerson' AS source_file, source_row,
       CASE
           WHEN NOT known THEN 'unknown person'
           WHEN row_number() OVER (PARTITION BY guarantor_id, person_id ORDER BY "at", source_row) > 1
               THEN 'merged: repeated guarantee'
       END AS dropped,
       guarantor_id, person_id, "at"
FROM typed
