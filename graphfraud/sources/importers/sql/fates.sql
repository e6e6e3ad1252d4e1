-- purpose:    what became of the source rows that were staged for one table
-- parameters: none
-- returns:    source_file, dropped (null: written), rows
-- cost:       one scan of the staged table
SELECT source_file, dropped, count(*) AS rows
FROM staged.{table}
WHERE source_file IS NOT NULL
GROUP BY ALL
