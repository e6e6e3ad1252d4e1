"""Fraud rings, shared debt and an explained score from who-knows-whom, who-shares-what and who-pays-whom."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphfraud.client import Client

__all__ = ["Client", "__version__"]
__version__ = version("graphfraud")


def __getattr__(name: str) -> Any:
    """``graphfraud.Client``, loaded when it is first asked for: the package itself stays quick to import."""
    if name == "Client":
        return import_module("graphfraud.client").Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
