"""What of places, layers and text makes no sense together is said with its place."""

from typing import Any

import pytest

from onemanage.contracts.imaging.recipe_checks import InvalidRecipe, check_recipe
from onemanage.contracts.imaging.recipes import (
    addresses_of,
    files_of,
    recipe_key,
)

HALF = {"x": 0.5, "y": 0.5}
SQUARE = [{"x": 0, "y": 0}, {"x": 1, "y": 0}, {"x": 1, "y": 1}, {"x": 0, "y": 1}]


def pointers(*operations: dict[str, Any]) -> list[str]:
    with pytest.raises(InvalidRecipe) as caught:
        check_recipe({"operations": list(operations)})
    return [
        fault.pointer.removeprefix("/operations/0") for fault in caught.value.faults
    ]


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        ({"op": "resize", "zoom": 2, "width": 9}, ["/width"]),
        ({"op": "resize", "zoom": 2, "mode": "force"}, ["/mode"]),
        ({"op": "resize", "zoom": 0}, ["/zoom"]),
        ({"op": "resize", "width": 9, "focus": HALF}, ["/focus"]),
        ({"op": "resize", "width": 9, "offset": {"x": 3}}, ["/offset"]),
        ({"op": "resize", "width": 9, "mode": "force", "min_width": 5}, ["/min_width"]),
        ({"op": "resize", "min_width": 9000, "dpr": 2}, ["/dpr"]),
        ({"op": "resize", "width": 9, "kernel": "sinc"}, ["/kernel"]),
        (
            {"op": "crop", "width": 9, "height": 9, "focus": {"x": 2, "y": 0}},
            ["/focus/x"],
        ),
        (
            {"op": "crop", "width": 9, "height": 9, "x": 1, "y": 1, "focus": HALF},
            ["/focus"],
        ),
        (
            {"op": "crop_aspect", "aspect": "1:1", "gravity": "north", "focus": HALF},
            ["/focus"],
        ),
        ({"op": "crop_aspect", "aspect": "16/9"}, ["/aspect"]),
        ({"op": "crop_aspect", "aspect": "0:9"}, ["/aspect"]),
        ({"op": "crop_to", "target": "cat"}, ["/target"]),
        ({"op": "pad"}, ["/top"]),
        ({"op": "pad", "left": 3, "aspect": "1:1"}, ["/left"]),
        ({"op": "pad", "left": 1001, "unit": "percent"}, ["/left"]),
        ({"op": "affine", "matrix": [1, 0, 0]}, ["/matrix"]),
        ({"op": "affine", "matrix": [1, 2, 2, 4]}, ["/matrix"]),
        ({"op": "affine", "matrix": [1, 0, 0, 1], "skew_x": 3}, ["/skew_x"]),
        ({"op": "affine", "scale_x": 0}, ["/scale_x"]),
        ({"op": "affine", "skew_x": 45, "skew_y": 45}, ["/scale_x"]),
        ({"op": "affine", "move_x": 3}, ["/move_x"]),
        ({"op": "perspective", "corners": SQUARE[:3]}, ["/corners"]),
        ({"op": "perspective", "corners": SQUARE[::-1]}, ["/corners"]),
        ({"op": "perspective", "corners": [SQUARE[0]] * 4}, ["/corners"]),
        (
            {"op": "perspective", "corners": [*SQUARE[:3], {"x": 0.9, "y": 0.5}]},
            ["/corners"],
        ),
    ],
)
def test_a_place_that_cannot_be_is_refused(
    operation: dict[str, Any], found: list[str]
) -> None:
    assert pointers(operation) == found


