"""Middlemen: who pays several customers of one shop back is one; a friend who pays once, or a third, is none."""

from graphfraud.rings.flows import transfers
from graphfraud.rings.middlemen import middlemen
from tests.rings.grounds import payments_only

PEOPLE, SHOPS = "abcdz", ("m1", "m2")


def found(rows: list[tuple[str, str, int, float]]) -> list[tuple[str, str, str]]:
    given = payments_only(rows, PEOPLE, SHOPS)
    through = middlemen(given, transfers(given))
    names = zip(through.person.tolist(), through.organisation.tolist(), through.middleman.tolist(), strict=True)
    return sorted((PEOPLE[person], SHOPS[shop - given.people], PEOPLE[payer]) for person, shop, payer in names)


def bought(customers: str, *, shop: str = "m1", share: float = 0.9, days: float = 1.0) -> list:
    return [
        row
        for customer in customers
        for row in ((customer, shop, 10_000, 10.0), ("z", customer, int(10_000 * share), 10.0 + days))
    ]


def test_three_customers_of_one_shop_and_one_payer() -> None:
    assert found(bought("abc")) == [("a", "m1", "z"), ("b", "m1", "z"), ("c", "m1", "z")]


def test_two_customers_are_a_coincidence() -> None:
    assert found(bought("ab")) == []
    assert found([*bought("ab"), *bought("c", shop="m2")]) == []


def test_a_third_of_the_price_the_whole_price_or_much_later_is_none() -> None:
    assert found(bought("abc", share=0.33)) == []
    assert found(bought("abc", share=1.0)) == []
    assert found(bought("abc", days=8.0)) == []
    assert found(bought("abc", days=-1.0)) == []


def test_nobody_bought_anything() -> None:
    assert found([("a", "b", 100, 1.0)]) == []
