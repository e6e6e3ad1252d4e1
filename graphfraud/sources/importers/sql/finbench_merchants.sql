-- purpose:    merchants from Company
-- parameters: none
-- returns:    table staged.merchants
-- cost:       one scan
CREATE TABLE staged.merchants AS
SELECT 'Company' AS source_file, "row" AS source_row, NULL::VARCHAR AS dropped,
       "companyId" AS merchant_id,
       nullif(business, '') AS category
FROM good."Company"
