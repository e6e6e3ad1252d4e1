"""Who acts together."""
