"""One frozen graph in memory."""
