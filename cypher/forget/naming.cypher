// purpose:    what published runs say of others that may name a person
// parameters: $person_id
// returns:    node, an element id; said, its properties
// cost:       a scan of assessments and rings
MATCH (n:Assessment|Ring)
WHERE n.top_path CONTAINS $person_id OR any(reason IN coalesce(n.reasons, []) WHERE reason CONTAINS $person_id)
RETURN elementId(n) AS node, properties(n) AS said
