-- purpose:    the lenders that loans name
-- parameters: none
-- returns:    table staged.lenders; source_file is null, for all are derived
-- cost:       one scan of staged.loans
CREATE TABLE staged.lenders AS
SELECT DISTINCT NULL::VARCHAR AS source_file, NULL::BIGINT AS source_row, NULL::VARCHAR AS dropped, lender_id
FROM staged.loans
WHERE dropped IS NULL AND lender_id IS NOT NULL
