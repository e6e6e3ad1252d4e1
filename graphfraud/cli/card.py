"""Commands of the score card: check, compare, try, activate, propose."""

import time
from dataclasses import asdict
from pathlib import Path

import click

from graphfraud.cli.common import PATH, Common, common
from graphfraud.publish.cards import Cards, in_force
from graphfraud.score.card import read_card
from graphfraud.score.comparison import differences
from graphfraud.score.entries import Card


@click.group("card")
def card_group() -> None:
    """The score card."""


@card_group.command("validate")
@click.argument("card", type=PATH, required=False)
@common
def card_validate(common: Common, card: Path | None) -> None:
    """Check a card file, or the one that ships with the package."""
    version = read_card(card).version
    common.screen.result({"card": str(card or "built in"), "version": version, "valid": True})
    common.screen.say(f"card {version} is valid")


@card_group.command("diff")
@click.argument("new", type=PATH)
@click.argument("old", type=PATH, required=False)
@common
def card_diff(common: Common, new: Path, old: Path | None) -> None:
    """What NEW says that OLD does not; without OLD, the card in force."""
    before, after = _in_force(common) if old is None else read_card(old), read_card(new)
    rows = differences(before, after)
    common.screen.result(
        {
            "old": before.version,
            "new": after.version,
            "differences": [dict(zip(("entry", "old", "new"), row, strict=True)) for row in rows],
        }
    )
    common.screen.table(f"{before.version} -> {after.version}", ("entry", "old", "new"), rows)
    if not rows:
        common.screen.say("the two cards say the same")


@card_group.command("dry-run")
@click.argument("draft", type=PATH)
@click.option("--most", type=click.IntRange(0), default=20, show_default=True, help="People to name.")
@common
def card_dry_run(common: Common, draft: Path, most: int) -> None:
    """Score the current run with DRAFT: who changes tier, and how far scores shift."""
    from graphfraud.trial import tried

    card, other = _in_force(common), read_card(draft)
    found = tried(common.runs.must_have_current(), card, other, zone=common.settings.zone, most=most)
    common.screen.result({"card": card.version, "draft": other.version, **asdict(found)})
    moves = [("tier", move, count) for move, count in found.tier_moves.items()]
    moves += [("decision", move, count) for move, count in found.decision_moves.items()]
    common.screen.table(
        f"{card.version} -> {other.version}, {found.people:,} people", ("what", "move", "people"), moves
    )
    rows = [(one["person_id"], one["from"], one["to"], one["score_before"], one["score_after"]) for one in found.moved]
    common.screen.table("Largest changes", ("person", "from", "to", "score before", "after"), rows)
    common.screen.say(
        f"approved {found.approved[0]:.1%} -> {found.approved[1]:.1%}; population stability index {found.psi:.3f} "
        "(below 0.1 little, above 0.25 much has shifted)"
    )
    common.screen.say(f"next: graphfraud card activate {draft}")


@card_group.command("activate")
@click.argument("card", type=PATH)
@common
def card_activate(common: Common, card: Path) -> None:
    """Score with CARD from the next night on; every card stays in RUNS/cards."""
    read, cards = read_card(card), Cards(common.runs_home)
    before = cards.active()
    cards.activate(read)
    common.screen.result({"active": read.version, "before": before.version if before else None})
    common.screen.say(f"{read.version} is active from the next night on")
    if common.settings.score.card:
        common.screen.note(f"the configuration names {common.settings.score.card}, which goes before the active card")


@card_group.command("list")
@common
def card_list(common: Common) -> None:
    """Every card that was used or activated."""
    cards = Cards(common.runs_home)
    active = cards.active()
    rows = [(card.version, "active" if active and card.digest == active.digest else "") for card in cards.all()]
    common.screen.result({"cards": [{"version": version, "active": bool(mark)} for version, mark in rows]})
    common.screen.table("Cards", ("version", ""), rows)


@click.command("fit-card")
@click.option("--labels", "labels_path", type=PATH, required=True, help="person_id, label, at: what became of people.")
@click.option("--out", type=PATH, default=Path("draft-card.toml"), show_default=True, help="Where the draft goes.")
@click.option("--run", "run_ids", multiple=True, metavar="RUN_ID", help="Runs to learn from; default: all.")
@click.option("--version", "label", default="draft", show_default=True, help="Version that the draft bears.")
@common
def fit_card(common: Common, labels_path: Path, out: Path, run_ids: tuple[str, ...], label: str) -> None:
    """Propose bins and points from outcomes, inside the part weights of the card in force."""
    from graphfraud.proposal import labels_of, proposal

    runs = [run for run in common.runs.all() if not run_ids or run.run_id in run_ids]
    if not runs:
        common.runs.must_have_current()
    begun = time.monotonic()

    def told(text: str) -> None:
        common.screen.note(f"  {time.monotonic() - begun:5.0f} s  {text}")

    found = proposal(runs, labels_of(labels_path), _in_force(common), label=label, told=told)
    out.write_text(found.text, encoding="utf-8")
    common.screen.result(
        {"draft": str(out), "people": found.people, "bad": found.bad, "figures": found.figures, "note": found.note}
    )
    rows = [
        (where, engine, *(figures[name] for name in ("auc", "ks", "average_precision", "ece")))
        for where, engines in found.figures.items()
        for engine, figures in engines.items()
    ]
    common.screen.table("How the draft fares", ("set", "engine", "AUC", "KS", "AP", "ECE"), rows)
    if found.note:
        common.screen.note(found.note)
    common.screen.say(f"next: graphfraud card validate {out}, then graphfraud card dry-run {out}")


def _in_force(common: Common) -> Card:
    return in_force(common.runs_home, common.settings.score.card)
