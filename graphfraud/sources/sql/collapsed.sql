-- purpose: how many good rows only repeated a clean one
-- parameters: none; {repeated} a good row has a repeated key, {settled} a rival has a key in conflict,
--   {conflicting} a good row has a key in conflict
-- returns: one number
-- cost: three hash joins over the repeated rows
SELECT
    (SELECT count(*) FROM good SEMI JOIN repeated ON {repeated})
    - (SELECT count(*) FROM good SEMI JOIN conflicts ON {conflicting})
    - (SELECT count(*) FROM rivals ANTI JOIN conflicts ON {settled});
