-- purpose: let go of all but the clean tables
-- parameters: none
-- returns: nothing
-- cost: none
DROP VIEW IF EXISTS good;
DROP TABLE IF EXISTS faulty;
DROP TABLE IF EXISTS repeated;
DROP TABLE IF EXISTS rivals;
DROP TABLE IF EXISTS conflicts;
DROP TABLE rejects;
DROP SCHEMA stage CASCADE;
DROP SCHEMA known CASCADE;
