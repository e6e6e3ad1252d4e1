"""What is asked of every generator here on the command line."""

import argparse
from pathlib import Path


def asked(description: str) -> argparse.Namespace:
    """``out``, ``people``, ``seed`` and ``hardness``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("out", type=Path, help="directory for the tables; the truth goes into its folder truth")
    parser.add_argument("people", type=int, help="how many people, some thousands at least")
    parser.add_argument("seed", type=int, help="the same seed gives the same tables")
    parser.add_argument("hardness", choices=["medium", "high"], help="how well rings hide")
    return parser.parse_args()
