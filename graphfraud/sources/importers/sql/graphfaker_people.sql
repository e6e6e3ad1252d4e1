-- purpose:    people from Customer, registered when anything is first known of them: an account, a device, a
--             payment of an account; somebody of whom nothing is known when anything is known of anybody
-- parameters: none
-- returns:    table staged.people, every customer with its fate
-- cost:       one scan of Account and of all edges
CREATE TABLE staged.people AS
WITH moved AS (
    SELECT source AS account, "timestamp" AS "at" FROM good."TRANSFERS"
    UNION ALL
    SELECT target, "timestamp" FROM good."TRANSFERS"
    UNION ALL
    SELECT source, "timestamp" FROM good."PAYS"
    UNION ALL
    SELECT source, "timestamp" FROM good."WIRES"
),
traces AS (
    SELECT owners.id, CAST(moved."at" AS TIMESTAMPTZ) AS "at" FROM moved JOIN owners USING (account)
    UNION ALL
    SELECT owners.id, CAST(nullif(account.opened_at, '') AS TIMESTAMPTZ)
    FROM good."Account" AS account
    JOIN owners ON owners.account = account.id
    UNION ALL
    SELECT source, CAST(nullif(since, '') AS TIMESTAMPTZ) FROM good."OWNS"
    UNION ALL
    SELECT source, CAST(first_seen AS TIMESTAMPTZ) FROM good."USES"
),
known AS (
    SELECT id, min("at") AS "at" FROM traces GROUP BY id
),
placed AS (
    SELECT customer.*, coalesce(known."at", (SELECT min("at") FROM known)) AS registered_at
    FROM good."Customer" AS customer
    LEFT JOIN known USING (id)
)
SELECT 'Customer' AS source_file, "row" AS source_row,
       CASE WHEN registered_at IS NULL THEN 'no dated event' END AS dropped,
       id AS person_id, registered_at,
       CAST(CAST(nullif(date_of_birth, '') AS TIMESTAMPTZ) AS DATE) AS birth_date
FROM placed
