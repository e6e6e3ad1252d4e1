"""A ring, and a group that is none, on a screen: why, what speaks against it, who, by what, since when."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from graphfraud.screen import Screen
from graphfraud.sources.pseudonym import shortened

MEMBERS: Final = 40
"""Members on a screen."""
THINGS: Final = 10
ALL_THINGS: Final = 15
"""Things that tie members, without and with ``--explain``."""
NAMED: Final = 2
"""Members of one tie who are named."""
Row = Mapping[str, Any]


def show_ring(screen: Screen, ring: Row, *, explain: bool) -> None:
    """One ring on one page."""
    since = f"first seen {ring['first_seen_at']:%Y-%m-%d}"
    screen.say(f"{ring['ring_id']}: {_word(ring['kind'])}, {ring['size']} people, score {ring['score']:.3f}, {since}")
    if ring.get("stacking") is not None:
        owed = f"{ring['outstanding']:,.2f} yuan at {ring['lenders_open']} lenders"
        screen.say(f"as one borrower they owe {owed}, stacking {ring['stacking']:.2f}")
    screen.say(_fate_said(ring["lineage"], ring["ring_id"]))
    _show_reasons(screen, ring, "Why it is a ring", innocent=False)
    if not _show_reasons(screen, ring, "What speaks against it", innocent=True):
        screen.say(
            "Nothing innocent was found. Look yourself: household, dormitory, office, market stall, public network."
        )
    screen.say(_chance_said(ring["p_value"]))
    ties = _ties_of(ring["evidence"])
    rows = [(one["person_id"], one["role"], one["score"], ties.get(one["person_id"], "")) for one in ring["members"]]
    screen.table("Members", ("person", "role", "score", "tied by"), rows[:MEMBERS])
    _more(screen, len(rows) - MEMBERS, "members", "--json")
    things = _things(ring["evidence"])
    shown = ALL_THINGS if explain else THINGS
    columns = ("who", "tie", "to", "weight", "first", "last")
    screen.table("What ties them, the heaviest first", columns, things[:shown])
    _more(screen, len(things) - shown, "ties", "--json" if explain else "--explain")


def show_rejected_group(screen: Screen, group: Row) -> None:
    """One dense group that is no ring: why not, what spoke for a ring, and who."""
    family = _word(group["family"])
    screen.say(f"{group['group_id']}: no ring, {group['size']} people held together by {family}")
    _show_reasons(screen, group, "Why it is none", innocent=True)
    if not _show_reasons(screen, group, "What spoke for a ring", innocent=False):
        screen.say("nothing beside what they share spoke for a ring")
    screen.say(f"Together: fraud with a probability of {group['odds']:.2g}. {_chance_said(group['p_value'])}")
    people = [one["person_id"] for one in group["members"]]
    screen.say(f"Members: {', '.join(people[:MEMBERS])}")
    _more(screen, len(people) - MEMBERS, "members", "--json")


def show_rejected(screen: Screen, groups: Iterable[Row]) -> None:
    """Dense groups that are no rings, each with its first explanation."""
    rows = [(g["group_id"], _word(g["family"]), g["size"], g["odds"], g["reasons"][0]["en"]) for g in groups]
    screen.table("Dense groups that are no rings", ("group", "held by", "people", "odds", "explanation"), rows)
    screen.say("look closer: graphfraud ring GROUP_ID")


def _show_reasons(screen: Screen, group: Row, title: str, *, innocent: bool) -> bool:
    """Whether there are reasons of a side, and which; the one that moved the score most first."""
    both = zip(group["reasons"], group["points"], strict=True)
    side = [(reason, moved) for reason, moved in both if reason["code"].startswith("RI-") == innocent]
    side.sort(key=lambda one: (-abs(one[1]), one[0]["code"]))
    if side:
        rows = [(reason["en"], f"{moved:+.2f}", reason["code"]) for reason, moved in side]
        screen.table(title, ("reason", "points", "code"), rows)
    return bool(side)


def _things(evidence: Iterable[Row]) -> list[tuple[str, str, str, float, str, str]]:
    """Ties by what they lead to: whose they are, how heavy together, from when to when."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in evidence:
        found.setdefault((row["relationship"], row["target_label"], row["target_id"]), []).append(row)
    rows = []
    for (relationship, label, target), ties in found.items():
        people = sorted({row["source_id"] for row in ties})
        who = ", ".join(people) if len(people) <= NAMED else f"{len(people)} members"
        times = [row["at"] for row in ties if row["at"] is not None]
        first, last = (f"{moment:%Y-%m-%d}" for moment in (min(times), max(times))) if times else ("", "")
        to = target if label == "Person" else f"{label} {shortened(target)}"
        weight = round(sum(row["weight"] or 0.0 for row in ties), 2)
        rows.append((who, _word(relationship), to, weight, first, last))
    return sorted(rows, key=lambda row: (-row[3], row[0], row[1], row[2]))


def _ties_of(evidence: Iterable[Row]) -> dict[str, str]:
    """For each person how often which tie speaks for them."""
    found: dict[str, dict[str, int]] = {}
    for row in evidence:
        ends = [row["source_id"]] + [row["target_id"]] * (row["target_label"] == "Person")
        for person in ends:
            counts = found.setdefault(person, {})
            counts[_word(row["relationship"])] = counts.get(_word(row["relationship"]), 0) + 1
    return {
        person: ", ".join(f"{name} ×{count}" if count > 1 else name for name, count in sorted(counts.items()))
        for person, counts in found.items()
    }


def _fate_said(told: Row, ring_id: str) -> str:
    """What became of a ring since the run before."""
    if told["since"] is None:
        return "There is no earlier run: whether it is new is not known."
    others = [one for one in told["from_ids"] if one != ring_id]
    parts = [f"{told['event']} since run {told['since']}"]
    parts += [f"from {', '.join(others)}"] if others else []
    parts += [f"joined: {_named(told['joined'])}"] if told["joined"] else []
    parts += [f"left: {_named(told['left'])}"] if told["left"] else []
    return "; ".join(parts)


def _named(people: list[str]) -> str:
    more = f" and {len(people) - THINGS} more" if len(people) > THINGS else ""
    return f"{len(people)} ({', '.join(people[:THINGS])}{more})"


def _chance_said(p_value: float) -> str:
    if p_value >= 1.0:
        return "Chance alone is not excluded: so few people may be tied like this anywhere."
    return f"Chance alone ties so many people so closely in at most {p_value:.1e} of all such worlds."


def _more(screen: Screen, count: int, what: str, option: str) -> None:
    if count > 0:
        screen.say(f"{count:,} more {what} with {option}")


def _word(name: str) -> str:
    return name.replace("_", " ").lower() if name.isupper() or "_" in name else name
