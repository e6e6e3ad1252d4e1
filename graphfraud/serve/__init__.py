"""The service that reads a published run."""
