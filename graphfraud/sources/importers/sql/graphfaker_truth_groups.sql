-- purpose:    the decoys of at least two people: honest groups that look like a ring
-- parameters: none
-- returns:    table truth.truth_groups: group_id, person_id, kind (the typology it looks like), typology,
--             source_role
-- cost:       one scan, sorted within a group and person
CREATE TABLE truth.truth_groups AS
WITH people AS (
    SELECT *
    FROM truth.truth_accounts
    WHERE NOT is_fraud AND person_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY pattern_id, person_id ORDER BY source_role, account_id) = 1
)
SELECT pattern_id AS group_id, person_id, typology AS kind, typology, source_role
FROM people
QUALIFY count(*) OVER (PARTITION BY pattern_id) > 1
