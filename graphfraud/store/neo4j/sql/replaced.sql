-- purpose:    rows of the graph whose key comes again with another content
-- parameters: none; the view stored has the rows of the graph
-- returns:    table gone
-- cost:       one scan of the graph's rows, hashed
CREATE OR REPLACE TEMP TABLE gone AS
SELECT {columns} FROM stored AS t SEMI JOIN changes AS s ON {same_key}
