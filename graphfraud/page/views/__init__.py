"""The views of the page, one a file: each reads, looks into the audit, and shows."""
