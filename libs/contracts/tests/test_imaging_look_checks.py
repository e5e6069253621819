"""What the fields of an operation allow one by one and together makes no sense."""

from typing import Any

import pytest

from onemanage.contracts.imaging.recipe_checks import InvalidRecipe, check_recipe
from onemanage.contracts.imaging.recipes import files_of

STOPS = [{"color": "#000000", "at": 0.5}, {"color": "#ffffff", "at": 0.4}]
BOX = {"op": "obscure", "x": 1, "y": 1, "width": 2, "height": 2}


def curve(*points: tuple[int, int]) -> list[dict[str, int]]:
    return [{"x": x, "y": y} for x, y in points]


@pytest.mark.parametrize(
    ("operation", "pointer"),
    [
        ({"op": "curves", "red": curve((3, 4))}, "/red"),
        ({"op": "curves", "master": curve((0, 0), (9, 1), (9, 2))}, "/master/2/x"),
        ({"op": "curves", "blue": curve((0, 0), (256, 1))}, "/blue/1/x"),
        ({"op": "color_matrix", "matrix": [[1, 0, 0]] * 4}, "/matrix"),
        ({"op": "color_matrix", "matrix": [[1, 0, 0, 0, 0]] * 3}, "/matrix"),
        ({"op": "color_matrix", "matrix": [[1, 0, 0], [1, 0, 0], [1] * 4]}, "/matrix"),
        ({"op": "color_matrix", "matrix": [[1, 0], [1, 0], [1, 0]]}, "/matrix/0"),
        ({"op": "gradient", "stops": STOPS}, "/stops/1/at"),
        ({"op": "gradient", "stops": STOPS[:1]}, "/stops"),
        ({"op": "convolve", "kernel": [[1, 2, 3], [1, 2]]}, "/kernel"),
        ({"op": "convolve", "kernel": [[1, 2]]}, "/kernel"),
        ({"op": "convolve", "kernel": [[1]], "divisor": 0}, "/divisor"),
        ({"op": "obscure", "x": 1, "y": 1, "width": 2}, "/height"),
        ({**BOX, "target": "faces"}, "/x"),
        ({**BOX, "unit": "percent", "width": 101}, "/width"),
        ({**BOX, "width": 0}, "/width"),
        ({"op": "lut"}, "/file_id"),
        ({"op": "posterize", "levels": 1}, "/levels"),
    ],
    ids=str,
)
def test_a_contradiction_is_pointed_at(operation: dict[str, Any], pointer: str) -> None:
    recipe = {"variants": [{"operations": [{"op": "flip"}, operation]}]}
    with pytest.raises(InvalidRecipe) as caught:
        check_recipe(recipe)
    found = [fault.pointer for fault in caught.value.faults]
    assert found[0] == f"/variants/0/operations/1{pointer}"


def test_everything_that_lacks_of_a_box_is_said() -> None:
    with pytest.raises(InvalidRecipe) as caught:
        check_recipe({"operations": [{"op": "obscure"}]})
    assert [fault.pointer for fault in caught.value.faults] == [
        f"/operations/0/{name}" for name in ("x", "y", "width", "height")
    ]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "curves", "red": curve((0, 9), (255, 0)), "master": []},
        {"op": "color_matrix", "matrix": [[1, 0, 0, 0.5]] * 3},
        {"op": "color_matrix", "matrix": [[1, 0, 0, 0, 0]] * 4},
        {"op": "gradient", "stops": STOPS[:1] * 2, "blend": "add"},
        {"op": "convolve", "kernel": [[1, 2, 1]]},
        BOX,
        {"op": "obscure", "target": "subject"},
        {"op": "threshold"},
    ],
    ids=str,
)
def test_what_makes_sense_is_let_through(operation: dict[str, Any]) -> None:
    assert check_recipe({"operations": [operation]})


def test_a_table_is_one_of_the_files_that_a_recipe_needs() -> None:
    recipe = check_recipe(
        {
            "operations": [{"op": "lut", "file_id": "fil_a"}],
            "variants": [
                {"operations": [{"op": "image_watermark", "file_id": "fil_b"}]}
            ],
        }
    )
    assert files_of(recipe) == ["fil_a", "fil_b"]
