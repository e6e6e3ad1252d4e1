-- purpose:    the largest amount among changed rows
-- parameters: none
-- returns:    one row: fen
-- cost:       one scan of the money columns
SELECT greatest({amounts}) FROM changes