@pytest.mark.parametrize(
    ("layer", "found"),
    [
        ({}, ["/file_id"]),
        ({"file_id": "a", "url": "https://example.org/a"}, ["/url"]),
        ({"file_id": "a", "color": "#ffffff"}, ["/color"]),
        ({"url": "ftp://example.org/a"}, ["/url"]),
        ({"url": "https:///a"}, ["/url"]),
        ({"url": "https://me:5ecret@example.org/a"}, ["/url"]),
        ({"file_id": "a", "scale": 0.5, "width": 3}, ["/width"]),
        ({"color": "#ffffff", "scale": 0.5}, ["/scale"]),
        ({"file_id": "a", "blend": "melt"}, ["/blend"]),
        ({"file_id": "a", "tiled": True, "offset": {"x": 3}}, ["/offset"]),
        ({"file_id": "a", "offset": {"z": 3}}, ["/offset/z"]),
        ({"file_id": "a", "mask": {}}, ["/mask/file_id"]),
        ({"file_id": "a", "mask": {"layer": 1}}, ["/mask/layer"]),
        ({"file_id": "a", "mask": {"file_id": "b", "layer": 0}}, ["/mask/layer"]),
        ({"file_id": "a", "tiled": True, "mask": {"layer": 0}}, ["/mask/layer"]),
        ({"file_id": "a", "mask": {"file_id": "b", "by": "x"}}, ["/mask/by"]),
    ],
)
def test_a_layer_that_cannot_be_is_refused(
    layer: dict[str, Any], found: list[str]
) -> None:
    below = {"color": "#000000"}
    told = pointers({"op": "composite", "layers": [below, layer]})
    assert told == [f"/layers/1{pointer}" for pointer in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ({"text": ""}, ["/text"]),
        ({"text": " \n "}, ["/text"]),
        ({"text": "a", "size": None, "shrink": True}, ["/shrink"]),
        ({"text": "a", "width": 101, "unit": "percent"}, ["/width"]),
        ({"text": "a", "font": {"face": 1}}, ["/font/face"]),
        ({"text": "a", "font": {"weight": 0}}, ["/font/weight"]),
        ({"text": "a", "font": {"name": "Arial"}}, ["/font/name"]),
        ({"text": "a", "panel": {"colour": "#ffffff"}}, ["/panel/colour"]),
        ({"text": "a", "max_lines": 0}, ["/max_lines"]),
    ],
)
def test_a_text_that_cannot_be_is_refused(
    text: dict[str, Any], found: list[str]
) -> None:
    assert pointers({"op": "text", **text}) == found


def test_a_mark_has_a_file_or_an_address() -> None:
    mark = {"op": "image_watermark"}
    assert pointers(mark) == ["/file_id"]
    assert pointers(mark | {"file_id": "a", "url": "https://example.org/a"}) == ["/url"]


def test_an_address_that_is_refused_is_not_repeated() -> None:
    url = "https://me:5ecret@example.org/a"
    with pytest.raises(InvalidRecipe) as caught:
        check_recipe({"operations": [{"op": "image_watermark", "url": url}]})
    assert "5ecret" not in str(caught.value)


def test_files_and_addresses_of_every_kind_are_listed_once() -> None:
    layers = [
        {"file_id": "fil_a", "mask": {"file_id": "fil_m"}},
        {"url": "https://example.org/a", "mask": {"url": "https://example.org/m"}},
    ]
    recipe = check_recipe(
        {
            "operations": [
                {"op": "composite", "layers": layers},
                {"op": "text", "text": "a", "font": {"file_id": "fil_f"}},
            ],
            "variants": [
                {
                    "operations": [
                        {"op": "image_watermark", "url": "https://example.org/a"},
                        {
                            "op": "text_watermark",
                            "text": "a",
                            "font": {"file_id": "fil_f"},
                        },
                    ]
                }
            ],
        }
    )
    assert files_of(recipe) == ["fil_a", "fil_m", "fil_f"]
    assert addresses_of(recipe) == ["https://example.org/a", "https://example.org/m"]


def test_a_recipe_names_a_few_addresses_at_most() -> None:
    layers = [{"url": f"https://example.org/{n}"} for n in range(9)]
    assert pointers({"op": "composite", "layers": layers}) == [""]
    check_recipe({"operations": [{"op": "composite", "layers": layers[:8]}]})


def test_what_an_address_has_now_is_part_of_the_key() -> None:
    mark = {"op": "image_watermark", "url": "https://example.org/a"}
    recipe = check_recipe({"operations": [mark]})
    keys = {recipe_key("ab", recipe, "1", seen) for seen in ([], ["cd"], ["ef"])}
    assert len(keys) == 3
