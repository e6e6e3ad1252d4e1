"""A labelled world of streets, shops and rings, to test a ring detector on people it was not built for.

It stands alone: it imports nothing of graphfraud and was written knowing the tables that the project reads, but
neither the project's own generator nor its method. Rings found here are not found because both share a habit.

Its people live in households on streets of a town, share a carrier's addresses, work for employers of uneven size,
pay shops and each other, borrow and now and then fall behind. Its rings hold together by **one kind of evidence
each** (a device, an address, a card, a guarantee, money passed on, ...), taken in turn, of which part is missing;
they borrow from many lenders, often do not pay, and hide behind links to people chosen at random. Its honest groups
(big families, dormitories, call centres, saving clubs, ...) share as much as a ring does, but pay.

    python benchmarks/other_worlds/streets.py OUT 20000 1 medium

The same people, seed and hardness give the same tables, byte for byte. The people and their ordinary life are
in streets_town, rings and honest groups in streets_groups, the written tables in streets_tables.
"""

import numpy as np
from command import asked
from streets_groups import add_groups, add_labels, add_rings
from streets_tables import write_world
from streets_town import (
    HARDNESS,
    STREAM,
    World,
    hand_out_papers,
    lend_to_all,
    log_in_daily,
    make_friends,
    pay_friends,
    settle,
    shop_and_earn,
)


def build(people: int, seed: int, hardness: str) -> World:
    """The whole world, from its people to the labels."""
    world = World(people, seed, HARDNESS[hardness], np.random.default_rng([seed, STREAM]))
    for stage in (settle, log_in_daily, hand_out_papers, make_friends, shop_and_earn, pay_friends, lend_to_all):
        stage(world)
    for stage in (add_rings, add_groups, add_labels):
        stage(world)
    return world


def main() -> None:
    """Write a world as told on the command line."""
    given = asked("Write a labelled world of streets, shops and rings.")
    world = build(given.people, given.seed, given.hardness)
    write_world(world, given.out)
    print(f"{given.out}: {world.people} people, {len(world.rings)} rings, {len(world.groups)} honest groups")


if __name__ == "__main__":
    main()
