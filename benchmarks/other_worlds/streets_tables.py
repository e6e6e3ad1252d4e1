"""The written tables of the streets, and the truth beside them.

Written, like the world's other files, without knowledge of the project's own generator or method.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from streets_town import AS_OF, DAY, LENDERS, NOW, Column, World, merchant_ids


def seconds(moment: Column) -> Column:
    """Moments in seconds since 1970 as timestamps."""
    return pd.to_datetime(np.asarray(moment, dtype=np.int64), unit="s", utc=True)


def seconds_or_none(moment: Column) -> Column:
    """The same, and none where there was no such moment."""
    return pd.to_datetime(np.where(np.asarray(moment) > 0, moment, np.nan), unit="s", utc=True)


def write(out: Path, table: str, columns: dict[str, Column], key: list[str]) -> None:
    """Write a table without repeated keys, in an order that tells nothing."""
    rows = pd.DataFrame(columns).drop_duplicates(key)
    rows.sample(frac=1, random_state=1).to_parquet(out / f"{table}.parquet", index=False)


def ip_kind(ip: str) -> str | None:
    """What an address is known as; of rings' own, half are known as a data centre's."""
    first, second, *_ = ip.split(".")
    if first == "45":
        return "datacenter" if int(second) % 2 else None
    return {"10": "residential", "100": "mobile", "172": "public", "192": "office"}.get(first)


def write_people(world: World, out: Path) -> None:
    """Write the people."""
    rng, people = world.rng, world.people
    invited = rng.random(people) < 0.15
    columns = {
        "person_id": world.person_id,
        "registered_at": seconds(world.registered),
        "birth_date": [(AS_OF - pd.Timedelta(days=int(age) * 365 + 100)).date() for age in world.age],
        "occupation": world.occupation,
        "id_verified": rng.random(people) < 0.97,
        "face_verified": rng.random(people) < 0.95,
        "invited": invited,
    }
    write(out, "people", columns, ["person_id"])


def write_things(world: World, out: Path, logins: pd.DataFrame) -> None:
    """Write addresses, devices, merchants and lenders."""
    rng = world.rng
    ips = pd.unique(pd.Series(logins.ip))
    known = np.random.default_rng(world.seed).random(len(ips)) > 0.3
    kinds = [ip_kind(ip) if is_known else None for ip, is_known in zip(ips, known, strict=True)]
    write(out, "ips", {"ip": ips, "kind": kinds}, ["ip"])
    devices = pd.unique(pd.Series(logins.device_id))
    columns = {
        "device_id": devices,
        "model": rng.choice([f"model{number}" for number in range(40)], len(devices)),
        "os": rng.choice(["android", "ios"], len(devices)),
        "emulator": rng.random(len(devices)) < 0.01,
    }
    write(out, "devices", columns, ["device_id"])
    write(out, "merchants", {"merchant_id": merchant_ids(world), "category": "shop"}, ["merchant_id"])
    write(out, "lenders", {"lender_id": LENDERS, "kind": world.lender_kind}, ["lender_id"])


def write_ties(world: World, out: Path) -> None:
    """Write friendships, chat groups, contacts, reports and identifiers."""
    ids, rows = world.person_id, world.sheet("friend")
    rows = rows[rows.a != rows.b]
    low, high = np.minimum(rows.a, rows.b), np.maximum(rows.a, rows.b)
    columns = {"person_id": ids[low], "friend_id": ids[high], "since": seconds(rows.since)}
    write(out, "friendships", columns, ["person_id", "friend_id"])
    rows = world.sheet("group")
    columns = {"person_id": ids[rows.p], "group_id": rows.gid, "joined_at": seconds(rows["at"])}
    write(out, "group_memberships", columns, ["person_id", "group_id"])
    rows = world.sheet("contact").astype({"p": int, "c": int})
    rows = rows[rows.p != rows.c]
    columns = {"person_id": ids[rows.p], "contact_id": ids[rows.c], "at": seconds(rows["at"])}
    write(out, "contacts", columns, ["person_id", "contact_id"])
    rows = world.sheet("report")
    rows = rows[rows.r != rows.p]
    columns = {"reporter_id": ids[rows.r], "person_id": ids[rows.p], "at": seconds(rows["at"])}
    write(out, "reports", columns, ["reporter_id", "person_id", "at"])
    rows = world.sheet("ident")
    columns = {"person_id": ids[rows.p], "kind": rows.kind, "value": rows.value, "since": seconds(rows.since)}
    columns["until"] = seconds_or_none(rows.until)
    write(out, "identifiers", columns, ["person_id", "kind", "value"])


def write_acts(world: World, out: Path, logins: pd.DataFrame) -> None:
    """Write logins and payments."""
    columns = {
        "person_id": world.person_id[logins.p.astype(int)],
        "device_id": logins.device_id,
        "ip": logins.ip,
        "at": seconds(logins["at"]),
        "duration_s": np.round(logins.dur, 1),
        "actions": logins.act,
    }
    write(out, "logins", columns, ["person_id", "device_id", "at"])
    rows = world.sheet("pay")
    rows = rows[rows["at"] < NOW]
    columns = {
        "payment_id": [f"PX{number}" for number in range(len(rows))],
        "payer_id": rows.payer,
        "payer_kind": rows.pk,
        "payee_id": rows.payee,
        "payee_kind": rows.yk,
        "amount": np.round(rows.amount.clip(lower=0.01), 2),
        "at": seconds(rows["at"]),
        "refunded_at": seconds_or_none(rows.ref),
    }
    write(out, "payments", columns, ["payment_id"])


def write_credit(world: World, out: Path) -> None:
    """Write loans, payouts and guarantees."""
    ids, rows = world.person_id, world.sheet("loan")
    columns = {
        "loan_id": rows.loan_id,
        "person_id": ids[rows.p],
        "lender_id": rows.lender,
        "principal": rows.principal,
        "outstanding": rows.outstanding,
        "opened_at": seconds(rows.opened),
        "due_at": seconds(rows.opened + 180 * DAY),
        "days_past_due": rows.dpd,
    }
    write(out, "loans", columns, ["loan_id"])
    rows = world.sheet("disb")
    rows = rows[rows["at"] < NOW]
    columns = {"loan_id": rows.loan_id, "person_id": ids[rows.p], "amount": rows.amount, "at": seconds(rows["at"])}
    write(out, "disbursements", columns, ["loan_id", "at"])
    rows = world.sheet("guar")
    rows = rows[rows.gu != rows.pe]
    guarantor, person = ids[rows.gu.astype(int)], ids[rows.pe.astype(int)]
    columns = {"guarantor_id": guarantor, "person_id": person, "amount": rows.amount, "at": seconds(rows["at"])}
    write(out, "guarantees", columns, ["guarantor_id", "person_id"])


def write_requests(world: World, out: Path) -> None:
    """Write inquiries, applications and labels."""
    ids, rows = world.person_id, world.sheet("inq")
    columns = {"person_id": ids[rows.p], "lender_id": rows.lender, "at": seconds(rows["at"])}
    write(out, "inquiries", columns, ["person_id", "lender_id", "at"])
    rows = world.sheet("app")
    columns = {
        "application_id": [f"AP{number}" for number in range(len(rows))],
        "person_id": ids[rows.p],
        "amount": rows.amount,
        "at": seconds(rows["at"]),
        "device_id": rows.dev,
        "ip": rows.ip,
    }
    write(out, "applications", columns, ["application_id"])
    rows = world.sheet("label")
    columns = {"person_id": ids[rows.p], "label": rows.label, "at": seconds(rows["at"])}
    write(out, "labels", columns, ["person_id", "label"])


def write_truth(world: World, out: Path) -> None:
    """Write who is in which ring or honest group, by which evidence, and who will default."""
    ids, rng = world.person_id, world.rng
    rings = [
        pd.DataFrame(
            {"ring_id": f"R{ring.number}", "person_id": ids[ring.members], "kind": ring.kind, "role": "member"}
        )
        for ring in world.rings
    ]
    pd.concat(rings).to_parquet(out / "truth_rings.parquet", index=False)
    groups = [
        pd.DataFrame({"group_id": f"G{group.number}", "person_id": ids[group.members], "kind": group.kind})
        for group in world.groups
    ]
    pd.concat(groups).to_parquet(out / "truth_groups.parquet", index=False)
    defaulted = rng.random(world.people) < 0.05
    rows = pd.DataFrame({"person_id": ids, "default_probability": 0.05, "defaulted_90d": defaulted})
    rows.to_parquet(out / "truth_default.parquet", index=False)
    evidence = {
        "ring_id": [f"R{ring.number}" for ring in world.rings],
        "evidence": [ring.evidence for ring in world.rings],
        "fresh": [ring.number in world.fresh for ring in world.rings],
    }
    pd.DataFrame(evidence).to_parquet(out / "evidence.parquet", index=False)


def write_world(world: World, out: Path) -> None:
    """Write all tables, the as-of and the truth."""
    (out / "truth").mkdir(parents=True, exist_ok=True)
    logins = world.sheet("login")
    logins = logins[logins["at"] < NOW]
    write_people(world, out)
    write_things(world, out, logins)
    write_ties(world, out)
    write_acts(world, out, logins)
    write_credit(world, out)
    write_requests(world, out)
    (out / "as_of.txt").write_text(AS_OF.strftime("%Y-%m-%dT%H:%M:%SZ") + "\n")
    write_truth(world, out / "truth")
