"""Answers are what the API's description says of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from types import NoneType
from typing import Any, Literal, TypeAliasType, get_args, get_origin
from uuid import UUID

import jsonschema  # type: ignore[import-untyped]  # it has no types
import msgspec
import pytest

from onemanage.contracts.psd.documents import Document
from onemanage.gateway.app import create_app
from onemanage.gateway.http.shown import Answer, answers_in
from onemanage.gateway.psd.schemas import DocumentOut
from onemanage.gateway.settings import GatewaySettings

ANSWERS = list(answers_in())


@cache
def schemas() -> dict[str, Any]:
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
    found: dict[str, Any] = create_app(settings).openapi()["components"]["schemas"]
    return found


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.__name__)
def test_an_answer_has_every_field_that_is_described_and_no_other(
    kind: type[Answer],
) -> None:
    schema = schemas()[kind.__name__]
    added = kind.model_fields.keys()
    shown = kind.shown(_sample(kind.struct))

    assert shown.keys() | added == schema["properties"].keys()
    assert schema["required"] == list(schema["properties"])
    for name in shown.keys() - added:
        told = msgspec.json.decode(msgspec.json.encode(shown[name]))
        whole = schema["properties"][name] | {"components": {"schemas": schemas()}}
        whole = _without_limits(whole)
        jsonschema.Draft202012Validator(whole).validate(told)


def test_descriptions_and_examples_are_those_of_the_struct() -> None:
    told = schemas()["DocumentOut"]["properties"]

    assert told["id"]["examples"] == ["doc_" + "0" * 32]
    assert told["format"]["description"] == "psd or psb."
    assert told["created_at"]["format"] == "date-time"


def test_what_is_answered_in_one_way_goes_by_one_name() -> None:
    told = schemas()["DocumentOut"]["properties"]["composite"]["anyOf"]

    assert {"$ref": "#/components/schemas/ImageOut"} in told


def test_what_is_added_takes_the_place_of_what_the_struct_has() -> None:
    made = _sample(Document)

    shown = DocumentOut.shown(made, name="other", url="/there")

    assert (shown["name"], shown["url"]) == ("other", "/there")
    assert "manifest_key" not in shown
    assert shown["composite"].keys().isdisjoint({"object_key", "crc32"})


_LIMITS = {"pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} | {
    *("minItems", "maxItems", "minLength", "maxLength")
}


def _without_limits(schema: Any) -> Any:
    """What samples need not keep to."""
    if isinstance(schema, dict):
        return {
            key: _without_limits(each)
            for key, each in schema.items()
            if key not in _LIMITS or isinstance(each, dict)
        }
    if isinstance(schema, list):
        return [_without_limits(each) for each in schema]
    return schema


_PLAIN: Mapping[Any, Any] = {
    str: "text",
    int: 7,
    float: 0.5,
    bool: True,
    bytes: b"",
    datetime: datetime(2026, 1, 2, tzinfo=UTC),
    date: date(2026, 1, 2),
    UUID: UUID(int=7),
    Any: None,
}


def _sample(kind: Any) -> Any:
    """A value of the type, of a Struct with every field."""
    if isinstance(kind, TypeAliasType):
        return _sample(kind.__value__)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        return kind(**{field.name: _sample(field.type) for field in fields})
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return inner[0]
    if origin in (list, Sequence):
        return [_sample(inner[0])]
    if origin is dict:
        return {"text": _sample(inner[1])}
    return _sample(next(each for each in inner if each is not NoneType))
