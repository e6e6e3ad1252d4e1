-- purpose:    the rows of files that give no row of their own
-- parameters: none
-- returns:    nothing; adds to dropped
-- cost:       one scan of both files
INSERT INTO dropped
SELECT 'Account', account."row",
       CASE
           WHEN owners.id IS NULL THEN 'account without owner'
           WHEN owners.known THEN 'folded into other rows'
           ELSE 'unknown person'
       END
FROM good."Account" AS account
LEFT JOIN owners ON owners.account = account.id
UNION ALL
SELECT 'OWNS', own."row", CASE WHEN owners.known THEN 'folded into other rows' ELSE 'unknown person' END
FROM good."OWNS" AS own
JOIN owners ON owners.account = own.target
