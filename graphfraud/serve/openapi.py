"""The OpenAPI document, made from the same records and shapes that answer."""

from importlib.metadata import version
from types import UnionType
from typing import Any, Final, get_args

import msgspec

from graphfraud.serve.answers import Problem
from graphfraud.serve.operation import Operation, Parameter

VERSION: Final = version("graphfraud")
REFERENCE: Final = "#/components/schemas/{name}"
PROBLEMS: Final = {
    "400": "the body is not JSON",
    "401": "no valid API key",
    "403": "the key lacks the scope, or Host or Origin is not ours",
    "404": "there is nothing of this id",
    "408": "the body did not arrive in time",
    "406": "no accepted content type",
    "413": "the body is too long",
    "415": "the body is not plain JSON",
    "422": "the question asks for what is not there",
    "429": "the key asks too often; Retry-After says how long to wait",
    "503": "no run is published, or the audit log, the desk or the pseudonym key is not there",
}


def document(operations: tuple[Operation, ...]) -> dict[str, Any]:
    """OpenAPI 3.1 of these operations."""
    shapes = [shape for operation in operations for _, shape in operation.shapes if shape is not None]
    questions = [operation.question for operation in operations if operation.question is not None]
    _, schemas = msgspec.json.schema_components([*shapes, *questions, Problem], ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "graphfraud",
            "version": VERSION,
            "description": "Graph features, explained scores, rings and shared debt of the published run.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    content = {kind.decode(): _shape(shape) for kind, shape in operation.shapes}
    found: dict[str, Any] = {
        "operationId": _operation_id(operation),
        "summary": operation.summary,
        "responses": {
            "200": {"description": "the answer", "content": content},
            **{status: _problem(_meaning(operation, status)) for status in _statuses(operation)},
        },
        "security": [] if operation.keyless else [{"bearer": []}, {"key": []}],
    }
    parameters = _parameters(operation)
    if parameters:
        found["parameters"] = parameters
    if operation.scope is not None:
        found["description"] = f"Needs the scope {operation.scope}."
    if operation.question is not None:
        schema = {**_shape(operation.question), "example": operation.example}
        found["requestBody"] = {"required": True, "content": {"application/json": schema}}
    return found


def _meaning(operation: Operation, status: str) -> str:
    own = {"404": operation.not_found, "409": operation.taken}
    return own.get(status) or PROBLEMS[status]


def _statuses(operation: Operation) -> list[str]:
    """Problems that this operation can answer with."""
    found = {"403", "422"}
    if not operation.keyless:
        found |= {"401", "429"}
    if operation.question is not None:
        found |= {"400", "408", "413", "415"}
    if operation.path_id is not None or operation.not_found:
        found.add("404")
    if operation.taken:
        found.add("409")
    if operation.refuses:
        found |= {"401", "429"}
    if len(operation.shapes) > 1:
        found.add("406")
    if operation.path not in ("/healthz", "/metrics"):
        found.add("503")
    return sorted(found)


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = [_parameter(parameter) for parameter in operation.parameters]
    if operation.path_id is not None:
        schema = {"type": "string", "minLength": 1, "maxLength": 128}
        found.insert(0, {"name": operation.path_id, "in": "path", "required": True, "schema": schema})
    return found


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.meaning,
        "schema": parameter.schema,
        **_form(parameter),
        **({"required": True} if parameter.required else {}),
    }


def _form(parameter: Parameter) -> dict[str, Any]:
    """How the value stands in the query, with an example of it."""
    if parameter.schema.get("type") != "array":
        return {"example": parameter.example}
    return {"style": "form", "explode": False, "example": parameter.example.split(",")}


def _problem(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/problem+json": _shape(Problem)}}


def _shape(shape: type[msgspec.Struct] | UnionType | None) -> dict[str, Any]:
    if shape is None:
        return {}
    if isinstance(shape, UnionType):
        parts = [_reference(part) for part in get_args(shape)]
        return {"schema": {"oneOf": parts}}
    return {"schema": _reference(shape)}


def _reference(shape: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": REFERENCE.format(name=shape.__name__)}


def _operation_id(operation: Operation) -> str:
    words = operation.path.replace("{", "by_").replace("}", "").replace("-", "_").strip("/").split("/")
    return "_".join((operation.method.lower(), *words))
