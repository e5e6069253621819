"""Which changes to a message let services of two releases go on talking."""

from enum import Enum
from typing import Any

import msgspec
import pytest
from compatibility import ADVICE, Break, Schema, breaking_changes


def schema(name: str, **fields: Any) -> dict[str, Any]:
    """The schema of a Struct of these fields, each a type or a (type, default)."""
    pairs = [
        (field, *wanted) if isinstance(wanted, tuple) else (field, wanted)
        for field, wanted in fields.items()
    ]
    return msgspec.json.schema(msgspec.defstruct(name, pairs, kw_only=True))


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [
        f"{found.field}: {found.what}"
        for found in breaking_changes({"a.json": old}, {"a.json": new})
    ]


class Colour(Enum):
    CMYK = "cmyk"
    RGB = "rgb"


class MoreColours(Enum):
    CMYK = "cmyk"
    LAB = "lab"
    RGB = "rgb"


class FewerColours(Enum):
    RGB = "rgb"


class Pixel(msgspec.Struct, tag="pixel"):
    name: str
    width: int


class PixelWithHeight(msgspec.Struct, tag="pixel"):
    name: str
    width: int
    height: int = 0


class PixelWithoutWidth(msgspec.Struct, tag="pixel"):
    name: str


class Group(msgspec.Struct, tag="group"):
    name: str


class Folder(msgspec.Struct, tag="group"):
    name: str


class Tree(msgspec.Struct):
    name: str
    children: list["Tree"] = []


class NamelessTree(msgspec.Struct):
    children: list["NamelessTree"] = []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"x": int}, {"x": int}, id="nothing changed"),
        pytest.param({"x": int}, {"x": int, "y": (int, 0)}, id="optional field added"),
        pytest.param({"x": int}, {"x": (int, 0)}, id="required field got a default"),
        pytest.param({"x": (int, 0)}, {"x": (int, 1)}, id="default changed"),
        pytest.param(
            {"x": list[Pixel]}, {"x": list[PixelWithHeight]}, id="added inside a list"
        ),
        pytest.param(
            {"x": Pixel | Group},
            {"x": PixelWithHeight | Group},
            id="added inside a union",
        ),
        pytest.param({"x": Group}, {"x": Folder}, id="Struct renamed, tag kept"),
        pytest.param({"x": int | None}, {"x": None | int}, id="union reordered"),
        pytest.param({"x": Tree}, {"x": Tree}, id="recursive type"),
    ],
)
def test_these_changes_pass(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert breaks(schema("A", **old), schema("A", **new)) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param({"x": int, "y": int}, {"x": int}, "y: the field was removed"),
        pytest.param(
            {"x": int}, {"x": str}, "x: its type changed from integer to string"
        ),
        pytest.param(
            {"x": int},
            {"x": int, "y": int},
            "y: the field was added as required",
        ),
        pytest.param({"x": (int, 0)}, {"x": int}, "x: the field is now required"),
        pytest.param(
            {"x": int},
            {"x": int | None},
            "x: its type changed from integer to integer or null",
        ),
        pytest.param(
            {"x": int | None},
            {"x": int},
            "x: its type changed from integer or null to integer",
        ),
        pytest.param(
            {"x": Pixel | None},
            {"x": PixelWithoutWidth | None},
            "x.width: the field was removed",
        ),
        pytest.param(
            {"x": list[Pixel]},
            {"x": list[PixelWithoutWidth]},
            "x[].width: the field was removed",
        ),
        pytest.param(
            {"x": dict[str, Pixel]},
            {"x": dict[str, PixelWithoutWidth]},
            "x{}.width: the field was removed",
        ),
        pytest.param(
            {"x": tuple[int, Pixel]},
            {"x": tuple[int, PixelWithoutWidth]},
            "x[1].width: the field was removed",
        ),
        pytest.param(
            {"x": Pixel | Group},
            {"x": Pixel},
            "x: its type changed from object 'group' or object 'pixel' "
            "to object 'pixel'",
        ),
        pytest.param(
            {"x": Colour},
            {"x": FewerColours},
            "x: the values 'cmyk' were removed",
        ),
        pytest.param(
            {"x": Colour},
            {"x": MoreColours},
            "x: the values 'lab' were added, which old readers refuse",
        ),
        pytest.param({"x": str}, {"x": Colour}, "x: its type changed from string to"),
        pytest.param(
            {"x": Pixel}, {"x": Group}, "x.type: the values 'pixel' were removed"
        ),
        pytest.param({"x": Tree}, {"x": NamelessTree}, "x.name: the field"),
    ],
)
def test_these_changes_break(
    old: dict[str, Any], new: dict[str, Any], complaint: str
) -> None:
    found = breaks(schema("A", **old), schema("A", **new))

    assert any(line.startswith(complaint) for line in found), found


def test_a_narrower_bound_breaks() -> None:
    old = {"type": "object", "properties": {"x": {"type": "integer", "maximum": 9}}}
    new = {"type": "object", "properties": {"x": {"type": "integer", "maximum": 5}}}

    assert breaks(old, new) == ["x: its maximum changed from 9 to 5"]


def test_a_removed_message_breaks_and_a_new_one_does_not() -> None:
    old: dict[str, Schema] = {"events/a.json": {}}
    new: dict[str, Schema] = {"events/b.json": {}}

    assert breaking_changes(old, new) == [
        Break("events/a.json", "", "the message was removed")
    ]
    assert breaking_changes({}, new) == []


def test_a_complaint_names_the_file_and_the_field_and_what_to_do() -> None:
    old, new = schema("A", x=int, y=int), schema("A", x=int)

    (found,) = breaking_changes({"events/a.json": old}, {"events/a.json": new})

    assert str(found) == "events/a.json: y: the field was removed"
    assert "deploy consumers first" in ADVICE
    assert "add a defaulted field or a new message" in ADVICE


def test_what_a_client_may_ask_for_may_become_more_and_never_less() -> None:
    few, more = schema("A", kind=Colour), schema("A", kind=MoreColours)
    one, two = schema("B", steps=list[Pixel]), schema("B", steps=list[Pixel | Group])
    for old, new in ((few, more), (one, two)):
        inside = {
            "properties": {"recipe": {"$ref": old["$ref"]}},
            "$defs": old["$defs"],
            "type": "object",
        }
        wider = inside | {
            "properties": {"recipe": {"$ref": new["$ref"]}},
            "$defs": new["$defs"],
        }
        assert breaks(old, new) and breaks(wider, inside)
        assert breaks(inside, wider) == []


def test_a_document_of_what_clients_may_ask_for_may_become_more_too() -> None:
    old, new = schema("B", steps=list[Pixel]), schema("B", steps=list[Pixel | Group])
    for name, expected in (("documents/imaging.recipe", 0), ("documents/imaging.a", 1)):
        assert len(breaking_changes({name: old}, {name: new})) == expected
        assert breaking_changes({name: new}, {name: old})


def test_a_union_that_may_be_null_is_compared_option_by_option() -> None:
    old = schema("A", spec=Pixel | Group | None)
    new = schema("A", spec=Pixel | Group | Colour | None)
    alone = schema("A", spec=Pixel | None)
    nested = {
        "anyOf": [{"anyOf": [{"type": "string"}, {"type": "number"}]}, {"type": "null"}]
    }
    flat = {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}]}
    assert breaks(old, new) == []
    assert breaks(old, alone)
    assert breaks(nested, flat) == breaks(flat, nested) == []
