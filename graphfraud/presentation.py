"""How a load, a night, a ring and a debt look on a person's screen, and as JSON for a machine."""

from dataclasses import asdict
from typing import Any, Final

from graphfraud import inspection
from graphfraud.debt.shock import Stress
from graphfraud.loading import Loaded
from graphfraud.pipeline import Published
from graphfraud.screen import Screen

SHOWN: Final = 10
"""Rings, and rows of evidence without ``--explain``."""


def show_ring(screen: Screen, ring: dict[str, Any], *, explain: bool) -> None:
    """One ring: why, who, and by what."""
    since = f"first seen {ring['first_seen_at']:%Y-%m-%d}"
    screen.say(f"{ring['ring_id']}: {ring['kind']}, {ring['size']} people, score {ring['score']:.3f}, {since}")
    if ring.get("stacking") is not None:
        owed = f"{ring['outstanding']:,.2f} yuan at {ring['lenders_open']} lenders"
        screen.say(f"as one borrower they owe {owed}, stacking {ring['stacking']:.2f}")
    _show_reasons(screen, ring)
    columns: tuple[str, ...] = ("person_id", "role", "score")
    screen.table("Members", columns, [[row[name] for name in columns] for row in ring["members"]])
    columns = ("source_id", "relationship", "target_id", "target_label", "weight", "at")
    shown = ring["evidence"] if explain else ring["evidence"][:SHOWN]
    screen.table("Evidence", columns, [[row[name] for name in columns] for row in shown])
    if len(shown) < len(ring["evidence"]):
        screen.say(f"{len(ring['evidence']) - len(shown)} more rows with --explain")
    if explain:
        screen.say(_chance_said(ring["p_value"]))


def show_rejected_group(screen: Screen, group: dict[str, Any]) -> None:
    """One dense group that is no ring: what explains it, what spoke for a ring, and who."""
    screen.say(f"{group['group_id']}: no ring, {group['size']} people held together by {group['family']}")
    _show_reasons(screen, group)
    screen.say(f"together: the odds to be fraud are {group['odds']:.3f}; {_chance_said(group['p_value'])}")
    screen.table("Members", ("person_id",), [[person] for person in group["members"]])


def show_rejected(screen: Screen, groups: list[dict[str, Any]]) -> None:
    """Dense groups that are no rings, each with its first explanation."""
    rows = [(g["group_id"], g["family"], g["size"], g["odds"], g["reasons"][0]["en"]) for g in groups]
    screen.table("Dense groups that are no rings", ("group", "held by", "people", "odds", "explanation"), rows)
    screen.say("look closer: graphfraud ring GROUP_ID")


def _show_reasons(screen: Screen, group: dict[str, Any]) -> None:
    rows = [
        (reason["code"], f"{moved:+.2f}", reason["en"])
        for reason, moved in zip(group["reasons"], group["points"], strict=True)
    ]
    screen.table("Reasons", ("code", "points", "meaning"), rows)


def _chance_said(p_value: float) -> str:
    if p_value >= 1.0:
        return "chance alone is not excluded"
    return f"chance alone ties so many people so closely once in {1.0 / max(p_value, 1e-300):.1e} worlds"


def show_debt(screen: Screen, debts: dict[str, Any]) -> None:
    """One person's debts, the path that carries most, and what is known of contagion."""
    person_id, path = debts["person_id"], debts["top_path"]
    hidden = ("run_id", "person_id", "top_path", "shared_debt")
    screen.table(f"Debt of {person_id}", ("what", "value"), [row for row in debts.items() if row[0] not in hidden])
    screen.say(f"the path that carries most: {path}" if path else f"{person_id} stands to lose nothing through others")
    contagion = debts["shared_debt"].get("contagion")
    if not contagion:
        return
    if contagion["basis"] == "prior":
        screen.say(f"default probability rests on documented priors: {contagion['why']}")
        return
    screen.table(
        f"What others add, learned from {contagion['labels']:,} labels ({contagion['form']})",
        ("layer", "log-odds", "from", "to", "rewired from", "rewired to"),
        [list(layer.values()) for layer in contagion["coefficients"]],
    )


