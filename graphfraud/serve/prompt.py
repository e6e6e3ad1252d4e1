"""Operations that memory answers at once: found by their path ahead of the router, and answered in the same shell."""

from typing import Any

from fastapi import FastAPI

from graphfraud.serve.exchange import Application, Receive, Scope, Send
from graphfraud.serve.operation import Operation


class PromptApp(FastAPI):
    """A FastAPI application whose prompt operations skip its layers; it routes everything else, and documents all.

    The layers match thirty patterns and look for telemetry and body limits, for a third of what one person costs.
    """

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._whole: dict[tuple[str, str], Application] = {}
        self._under: dict[tuple[str, str], tuple[Application, str]] = {}

    def answer_ahead(self, operation: Operation, application: Application) -> None:
        """Let this application answer an operation whose path is one part, or one part and an id."""
        if operation.path_id is None:
            self._whole[operation.method, operation.path] = application
        else:
            start = operation.path.removesuffix(f"/{{{operation.path_id}}}")
            self._under[operation.method, start] = application, operation.path_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer ahead, or leave it to the router."""
        ahead = self._ahead(scope) if scope["type"] == "http" and not scope.get("root_path") else None
        await (ahead or super().__call__)(scope, receive, send)

    def _ahead(self, scope: Scope) -> Application | None:
        """What answers a request at once; the id in its path is noted as the router would."""
        method, path = scope["method"], scope["path"]
        slash = path.find("/", 1)
        if slash < 0:
            return self._whole.get((method, path))
        found = self._under.get((method, path[:slash]))
        if found is None:
            return None
        application, name = found
        scope["path_params"] = {name: path[slash + 1 :]}
        return application
