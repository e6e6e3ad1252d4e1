-- purpose:    who owns each account, and whether that person is in Customer
-- parameters: none
-- returns:    table owners: account, id, known
-- cost:       one scan of OWNS and of Customer
CREATE TABLE owners AS
SELECT target AS account, source AS id, source IN (SELECT id FROM good."Customer") AS known
FROM good."OWNS"
