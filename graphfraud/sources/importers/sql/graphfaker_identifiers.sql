-- purpose:    e-mail address, phone, address and national id of each customer
-- parameters: none
-- returns:    table staged.identifiers; source_file is null, for all are derived
-- cost:       one scan of Customer
CREATE TABLE staged.identifiers AS
WITH told AS (
    SELECT id AS person_id, email, phone, national_id,
           concat_ws(', ', nullif(street, ''), nullif(CASE WHEN street <> '' THEN city END, '')) AS address
    FROM good."Customer"
),
listed AS (
    UNPIVOT told ON email, phone, national_id, address INTO NAME kind VALUE "value"
)
SELECT NULL::VARCHAR AS source_file, NULL::BIGINT AS source_row, NULL::VARCHAR AS dropped, person_id, kind, "value"
FROM listed
WHERE "value" <> '' AND person_id IN (SELECT person_id FROM staged.people WHERE dropped IS NULL)
