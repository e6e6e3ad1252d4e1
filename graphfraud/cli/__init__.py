"""The command line: words into one call each; it decides nothing."""

from graphfraud.cli.shell import cli, main

__all__ = ["cli", "main"]
