-- purpose:    which media are addresses and which are things
-- parameters: none
-- returns:    table media: id, model, address, source_row
-- cost:       one scan of Medium
CREATE TABLE media AS
SELECT "mediumId" AS id, "mediumType" AS model, "mediumType" IN ('IPv4', 'IPv6') AS address, "row" AS source_row
FROM good."Medium"