def show_stress(screen: Screen, stress: Stress) -> None:
    """Losses with and without a shock, side by side."""
    figures = stress.figures()
    screen.table(
        f"Loss in a quarter, yuan, over {figures['worlds']:,} worlds",
        ("what", "without", "with the shock"),
        [(name, value, figures["shocked"][name]) for name, value in figures["baseline"].items()],
    )
    screen.say(f"all exposures together: {stress.exposure:,.0f} yuan")


def loaded_json(loaded: Loaded) -> dict[str, Any]:
    """A load for a machine."""
    return asdict(loaded) | {"rejects": str(loaded.rejects)}


def published_json(published: Published) -> dict[str, Any]:
    """A night for a machine."""
    manifest = published.run.manifest
    known = {name: manifest[name] for name in ("run_id", "parent_run", "as_of", "rows", "stages")}
    return known | {"current": published.current, "repeated": published.repeated, "path": str(published.run.path)}


def show_loaded(screen: Screen, loaded: Loaded) -> None:
    """What a load read, refused and changed, table by table."""
    rows = [
        (name, count, loaded.rejected.get(name, 0), done.added, done.replaced, done.unchanged)
        for name, count in loaded.rows_in.items()
        for done in [loaded.written[name]]
    ]
    screen.table("Loaded", ("table", "rows in", "rejected", "added", "replaced", "unchanged"), rows)
    _say_left_out(screen, loaded)


def _say_loaded(screen: Screen, loaded: Loaded) -> None:
    """One line on a load; a table only for what was rejected."""
    rows, bad = sum(loaded.rows_in.values()), sum(loaded.rejected.values())
    changed = sum(done.added + done.replaced for done in loaded.written.values())
    screen.say(f"loaded {rows:,} rows of {len(loaded.rows_in)} tables: {changed:,} new or changed, {bad:,} rejected")
    if bad:
        share = [
            (name, count, loaded.rejected[name]) for name, count in loaded.rows_in.items() if loaded.rejected[name]
        ]
        screen.table("Rejected", ("table", "rows in", "rejected"), share)
    _say_left_out(screen, loaded)


def _say_left_out(screen: Screen, loaded: Loaded) -> None:
    for name, columns in loaded.undeclared.items():
        screen.note(f"{name}: left out columns that no table declares: {', '.join(columns)}")
    for name in loaded.ignored:
        screen.note(f"{name}: no table has this name; left out")
    if any(loaded.rejected.values()):
        screen.say(f"rejected rows and why: {loaded.rejects}")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def show_night(screen: Screen, published: Published, loaded: Loaded | None) -> None:
    """The worst rings of a night, its size, and where to look closer."""
    run = published.run
    if loaded is not None:
        _say_loaded(screen, loaded)
    if published.repeated:
        screen.note("this night had been published before; nothing was computed again")
    if not published.current:
        screen.note("published, but not current: readers already see a later as-of (graphfraud rollback switches)")
    worst = inspection.worst_rings(run, limit=SHOWN)
    rows = [
        (r["ring_id"], r["kind"], r["size"], r["score"], r["reasons"][0]["en"] if r["reasons"] else "") for r in worst
    ]
    screen.table("Worst rings", ("ring", "kind", "people", "score", "first reason"), rows)
    decisions = run.manifest["fairness"]["occupation"]
    people = sum(group["people"] for group in decisions.values())
    approved = sum(group["people"] * group["approved"] for group in decisions.values())
    screen.say(
        f"run {run.run_id}, as-of {run.manifest['as_of']}: {_counted(run.manifest['rows']['rings'], 'ring')}, "
        f"{people:,} people scored, {approved / max(people, 1):.1%} approved"
    )
    screen.say(f"tables: {run.path}\nlook closer: graphfraud ring RING_ID --explain --runs {run.path.parent}")
