"""Honest dense groups, one mechanism a kind: what they share is what rings share."""
