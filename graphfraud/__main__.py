"""``python -m graphfraud`` is the command ``graphfraud``."""

from graphfraud.cli import main

main()
