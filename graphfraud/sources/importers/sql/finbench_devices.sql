-- purpose:    devices from Medium, and the one device of each account that signs in from an address
-- parameters: none
-- returns:    table staged.devices; source_file is null for the derived ones
-- cost:       one scan of media and of staged.logins
CREATE TABLE staged.devices AS
SELECT 'Medium' AS source_file, source_row, NULL::VARCHAR AS dropped, id AS device_id, model
FROM media
WHERE NOT address
UNION ALL
SELECT DISTINCT NULL, NULL, NULL, device_id, 'unknown'
FROM staged.logins
WHERE dropped IS NULL AND ip IS NOT NULL
