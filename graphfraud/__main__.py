"""The entry of the command: small, so that it can be stopped even while the rest is still being imported."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C ends with status 130 and a line, at any moment."""
    try:
        from graphfraud.cli import main as command

        command()
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the same command goes on where this one stopped\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
