-- purpose: the rows of one table without any reject, in canonical form
-- parameters: none; {columns} the stored columns, the smaller id of an undirected pair first
-- returns: nothing; makes the view good
-- cost: when read, one hash join with the rejected rows of the table
CREATE OR REPLACE TEMP VIEW good AS
SELECT file, number, {columns} FROM stage.rows ANTI JOIN faulty USING (file, number);
