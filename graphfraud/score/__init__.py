"""Parts, reasons, tier, limit and rate."""
