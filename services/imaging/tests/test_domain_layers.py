"""Layers: their size, place, mask and way of mixing, on pixels that one can count."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onemanage.imaging.domain.picture import Limits, Pixels
from onemanage.imaging.errors import InvalidImage

from . import samples
from .samples import near

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A mark of 20 x 10, opaque at its left half; a ramp of gray; quarters; a page."""
    mark = np.zeros((10, 20, 4), np.uint8)
    mark[:] = 255, 0, 255, 0
    mark[:, :10, 3] = 255
    ramp = np.repeat(np.arange(0, 256, 15)[None, :, None], 6, axis=0)
    made = {
        "mark": mark,
        "ramp": np.repeat(ramp, 3, axis=2).astype(np.uint8),
        "quarters": samples.quarters(),
        "page": np.full((60, 100, 3), 100, np.uint8),
        "https://example.org/a.png": samples.quarters(8),
    }
    return {
        name: samples.saved(tmp_path / f"file-{number}", pixels, "PNG")
        for number, (name, pixels) in enumerate(made.items())
    }


def laid(
    files: dict[str, Path], *layers: dict[str, Any], page: Path | None = None
) -> Pixels:
    operation = {"op": "composite", "layers": list(layers)}
    return samples.made_of(page or files["page"], operation, watermarks=files)


def extent(pixels: Pixels) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is not the page's gray."""
    other = (pixels[:, :, :3] != 100).any(axis=2)
    rows, columns = np.flatnonzero(other.any(axis=1)), np.flatnonzero(other.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"file_id": "quarters"}, (30, 10, 40, 40)),
        ({"file_id": "quarters", "scale": 0.2}, (40, 20, 20, 20)),
        ({"file_id": "quarters", "width": 10}, (45, 25, 10, 10)),
        ({"file_id": "quarters", "width": 30, "height": 10}, (45, 25, 10, 10)),
        (
            {"file_id": "quarters", "width": 30, "height": 10, "fit": "fill"},
            (35, 25, 30, 10),
        ),
        (
            {
                "file_id": "quarters",
                "width": 50,
                "height": 50,
                "fit": "force",
                "unit": "percent",
            },
            (25, 15, 50, 30),
        ),
        ({"color": "#ff0000"}, (0, 0, 100, 60)),
        ({"color": "#ff0000", "width": 10, "height": 6}, (45, 27, 10, 6)),
        ({"file_id": "quarters", "position": "north_west"}, (0, 0, 40, 40)),
        (
            {
                "file_id": "quarters",
                "position": "south_east",
                "offset": {"x": 5, "y": 6},
            },
            (55, 14, 40, 40),
        ),
        (
            {"file_id": "quarters", "offset": {"x": 50, "unit": "percent"}},
            (80, 10, 20, 40),
        ),
        ({"file_id": "quarters", "scale": 2}, (0, 0, 100, 60)),
        ({"url": "https://example.org/a.png"}, (46, 26, 8, 8)),
    ],
)
def test_a_layer_is_as_large_and_lies_as_was_asked_for(
    files: dict[str, Path], options: dict[str, Any], place: tuple[int, int, int, int]
) -> None:
    assert extent(laid(files, options)) == place


def test_what_is_filled_is_cut_around_its_middle(files: dict[str, Path]) -> None:
    found = laid(
        files, {"file_id": "quarters", "width": 20, "height": 40, "fit": "fill"}
    )
    assert near(found[12, 42], RED, 0) and near(found[48, 58], (255, 255, 255), 0)


def test_layers_lie_upon_each_other_in_their_order(files: dict[str, Path]) -> None:
    square = {"width": 20, "height": 20}
    found = laid(files, {"color": "#ff0000", **square}, {"color": "#00ff00", **square})
    assert near(found[30, 50], GREEN, 0)
    half = laid(files, {"color": "#ff0000", "opacity": 0.5})
    assert near(half, (178, 50, 50), 1)
    clear = laid(files, {"color": "#ff000080"})
    assert near(clear, (178, 50, 50), 1)


def test_a_layer_far_outside_is_not_seen(files: dict[str, Path]) -> None:
    away = {"color": "#ff0000", "width": 9, "height": 9, "offset": {"x": 900_000}}
    for blend in ("normal", "multiply", "destination_out"):
        found = laid(files, away | {"blend": blend})
        assert near(found[:, :, :3], 100, 0)


def test_a_turned_layer_is_turned_about_its_middle(files: dict[str, Path]) -> None:
    found = laid(files, {"color": "#ff0000", "width": 40, "height": 10, "angle": 90})
    assert extent(found) == (45, 10, 10, 40)


