"""The written tables of the world of look-alikes: opaque ids, shuffled rows, labels, and the truth beside them.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from lookalikes_groups import Group
from lookalikes_life import Life
from lookalikes_town import DAY, HOUR, Town

LABELS = ["fraud", "default", "clean"]
FRAUD, DEFAULT, CLEAN = range(3)
NO_CASE = -1
KNOWN_SHARE = 0.30
VALUE_STYLE: dict[str, Callable[[int], str]] = {
    "phone": lambda number: f"+861{100000000 + number:09d}",
    "card": lambda number: f"6222{number * 977:012d}",
    "address": lambda number: (
        f"No. {number % 997}, Lane {number // 997 % 9973}, Road {number // 9942081}, {number % 31}"
    ),
    "national_id": lambda number: f"11{number * 1013:016d}",
    "email": lambda number: f"u{number:x}@mail{number % 7}.example",
}
Made = tuple[list[Group], list[Group], Any]
Label = tuple[int, Any, int]


class Tables:
    """Where tables go, and the opaque ids by which rows name people and things."""

    def __init__(self, out: Path, town: Town, life: Life) -> None:
        self.out, self.town, self.life, self.rng = out, town, life, town.rng
        self.as_of = town.as_of
        self.person = self.ids(town.people)
        self.device = self.ids(len(town.device_list))
        self.merchant = self.ids(len(town.merchant_category))
        self.lender = self.ids(town.rates.lenders, 5)
        self.chat = self.ids(life.chats, 6)
        self.loan = self.ids(len(life.loans))
        self.ip = self._ips(len(town.ip_kinds))

    def ids(self, count: int, width: int = 8) -> pa.Array:
        """So many random ids."""
        text = self.rng.bytes(int(count) * width).hex().encode()
        ends = np.arange(int(count) + 1, dtype=np.int32) * (2 * width)
        return pa.StringArray.from_buffers(int(count), pa.py_buffer(ends.tobytes()), pa.py_buffer(text))

    def _ips(self, count: int) -> pa.Array:
        """So many addresses, in an order that tells nothing."""
        number = np.arange(count)
        first = self.rng.permutation(200)[number // 254 // 250 % 200] + 11
        second, third = number // 254 % 250, number // 254 // 50000
        parts = zip(first, second, third, number, strict=True)
        ips = pa.array([f"{one}.{two}.{three}.{last % 254 + 1}" for one, two, three, last in parts])
        return ips.take(pa.array(self.rng.permutation(count)))

    def write(self, name: str, columns: dict[str, Any]) -> None:
        """Write a table, its rows shuffled."""
        table = pa.table(columns)
        table = table.take(pa.array(self.rng.permutation(len(table))))
        pq.write_table(table, self.out / f"{name}.parquet")

    def some_unknown(self, values: Any, share: float) -> pa.Array:
        """Values of which a share is unknown."""
        unknown = self.rng.random(len(values)) < share
        return pa.array([None if hidden else value for value, hidden in zip(values, unknown, strict=True)])

    def unknown(self, count: int, share: float) -> Any:
        """Which of so many values are unknown."""
        return self.rng.random(count) < share


def taken(values: pa.Array, index: Any) -> pa.Array:
    """The values at these places."""
    return values.take(pa.array(np.asarray(index).astype(np.int64)))


def known(values: pa.Array, index: Any, unknown: Any) -> pa.Array:
    """The values at these places, where they are known."""
    return values.take(pa.array(index, mask=unknown))


def stamps(at: Any, unknown: Any = None) -> pa.Array:
    """Moments as timestamps, where they are known."""
    micros = np.asarray(at).astype(float).astype(np.int64) * 1_000_000
    mask = None if unknown is None else np.asarray(unknown)
    return pa.array(micros, mask=mask).cast(pa.timestamp("us", tz="UTC"))


def firsts(key: Any) -> Any:
    """Where each key is met first."""
    return np.sort(np.unique(key, return_index=True)[1])


def write_world(out: Path, town: Town, life: Life, made: Made) -> None:
    """Write all tables, the as-of and the truth."""
    (out / "truth").mkdir(parents=True, exist_ok=True)
    rings, groups, _ = made
    labels, fresh = _labels(town, life, made)
    tables = Tables(out, town, life)
    _write_people(tables)
    _write_things(tables)
    _write_ties(tables)
    _write_identifiers(tables)
    _write_logins(tables)
    _write_payments(tables)
    _write_loans(tables)
    _write_guarantees(tables)
    _write_requests(tables)
    _write_labels(tables, labels, len(rings))
    _write_truth(tables, rings, groups, fresh)
    as_of = datetime.fromtimestamp(town.as_of, UTC)
    (out / "as_of.txt").write_text(as_of.strftime("%Y-%m-%dT%H:%M:%SZ") + "\n")


def _labels(town: Town, life: Life, made: Made) -> tuple[dict[int, Label], Any]:
    """Who is known as what, since when, of which case; and which rings nobody knows anything of."""
    rng, (rings, groups, fraud) = town.rng, made
    fresh = np.zeros(len(rings), bool)
    fresh[rng.permutation(len(rings))[: round(len(rings) / 3)]] = True
    labels = _known_fraud(town, rings, fresh)
    honest = np.flatnonzero(~fraud)
    for person in rng.choice(honest, int(town.people * town.rates.lone_fraud), replace=False):
        if town.chance(0.4):
            labels.setdefault(int(person), (FRAUD, town.as_of - town.uniform(0.1, 60) * DAY, NO_CASE))
    for loan in np.flatnonzero(life.late > 60):
        person = int(life.borrower[loan])
        if town.chance(0.35 if fraud[person] else 0.6):
            labels.setdefault(person, (DEFAULT, town.as_of - town.uniform(0, 20) * DAY - 60, NO_CASE))
    for group in groups:
        if town.chance(0.25):
            for person in group.members:
                if town.chance(0.5) and not fraud[person]:
                    _clear(town, labels, person)
    for person in rng.choice(honest, int(town.people * 0.02), replace=False):
        _clear(town, labels, int(person))
    return labels, fresh


def _clear(town: Town, labels: dict[int, Label], person: int) -> None:
    """Label somebody clean who has no label yet."""
    labels.setdefault(person, (CLEAN, town.as_of - town.uniform(0, 60) * DAY - 60, NO_CASE))


def _known_fraud(town: Town, rings: list[Group], fresh: Any) -> dict[int, Label]:
    """The known members of rings: at least one of each that is not fresh, and 30 % of all."""
    rng = town.rng
    one_each = {i: int(rng.choice(ring.members)) for i, ring in enumerate(rings) if not fresh[i]}
    others = [p for i, ring in enumerate(rings) if not fresh[i] for p in ring.members if p != one_each[i]]
    count = round(KNOWN_SHARE * sum(ring.size for ring in rings)) - len(one_each)
    caught = set(one_each.values()) | set(rng.permutation(others)[: max(0, count)].tolist())
    labels: dict[int, Label] = {}
    for number, ring in enumerate(rings):
        if fresh[number]:
            continue
        for person in ring.members:
            if person in caught:
                at = min(town.as_of - 600, max(ring.start + DAY, town.as_of - town.uniform(0.2, 40) * DAY))
                labels[person] = FRAUD, at, number if town.chance(town.rates.case_known) else NO_CASE
    return labels


def _write_people(tables: Tables) -> None:
    """Write the people and how active they are."""
    town, rng, people = tables.town, tables.rng, tables.town.people
    hidden = tables.unknown(people, 0.06)
    occupation = pa.array(["salaried", "self_employed", "student", "other"])
    born = ((tables.as_of - town.age * 365.25 * DAY) // DAY).astype("datetime64[D]")
    columns = {
        "person_id": tables.person,
        "registered_at": stamps(town.registered),
        "birth_date": pa.array(born, mask=tables.unknown(people, 0.03)),
        "occupation": known(occupation, np.where(hidden, -1, town.occupation), hidden),
        "id_verified": pa.array(rng.random(people) < 0.97),
        "face_verified": pa.array(rng.random(people) < 0.93),
        "invited": pa.array(town.invited),
    }
    tables.write("people", columns)
    some = np.flatnonzero(rng.random(people) < 0.85)
    activity = rng.gamma(0.7, 6, len(some)) * np.where(town.thin[some], 0.3, 1)
    moments = rng.poisson(activity)
    seen = np.maximum(tables.as_of - town.uniform(0.1, 3, len(some)) * DAY, town.registered[some] + 60)
    columns = {"person_id": taken(tables.person, some), "moments_30d": pa.array(moments), "observed_at": stamps(seen)}
    tables.write("people_activity", columns)


def _write_things(tables: Tables) -> None:
    """Write devices, addresses, merchants and lenders."""
    town, rng = tables.town, tables.rng
    model, emulated = np.array(town.device_list).T
    system = np.array(["android", "ios", "harmony"])[rng.choice(3, town.models, p=[0.6, 0.22, 0.18])]
    model_name = tables.ids(town.models, 3)
    columns = {
        "device_id": tables.device,
        "model": taken(model_name, model),
        "os": pa.array(system[model]),
        "emulator": pa.array(emulated.astype(bool), mask=tables.unknown(len(model), 0.15)),
    }
    tables.write("devices", columns)
    tables.write("ips", {"ip": tables.ip, "kind": tables.some_unknown(town.ip_kinds, 0.15)})
    category = ["company" if kind == "employer" else kind for kind in town.merchant_category]
    tables.write("merchants", {"merchant_id": tables.merchant, "category": tables.some_unknown(category, 0.08)})
    kind = np.array(["bank", "consumer_finance", "p2p", "bnpl", "own"])[town.lender_kind]
    tables.write("lenders", {"lender_id": tables.lender, "kind": pa.array(kind)})


def _write_ties(tables: Tables) -> None:
    """Write friendships, chat groups, contacts and reports."""
    life, as_of, person = tables.life, tables.as_of, tables.person
    rows = life.friendships
    since = stamps(np.minimum(rows[:, 2], as_of - 60), tables.unknown(len(rows), 0.1))
    columns = {"person_id": taken(person, rows[:, 0]), "friend_id": taken(person, rows[:, 1]), "since": since}
    tables.write("friendships", columns)
    rows = life.memberships
    rows = rows[firsts(rows[:, 0] * 1e7 + rows[:, 1])]
    rows = rows[rows[:, 2] < as_of]
    columns = {
        "person_id": taken(person, rows[:, 0]),
        "group_id": taken(tables.chat, rows[:, 1]),
        "joined_at": stamps(rows[:, 2]),
        "messages_30d": pa.array(rows[:, 3].astype(int)),
        "observed_at": stamps(np.full(len(rows), as_of - HOUR)),
    }
    tables.write("group_memberships", columns)
    rows = _past(life.contacts, as_of)
    rows = rows[firsts(rows[:, 0] * tables.town.people + rows[:, 1])]
    columns = {
        "person_id": taken(person, rows[:, 0]),
        "contact_id": taken(person, rows[:, 1]),
        "at": stamps(rows[:, 2]),
    }
    tables.write("contacts", columns)
    rows = _past(life.reports, as_of)
    reason = np.array(["spam", "scam", "abuse", "goods"])[tables.rng.integers(0, 4, len(rows))]
    columns = {"reporter_id": taken(person, rows[:, 0]), "person_id": taken(person, rows[:, 1])}
    tables.write("reports", {**columns, "at": stamps(rows[:, 2]), "reason": pa.array(reason)})


def _past(rows: Any, as_of: int) -> Any:
    """Rows of two different people, at a moment before the as-of."""
    return rows[(rows[:, 2] < as_of) & (rows[:, 0] != rows[:, 1])]


def _write_identifiers(tables: Tables) -> None:
    """Write identifiers, each value as its kind is written."""
    town, life, rng, as_of = tables.town, tables.life, tables.rng, tables.as_of
    noted = life.identifiers
    value = noted[:, 2].astype(np.int64)
    kept = firsts(noted[:, 0].astype(np.int64) * (20 * town.people + town.values) + value)
    noted, value = noted[kept], value[kept]
    distinct, place = np.unique(value, return_inverse=True)
    numbers = np.unique(rng.integers(0, 9 * 10**8, int(len(distinct) * 1.2) + 50))
    number = rng.permutation(numbers)[: len(distinct)][place]
    kind = noted[:, 1].astype(str).tolist()
    since, until = noted[:, 3].astype(float), noted[:, 4].astype(float)
    since = np.where(since > 0, np.minimum(since, as_of - 600), 0)
    until = np.where((until > 0) & (until < as_of), np.maximum(until, since + HOUR), 0)
    until = np.where(until > as_of, 0, until)
    columns = {
        "person_id": taken(tables.person, noted[:, 0]),
        "kind": pa.array(kind),
        "value": pa.array([VALUE_STYLE[one](number) for one, number in zip(kind, number.tolist(), strict=True)]),
        "since": stamps(since, (since <= 0) | tables.unknown(len(since), 0.12)),
        "until": stamps(until, until <= 0),
    }
    tables.write("identifiers", columns)


def _write_logins(tables: Tables) -> None:
    """Write logins of people who have an account by then."""
    life, rng, at = tables.life, tables.rng, tables.life.login_at
    real = (at < tables.as_of) & (at > tables.town.registered[life.login_person])
    rows = np.c_[life.login_person[real], life.login_device[real], np.floor(at[real])].astype(np.int64)
    ip = life.login_ip[real]
    kept = np.unique(rows.view([("", np.int64)] * 3).ravel(), return_index=True)[1]
    rows, ip = rows[kept], ip[kept]
    hidden = tables.unknown(len(rows), 0.04)
    duration = np.round(np.exp(rng.normal(5, 1, len(rows)))).astype(int)
    columns = {
        "person_id": taken(tables.person, rows[:, 0]),
        "device_id": taken(tables.device, rows[:, 1]),
        "ip": known(tables.ip, ip, hidden),
        "at": stamps(rows[:, 2]),
        "duration_s": pa.array(duration),
        "actions": pa.array(rng.poisson(duration / 25 + 1)),
    }
    tables.write("logins", columns)


def _write_payments(tables: Tables) -> None:
    """Write payments between people who have an account by then, and merchants."""
    town, life, as_of = tables.town, tables.life, tables.as_of
    rows = np.vstack([np.array(town.payments, float).reshape(-1, 7), *life.payment_rows])
    same = (rows[:, 0] == rows[:, 2]) & (rows[:, 1] == rows[:, 3])
    rows = rows[(rows[:, 5] < as_of - 1) & (rows[:, 4] > 0) & ~same]
    opened = np.r_[town.registered, 0.0]  # the last for merchants
    sides = [np.where(rows[:, side + 1] == 0, rows[:, side], town.people).astype(int) for side in (0, 2)]
    rows = rows[rows[:, 5] > np.maximum(opened[sides[0]], opened[sides[1]])]
    both, kinds = pa.concat_arrays([tables.person, tables.merchant]), pa.array(["person", "merchant"])
    at, refunded = rows[:, 5], rows[:, 6]
    columns = {
        "payment_id": tables.ids(len(rows)),
        "payer_id": taken(both, rows[:, 0] + rows[:, 1] * town.people),
        "payer_kind": taken(kinds, rows[:, 1]),
        "payee_id": taken(both, rows[:, 2] + rows[:, 3] * town.people),
        "payee_kind": taken(kinds, rows[:, 3]),
        "amount": pa.array(rows[:, 4]),
        "at": stamps(at),
        "refunded_at": stamps(refunded, (refunded <= at) | (refunded >= as_of)),
    }
    tables.write("payments", columns)


def _write_loans(tables: Tables) -> None:
    """Write loans as they are, some also as they were at first, with payouts and repayments."""
    town, life, rng, as_of = tables.town, tables.life, tables.rng, tables.as_of
    count, opened = len(life.loans), life.opened
    left = np.where(life.closed, 0, np.round(life.principal * (1 - life.paid / life.term), 2))
    early = np.flatnonzero((rng.random(count) < 0.3) & (opened < as_of - 40 * DAY))
    loan = np.r_[np.arange(count), early]
    first = np.r_[np.zeros(count, bool), np.ones(len(early), bool)]
    closed = np.where(life.closed[loan] & ~first, np.maximum(life.last_paid[loan], opened[loan] + HOUR), 0)
    late = np.where(first | life.closed[loan], 0, life.late[loan]).astype(int)
    seen = np.maximum(as_of - town.uniform(600, 2 * DAY, len(loan)), opened[loan] + HOUR / 2).clip(max=as_of - 1)
    columns = {
        "loan_id": taken(tables.loan, loan),
        "person_id": taken(tables.person, life.borrower[loan]),
        "lender_id": taken(tables.lender, life.loans[loan, 1]),
        "principal": pa.array(life.principal[loan]),
        "outstanding": pa.array(np.where(first, life.principal[loan], left[loan])),
        "opened_at": stamps(opened[loan]),
        "due_at": stamps(opened[loan] + life.term[loan] * 30 * DAY),
        "closed_at": stamps(closed, closed <= 0),
        "days_past_due": pa.array(late),
        "observed_at": stamps(np.where(first, opened[loan] + HOUR, seen)),
    }
    tables.write("loans", columns)
    paid_out = stamps(np.minimum(opened + town.uniform(30, 900, count), as_of - 1))
    borrower = taken(tables.person, life.borrower)
    columns = {"loan_id": tables.loan, "person_id": borrower, "amount": pa.array(life.principal), "at": paid_out}
    tables.write("disbursements", columns)
    loan, payer, amount, at = life.repayments
    columns = {
        "repayment_id": tables.ids(len(loan)),
        "loan_id": taken(tables.loan, loan),
        "payer_id": taken(tables.person, payer),
        "amount": pa.array(np.round(amount, 2)),
        "at": stamps(at),
    }
    tables.write("repayments", columns)


def _write_guarantees(tables: Tables) -> None:
    """Write guarantees, some with their loan."""
    life, people = tables.life, tables.town.people
    rows = life.guarantees
    rows = rows[(rows[:, 3] < tables.as_of) & (rows[:, 0] != rows[:, 1])]
    rows = rows[firsts((rows[:, 0] * people + rows[:, 1]) * (len(life.loans) + 1) + rows[:, 2])]
    loan = rows[:, 2].astype(int)
    other = np.round(np.exp(tables.rng.normal(8.6, 0.8, len(rows))), -2)
    columns = {
        "guarantor_id": taken(tables.person, rows[:, 0]),
        "person_id": taken(tables.person, rows[:, 1]),
        "loan_id": known(tables.loan, loan, loan < 0),
        "amount": pa.array(np.where(loan >= 0, life.principal[loan], other)),
        "at": stamps(rows[:, 3]),
    }
    tables.write("guarantees", columns)


def _write_requests(tables: Tables) -> None:
    """Write inquiries and applications, some of which led to no loan."""
    town, life, rng = tables.town, tables.life, tables.rng
    rows = life.inquiries
    rows = rows[(rows[:, 2] < tables.as_of) & (rows[:, 2] > town.registered[rows[:, 0].astype(int)])]
    rows[:, 2] = np.floor(rows[:, 2])
    rows = np.unique(rows, axis=0)
    columns = {"person_id": taken(tables.person, rows[:, 0]), "lender_id": taken(tables.lender, rows[:, 1])}
    tables.write("inquiries", {**columns, "at": stamps(rows[:, 2])})
    loans = life.loans
    noted = (loans[:, 1] == 0) | (loans[:, 5] >= 0) | (rng.random(len(loans)) < 0.4)
    loan = np.flatnonzero(noted)
    refused = rng.integers(0, town.people, town.people // 12)
    who = np.r_[life.borrower[loan], refused]
    before = life.opened[loan] - town.uniform(120, 7200, len(loan))
    at = np.r_[np.maximum(before, town.registered[life.borrower[loan]] + 60), life.times(refused)]
    nowhere = np.full(len(refused), -1)
    device, ip = (np.r_[loans[loan, column], nowhere].astype(int) for column in (5, 6))
    device = np.where(device < 0, town.own_device(who, at), device)
    on_move = rng.random(len(who)) < town.rates.carrier
    carrier = life.one_in_city(town.carrier_ip, town.city[who])
    ip = np.where(ip < 0, np.where(on_move, carrier, town.home_ip(who, at)), ip)
    columns = {
        "application_id": tables.ids(len(who)),
        "person_id": taken(tables.person, who),
        "amount": pa.array(np.r_[life.principal[loan], np.round(np.exp(rng.normal(8.5, 1, len(refused))), -2) + 100]),
        "term_months": pa.array(np.r_[life.term[loan], rng.choice([1, 3, 6, 12], len(refused))]),
        "at": stamps(at),
        "device_id": known(tables.device, device, tables.unknown(len(who), 0.08)),
        "ip": known(tables.ip, ip, tables.unknown(len(who), 0.08)),
    }
    tables.write("applications", columns)


def _write_labels(tables: Tables, labels: dict[int, Label], cases: int) -> None:
    """Write what is known about whom, for some frauds with their case."""
    case_id = tables.ids(cases, 6)
    case = np.array([number for _, _, number in labels.values()])
    columns = {
        "person_id": taken(tables.person, list(labels)),
        "label": taken(pa.array(LABELS), [label for label, _, _ in labels.values()]),
        "at": stamps([at for _, at, _ in labels.values()]),
        "ring_id": known(case_id, case, case == NO_CASE),
    }
    tables.write("labels", columns)


def _write_truth(tables: Tables, rings: list[Group], groups: list[Group], fresh: Any) -> None:
    """Write who is in which ring, honest group or sharing household, and by which evidence rings hold."""
    town, life = tables.town, tables.life
    ring_id = tables.ids(len(rings), 6)
    members = [(number, person, ring) for number, ring in enumerate(rings) for person in ring.members]
    columns = {
        "ring_id": taken(ring_id, [number for number, _, _ in members]),
        "person_id": taken(tables.person, [person for _, person, _ in members]),
        "kind": pa.array([ring.kind for _, _, ring in members]),
        "role": pa.array([ring.roles[person] for _, person, ring in members]),
    }
    tables.write("truth/truth_rings", columns)
    shares = (town.tablet >= 0) | life.shares_at_home[town.home_start]
    homes = np.flatnonzero((town.home_size >= 4) & shares)
    grouped = [(number, person, group.kind) for number, group in enumerate(groups) for person in group.members]
    for number, home in enumerate(homes, start=len(groups)):
        start = town.home_start[home]
        grouped += [(number, person, "household") for person in range(start, start + town.home_size[home])]
    group_id = tables.ids(len(groups) + len(homes), 6)
    columns = {
        "group_id": taken(group_id, [number for number, _, _ in grouped]),
        "person_id": taken(tables.person, [person for _, person, _ in grouped]),
        "kind": pa.array([kind for _, _, kind in grouped]),
    }
    tables.write("truth/truth_groups", columns)
    evidence = [(number, kind) for number, ring in enumerate(rings) for kind in sorted(ring.evidence)]
    columns = {
        "ring_id": taken(ring_id, [number for number, _ in evidence]),
        "evidence": pa.array([kind for _, kind in evidence]),
        "fresh": pa.array([bool(fresh[number]) for number, _ in evidence]),
    }
    tables.write("truth/evidence", columns)
