-- purpose:    the schema of the truth tables of an import
-- parameters: none
-- returns:    nothing
-- cost:       constant
CREATE SCHEMA truth