def test_a_tiled_layer_is_all_over(files: dict[str, Path]) -> None:
    tile = {"color": "#ff0000", "width": 10, "height": 10, "tiled": True, "gap": 10}
    found = laid(files, tile)
    red = (found == RED).all(axis=2)
    assert red.mean() == pytest.approx(0.25, abs=0.02)
    multiplied = laid(files, tile | {"blend": "multiply"})
    assert np.array_equal((multiplied == (100, 0, 0)).all(axis=2), red)


BLENDS = {
    # Of 100 below and 200 above, of 255, by the formulas of the recommendation.
    "normal": 200.0,
    "multiply": 100 * 200 / 255,
    "screen": 100 + 200 - 100 * 200 / 255,
    "overlay": 2 * 100 * 200 / 255,
    "darken": 100.0,
    "lighten": 200.0,
    "color_dodge": 255.0,
    "color_burn": 255 - (255 - 100) * 255 / 200,
    "hard_light": 255 - 2 * (255 - 100) * (255 - 200) / 255,
    "soft_light": 100 + (2 * 200 / 255 - 1) * ((100 / 255) ** 0.5 * 255 - 100),
    "difference": 100.0,
    "exclusion": 100 + 200 - 2 * 100 * 200 / 255,
    "add": 255.0,
    "luminosity": 200.0,
    "color": 100.0,
    "hue": 100.0,
    "saturation": 100.0,
}


@pytest.mark.parametrize("blend", BLENDS)
def test_colours_are_mixed_by_the_recommendation(
    files: dict[str, Path], blend: str
) -> None:
    found = laid(files, {"color": "#c8c8c8", "blend": blend})
    assert near(found, BLENDS[blend], 1)
    half = laid(files, {"color": "#c8c8c8", "blend": blend, "opacity": 0.5})
    assert near(half, (BLENDS[blend] + 100) / 2, 1)


def test_where_nothing_lies_below_a_layer_has_its_own_colour(
    files: dict[str, Path], tmp_path: Path
) -> None:
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[:] = 100, 100, 100, 0
    pixels[:, 10:, 3] = 255
    page = samples.saved(tmp_path / "clear", pixels, "PNG")
    found = laid(files, {"color": "#c8c8c8", "blend": "multiply"}, page=page)
    assert near(found[5, 5], (200, 200, 200, 255), 0)
    assert near(found[5, 15], (78, 78, 78, 255), 1)


CUTS = {
    # What is left of the page, of both, and of the layer alone.
    "in": (None, RED, None),
    "out": (None, None, RED),
    "atop": (BLUE, RED, None),
    "xor": (BLUE, None, RED),
    "below": (BLUE, BLUE, RED),
    "destination_in": (None, BLUE, None),
    "destination_out": (BLUE, None, None),
}


@pytest.mark.parametrize("cut", CUTS)
def test_of_two_that_overlap_a_cut_leaves_what_it_says(
    files: dict[str, Path], tmp_path: Path, cut: str
) -> None:
    """Porter and Duff 1984: the page at the left two thirds, the layer at the right."""
    pixels = np.zeros((10, 30, 4), np.uint8)
    pixels[:, :20] = *BLUE, 255
    page = samples.saved(tmp_path / "clear", pixels, "PNG")
    layer = {"color": "#ff0000", "width": 20, "height": 10, "position": "east"}
    found = laid(files, layer | {"blend": cut}, page=page)
    for column, color in zip((5, 15, 25), CUTS[cut], strict=True):
        seen = found[5, column] if found.shape[2] == 4 else (*found[5, column], 255)
        if color is None:
            assert seen[3] == 0
        else:
            assert tuple(seen) == (*color, 255)


def test_a_photograph_is_cut_out_by_a_shape(files: dict[str, Path]) -> None:
    found = laid(files, {"file_id": "mark", "scale": 0.5, "blend": "destination_in"})
    assert found.shape[2] == 4
    assert found[30, 30, 3] == 255 and near(found[30, 30, :3], 100, 0)
    assert found[30, 70, 3] == 0 and found[5, 5, 3] == 0


def test_a_layer_is_shown_where_its_mask_is(files: dict[str, Path]) -> None:
    red = {"color": "#ff0000", "width": 40, "height": 20}
    light = laid(files, red | {"mask": {"file_id": "ramp"}})[30, 30:70, 1].astype(int)
    assert light[0] > 90 and light[-1] < 10 and (np.diff(light) <= 0).all()
    dark = laid(files, red | {"mask": {"file_id": "ramp", "invert": True}})
    assert near(dark[30, 30:70, 1], 100 - light, 2)
    alpha = laid(files, red | {"mask": {"file_id": "mark", "by": "alpha"}})
    assert near(alpha[30, 35], RED, 0) and near(alpha[30, 65], 100, 0)
    address = {"url": "https://example.org/a.png"}
    green = laid(files, red | {"mask": address})
    assert near(green[22, 65], (100 + 0.7152 * 155, 28, 28), 3)


