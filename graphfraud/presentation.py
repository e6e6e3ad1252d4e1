"""How a load, a night and a debt look on a person's screen, and as JSON for a machine."""

from dataclasses import asdict
from typing import Any, Final

from graphfraud import inspection
from graphfraud.debt.shock import Stress
from graphfraud.loading import Loaded
from graphfraud.pipeline import Published
from graphfraud.screen import Screen

SHOWN: Final = 10
"""Rings that a night prints."""


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
    worst = inspection.worst(run, inspection.RINGS, limit=SHOWN)
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
    screen.say(f"fairness by group: {run.path / 'fairness.svg'}")
    screen.say(f"tables: {run.path}\nlook closer: graphfraud ring RING_ID --explain --runs {run.path.parent}")
