"""The description that clients are generated from."""

from typing import Any

import pytest

from onemanage.gateway.app import create_app
from onemanage.gateway.settings import GatewaySettings


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    settings = GatewaySettings(
        nats_url="nats://nowhere",
        database_url="postgresql://nowhere",
        s3_endpoint="http://nowhere",
        s3_bucket="none",
        s3_access_key_id="none",
        s3_secret_access_key="none",
        public_url="http://nowhere",
        preview_signing_key="k" * 32,
    )
    return create_app(settings).openapi()


def test_every_operation_has_a_name_a_client_can_use_as_a_method(
    description: dict[str, Any],
) -> None:
    names = [
        operation["operationId"]
        for path in description["paths"].values()
        for operation in path.values()
    ]

    assert all(name.isidentifier() for name in names)
    assert len(names) == len(set(names))


def test_every_operation_on_a_resource_tells_its_errors(
    description: dict[str, Any],
) -> None:
    for path, operations in description["paths"].items():
        for operation in operations.values():
            assert {"4XX", "5XX"} <= operation["responses"].keys(), path


def test_every_json_answer_shows_examples(description: dict[str, Any]) -> None:
    answers = [
        (path, answer["content"]["application/json"]["schema"])
        for path, operations in description["paths"].items()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and "application/json" in answer.get("content", {})
    ]
    described = [(path, schema) for path, schema in answers if "$ref" in schema]

    assert len(described) >= 10
    for path, schema in described:
        assert "'examples'" in str(_expanded(schema, description)), path


def _expanded(part: Any, description: dict[str, Any]) -> Any:
    """With what it refers to written out."""
    if isinstance(part, dict):
        if "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            return _expanded(description["components"]["schemas"][name], description)
        return {key: _expanded(value, description) for key, value in part.items()}
    if isinstance(part, list):
        return [_expanded(item, description) for item in part]
    return part
