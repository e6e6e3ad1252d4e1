"""The OpenAPI document describes the routes that there are, and the answers that they give."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from graphfraud.features.catalogue import CATALOGUE
from graphfraud.serve.answers import Catalogue
from graphfraud.serve.routes import OPERATIONS
from tests.serve.conftest import Client, make_client
from tests.serve.published import Sketch, numbered, publish


@pytest.fixture(scope="module")
def document(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_every_route_is_documented(document: dict[str, Any], client: Client) -> None:
    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert documented == {(operation.method, operation.path) for operation in OPERATIONS}
    served = {route.name for route in client.app.router.routes if route.name != "openapi"}  # type: ignore[attr-defined]
    assert served == {operation.route for operation in OPERATIONS}
    assert document["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    def check(node: object) -> int:
        if isinstance(node, dict):
            if "$ref" in node:
                assert node["$ref"].removeprefix("#/components/schemas/") in schemas
                return 1
            return sum(map(check, node.values()))
        return sum(map(check, node)) if isinstance(node, list) else 0

    assert check(document) > len(OPERATIONS)


def test_questions_show_an_example_that_works(document: dict[str, Any], client: Client) -> None:
    for path, methods in document["paths"].items():
        if "post" in methods:
            example = methods["post"]["requestBody"]["content"]["application/json"]["example"]
            # Nobody has the example's password, and no alert the template's id.
            expected = 401 if path in ("/login", "/logout") else 404 if "{" in path else 200
            assert client.post(path, example).status_code == expected, path


def test_shape_of_one_person_is_the_contracts(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert set(schemas["PersonFeatures"]["required"]) == {
        "person_id",
        "run_id",
        "snapshot_digest",
        "model_version",
        "features",
    }
    assert schemas["FeatureValue"]["properties"]["status"]["enum"] == ["missing", "present", "stale"]


def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    names = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))


def test_the_catalogue_lists_features_and_runs(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    for number in (2, 1):
        publish(runs, numbered(number))
    (runs / "half").mkdir()
    (runs / "half" / "manifest.json").write_text("{")
    found = msgspec.json.decode(make_client(runs, tmp_path).get("/catalog").content, type=Catalogue)
    assert [entry.name for entry in found.features] == [feature.name for feature in CATALOGUE]
    assert [(run.run_id, run.current) for run in found.runs] == [
        (numbered(2).run_id, False),
        (Sketch().run_id, True),
    ]


def test_head_is_get_without_its_body_in_type_and_status(client: Client) -> None:
    answer = client.ask("HEAD", "/healthz")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
