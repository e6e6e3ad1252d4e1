-- purpose: one reject for each value at fault in a block
-- parameters: table, file (place of the file), defaults and choices; {raw} what was found,
--   {faults} a reason or null for each column, {any} the first of them, {list} a struct for each
-- returns: the number of rejects
-- cost: one pass over the block; lists are made for faulty rows only
INSERT INTO rejects
SELECT $table, $file, number, fault.place, fault.name, fault.shown, fault.reason
FROM (
    SELECT number, unnest([{list}]) AS fault
    FROM (SELECT *, {faults} FROM (SELECT number, {raw} FROM block))
    WHERE {any} IS NOT NULL
)
WHERE fault.reason IS NOT NULL;
