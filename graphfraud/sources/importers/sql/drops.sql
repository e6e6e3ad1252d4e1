-- purpose:    rows dropped before any table was staged
-- parameters: none
-- returns:    source_file, dropped, rows
-- cost:       one scan of the dropped rows
SELECT source_file, dropped, count(*) AS rows FROM dropped GROUP BY ALL
