-- purpose:    addresses from Medium
-- parameters: none
-- returns:    table staged.ips
-- cost:       one scan
CREATE TABLE staged.ips AS
SELECT 'Medium' AS source_file, source_row, NULL::VARCHAR AS dropped, id AS ip
FROM media
WHERE address
