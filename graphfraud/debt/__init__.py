"""Who owes everywhere, and whose default would hurt whom."""
