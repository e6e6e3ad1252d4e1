-- purpose:    the schemas and side tables of an import: rows as read, rows that are good, rows by contract table
-- parameters: none
-- returns:    nothing
-- cost:       constant
CREATE SCHEMA raw;
CREATE SCHEMA good;
CREATE SCHEMA staged;
CREATE TABLE rejects (
    "table" VARCHAR, file VARCHAR, "row" BIGINT, "column" VARCHAR, "value" VARCHAR, reason VARCHAR
);
CREATE TABLE dropped (source_file VARCHAR, source_row BIGINT, dropped VARCHAR);
