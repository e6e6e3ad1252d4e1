-- purpose:    phones of people from Account, each person and phone once, since the earliest account
-- parameters: none
-- returns:    table staged.identifiers, every row of Account with its fate
-- cost:       one scan, sorted within a person and phone
CREATE TABLE staged.identifiers AS
WITH owned AS (
    SELECT account."row" AS source_row,
           CASE
               WHEN owners.kind IS NULL THEN 'account without owner'
               WHEN owners.kind <> 'person' THEN 'account of a company'
               WHEN NOT owners.known THEN 'unknown person'
               WHEN account.phonenum = '' THEN 'account without phone'
           END AS dropped,
           owners.id AS person_id,
           account.phonenum AS phone,
           CAST(account."createTime" AS TIMESTAMPTZ) AS since
    FROM good."Account" AS account
    LEFT JOIN owners ON owners.account = account."accountId"
)
SELECT 'Account' AS source_file, source_row,
       CASE
           WHEN dropped IS NOT NULL THEN dropped
           WHEN row_number() OVER (PARTITION BY dropped, person_id, phone ORDER BY since, source_row) > 1
               THEN 'merged: repeated phone'
       END AS dropped,
       person_id, 'phone' AS kind, phone AS "value", since
FROM owned
