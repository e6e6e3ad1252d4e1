-- purpose:    who owns each account, and whether that person is in Person; a company needs no row of its own
-- parameters: none
-- returns:    table owners: account, id, kind (person or merchant), known
-- cost:       one scan of the two ownership files and of Person
CREATE TABLE owners AS
SELECT "accountId" AS account, "personId" AS id, 'person' AS kind,
       "personId" IN (SELECT "personId" FROM good."Person") AS known
FROM good."PersonOwnAccount"
UNION ALL
SELECT "accountId", "companyId", 'merchant', true FROM good."CompanyOwnAccount"
