"""A labelled world of crews that recruit people or buy their accounts, to test a ring detector on.

It stands alone: it imports nothing of graphfraud and was written knowing the tables that the project reads, but
neither the project's own generator nor its method. Rings found here are not found because both share a habit.

It draws **processes, not patterns**: people live in households, work, study, shop, lend, rent, and change phones, which
are sold on. A crew recruits members or buys accounts, some of made-up people, borrows, leaves one or two kinds of
traces (devices, lines, numbers, addresses, cards, contacts, guarantees, money on the move, a shop that plays along) and
hides in ordinary life. Families, offices, markets, villages, clubs and dormitories leave traces alike, and some of them
borrow together. Some frauds act alone. Every rate is drawn anew for every seed.

    python benchmarks/other_worlds/recruits.py OUT 20000 1 medium

The same people, seed and hardness give the same tables, byte for byte. The town is in recruits_town, ordinary life in
recruits_life, honest groups in recruits_groups, crews in recruits_rings, the written tables in recruits_tables.
"""

import time

from command import asked
from recruits_groups import add_groups
from recruits_life import live
from recruits_rings import commit
from recruits_tables import write_world
from recruits_town import Town


def main() -> None:
    """Write a world as told on the command line."""
    given = asked("Write a labelled world of crews that recruit people.")
    began = time.time()
    town = Town(given.people, given.seed, given.hardness)
    live(town)
    add_groups(town)
    crime = commit(town)
    write_world(given.out, town, crime, began)
    print(f"{given.out}: {town.people} people, {town.rings} rings, {len(town.honest_groups)} honest groups")


if __name__ == "__main__":
    main()
