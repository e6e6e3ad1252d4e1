"""A run, switched in one step."""
