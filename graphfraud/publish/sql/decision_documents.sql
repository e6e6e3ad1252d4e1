-- purpose:    the card and the rules that a decision was made by
-- parameters: :card, :rules (digests)
-- returns:    two rows: digest, content
-- cost:       two look-ups by key
SELECT digest, content FROM documents WHERE digest IN (:card, :rules)
