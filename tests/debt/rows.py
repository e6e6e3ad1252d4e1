"""Rows that the tests of debt share."""

from tests.tables import Rows, day, people

EVERYBODY = people("anna", "bob", "carl", "dora")


def loan(name: str, person: str, lender: str, yuan: int, opened: float = 5, **more: object) -> dict[str, object]:
    return {
        "loan_id": name,
        "person_id": person,
        "lender_id": lender,
        "principal": yuan * 100,
        "outstanding": yuan * 100,
        "opened_at": day(opened),
    } | more


def paid(name: str, payer: str, payee: str, yuan: int, at: float = 180, **more: object) -> dict[str, object]:
    kinds = {"payer_kind": "person", "payee_kind": "person"}
    return (
        {"payment_id": name, "payer_id": payer, "payee_id": payee, "amount": yuan * 100, "at": day(at)} | kinds | more
    )


def at_home(*names: str, value: str = "home") -> list[dict[str, object]]:
    return [{"person_id": name, "kind": "address", "value": value, "key_id": "k"} for name in names]


def world(**tables: list[dict[str, object]]) -> Rows:
    return {"people": EVERYBODY} | tables
