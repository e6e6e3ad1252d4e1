# ruff: noqa: S608  # names come from the schema and from this file, never from outside
"""Each mechanism leaves the trace it is named for, and honest groups leave traces like it."""

from collections.abc import Callable

import duckdb
import pytest

from graphfraud.worlds.decoys.kinds import GROUPS
from graphfraud.worlds.rings.kinds import RINGS

Opened = Callable[[str], duckdb.DuckDBPyConnection]


def column(world: duckdb.DuckDBPyConnection, query: str) -> list[float]:
    return [row[0] for row in world.sql(query).fetchall()]


def linked(world: duckdb.DuckDBPyConnection, kind: str, things: str, truth: str = "ring") -> list[float]:
    """Share of the members of each ring (or group) of a kind who have a thing in common with another member."""
    return column(
        world,
        f"""
        WITH member AS (SELECT {truth}_id AS ring, person_id FROM truth_{truth}s WHERE kind = '{kind}'),
             owned AS (SELECT DISTINCT ring, person_id, thing FROM member JOIN ({things}) USING (person_id)),
             common AS (SELECT ring, thing FROM owned GROUP BY ALL HAVING count(*) > 1)
        SELECT count(DISTINCT common.ring || owned.person_id) / count(DISTINCT member.person_id)
        FROM member LEFT JOIN owned USING (ring, person_id) LEFT JOIN common USING (ring, thing)
        GROUP BY member.ring""",
    )


DEVICES = "SELECT person_id, device_id AS thing FROM logins"
ADDRESSES = "SELECT person_id, ip AS thing FROM logins"
PHONES = "SELECT person_id, right(replace(value, ' ', ''), 11) AS thing FROM identifiers WHERE kind = 'phone'"
MAILS = "SELECT person_id, lower(value) AS thing FROM identifiers WHERE kind = 'email'"
PAPERS = "SELECT person_id, value AS thing FROM identifiers WHERE kind = 'national_id'"
PAYEES = "SELECT payer_id AS person_id, payee_id AS thing FROM payments WHERE payee_kind = 'person'"
SHOPS = "SELECT payee_id AS person_id, payer_id AS thing FROM payments WHERE payer_kind = 'merchant'"
CARDS = "SELECT person_id, replace(value, ' ', '') AS thing FROM identifiers WHERE kind = 'card'"
HOMES = "SELECT person_id, nfc_normalize(value) AS thing FROM identifiers WHERE kind = 'address'"


def test_every_kind_has_a_ring_of_4_to_40_and_a_head(medium: duckdb.DuckDBPyConnection) -> None:
    rings = medium.sql(
        "SELECT any_value(kind), count(*), count(*) FILTER (role = 'organiser'), count(DISTINCT kind) "
        "FROM truth_rings GROUP BY ring_id"
    ).fetchall()
    assert {kind for kind, *_ in rings} == set(RINGS)
    assert all(4 <= size <= 40 and heads == 1 and kinds == 1 for _, size, heads, kinds in rings)
    people = medium.sql("SELECT count(*), count(DISTINCT person_id) FROM truth_rings").fetchall()[0]
    assert people[0] == people[1] == pytest.approx(132, rel=0.25)


@pytest.mark.parametrize(
    ("kind", "things"),
    [
        ("device_farm", DEVICES + " UNION " + ADDRESSES),
        ("shared_identity", PHONES + " UNION " + CARDS + " UNION " + MAILS + " UNION " + HOMES + " UNION " + PAPERS),
        ("account_resale", PHONES + " UNION " + DEVICES),
        ("promotion_abuse", SHOPS + " UNION " + DEVICES),
        ("loan_agent", "SELECT person_id, device_id AS thing FROM applications UNION " + DEVICES + " UNION " + PAYEES),
    ],
)
def test_things_in_common(kind: str, things: str, low: duckdb.DuckDBPyConnection) -> None:
    shares = linked(low, kind, things)
    assert shares
    assert sum(shares) / len(shares) > 0.4


