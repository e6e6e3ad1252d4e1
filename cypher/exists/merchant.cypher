// purpose:    is there this merchant
// parameters: $id
// returns:    a record if there is
// cost:       one look into an index
MATCH (found:Merchant {merchant_id: $id})
RETURN found.merchant_id AS id LIMIT 1
