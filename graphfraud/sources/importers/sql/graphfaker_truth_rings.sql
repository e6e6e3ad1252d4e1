-- purpose:    the planted rings of at least two people, each person once with the most responsible role
-- parameters: none
-- returns:    table truth.truth_rings: ring_id, person_id, kind and role in the contract's words, typology and
--             source_role in graphfaker's
-- cost:       one scan, sorted within a ring and person
CREATE TABLE truth.truth_rings AS
WITH worded AS (
    SELECT pattern_id AS ring_id, person_id,
           CASE typology
               WHEN 'cycle' THEN 'transfer_cycle'
               WHEN 'synthetic_identity' THEN 'shared_identity'
               WHEN 'mule_network' THEN 'mule_chain'
               WHEN 'stack' THEN 'mule_chain'
               WHEN 'gather_scatter' THEN 'mule_chain'
               WHEN 'scatter_gather' THEN 'mule_chain'
               ELSE 'unknown'
           END AS kind,
           CASE
               WHEN source_role IN ('collector', 'distributor', 'hub', 'origin', 'structurer') THEN 'organiser'
               WHEN source_role IN ('mule', 'intermediary', 'hop') THEN 'mule'
               ELSE 'member'
           END AS "role",
           typology, source_role, account_id
    FROM truth.truth_accounts
    WHERE is_fraud AND person_id IS NOT NULL
),
people AS (
    SELECT *
    FROM worded
    QUALIFY row_number() OVER (
        PARTITION BY ring_id, person_id
        ORDER BY list_position(['organiser', 'mule', 'member'], "role"), source_role, account_id
    ) = 1
)
SELECT ring_id, person_id, kind, "role", typology, source_role
FROM people
QUALIFY count(*) OVER (PARTITION BY ring_id) > 1