@pytest.mark.parametrize("hardness", ["low", "high"])
def test_money_of_every_transfer_cycle_is_back_with_the_head_within_three_days(hardness: str, world_of: Opened) -> None:
    world = world_of(hardness)
    rings = world.sql(
        """SELECT ring_id, any_value(person_id) FILTER (role = 'organiser')
           FROM truth_rings WHERE kind = 'transfer_cycle' GROUP BY 1"""
    ).fetchall()
    assert rings
    for ring, head in rings:
        longest = world.sql(
            f"""
            WITH RECURSIVE member AS (SELECT person_id FROM truth_rings WHERE ring_id = '{ring}'),
            hop AS (SELECT payer_id, payee_id, "at" FROM payments
                    WHERE payer_id IN (FROM member) AND payee_id IN (FROM member) AND amount > 300),
            path AS (SELECT payer_id AS home, payee_id AS here, "at" AS began, "at" AS now, 1 AS hops FROM hop
                     WHERE payer_id = '{head}'
                     UNION
                     SELECT home, payee_id, began, hop."at", hops + 1 FROM path JOIN hop ON here = payer_id
                     WHERE hop."at" > now AND hop."at" <= began + INTERVAL 3 DAY AND here <> home AND hops < 40)
            SELECT max(hops) FROM path WHERE here = home"""
        ).fetchall()[0][0]
        assert longest is not None
        assert longest >= 3


def test_mules_pass_most_of_it_on_within_hours(low: duckdb.DuckDBPyConnection) -> None:
    passed = column(
        low,
        """
        WITH member AS (SELECT ring_id, person_id, role FROM truth_rings WHERE kind = 'mule_chain'),
        onward AS (SELECT m.person_id, i.payment_id FROM member m
             JOIN payments i ON i.payee_id = m.person_id AND i.amount > 2000
             JOIN payments o ON o.payer_id = m.person_id AND o."at" BETWEEN i."at" AND i."at" + INTERVAL 12 HOUR
              AND o.amount BETWEEN i.amount * 0.8 AND i.amount)
        SELECT count(DISTINCT onward.person_id) / count(DISTINCT member.person_id)
        FROM member LEFT JOIN onward USING (person_id) GROUP BY ring_id""",
    )
    assert passed
    assert sum(passed) / len(passed) >= 0.5


def test_a_colluding_shop_pays_back_and_has_honest_buyers_too(low: duckdb.DuckDBPyConnection) -> None:
    shops = low.sql(
        """
        WITH member AS (SELECT ring_id, person_id FROM truth_rings WHERE kind = 'cash_out'),
        back AS (SELECT ring_id, i.payee_id AS shop, count(DISTINCT i.payer_id) AS members FROM member
             JOIN payments i ON i.payer_id = person_id AND i.payee_kind = 'merchant'
             JOIN payments o ON o.payer_id = i.payee_id AND o.payee_id = person_id
              AND o."at" BETWEEN i."at" AND i."at" + INTERVAL 7 DAY AND o.amount BETWEEN i.amount * 0.7 AND i.amount
             GROUP BY ring_id, shop),
        best AS (SELECT ring_id, max(members) AS members, arg_max(shop, members) AS shop FROM back GROUP BY 1)
        SELECT members / (SELECT count(*) FROM member m WHERE m.ring_id = best.ring_id),
               (SELECT count(DISTINCT payer_id) FROM payments WHERE payee_id = shop
                AND payer_id NOT IN (SELECT person_id FROM truth_rings)) FROM best"""
    ).fetchall()
    assert all(share >= 0.3 and honest >= 3 for share, honest in shops)
    assert len(shops) == low.sql("SELECT DISTINCT ring_id FROM truth_rings WHERE kind = 'cash_out'").shape[0]


