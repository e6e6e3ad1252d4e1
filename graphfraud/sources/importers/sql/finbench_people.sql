-- purpose:    people from Person
-- parameters: none
-- returns:    table staged.people
-- cost:       one scan
CREATE TABLE staged.people AS
SELECT 'Person' AS source_file, "row" AS source_row, NULL::VARCHAR AS dropped,
       "personId" AS person_id,
       CAST("createTime" AS TIMESTAMPTZ) AS registered_at,
       CAST(CAST(nullif(birthday, '') AS TIMESTAMPTZ) AS DATE) AS birth_date
FROM good."Person"
