-- purpose: the zone, the schemas that a reading fills, and its rejects
-- parameters: none
-- returns: nothing
-- cost: none
SET TimeZone = 'UTC'; -- a time without zone is UTC, wherever this runs
CREATE SCHEMA clean;
CREATE SCHEMA stage;
CREATE SCHEMA known;
CREATE TABLE rejects (
    "table" VARCHAR, file INTEGER, number BIGINT, place INTEGER, "column" VARCHAR, "value" VARCHAR, reason VARCHAR
);
