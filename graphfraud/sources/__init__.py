"""Tables in, rejects out."""
