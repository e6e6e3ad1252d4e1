-- purpose:    devices from Device
-- parameters: none
-- returns:    table staged.devices
-- cost:       one scan
CREATE TABLE staged.devices AS
SELECT 'Device' AS source_file, "row" AS source_row, NULL::VARCHAR AS dropped,
       id AS device_id, nullif(device_type, '') AS model, nullif(os, '') AS os
FROM good."Device"
