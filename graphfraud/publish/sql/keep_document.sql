-- purpose:    keep a card or the rules, once
-- parameters: :digest, :content
-- returns:    nothing
-- cost:       one look-up by key
INSERT OR IGNORE INTO documents VALUES (:digest, :content)
