"""Mechanisms of fraud, one a ring kind: what its members do beside their ordinary life."""
