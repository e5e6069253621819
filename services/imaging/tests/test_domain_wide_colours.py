"""Colours of a recipe, and of images that are laid on, where the picture has more than
sRGB: each is seen as it is in sRGB, by the numbers of CSS Color 4's Display P3."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain import code_points
from onemanage.imaging.domain.color import SRGB
from onemanage.imaging.domain.pipeline import run_recipe

from . import samples

SIDE = 120
RED, GREEN, BLUE = (234, 51, 35), (117, 251, 76), (0, 0, 245)
"""sRGB's in Display P3."""
GROUND = (60, 120, 180)
P3 = code_points.display_p3()


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    pixels = np.full((SIDE, SIDE, 3), GROUND, np.uint8)
    return samples.saved(tmp_path / "wide", pixels, "PNG", icc_profile=P3)


def made(path: Path, *operations: dict[str, Any], **more: Any) -> Any:
    """Levels in Display P3, whole numbers of any size."""
    for space in ("source", "p3"):
        output = {"format": "png", "space": space}
        result = samples.run(path, list(operations), output, **more)
        with Image.open(path.parent / "out" / result.path) as image:
            assert image.info["icc_profile"] == P3
            yield np.asarray(image.convert("RGB")).astype(int)


def is_near(found: Any, color: tuple[int, int, int]) -> bool:
    return bool(np.abs(found - color).max() <= 2)


LETTERS = {"text": "██", "size": 60, "position": "centre", "opacity": 1, "margin": 0}
FLAT: dict[str, tuple[dict[str, Any], tuple[int, int, int]]] = {
    "text": ({"op": "text", "color": "#ff0000", **LETTERS}, RED),
    "the panel of a text": (
        {
            "op": "text",
            "text": "#00ff00 .",
            "size": 4,
            "panel": {"color": "#ff0000", "padding": 50},
            "position": "north_west",
            "offset": {"x": 20, "y": 60},
            "margin": 0,
        },
        RED,
    ),
    "the outline of a text": (
        {
            "op": "text",
            "text": ".",
            "size": 40,
            "outline": 50,
            "outline_color": "#ff0000",
            "color": "#ff0000",
        },
        RED,
    ),
    "a text watermark": (
        {"op": "text_watermark", "color": "#00ff00", **LETTERS},
        GREEN,
    ),
    "a layer": ({"op": "composite", "layers": [{"color": "#0000ff"}]}, BLUE),
    "a layer on a layer": (
        {"op": "composite", "layers": [{"color": "#ffffff"}, {"color": "#ff0000ff"}]},
        RED,
    ),
    "a box over a region": (
        {
            "op": "obscure",
            "how": "fill",
            "x": 10,
            "y": 10,
            "width": 100,
            "height": 100,
            "color": "#ff0000",
        },
        RED,
    ),
    "a gradient": (
        {
            "op": "gradient",
            "stops": [{"color": "#ff0000", "at": 0}, {"color": "#ff0000", "at": 1}],
        },
        RED,
    ),
    "a colour over all": ({"op": "colorize", "color": "#00ff00", "opacity": 1}, GREEN),
}


@pytest.mark.parametrize("case", FLAT.values(), ids=FLAT)
def test_a_colour_of_a_recipe_is_the_same_in_a_wide_picture(
    wide: Path, case: tuple[dict[str, Any], tuple[int, int, int]]
) -> None:
    operation, expected = case
    for found in made(wide, operation):
        assert is_near(found[SIDE // 2, SIDE // 2], expected)


MIXED: dict[str, dict[str, Any]] = {
    "a gradient": {
        "op": "gradient",
        "angle": 90,
        "stops": [{"color": "#ff0000", "at": 0}, {"color": "#0000ff", "at": 1}],
    },
    "two tones": {"op": "duotone", "shadows": "#ff0000", "highlights": "#00ff00"},
}


@pytest.mark.parametrize("operation", MIXED.values(), ids=MIXED)
def test_colours_are_mixed_as_they_are_in_srgb(
    tmp_path: Path, operation: dict[str, Any]
) -> None:
    """Of grays, which have the same numbers in both."""
    grays = np.tile(np.arange(SIDE, dtype=np.uint8)[None, :, None] * 2, (SIDE, 1, 3))
    plain = samples.saved(tmp_path / "plain", grays, "PNG")
    samples.run(plain, [operation], {"format": "png", "space": "p3"})
    with Image.open(tmp_path / "out/image.png") as image:
        expected = np.asarray(image.convert("RGB")).astype(int)
    path = samples.saved(tmp_path / "wide", grays, "PNG", icc_profile=P3)
    for found in made(path, operation):
        assert np.abs(found - expected).max() <= 2


SOURCES: dict[str, tuple[tuple[int, int, int], bytes | None, tuple[int, int, int]]] = {
    "without a profile": ((255, 0, 0), None, RED),
    "in sRGB": ((0, 255, 0), SRGB, GREEN),
    "in Display P3": ((0, 255, 0), P3, (0, 255, 0)),
    "in gray": ((119, 119, 119), SRGB, (119, 119, 119)),
}


@pytest.mark.parametrize("case", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("op", ["image_watermark", "composite", "a mode"])
def test_an_image_that_is_laid_on_keeps_its_own_colours(
    tmp_path: Path,
    wide: Path,
    op: str,
    case: tuple[tuple[int, int, int], bytes | None, tuple[int, int, int]],
) -> None:
    color, icc, expected = case
    pixels = np.full((SIDE, SIDE, 3), color, np.uint8)
    mark = samples.saved(tmp_path / "mark", pixels, "PNG", icc_profile=icc)
    layer: dict[str, Any] = {"file_id": "fil_m"}
    operation = {
        "image_watermark": {"op": op, **layer, "scale": 1, "opacity": 1, "margin": 0},
        "composite": {"op": op, "layers": [layer]},
        "a mode": {
            "op": "composite",
            "layers": [{"color": "#ffffff"}, layer | {"blend": "multiply"}],
        },
    }[op]
    for found in made(wide, operation, watermarks={"fil_m": mark}):
        assert is_near(found[SIDE // 2, SIDE // 2], expected)


def test_one_image_is_laid_on_in_every_variant(tmp_path: Path, wide: Path) -> None:
    """Of which one is written in sRGB."""
    mark = samples.saved(
        tmp_path / "mark", np.full((9, 9, 3), (255, 0, 0), np.uint8), "PNG"
    )
    mark_on = {"op": "composite", "layers": [{"file_id": "fil_m"}]}
    spaces = {"p3": RED, "srgb": (255, 0, 0), "source": RED}
    variants = [
        {
            "name": name,
            "operations": [mark_on],
            "output": {"format": "png", "space": name},
        }
        for name in spaces
    ]
    recipe = check_recipe({"variants": variants})
    run_recipe(wide, recipe, tmp_path / "out", {"fil_m": mark})
    for name, expected in spaces.items():
        with Image.open(tmp_path / f"out/{name}.png") as image:
            found = np.asarray(image.convert("RGB")).astype(int)
        assert is_near(found[SIDE // 2, SIDE // 2], expected)
