-- purpose:    the truth about defaults, empty: graphfaker knows of none, and an evaluation asks for the table
-- parameters: none
-- returns:    table truth.truth_default: person_id, default_probability, defaulted_90d, no row
-- cost:       constant
CREATE TABLE truth.truth_default (person_id VARCHAR, default_probability DOUBLE, defaulted_90d BOOLEAN)
