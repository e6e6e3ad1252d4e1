"""The written tables of the world of recruits: loans carried out, links missing, labels, opaque ids, and the truth.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from recruits_life import LENDER_KINDS, OWN_LENDER, any_lender
from recruits_rings import Crime
from recruits_town import CATEGORIES, DAY, HOUR, ID_KINDS, IP_KINDS, MODELS, RING_KINDS, Town

PAIR = 2**32
FIRST_IP, IPS = 2**24, 2**31
KNOWN_SHARE = 0.30
BRANDS = ["HW", "XM", "OP", "VV", "HN", "AP", "SS", "RM", "TC"]
STREETS = [f"{name}{way}" for name in "解放人民中山建设新华和平文化长江黄河光明" for way in ["路", "街", "大道", "巷"]]


@dataclass
class Credit:
    """Loans as they went: when opened, how paid, and the repayments."""

    asked: dict[str, Any]
    opened: Any
    paid: Any
    left: Any
    closed: Any
    late: Any
    repayments: tuple[Any, Any, Any, Any]


@dataclass
class Known:
    """What is known of whom: frauds and since when, the clean, those who defaulted, and rings nobody knows."""

    fresh: Any
    labelled: Any
    frauds: Any
    fraud_at: Any
    clean: Any
    defaulted: Any


def carry_out(town: Town) -> Credit:
    """Loans are paid month by month, late, early, by a relative, or no more."""
    rng, asked, end = town.rng, town.loans.rows(), town.end
    count, months = len(asked["person"]), asked["months"]
    opened = np.minimum(asked["at"], end - 120)
    due = np.minimum(np.floor((end - opened) / (30 * DAY)).astype(int), months)
    stops = np.where(asked["unpaid"], np.minimum(asked["stops"], np.maximum(months - 1, 0)), 999)
    late = town.coin(0.05, count) & ~asked["unpaid"]
    paid = np.minimum(np.maximum(due - late, 0), stops)
    early = town.coin(0.12, count) & ~asked["unpaid"] & (end - opened > 20 * DAY)
    paid = np.where(early, months, paid)
    times = np.where(early, np.minimum(paid, 1), paid)
    loan = np.repeat(np.arange(count), times)
    number = np.arange(len(loan)) - np.repeat(np.cumsum(times) - times, times) + 1
    early_at = opened + town.uniform(0.1, 0.95, count) * (end - opened)
    ahead = np.abs(rng.normal(0, 1.2, len(loan))) * DAY
    delayed = town.coin(0.06, len(loan)) * town.uniform(1, 9, len(loan)) * DAY
    at = np.where(early[loan], early_at[loan], opened[loan] + number * 30 * DAY - ahead + delayed)
    amount = asked["amount"][loan]
    amount = np.where(early[loan], amount * 1.01, amount / months[loan] * 1.015)
    borrower = asked["person"][loan]
    helped = town.coin(0.04, len(loan))
    payer = np.where(helped, town.mate(town.home, borrower), borrower)
    payer = np.where(asked["payer"][loan] >= 0, asked["payer"][loan], payer)
    done_at = np.where(paid >= months, opened + months * 30 * DAY, np.nan)
    closed = np.where(early, early_at, done_at)
    closed = np.where(closed > end, end - 1, closed)
    is_open = np.isnan(closed)
    left = np.where(is_open, np.round(asked["amount"] * (1 - paid / months), 2), 0.0)
    behind = np.maximum(0, np.floor((end - opened) / DAY - (paid + 1) * 30))
    past_due = np.where(is_open & (due > paid), behind, 0).astype(int)
    repayments = loan, payer, amount, np.minimum(at, end - 1)
    return Credit(asked, opened, paid, left, closed, past_due, repayments)


def _dropped(town: Town, one: Any, other: Any, share: float) -> Any:
    """Which rows are of a missing pair; a pair is missing in all of its rows."""
    pairs, place = np.unique(one.astype(np.int64) * PAIR + other, return_inverse=True)
    return town.coin(share, len(pairs))[place]


def _kept_logins(town: Town) -> dict[str, Any]:
    """Logins with an account, but those of missing pairs of person and device; some without address."""
    rows = town.logins.rows()
    at = rows["at"]
    in_span = (at < town.end) & (at > town.start - DAY) & (at > town.registered[rows["person"]])
    kept = in_span & ~_dropped(town, rows["person"], rows["device"], town.rates.missing)
    rows = {name: values[kept] for name, values in rows.items()}
    rows["no_ip"] = _dropped(town, rows["person"], rows["ip"], town.rates.missing)
    return rows


def _kept_identifiers(town: Town) -> dict[str, Any]:
    """Identifiers, each once, but the missing ones."""
    rows = town.identifiers.rows()
    key = (rows["person"].astype(np.int64) * 8 + rows["kind"]) * PAIR + rows["value"]
    first = np.unique(key, return_index=True)[1]
    first = first[~town.coin(town.rates.missing, len(first))]
    return {name: values[first] for name, values in rows.items()}


def _caught(town: Town, fresh: Any) -> Any:
    """Which members are known: at least one of each ring that is not fresh, and 30 % of all."""
    rng, ring = town.rng, town.ring
    labelled = np.zeros(town.people, bool)
    goal = int(KNOWN_SHARE * (ring >= 0).sum())
    chance = rng.beta(2.2, 2.7, town.rings)[np.maximum(ring, 0)]
    open_ring = (ring >= 0) & ~fresh[np.maximum(ring, 0)]
    labelled[np.flatnonzero(open_ring & town.coin(chance, town.people))] = True
    for number in np.flatnonzero(~fresh):
        if not labelled[town.crews[number]].any():
            labelled[rng.choice(town.crews[number])] = True
    members = np.flatnonzero(open_ring)
    known, unknown = members[labelled[members]], members[~labelled[members]]
    if len(known) < goal:
        labelled[rng.choice(unknown, min(len(unknown), goal - len(known)), replace=False)] = True
        return labelled
    for person in rng.permutation(known):
        if labelled[members].sum() <= goal:
            break
        if labelled[town.crews[ring[person]]].sum() > 1:
            labelled[person] = False
    return labelled


def _known(town: Town, credit: Credit) -> Known:
    """Draw the labels: frauds, some found late, people cleared, a few of them wrongly, and defaults."""
    rng, rates, people, ring = town.rng, town.rates, town.people, town.ring
    fresh = np.zeros(town.rings, bool)
    fresh[rng.permutation(town.rings)[: round(town.rings / 3)]] = True
    labelled = _caught(town, fresh)
    frauds = np.concatenate([np.flatnonzero(labelled), town.some(town.crooks, rates.single_label)])
    last = np.where(ring[frauds] >= 0, town.ring_end[np.maximum(ring[frauds], 0)], town.end - 60 * DAY)
    found = last + town.log_uniform(0.2, 60, len(frauds)) * DAY
    fraud_at = np.minimum(found, town.end - town.uniform(60, 3 * DAY, len(frauds)))
    noted = np.zeros(people, bool)
    noted[frauds] = True
    clean = np.flatnonzero(town.honest & ~town.alone & town.coin(rates.clean, people))
    in_open_ring = (ring >= 0) & ~fresh[np.maximum(ring, 0)]
    wrongly = np.flatnonzero(in_open_ring & ~noted & town.coin(0.008, people))
    clean = np.concatenate([clean, wrongly])
    defaulted = np.unique(credit.asked["person"][credit.late > 60])
    named = town.honest[defaulted] & ~noted[defaulted] & town.coin(rates.default_label, len(defaulted))
    defaulted = np.setdiff1d(defaulted[named], clean)
    return Known(fresh, labelled, frauds, fraud_at, clean, defaulted)


class Tables:
    """Where tables go, the opaque ids by which rows name people and things, and how many rows were written."""

    def __init__(self, out: Path, town: Town) -> None:
        self.out, self.town, self.rng = out, town, town.rng
        self.counts: dict[str, int] = {}
        self.person_text = self.ids(town.people, 6)
        self.person = pa.array(self.person_text)
        self.device = pa.array(self.ids(town.devices, 8))
        self.merchant = pa.array(self.ids(town.merchants, 6))
        self.lender = pa.array(self.ids(town.lenders, 4))
        self.chat = pa.array(self.ids(max(town.chats, 1), 6))
        count = len(town.ip_kinds)
        number = self.rng.choice(IPS, count, replace=False)
        number = (self.rng.permutation(number) if count < 1e6 else number) + FIRST_IP
        parts = [(ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255) for ip in number.tolist()]
        self.ip = pa.array([".".join(map(str, part)) for part in parts])

    def ids(self, count: int, width: int = 8) -> Any:
        """So many random ids."""
        if not count:
            return np.array([], "U1")
        text = self.rng.bytes(width * count).hex().encode()
        return np.frombuffer(text, f"S{2 * width}").astype(f"U{2 * width}")

    def numbers(self, count: int, digits: int, prefixes: list[str]) -> Any:
        """So many different numbers, each after one of the prefixes."""
        drawn = np.array([], np.int64)
        while len(drawn) < count:
            drawn = np.unique(np.concatenate([drawn, self.rng.integers(0, 10**digits, count + 1000)]))
        drawn = self.rng.permutation(drawn)[:count]
        return np.char.add(self.rng.choice(prefixes, count), np.char.zfill(drawn.astype(str), digits))

    def some_unknown(self, values: Any, share: float) -> pa.Array:
        """Values of which a share is unknown."""
        return pa.array(np.asarray(values), mask=self.town.coin(share, len(values)))

    def write(self, name: str, columns: dict[str, Any], shuffled: bool = True) -> None:
        """Write a table, its rows shuffled unless they tell nothing as they are."""
        table = pa.table(columns)
        if shuffled and len(table):
            table = table.take(pa.array(self.rng.permutation(len(table))))
        pq.write_table(table, self.out / f"{name}.parquet")
        self.counts[name] = len(table)


def taken(values: pa.Array, index: Any, unknown: Any = None) -> pa.Array:
    """The values at these places, where they are known."""
    index = np.asarray(index)
    return values.take(pa.array(index) if unknown is None else pa.array(index, mask=unknown))


def stamps(at: Any) -> pa.Array:
    """Moments as timestamps, unknown where they are not a number."""
    at = np.asarray(at, float)
    unknown = np.isnan(at)
    micros = np.where(unknown, 0, at).astype(np.int64) * 1_000_000
    return pa.array(micros, mask=unknown).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def firsts(*columns: Any) -> Any:
    """Where each combination is met first."""
    return np.sort(np.unique(np.stack(columns, 1), axis=0, return_index=True)[1])


def write_world(out: Path, town: Town, crime: Crime, began: float) -> None:
    """Carry out the loans and write all tables, the as-of and the truth."""
    credit = carry_out(town)
    town.registered = np.minimum(town.registered, town.end - 300)
    logins, identifiers = _kept_logins(town), _kept_identifiers(town)
    known = _known(town, credit)
    (out / "truth").mkdir(parents=True, exist_ok=True)
    tables = Tables(out, town)
    _write_people(tables)
    _write_things(tables, logins, credit)
    _write_ties(tables)
    _write_identifiers(tables, identifiers)
    _write_logins(tables, logins)
    _write_payments(tables)
    _write_loans(tables, credit)
    _write_guarantees(tables)
    _write_requests(tables, credit)
    _write_labels(tables, known)
    (out / "as_of.txt").write_text(time.strftime("%Y-%m-%dT%H:%M:%SZ\n", time.gmtime(town.end)))
    _write_truth(tables, crime, known)
    _write_summary(tables, crime, known, began)


def _write_people(tables: Tables) -> None:
    """Write the people and how active they are."""
    town, people = tables.town, tables.town.people
    born = (town.end - town.age * 365.25 * DAY) // DAY * DAY
    occupation = np.array(["salaried", "self_employed", "student", "other"])[town.occupation]
    columns = {
        "person_id": tables.person,
        "registered_at": stamps(town.registered),
        "birth_date": pa.array((born / DAY).astype("int32")).cast(pa.date32()),
        "occupation": tables.some_unknown(occupation, 0.06),
        "id_verified": pa.array(town.coin(0.96, people)),
        "face_verified": tables.some_unknown(town.coin(0.9, people), 0.03),
        "invited": pa.array(town.coin(0.15, people)),
    }
    tables.write("people", columns)
    who = town.those(0.8)
    moments = tables.rng.poisson(town.activity[who] * town.log_uniform(0.5, 20, len(who)))
    seen = stamps(town.end - town.uniform(60, 2 * DAY, len(who)))
    columns = {"person_id": taken(tables.person, who), "moments_30d": pa.array(moments), "observed_at": seen}
    tables.write("people_activity", columns)


def _write_things(tables: Tables, logins: dict[str, Any], credit: Credit) -> None:
    """Write the devices that were used, addresses, merchants and lenders."""
    town, rng = tables.town, tables.rng
    system = np.array(["android", "ios", "harmonyos"])[rng.choice(3, MODELS, p=[0.6, 0.2, 0.2])]
    brand = rng.choice(BRANDS, MODELS)
    name = np.array([f"{one}-{code}" for one, code in zip(brand, tables.ids(MODELS, 2), strict=True)])
    model = np.concatenate(town.device_models)
    emulated = np.concatenate(town.device_emulated) | town.coin(0.003, town.devices)
    applied_on = credit.asked["device"]
    used = np.union1d(logins["device"], applied_on[applied_on >= 0])
    columns = {
        "device_id": taken(tables.device, used),
        "model": tables.some_unknown(name[model[used]], 0.05),
        "os": pa.array(system[model[used]]),
        "emulator": pa.array(emulated[used]),
    }
    tables.write("devices", columns)
    kind = np.array(IP_KINDS)[np.array(town.ip_kinds)]
    noted = np.flatnonzero(town.coin(0.93, len(kind)))
    tables.write("ips", {"ip": taken(tables.ip, noted), "kind": pa.array(kind[noted])})
    category = np.array(CATEGORIES)[np.concatenate(town.merchant_categories)]
    tables.write("merchants", {"merchant_id": tables.merchant, "category": tables.some_unknown(category, 0.08)})
    kind = np.array(LENDER_KINDS)[town.lender_kind]
    tables.write("lenders", {"lender_id": tables.lender, "kind": pa.array(kind)})


def _write_ties(tables: Tables) -> None:
    """Write friendships in either order, chat groups, contacts and reports."""
    town, person, end = tables.town, tables.person, tables.town.end
    rows = town.friendships.rows()
    low, high = np.minimum(rows["person"], rows["friend"]), np.maximum(rows["person"], rows["friend"])
    kept = np.flatnonzero((low != high) & (rows["at"] < end))
    kept = kept[firsts(low[kept], high[kept])]
    forth = town.coin(0.5, len(kept))
    one, other = np.where(forth, low[kept], high[kept]), np.where(forth, high[kept], low[kept])
    columns = {"person_id": taken(person, one), "friend_id": taken(person, other), "since": stamps(rows["at"][kept])}
    tables.write("friendships", columns)
    rows = town.memberships.rows()
    kept = firsts(rows["person"], rows["chat"])
    kept = kept[rows["at"][kept] < end]
    columns = {
        "person_id": taken(person, rows["person"][kept]),
        "group_id": taken(tables.chat, rows["chat"][kept]),
        "joined_at": stamps(rows["at"][kept]),
        "messages_30d": pa.array(rows["messages"][kept]),
        "observed_at": stamps(np.full(len(kept), end - 3600.0)),
    }
    tables.write("group_memberships", columns)
    rows = town.contacts.rows()
    kept = firsts(rows["person"], rows["contact"])
    kept = kept[(rows["at"][kept] < end) & (rows["person"][kept] != rows["contact"][kept])]
    columns = {"person_id": taken(person, rows["person"][kept]), "contact_id": taken(person, rows["contact"][kept])}
    tables.write("contacts", {**columns, "at": stamps(rows["at"][kept])})
    rows = town.reports.rows()
    kept = np.flatnonzero(rows["reporter"] != rows["person"])
    kept = kept[firsts(rows["reporter"][kept], rows["person"][kept])]
    columns = {"reporter_id": taken(person, rows["reporter"][kept]), "person_id": taken(person, rows["person"][kept])}
    reason = tables.rng.choice(["spam", "fraud", "harassment", "other"], len(kept))
    tables.write("reports", {**columns, "at": stamps(rows["at"][kept]), "reason": pa.array(reason)})


def _values(tables: Tables) -> list[Any]:
    """How the values of each kind of identifier are written."""
    town, rng, counts = tables.town, tables.rng, tables.town.id_counts
    count = counts["address"]
    cities = np.array([f"{chr(0x5B89 + 7 * city)}{chr(0x6D32)}市" for city in range(town.cities)])
    city, street = rng.choice(cities, count), rng.choice(np.array(STREETS), count)
    house, block, room = (rng.integers(low, high, count) for low, high in ((1, 9999), (1, 99), (101, 3299)))
    parts = zip(city, street, house, block, room, strict=True)
    addresses = np.array([f"{c}{s}{number}号{b}-{r}" for c, s, number, b, r in parts])
    phones = tables.numbers(counts["phone"], 9, ["13", "15", "17", "18", "19"])
    cards = tables.numbers(counts["card"], 15, ["6222", "6217", "6228"])
    national = tables.numbers(counts["national_id"], 16, ["11", "32", "44", "51"])
    names = tables.ids(counts["email"], 5)
    hosts = rng.choice(["qq.com", "163.com", "126.com"], counts["email"])
    mails = np.array([f"{name}@{host}" for name, host in zip(names, hosts, strict=True)])
    return [phones, cards, addresses, national, mails]


def _write_identifiers(tables: Tables, rows: dict[str, Any]) -> None:
    """Write identifiers."""
    end, values = tables.town.end, _values(tables)
    first = np.concatenate([[0], np.cumsum([len(kind) for kind in values])[:-1]])
    text = pa.chunked_array([pa.array(kind) for kind in values]).combine_chunks()
    columns = {
        "person_id": taken(tables.person, rows["person"]),
        "kind": taken(pa.array(ID_KINDS), rows["kind"]),
        "value": taken(text, first[rows["kind"]] + rows["value"]),
        "since": stamps(np.where(rows["since"] > end, np.nan, rows["since"])),
        "until": stamps(np.where(rows["until"] > end, np.nan, rows["until"])),
    }
    tables.write("identifiers", columns)


def _write_logins(tables: Tables, rows: dict[str, Any]) -> None:
    """Write logins."""
    rng, at = tables.rng, np.floor(rows["at"])
    kept = firsts(rows["person"], rows["device"], at.astype(np.int64))
    ip = rows["ip"][kept]
    columns = {
        "person_id": taken(tables.person, rows["person"][kept]),
        "device_id": taken(tables.device, rows["device"][kept]),
        "ip": taken(tables.ip, np.maximum(ip, 0), (ip < 0) | rows["no_ip"][kept]),
        "at": stamps(at[kept]),
        "duration_s": pa.array(np.maximum(1, rng.gamma(1.2, 150, len(kept))).astype(int)),
        "actions": pa.array(1 + rng.poisson(6, len(kept))),
    }
    tables.write("logins", columns)


def _write_payments(tables: Tables) -> None:
    """Write payments between people who have an account by then, and merchants."""
    town, rows = tables.town, tables.town.payments.rows()
    at = rows["at"]
    kept = (at < town.end) & (at > town.start - 5 * DAY) & (rows["amount"] > 0)
    kept &= (rows["payer"] != rows["payee"]) | (rows["payer_kind"] != rows["payee_kind"])
    for side in ("payer", "payee"):
        merchant = rows[f"{side}_kind"] == 1
        kept &= merchant | (at > town.registered[np.where(merchant, 0, rows[side])])
    rows = {name: values[kept] for name, values in rows.items()}
    both = pa.chunked_array([tables.person, tables.merchant]).combine_chunks()
    kinds = pa.array(["person", "merchant"])
    columns = {
        "payment_id": pa.array(tables.ids(kept.sum())),
        "payer_id": taken(both, rows["payer"] + town.people * rows["payer_kind"]),
        "payer_kind": taken(kinds, rows["payer_kind"]),
        "payee_id": taken(both, rows["payee"] + town.people * rows["payee_kind"]),
        "payee_kind": taken(kinds, rows["payee_kind"]),
        "amount": pa.array(np.round(rows["amount"], 2)),
        "at": stamps(rows["at"]),
        "refunded_at": stamps(np.where(rows["refunded"] > town.end, np.nan, rows["refunded"])),
    }
    tables.write("payments", columns)


def _write_loans(tables: Tables, credit: Credit) -> None:
    """Write loans as they are, half also as they were at first, with payouts and repayments."""
    town, asked, end = tables.town, credit.asked, tables.town.end
    count, opened = len(asked["person"]), credit.opened
    loan_id = pa.array(tables.ids(count))
    early = np.flatnonzero(town.coin(0.5, count) & (end - opened > 5 * DAY))
    loan = np.concatenate([early, np.arange(count)])
    now = np.concatenate([np.zeros(len(early), bool), np.ones(count, bool)])
    columns = {
        "loan_id": taken(loan_id, loan),
        "person_id": taken(tables.person, asked["person"][loan]),
        "lender_id": taken(tables.lender, asked["lender"][loan], town.coin(0.02, len(loan))),
        "principal": pa.array(asked["amount"][loan]),
        "outstanding": pa.array(np.where(now, credit.left[loan], asked["amount"][loan])),
        "opened_at": stamps(opened[loan]),
        "due_at": stamps((opened + asked["months"] * 30 * DAY)[loan]),
        "closed_at": stamps(np.where(now, credit.closed[loan], np.nan)),
        "days_past_due": pa.array(np.where(now, credit.late[loan], 0)),
        "observed_at": stamps(np.where(now, end - 1800, opened[loan] + 60)),
    }
    tables.write("loans", columns)
    noted = np.flatnonzero(town.coin(0.95, count))
    columns = {
        "loan_id": taken(loan_id, noted),
        "person_id": taken(tables.person, asked["person"][noted]),
        "amount": pa.array(asked["amount"][noted]),
        "at": stamps(opened[noted]),
    }
    tables.write("disbursements", columns)
    loan, payer, amount, at = credit.repayments
    columns = {
        "repayment_id": pa.array(tables.ids(len(loan))),
        "loan_id": taken(loan_id, loan),
        "payer_id": taken(tables.person, payer, town.coin(0.1, len(loan))),
        "amount": pa.array(np.round(amount, 2)),
        "at": stamps(at),
    }
    tables.write("repayments", columns)


def _write_guarantees(tables: Tables) -> None:
    """Write guarantees, one for each pair."""
    rows = tables.town.guarantees.rows()
    kept = np.flatnonzero((rows["guarantor"] != rows["person"]) & (rows["at"] < tables.town.end))
    kept = kept[firsts(rows["guarantor"][kept], rows["person"][kept])]
    columns = {
        "guarantor_id": taken(tables.person, rows["guarantor"][kept]),
        "person_id": taken(tables.person, rows["person"][kept]),
        "amount": pa.array(rows["amount"][kept]),
        "at": stamps(rows["at"][kept]),
    }
    tables.write("guarantees", columns)


def _write_requests(tables: Tables, credit: Credit) -> None:
    """Write inquiries, applications, some of which led to no loan, and consents."""
    town, rng, asked = tables.town, tables.rng, credit.asked
    count, people = len(asked["person"]), town.people
    before = credit.opened - town.log_uniform(60, 12 * HOUR, count)
    other = rng.integers(0, people, count // 3)
    who = np.concatenate([asked["person"], other])
    at = np.floor(np.concatenate([before, town.any_time(len(other))]))
    lender = np.concatenate([asked["lender"], any_lender(town, len(other))])
    kept = firsts(who, lender, at.astype(np.int64))
    kept = kept[at[kept] < town.end]
    columns = {"person_id": taken(tables.person, who[kept]), "lender_id": taken(tables.lender, lender[kept])}
    tables.write("inquiries", {**columns, "at": stamps(at[kept])})
    noted = np.flatnonzero((asked["lender"] == OWN_LENDER) | town.coin(0.1, count))
    refused = rng.integers(0, people, len(noted) // 4)
    who = np.concatenate([asked["person"][noted], refused])
    at = np.concatenate([before[noted], town.any_time(len(refused))])
    amount = np.round(town.log_uniform(500, 30000, len(refused)), -2)
    nowhere = np.full(len(refused), -1)
    device, ip = (np.concatenate([asked[thing][noted], nowhere]) for thing in ("device", "ip"))
    device = np.where(device < 0, town.own_device(who, at), device)
    ip = np.where(ip < 0, town.any_ip(who, at), ip)
    columns = {
        "application_id": pa.array(tables.ids(len(who))),
        "person_id": taken(tables.person, who),
        "amount": pa.array(np.concatenate([asked["amount"][noted], amount])),
        "term_months": pa.array(np.concatenate([asked["months"][noted], rng.choice([3, 6, 12], len(refused))])),
        "at": stamps(at),
        "device_id": taken(tables.device, device, town.coin(town.rates.missing, len(who))),
        "ip": taken(tables.ip, ip, town.coin(town.rates.missing, len(who))),
    }
    tables.write("applications", columns)
    purpose = pa.array(np.full(people, "credit_scoring"))
    columns = {"person_id": tables.person, "purpose": purpose, "given_at": stamps(town.registered + 60)}
    tables.write("consents", columns)


def _write_labels(tables: Tables, known: Known) -> None:
    """Write what is known about whom."""
    town = tables.town
    who = np.concatenate([known.frauds, known.clean, known.defaulted])
    cleared = town.uniform(town.start, town.end - HOUR, len(known.clean))
    failed = town.end - town.uniform(60, 20 * DAY, len(known.defaulted))
    names = [np.full(len(known.frauds), "fraud"), np.full(len(known.clean), "clean")]
    label = np.concatenate([*names, np.full(len(known.defaulted), "default")])
    at = stamps(np.concatenate([known.fraud_at, cleared, failed]))
    tables.write("labels", {"person_id": taken(tables.person, who), "label": pa.array(label), "at": at})


def _write_truth(tables: Tables, crime: Crime, known: Known) -> None:
    """Write who is in which ring or honest group, who is a fraud alone, and by which evidence rings hold."""
    town, rng = tables.town, tables.rng
    ring_id = tables.ids(town.rings, 5)
    members = rng.permutation(np.flatnonzero(town.ring >= 0))
    ring = town.ring[members]
    columns = {
        "ring_id": pa.array(ring_id[ring]),
        "person_id": taken(tables.person, members),
        "kind": pa.array(np.array(RING_KINDS)[town.ring_kind[ring]]),
        "role": pa.array(town.role[members]),
    }
    tables.write("truth/truth_rings", columns, shuffled=False)
    groups = town.honest_groups
    group_id = tables.ids(max(len(groups), 1), 5)
    number = np.concatenate([np.full(len(people), place) for place, (_, people) in enumerate(groups)])
    columns = {
        "group_id": pa.array(group_id[number]),
        "person_id": taken(tables.person, np.concatenate([people for _, people in groups])),
        "kind": pa.array(np.array([kind for kind, _ in groups])[number]),
    }
    tables.write("truth/truth_groups", columns)
    by_id = town.crooks[np.argsort(tables.person_text[town.crooks])]
    tables.write("truth/truth_singles", {"person_id": taken(tables.person, by_id)}, shuffled=False)
    ring = np.array([number for number, _ in crime.evidence])
    columns = {
        "ring_id": pa.array(ring_id[ring]),
        "evidence": pa.array([kind for _, kind in crime.evidence]),
        "fresh": pa.array(known.fresh[ring]),
    }
    tables.write("truth/evidence", columns)


def _write_summary(tables: Tables, crime: Crime, known: Known, began: float) -> None:
    """Write how the world turned out, and its rates."""
    town, in_ring, sizes = tables.town, tables.town.ring >= 0, tables.town.ring_sizes
    labels = {"fraud": len(known.frauds), "clean": len(known.clean), "default": len(known.defaulted)}
    group_kinds = np.array([kind for kind, _ in town.honest_groups])
    summary = {
        "seconds": round(time.time() - began, 1),
        "rings": town.rings,
        "members": int(in_ring.sum()),
        "sizes": [int(sizes.min()), float(np.median(sizes)), int(sizes.max())],
        "no_trace": int((in_ring & (crime.traces == 0)).sum()),
        "fresh": float(known.fresh.mean()),
        "fraud_share": float(known.labelled[in_ring].mean()),
        "lone": len(town.crooks),
        "labels": labels,
        "camo": round(crime.outside_links / (crime.ring_links + crime.outside_links), 3),
        "missing": round(town.rates.missing, 3),
        "groups": {str(kind): int((group_kinds == kind).sum()) for kind in np.unique(group_kinds)},
        "kinds": {kind: int((town.ring_kind == place).sum()) for place, kind in enumerate(RING_KINDS)},
        "two": len(crime.evidence) - town.rings,
        "rows": {name: count for name, count in tables.counts.items() if "/" not in name},
    }
    rates = {name: rate if isinstance(rate, bool) else float(rate) for name, rate in vars(town.rates).items()}
    text = json.dumps({"summary": summary, "parameters": rates}, indent=1, default=float)
    (tables.out / "truth" / "world.json").write_text(text)
