"""Commands of the service: serving, its API keys, the people at its page."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from graphfraud.cli.common import PATH, Common, common
from graphfraud.desk.people import add_user, remove_user
from graphfraud.serve.desk import Desk
from graphfraud.serve.keys import Grant, Scope, grant_key, read_keys, revoke_key, rotate_key
from graphfraud.serve.library import STORE_VARIABLE
from graphfraud.serve.server import Options, serve

_SHOWN_ONCE: Final = "This is the only time it is shown; send it as 'Authorization: Bearer …'."


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--insecure", is_flag=True, help="No API key; loopback only.")
@click.option("--ttl-hours", type=click.FloatRange(0, min_open=True), help="Older runs answer 'stale'. [never]")
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="Requests a second of each key. [no limit]")
@click.option("--audit", "audit_mode", type=click.Choice(["on", "strict"]), default="on", show_default=True)
@click.option("--tls-cert", type=PATH, help="Certificate chain, PEM; with --tls-key the service speaks TLS itself.")
@click.option("--tls-key", type=PATH, help="Private key, PEM.")
@common
def serve_command(common: Common, /, **words: Any) -> None:
    """Serve the current run over HTTP."""
    os.environ[STORE_VARIABLE] = common.store_uri  # the workers inherit it
    hours = words["ttl_hours"]
    options = Options(
        time_to_live_s=None if hours is None else hours * 3600,
        rate_per_s=words["rate"],
        audit=common.audit.absolute(),
        strict_audit=words["audit_mode"] == "strict",
        state=common.desk,
        tls_certificate=words["tls_cert"],
        tls_key=words["tls_key"],
    )
    serve(
        common.runs_home,
        host=words["host"],
        port=words["port"],
        workers=words["workers"],
        insecure=words["insecure"],
        keys=keys_of(common),
        options=options,
    )


@click.group("keys")
def keys_group() -> None:
    """API keys of the service."""


@keys_group.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=("features", "scores"),
)
@click.option("--rate", type=click.FloatRange(0, min_open=True), help="Requests a second. [as the service says]")
@click.option("--consent", metavar="PURPOSE", help="Answer only about people who agreed to this purpose.")
@common
def keys_create(common: Common, name: str, scopes: tuple[str, ...], rate: float | None, consent: str | None) -> None:
    """Make a key and show it once."""
    grant = Grant(tuple(map(Scope, scopes)), rate, consent)
    key = grant_key(keys_of(common), name=name, grant=grant, now=datetime.now(UTC))
    common.screen.result({"name": name, "key": key, "scopes": list(scopes)})
    common.screen.say(f"{key}\n{_SHOWN_ONCE}")


@keys_group.command("rotate")
@click.argument("name")
@common
def keys_rotate(common: Common, name: str) -> None:
    """Give a key another secret; the old one ends at once."""
    key = rotate_key(keys_of(common), name=name, now=datetime.now(UTC))
    common.screen.result({"name": name, "key": key})
    common.screen.say(f"{key}\n{_SHOWN_ONCE}")


@keys_group.command("list")
@common
def keys_list(common: Common) -> None:
    """List keys by name; never the keys themselves."""
    rows = [(key.name, " ".join(key.scopes), key.created_at, key.revoked_at) for key in read_keys(keys_of(common))]
    common.screen.result(
        {"keys": [dict(zip(("name", "scopes", "created_at", "revoked_at"), row, strict=True)) for row in rows]}
    )
    common.screen.table("API keys", ("name", "scopes", "created", "revoked"), rows)


@keys_group.command("revoke")
@click.argument("name")
@common
def keys_revoke(common: Common, name: str) -> None:
    """Revoke a key."""
    revoke_key(keys_of(common), name=name, now=datetime.now(UTC))
    common.screen.result({"revoked": name})
    common.screen.say(f"{name} is revoked.")


@click.group("users")
def users_group() -> None:
    """People who may log in at the page."""


@users_group.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=("investigate", "decide"),
    show_default=True,
)
@click.option("--password", envvar="GRAPHFRAUD_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True)
@common
def users_add(common: Common, name: str, scopes: tuple[str, ...], password: str) -> None:
    """Let somebody in by a password, or change it; asked for on the screen, never an argument."""
    _at_desk(common, lambda c, now: add_user(c, name=name, password=password, scopes=scopes, now=now))
    common.screen.result({"user": name, "scopes": list(scopes)})
    common.screen.say(f"{name} may log in.")


@users_group.command("remove")
@click.argument("name")
@common
def users_remove(common: Common, name: str) -> None:
    """Let somebody in no longer; ends their sessions."""
    _at_desk(common, lambda connection, _: remove_user(connection, name))
    common.screen.result({"removed": name})
    common.screen.say(f"{name} may not log in any more.")


def _at_desk(common: Common, task: Callable[[Any, int], None]) -> None:
    desk = Desk(common.desk, time.time)
    try:
        desk.work(task)
    finally:
        desk.close()


def keys_of(common: Common) -> Path:
    """The file of API keys."""
    return Path(os.environ.get("GRAPHFRAUD_API_KEYS", common.runs_home.parent / "api-keys.json"))
