"""Recipes with places that are filled when they are used."""

from typing import Any

import pytest

from onemanage.contracts.imaging.parameters import (
    check_parameters,
    filled,
    places,
    written_out,
)
from onemanage.contracts.imaging.recipe_checks import InvalidRecipe

CARD: dict[str, Any] = {
    "operations": [
        {"op": "resize", "width": {"$": "width"}, "enlarge": {"$": "enlarge"}},
        {"op": "tint", "color": {"$": "color"}},
    ],
    "variants": [{"name": {"$": "name"}}],
}
DECLARED: dict[str, Any] = {
    "width": {"default": 300, "maximum": 2000},
    "enlarge": {"default": False},
    "color": {"default": "#102030", "among": ["#102030", "#ffffff"]},
    "name": {"default": None},
}


def faults(make: Any) -> dict[str, str]:
    with pytest.raises(InvalidRecipe) as caught:
        make()
    return {fault.pointer: fault.message for fault in caught.value.faults}


def test_a_place_takes_what_is_given_or_the_default_and_null_is_the_fields_own() -> (
    None
):
    made = filled(CARD, check_parameters(DECLARED), {"width": 640})
    assert made.operations[0].width == 640  # type: ignore[union-attr]  # a resize
    assert made.operations[0].enlarge is False  # type: ignore[union-attr]  # a resize
    assert made.variants[0].name == "image"


def test_texts_are_read_as_what_the_default_is() -> None:
    given = {"width": "640", "enlarge": "true", "name": "b"}
    made = filled(CARD, check_parameters(DECLARED), given)
    assert made.operations[0].width == 640  # type: ignore[union-attr]  # a resize
    assert made.operations[0].enlarge is True  # type: ignore[union-attr]  # a resize
    assert made.variants[0].name == "b"
    text = {"operations": [{"op": "text_watermark", "text": {"$": "text"}}]}
    declared = check_parameters({"text": {"default": "Sample"}})
    watermark: Any = filled(text, declared, {"text": "42"}).operations[0]
    assert watermark.text == "42"


@pytest.mark.parametrize(
    ("given", "pointer", "said"),
    [
        ({"width": 2001}, "/parameters/width", "at most 2000"),
        ({"width": "wide"}, "/parameters/width", "a number"),
        ({"width": 1.5}, "/parameters/width", "/operations/0/width"),
        ({"width": True}, "/parameters/width", "a number"),
        ({"width": [1]}, "/parameters/width", "a number, a text"),
        ({"color": "#000000"}, "/parameters/color", "one of"),
        ({"a/b": 1}, "/parameters/a~1b", "no such parameter"),
    ],
)
def test_what_a_parameter_does_not_take_is_said_at_its_name(
    given: dict[str, Any], pointer: str, said: str
) -> None:
    found = faults(lambda: filled(CARD, check_parameters(DECLARED), given))
    assert list(found) == [pointer]
    assert said in found[pointer]


def test_places_are_whole_values_of_declared_names_and_no_operations() -> None:
    recipe = {
        "operations": [
            {"op": {"$": "what"}},
            {"op": "blur", "sigma": {"$": "sigma", "more": 1}},
            {"op": "blur", "sigma": {"$": 3}},
        ]
    }
    assert list(faults(lambda: places(recipe))) == [
        "/operations/0/op",
        "/operations/1/sigma",
        "/operations/2/sigma",
    ]
    lone = {"operations": [{"op": "blur", "sigma": {"$": "sigma"}}]}
    assert list(faults(lambda: filled(lone, {}, {}))) == ["/recipe/operations/0/sigma"]


def test_what_is_wrong_with_a_declaration_is_said_at_once() -> None:
    declared: dict[str, Any] = {
        "Width": {"default": 1},
        "height": {"maximum": 3},
        "dpr": {"default": 1, "among": "1", "least": 1},
    }
    assert sorted(faults(lambda: check_parameters(declared))) == [
        "/Width",
        "/dpr/among",
        "/dpr/least",
        "/height/default",
    ]
    beyond = {"width": {"default": 9, "maximum": 8}}
    assert list(faults(lambda: check_parameters(beyond))) == ["/width/default"]
    many = {f"p{number}": {"default": 1} for number in range(33)}
    assert list(faults(lambda: check_parameters(many))) == [""]


def test_defaults_are_written_out_around_the_places() -> None:
    made = written_out(CARD, check_parameters(DECLARED))
    assert made["operations"][0]["width"] == {"$": "width"}
    assert made["operations"][0]["mode"] == "fit"
    assert made["variants"][0]["name"] == {"$": "name"}
    assert "reading" not in made, "what is not named is left to others"
    assert written_out(made, check_parameters(DECLARED)) == made
