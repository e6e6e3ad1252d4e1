// purpose:    who holds a lease; the node stays locked until the transaction ends
// parameters: $name, of the lease
// returns:    one record: the holder's properties, and the server's time in milliseconds
// cost:       one node
MERGE (l:Lease {name: $name})
SET l.touched = timestamp()
RETURN l.token AS token, l.host AS host, l.process AS process, l.born AS born, l.purpose AS purpose,
  l.expires_at AS expires_at, timestamp() AS now
