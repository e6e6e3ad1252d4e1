// purpose:    how many nodes of each label the graph holds
// zh:         图中各类节点的数量
// parameters: none
// returns:    a record for each label: label, nodes
// cost:       the count store
// example:    graphfraud query counts
CALL db.labels() YIELD label
CALL (label) { MATCH (n) WHERE label IN labels(n) RETURN count(n) AS nodes }
RETURN label, nodes ORDER BY label
