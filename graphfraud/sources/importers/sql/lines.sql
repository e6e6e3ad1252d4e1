-- purpose:    the well-formed lines of a file, ranked in the order of the file
-- parameters: none; reads the registered stream "reader"
-- returns:    table lines: rank from 1 and each wanted column as bytes
-- cost:       one pass over the file
CREATE OR REPLACE TEMP TABLE lines AS
SELECT row_number() OVER () AS rank, * FROM reader
