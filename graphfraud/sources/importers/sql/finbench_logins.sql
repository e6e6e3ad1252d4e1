-- purpose:    logins from MediumSignInAccount; behind an address stands a device of the account alone
-- parameters: none
-- returns:    table staged.logins, every sign-in with its fate; one row a person, device and time,
--             the smallest address where they differ
-- cost:       one scan, sorted within a person, device and time
CREATE TABLE staged.logins AS
WITH owned AS (
    SELECT sign_in."row" AS source_row,
           CASE
               WHEN media.id IS NULL THEN 'unknown medium'
               WHEN owners.kind IS NULL THEN 'account without owner'
               WHEN owners.kind <> 'person' THEN 'account of a company'
               WHEN NOT owners.known THEN 'unknown person'
           END AS dropped,
           owners.id AS person_id,
           CASE WHEN media.address THEN 'account:' || sign_in."accountId" ELSE media.id END AS device_id,
           CASE WHEN media.address THEN media.id END AS ip,
           CAST(sign_in."createTime" AS TIMESTAMPTZ) AS "at"
    FROM good."MediumSignInAccount" AS sign_in
    LEFT JOIN media ON media.id = sign_in."mediumId"
    LEFT JOIN owners ON owners.account = sign_in."accountId"
)
SELECT 'MediumSignInAccount' AS source_file, source_row,
       CASE
           WHEN dropped IS NOT NULL THEN dropped
           WHEN row_number() OVER (
               PARTITION BY dropped, person_id, device_id, "at" ORDER BY ip NULLS LAST, source_row
           ) > 1 THEN 'merged: repeated login'
       END AS dropped,
       person_id, device_id, ip, "at"
FROM owned