def test_a_layer_is_shown_where_another_lies(files: dict[str, Path]) -> None:
    first = {"color": "#00ff00", "width": 20, "height": 20, "position": "west"}
    second = {"color": "#ff0000", "width": 60, "height": 10, "position": "west"}
    found = laid(files, first, second | {"mask": {"layer": 0}})
    assert near(found[30, 10], RED, 0) and near(found[30, 40], 100, 0)
    assert near(found[22, 10], GREEN, 0)
    other = laid(files, first, second | {"mask": {"layer": 0, "invert": True}})
    assert near(other[30, 10], GREEN, 0) and near(other[30, 40], RED, 0)


def test_a_layer_that_is_missing_is_pointed_at(files: dict[str, Path]) -> None:
    for layer, where in (
        ({"file_id": "gone"}, "/operations/0/layers/0/file_id"),
        ({"url": "https://example.org/gone"}, "/operations/0/layers/0/url"),
        (
            {"file_id": "mark", "mask": {"file_id": "gone"}},
            "/operations/0/layers/0/mask/file_id",
        ),
    ):
        with pytest.raises(InvalidImage) as caught:
            laid(files, layer)
        assert caught.value.where == where


def test_a_layer_that_would_be_too_large_is_refused(files: dict[str, Path]) -> None:
    layers = [{"file_id": "mark", "scale": 10}]
    with pytest.raises(InvalidImage) as caught:
        samples.run(
            files["page"],
            [{"op": "composite", "layers": layers}],
            watermarks=files,
            limits=Limits(pixels=100_000),
        )
    assert caught.value.code == "imaging.too_large"
    assert caught.value.where == "/operations/0/layers/0"


EVERY: list[dict[str, Any]] = [
    {"file_id": "mark", "scale": 0.5, "angle": 30, "blend": "overlay"},
    {"file_id": "quarters", "tiled": True, "blend": "xor"},
    {"color": "#ff000080", "blend": "in"},
    {"file_id": "ramp", "mask": {"layer": 0, "invert": True}, "blend": "soft_light"},
]


@pytest.mark.parametrize("channels", [3, 4])
def test_layers_do_with_a_single_pixel(
    files: dict[str, Path], tmp_path: Path, channels: int
) -> None:
    pixels = np.full((1, 1, channels), 99, np.uint8)
    page = samples.saved(tmp_path / "a", pixels, "PNG")
    assert laid(files, *EVERY, page=page).shape[:2] == (1, 1)


def test_layers_lie_on_every_frame(files: dict[str, Path], tmp_path: Path) -> None:
    page = samples.animation(tmp_path / "a", "GIF", [RED, GREEN, BLUE], 30)
    operation = {"op": "composite", "layers": EVERY}
    output = {"format": "webp", "lossless": True}
    result = samples.run(page, [operation], output, watermarks=files)
    assert result.frames == 3


def test_a_mark_has_the_size_that_was_asked_for_within_the_image(
    files: dict[str, Path],
) -> None:
    def marked(**options: Any) -> Pixels:
        mark = {
            "op": "image_watermark",
            "file_id": "quarters",
            "opacity": 1,
            "margin": 0,
        }
        return samples.made_of(files["page"], mark | options, watermarks=files)

    assert extent(marked(width=20)) == (80, 40, 20, 20)
    assert extent(marked(width=30, height=10, fit="force")) == (70, 50, 30, 10)
    assert extent(marked(height=600)) == (40, 0, 60, 60)
    multiplied = marked(width=20, blend="multiply")
    assert near(multiplied[42, 82], (100, 0, 0), 1)
    mark = {"op": "image_watermark", "url": "https://example.org/a.png", "scale": None}
    found = samples.made_of(
        files["page"], mark | {"opacity": 1, "margin": 0}, watermarks=files
    )
    assert extent(found) == (92, 52, 8, 8)


def test_what_projects_is_cut_off_and_nothing_else(
    files: dict[str, Path], tmp_path: Path
) -> None:
    small = np.full((60, 100, 3), 100, np.uint8)
    page = samples.saved(
        tmp_path / "wide",
        np.pad(small, ((40, 40), (40, 40), (0, 0)), constant_values=100),
        "PNG",
    )
    for layer in (
        {"file_id": "quarters", "angle": 30},
        {"color": "#ff0000", "width": 200, "height": 7, "angle": 47},
    ):
        at = {"position": "north_west", "offset": {"x": -20, "y": -15}}
        far = {"position": "north_west", "offset": {"x": 20, "y": 25}}
        found, whole = laid(files, layer | at), laid(files, layer | far, page=page)
        apart = np.abs(found.astype(int) - whole[40:100, 40:140])
        assert apart.max() <= 20 and apart.mean() < 0.5
