"""What of a Struct leaves the gateway."""

from typing import Any

import msgspec
import pytest

from onemanage.contracts.psd.documents import ImageFile, Layer, Manifest
from onemanage.contracts.public import public_fields, shows, shows_all
from onemanage.contracts.registry import TASKS
from onemanage.gateway.http.public import public, shape_of


@shows("name")
class Record(msgspec.Struct, frozen=True, kw_only=True, tag="record"):
    name: str
    object_key: str


@shows("size")
class LargeRecord(Record, frozen=True, kw_only=True, tag="large"):
    size: int


@shows_all
class Page(msgspec.Struct, frozen=True, kw_only=True):
    first: Record
    others: list[Record | None] = []
    extra: dict[str, int] = {}


class Undeclared(msgspec.Struct, frozen=True, kw_only=True):
    name: str


def test_a_field_is_shown_where_its_struct_names_it_and_at_any_depth() -> None:
    one = Record(name="a", object_key="k")
    page = Page(first=one, others=[None, one], extra={"object_key": 1})

    shown = public(msgspec.to_builtins(page), Page)

    told = {"type": "record", "name": "a"}
    assert shown == {
        "first": told,
        "others": [None, told],
        "extra": {"object_key": 1},
    }


def test_what_is_stored_with_fields_that_nobody_declared_shows_none_of_them() -> None:
    stored = {"name": "a", "object_key": "k", "added_later": "secret"}

    assert public(stored, Record) == {"name": "a"}


def test_a_subclass_shows_what_its_base_does_and_what_it_names() -> None:
    assert public_fields(LargeRecord) == {"name", "size"}


def test_a_struct_that_declares_nothing_is_not_shown() -> None:
    with pytest.raises(LookupError, match="Undeclared does not say"):
        public({"name": "a"}, Undeclared)


def test_a_name_that_is_no_field_cannot_be_declared_public() -> None:
    with pytest.raises(TypeError, match="Undeclared has no size"):
        shows("size")(Undeclared)


def test_what_json_does_not_tell_apart_is_refused() -> None:
    for kind in (dict[str, Record], Record | LargeRecord):
        with pytest.raises(TypeError):
            shape_of(kind)


def test_no_result_and_no_event_of_a_task_shows_a_key_or_a_workspace() -> None:
    for task in TASKS:
        kinds: list[Any] = [task.result, *(each.type for each in task.events())]
        for kind in kinds:
            for name in _names(shape_of(kind)):
                assert not name.endswith("_key"), (kind, name)
                assert name not in ("workspace_id", "command"), (kind, name)


def test_images_of_a_manifest_show_no_key() -> None:
    image = ImageFile(
        object_key="artifacts/1",
        media_type="image/png",
        width=1,
        height=1,
        size=9,
        sha256="0",
        crc32=7,
    )
    layer = Layer(
        layer_id=1,
        parent_id=None,
        name="Sky",
        kind="pixel",
        left=0,
        top=0,
        width=1,
        height=1,
        blend_mode="normal",
        opacity=1.0,
        visible=True,
        shown=True,
        image=image,
    )
    stored = {"document": {"manifest_key": "k"}, "layers": [msgspec.to_builtins(layer)]}

    shown = public(stored, Manifest)

    assert shown["document"] == {}
    assert shown["layers"][0]["name"] == "Sky"
    assert shown["layers"][0]["image"].keys() == {
        *("media_type", "width", "height", "size", "sha256")
    }


def _names(shape: dict[str, object] | None) -> set[str]:
    found: set[str] = set()
    for name, inner in (shape or {}).items():
        found |= {name} | (_names(inner) if isinstance(inner, dict) else set())
    return found
