"""One column for each catalogue entry."""
