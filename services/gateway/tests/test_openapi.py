"""The description that clients are generated from."""

import json
import re
from typing import Any

import pytest
from openapi_spec_validator import validate

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

    assert len(names) == len(set(names))
    named = re.compile("[a-z]+(_[a-z]+)+")  # a verb, and what it is done to
    assert [name for name in names if not named.fullmatch(name)] == []


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


def test_every_json_body_and_answer_has_an_example(description: dict[str, Any]) -> None:
    """Redocly's linter holds them against their schemas (make check)."""
    for at, operation in _operations(description):
        body = operation.get("requestBody", {})
        good = [each for each in operation["responses"] if each.startswith("2")]
        for part in (body, *(operation["responses"][status] for status in good)):
            told = part.get("content", {}).get("application/json")
            assert told is None or "example" in told, at
    made = description["paths"]["/v1/psd/diffs"]["post"]["responses"]
    shown = [
        made[status]["content"]["application/json"]["example"]
        for status in ("200", "202")
    ]
    assert [each["state"] for each in shown] == ["completed", "running"]
    assert shown[0]["result"]["id"].startswith("dif_")


def _operations(description: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_description_is_valid_and_refers_to_nothing_that_is_not_there(
    description: dict[str, Any],
) -> None:
    validate(description)

    schemas = description["components"]["schemas"]
    referred = set(re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(description)))
    assert len(referred) > 100
    assert referred <= {f"#/components/schemas/{name}" for name in schemas}


def test_every_operation_says_which_scope_its_key_needs_but_for_the_open_ones(
    description: dict[str, Any],
) -> None:
    assert list(description["components"]["securitySchemes"]) == ["apiKey"]
    is_open = {at for at, one in _operations(description) if one["security"] == []}
    assert is_open == {
        "get /healthz",
        "get /readyz",
        "get /v1/previews/{preview_id}/content",
        "get /i/{signature}/{expiry}/{address}",
        "get /i/{tiles_signature}/{expiry}/tiles/{source}/info.json",
        "get /i/{tiles_signature}/{expiry}/tiles/{source}/{region}/{size}/0/{file}",
        "post /v1/sessions",
        "post /v1/sign-in-codes/exchange",
        "post /v1/invitations/accept",
    }
    for at, operation in _operations(description):
        if at not in is_open:
            ((needed,),) = (one.values() for one in operation["security"])
            assert needed in (["read"], ["write"], ["admin"]), at
        names = {each["name"].lower() for each in operation.get("parameters", [])}
        assert "authorization" not in names, at


def test_what_a_client_need_not_wait_for_is_also_answered_202(
    description: dict[str, Any],
) -> None:
    asked = 0
    for at, operation in _operations(description):
        names = {each["name"].lower() for each in operation.get("parameters", [])}
        if "prefer" not in names:
            continue
        asked += 1
        for status in ("200", "202"):
            told = operation["responses"][status]
            assert {"Location", "Preference-Applied"} <= told["headers"].keys(), at
        assert "TaskOut" in str(operation["responses"]["202"]), at
    assert asked >= 14


def test_problems_bytes_and_headers_are_told_as_they_are(
    description: dict[str, Any],
) -> None:
    for at, operation in _operations(description):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {})
            assert "X-Request-Id" in answer["headers"], at
            if "ProblemOut" in str(content):
                told = content.keys() - {"image/svg+xml"}  # by ?errors=image
                assert told == {"application/problem+json"}, (at, status)
            for media_type, body in content.items():
                assert body.get("schema"), (at, media_type)
        names = {each["name"].lower() for each in operation.get("parameters", [])}
        if "range" in names:
            assert {"200", "206", "304", "416"} <= operation["responses"].keys(), at
            assert "ETag" in operation["responses"]["206"]["headers"], at


def test_ids_have_a_pattern_and_results_a_shape(description: dict[str, Any]) -> None:
    for at, operation in _operations(description):
        for parameter in operation.get("parameters", []):
            name, schema = parameter["name"], parameter["schema"]
            if parameter["in"] == "path" and schema["type"] == "string":
                assert "pattern" in schema, (at, name)
    task = description["components"]["schemas"]["TaskOut"]["properties"]
    results = [one.get("$ref", "null") for one in task["result"]["anyOf"]]
    assert len(results) >= 12
    document = description["components"]["schemas"]["DocumentResult"]
    assert "id" in document["properties"] and "id" in document["required"]
    text = json.dumps(description)
    for inside in ("manifest_key", "object_key", "plan_key", "workspace_id"):
        assert f'"{inside}": ' not in text or inside == "workspace_id", inside


def _expanded(
    part: Any, description: dict[str, Any], seen: tuple[str, ...] = ()
) -> Any:
    """With what it refers to written out, but for what refers to itself."""
    if isinstance(part, dict):
        name = part.get("$ref", "").rpartition("/")[2]
        if name in seen:
            return part
        if name:
            schema = description["components"]["schemas"][name]
            return _expanded(schema, description, (*seen, name))
        return {key: _expanded(each, description, seen) for key, each in part.items()}
    if isinstance(part, list):
        return [_expanded(item, description, seen) for item in part]
    return part
