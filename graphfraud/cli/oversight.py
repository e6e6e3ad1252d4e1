"""Commands for the auditor and for the person concerned: the audit log, forgetting, a copy of everything."""

import json
from datetime import UTC, datetime

import click

from graphfraud.cli.common import Common, at_the_command_line, common
from graphfraud.forgetting import Places, export_person, forget
from graphfraud.serve.audit import events, verify


@click.group("audit")
def audit_group() -> None:
    """Who read whom, when, for what."""


@audit_group.command("verify")
@common
def audit_verify(common: Common) -> None:
    """Check that no line of the log was removed, changed or moved."""
    checked = verify(common.audit)
    common.screen.result({"audit": str(common.audit), "lines": checked.lines})
    common.screen.table("Audit log", ("chain", "lines"), sorted(checked.lines.items()))
    common.screen.say(f"{common.audit} is whole")


@audit_group.command("export")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]), help="Only from this moment on, UTC.")
@common
def audit_export(common: Common, since: datetime | None) -> None:
    """Print every line, checked, as one JSON object a line; people are tokens."""
    first = since.replace(tzinfo=UTC) if since else None
    for chain, event in events(common.audit):
        if first is None or event.at >= first:
            fields = {name: getattr(event, name) for name in event.__struct_fields__}
            click.echo(json.dumps({"chain": chain} | fields | {"at": event.at.isoformat()}, ensure_ascii=False))


@click.command("forget")
@click.argument("person_id")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can answer.")
@common
def forget_command(common: Common, person_id: str, yes: bool) -> None:
    """Take a person out of everything that is kept, with proof. There is no way back."""
    if not yes:
        click.confirm("Take this person out of the store, every run and the desk, and end its history?", abort=True)
    done = forget(places_of(common), person_id, who=at_the_command_line(), now=datetime.now(UTC))
    told = {"rows": dict(done.rows), "runs": done.runs, "desk": done.desk, "decisions": done.decisions}
    common.screen.result({"token": done.token, **told})
    rest = [("the desk", done.desk), ("decisions", done.decisions)]
    common.screen.table("Taken away", ("table", "rows"), [*done.rows.items(), *rest])
    common.screen.say(
        f"{done.runs} runs were made anew; {done.searched} files were searched and name the person no more.\n"
        f"tombstone {done.token}. The tables that were loaded, and backups, are yours to clean."
    )


@click.command("export-person")
@click.argument("person_id")
@common
def export_person_command(common: Common, person_id: str) -> None:
    """Print everything that is kept about a person as one JSON document."""
    found = export_person(places_of(common), person_id, who=at_the_command_line(), now=datetime.now(UTC))
    click.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))


def places_of(common: Common) -> Places:
    """Wherever something about a person may be kept."""
    return Places(
        common.store,
        common.runs,
        common.desk if common.has_desk else None,
        common.audit,
        common.runs_home.parent / "tombstones",
        common.resources,
    )
