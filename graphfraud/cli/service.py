"""Commands of the service: serving, and its API keys."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from graphfraud.cli.common import Common, common
from graphfraud.serve.keys import Scope, create_key, read_keys, revoke_key
from graphfraud.serve.library import STORE_VARIABLE
from graphfraud.serve.server import serve


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--insecure", is_flag=True, help="No API key; loopback only.")
@common
def serve_command(common: Common, host: str, port: int, workers: int, insecure: bool) -> None:
    """Serve the current run over HTTP."""
    os.environ[STORE_VARIABLE] = common.store_uri  # the workers inherit it
    serve(common.runs_home, host=host, port=port, workers=workers, insecure=insecure, keys=_keys_path(common))


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
@common
def keys_create(common: Common, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key and show it once."""
    key = create_key(_keys_path(common), name=name, scopes=tuple(map(Scope, scopes)), now=datetime.now(UTC))
    common.screen.result({"name": name, "key": key, "scopes": list(scopes)})
    common.screen.say(f"{key}\nThis is the only time it is shown; send it as 'Authorization: Bearer …'.")


@keys_group.command("list")
@common
def keys_list(common: Common) -> None:
    """List keys by name; never the keys themselves."""
    rows = [(key.name, " ".join(key.scopes), key.created_at, key.revoked_at) for key in read_keys(_keys_path(common))]
    common.screen.result(
        {"keys": [dict(zip(("name", "scopes", "created_at", "revoked_at"), row, strict=True)) for row in rows]}
    )
    common.screen.table("API keys", ("name", "scopes", "created", "revoked"), rows)


@keys_group.command("revoke")
@click.argument("name")
@common
def keys_revoke(common: Common, name: str) -> None:
    """Revoke a key."""
    revoke_key(_keys_path(common), name=name, now=datetime.now(UTC))
    common.screen.result({"revoked": name})
    common.screen.say(f"{name} is revoked.")


def _keys_path(common: Common) -> Path:
    return Path(os.environ.get("GRAPHFRAUD_API_KEYS", common.runs_home.parent / "api-keys.json"))