def default_rate(world: duckdb.DuckDBPyConnection, truth: str, kind: str) -> float:
    """Share overdue among the loans that members guarantee for each other."""
    query = f"""
        WITH member AS (SELECT {truth}_id AS ring, person_id FROM truth_{truth}s WHERE kind = '{kind}'),
        inside AS (SELECT DISTINCT l.loan_id, l.days_past_due FROM guarantees g JOIN loans l USING (loan_id)
             JOIN member a ON a.person_id = g.guarantor_id JOIN member b ON b.person_id = l.person_id
              AND a.ring = b.ring)
        SELECT avg((worst > 0)::int) FROM (SELECT loan_id, max(days_past_due) AS worst FROM inside GROUP BY 1)"""
    return column(world, query)[0]


def test_circles_guarantee_each_other_and_fail_where_co_operatives_mostly_pay(world_of: Opened) -> None:
    world = world_of("high")
    assert default_rate(world, "ring", "guarantee_circle") > 0.3
    assert 0 < default_rate(world, "group", "co_operative") < 0.25


def test_sold_accounts_move_to_devices_that_were_not_theirs(low: duckdb.DuckDBPyConnection) -> None:
    moved = column(
        low,
        """
        WITH member AS (SELECT person_id FROM truth_rings WHERE kind = 'account_resale' AND role <> 'organiser'),
             given_up AS (SELECT person_id, max(until) AS until FROM identifiers WHERE kind = 'phone' GROUP BY 1)
        SELECT avg((until IS NOT NULL)::int) FROM member LEFT JOIN given_up USING (person_id)""",
    )
    assert moved[0] > 0.3


@pytest.mark.parametrize(
    ("kind", "things", "least"),
    [
        ("family", HOMES, 0.3),
        ("dormitory", ADDRESSES, 0.7),
        ("office", ADDRESSES, 0.3),
        ("internet_cafe", ADDRESSES, 0.5),
        ("call_centre", DEVICES, 0.5),
        ("village", ADDRESSES, 0.9),
        ("second_hand", DEVICES, 0.5),
        ("kiosk", DEVICES, 0.4),
        ("market", "SELECT payer_id AS person_id, payee_id AS thing FROM payments", 0.5),
    ],
)
def test_honest_groups_share_what_rings_share(
    kind: str, things: str, least: float, medium: duckdb.DuckDBPyConnection
) -> None:
    shares = linked(medium, kind, things, "group")
    assert sum(shares) / len(shares) > least


def test_every_kind_of_honest_group_is_there(medium: duckdb.DuckDBPyConnection) -> None:
    assert set(column(medium, "SELECT DISTINCT kind FROM truth_groups")) == set(GROUPS)


def test_camouflage_grows_with_hardness(world_of: Opened) -> None:
    links = """
        SELECT count(*) FROM payments JOIN people a ON a.person_id = payer_id JOIN people b ON b.person_id = payee_id
        WHERE (payer_id IN (SELECT person_id FROM truth_rings)) <> (payee_id IN (SELECT person_id FROM truth_rings))"""
    low, medium, high = (column(world_of(hardness), links)[0] for hardness in ("low", "medium", "high"))
    assert low < 0.9 * high
    assert medium < high


def test_self_employed_people_have_few_friends_and_many_payments(medium: duckdb.DuckDBPyConnection) -> None:
    rows = medium.sql(
        """
        WITH friend AS (SELECT person_id AS p FROM friendships UNION ALL SELECT friend_id FROM friendships),
             paid AS (SELECT payer_id AS p FROM payments UNION ALL SELECT payee_id FROM payments)
        SELECT occupation = 'self_employed', (SELECT count(*) FROM friend WHERE p IN (SELECT person_id FROM people q
                 WHERE q.occupation = people.occupation)) / count(*),
               (SELECT count(*) FROM paid WHERE p IN (SELECT person_id FROM people q
                 WHERE q.occupation = people.occupation)) / count(*)
        FROM people WHERE occupation IN ('self_employed', 'salaried') GROUP BY occupation ORDER BY 1"""
    ).fetchall()
    (_, friends, payments), (_, own_friends, own_payments) = rows
    assert own_friends < 0.7 * friends
    assert own_payments > 1.2 * payments
