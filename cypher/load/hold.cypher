// purpose:    hold a lease for a while from now, by the server's clock
// parameters: $name; $token, $host, $process, $born, $purpose of the holder; $milliseconds
// returns:    nothing
// cost:       one node
MATCH (l:Lease {name: $name})
SET l.token = $token, l.host = $host, l.process = $process, l.born = $born, l.purpose = $purpose,
  l.expires_at = timestamp() + $milliseconds
