"""Places, proportions and kernels, on pixels that one can count."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.background.network import installed_weights
from onemanage.imaging.domain.operations.kernels import resampled
from onemanage.imaging.domain.picture import Limits, Pixels
from onemanage.imaging.domain.pipeline import least_scale
from onemanage.imaging.errors import InvalidImage

from . import samples
from .samples import made_of, near

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    return samples.saved(tmp_path / "quarters", samples.quarters(), "PNG")


@pytest.fixture
def ruler(tmp_path: Path) -> Path:
    """100 x 60; red is the column, green the row."""
    return samples.saved(tmp_path / "ruler", samples.ruled(100, 60), "PNG")


def corner(pixels: Pixels) -> tuple[int, int]:
    """Column and row in the ruler of the first pixel."""
    return int(pixels[0, 0, 0]), int(pixels[0, 0, 1])


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"focus": {"x": 0.5, "y": 0.5}}, (40, 20)),
        ({"focus": {"x": 0.3, "y": 0.4}}, (20, 14)),
        ({"focus": {"x": 0, "y": 1}}, (0, 40)),
        ({"focus": {"x": 0.5, "y": 0.5}, "offset": {"x": 7, "y": -5}}, (47, 15)),
        ({"offset": {"x": 10, "y": 10, "unit": "percent"}}, (50, 26)),
        ({"gravity": "north_west", "offset": {"x": 3, "y": 4}}, (3, 4)),
        ({"gravity": "south_east", "offset": {"x": 3, "y": 4}}, (77, 36)),
        ({"gravity": "east", "offset": {"x": 999, "y": -999}}, (0, 0)),
    ],
)
def test_a_part_lies_where_focus_and_offset_say_and_within_the_image(
    ruler: Path, options: dict[str, Any], place: tuple[int, int]
) -> None:
    found = made_of(ruler, {"op": "crop", "width": 20, "height": 20, **options})
    assert found.shape[:2] == (20, 20) and corner(found) == place


def test_offsets_count_pixels_of_the_source_however_it_was_decoded(
    tmp_path: Path,
) -> None:
    pixels = np.kron(samples.quarters(8), np.ones((100, 100, 1), np.uint8))
    path = samples.saved(tmp_path / "a", pixels, "JPEG", quality=95)
    crop = {"op": "crop", "width": 400, "height": 400, "gravity": "north_west"}
    small = {"op": "resize", "width": 40}
    found = made_of(path, crop | {"offset": {"x": 400, "y": 400}}, small)
    assert near(found, WHITE, 8)


def test_what_a_fill_keeps_is_moved_in_device_pixels(ruler: Path) -> None:
    fill = {"op": "resize", "width": 30, "height": 60, "mode": "fill"}
    west = fill | {"gravity": "west", "offset": {"x": 10}}
    assert corner(made_of(ruler, west)) == (10, 0)
    twice = {"width": 15, "height": 30, "dpr": 2}
    assert corner(made_of(ruler, west | twice)) == (20, 0)
    focus = fill | {"focus": {"x": 0.9, "y": 0}}
    assert corner(made_of(ruler, focus)) == (70, 0)


def test_a_padded_image_is_moved_within_its_box(quarters: Path) -> None:
    box = {"op": "resize", "width": 100, "height": 60, "mode": "pad"}
    west = {"gravity": "west", "offset": {"x": 10, "y": 5}}
    found = made_of(quarters, box | west)
    rows, columns = np.nonzero(found[:, :, 3])
    assert (int(columns.min()), int(columns.max()), int(rows.min())) == (10, 49, 15)
    far = made_of(quarters, box | {"offset": {"x": 1000}})
    assert np.nonzero(far[:, :, 3])[1].max() == 99


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"zoom": 0.5}, (50, 30)),
        ({"zoom": 2}, (200, 120)),
        ({"width": 50, "min_height": 60}, (100, 60)),
        ({"width": 50, "min_height": 90}, (150, 90)),
        ({"min_width": 200}, (200, 120)),
        ({"width": 10, "height": 10, "mode": "cover", "min_width": 50}, (50, 30)),
        ({"width": 20, "min_width": 10}, (20, 12)),
        ({"width": 20, "min_width": 20, "dpr": 2}, (40, 24)),
    ],
)
def test_zoom_and_least_sides_keep_the_proportions(
    ruler: Path, options: dict[str, Any], size: tuple[int, int]
) -> None:
    result = samples.run(ruler, [{"op": "resize", **options}])
    assert (result.width, result.height) == size


def test_a_fill_that_may_not_enlarge_keeps_the_proportions_of_the_box(
    ruler: Path,
) -> None:
    for box, size in (((200, 200), (60, 60)), ((400, 100), (100, 25))):
        fill = {"op": "resize", "width": box[0], "height": box[1], "mode": "fill"}
        result = samples.run(ruler, [fill])
        assert (result.width, result.height) == size


@pytest.mark.parametrize(
    "name", ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos3"]
)
def test_a_kernel_is_pillow_s_where_it_has_it(photo_path: Path, name: str) -> None:
    found = made_of(photo_path, {"op": "resize", "width": 37, "kernel": name})
    with Image.open(photo_path) as image:
        how = Image.Resampling["LANCZOS" if name == "lanczos3" else name.upper()]
        expected = np.asarray(image.resize((37, 25), how))
    assert np.array_equal(found, expected)


@pytest.fixture
def photo_path(tmp_path: Path) -> Path:
    return samples.saved(tmp_path / "photo", samples.photo(120, 80), "PNG")


@pytest.mark.parametrize("name", ["mitchell", "lanczos2"])
@pytest.mark.parametrize("size", [(240, 160), (50, 33), (7, 80), (120, 3)])
def test_other_kernels_keep_the_picture_and_what_is_even(
    name: str, size: tuple[int, int]
) -> None:
    even = np.full((80, 120, 4), 77, np.uint8)
    assert near(resampled(even, *size, name), 77, 2)
    photo = samples.photo(120, 80)
    image = Image.fromarray(photo).resize(size, Image.Resampling.BICUBIC)
    found = resampled(photo, *size, name).astype(int)
    assert np.abs(found - np.asarray(image)).mean() < 4


def test_mitchell_rings_less_than_lanczos() -> None:
    edge = np.zeros((40, 40, 3), np.uint8)
    edge[:, 20:] = 200
    rings = {
        name: int(resampled(edge, 160, 40, name).max())
        for name in ("mitchell", "bicubic", "lanczos2", "lanczos3")
    }
    assert rings["mitchell"] < rings["lanczos2"] <= rings["lanczos3"]
    assert rings["mitchell"] < rings["bicubic"]


def test_nearest_leaves_every_colour_as_it_was(tmp_path: Path) -> None:
    pixels = np.dstack([samples.quarters(8), np.full((8, 8), 40, np.uint8)])
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    found = made_of(
        path, {"op": "resize", "width": 32, "enlarge": True, "kernel": "nearest"}
    )
    assert np.array_equal(found[::4, ::4], pixels)


def test_a_kernel_has_all_pixels_of_a_jpeg(tmp_path: Path) -> None:
    pixels = np.zeros((160, 160, 3), np.uint8)
    pixels[:, ::2] = 255
    path = samples.saved(tmp_path / "a", pixels, "JPEG", quality=95, subsampling=0)
    found = made_of(path, {"op": "resize", "width": 20, "kernel": "nearest"})
    assert found.max() - found.min() < 30  # a mean of them would be gray
    assert int(found[0, 0, 0]) < 40 or int(found[0, 0, 0]) > 215


@pytest.mark.parametrize(
    ("options", "place", "size"),
    [
        ({"aspect": "1:1"}, (20, 0), (60, 60)),
        ({"aspect": "1:2"}, (35, 0), (30, 60)),
        ({"aspect": "4:1"}, (0, 18), (100, 25)),
        ({"aspect": "1:1", "gravity": "west"}, (0, 0), (60, 60)),
        ({"aspect": "1:1", "zoom": 2}, (35, 15), (30, 30)),
        ({"aspect": "1:1", "focus": {"x": 1, "y": 0}, "zoom": 3}, (80, 0), (20, 20)),
        ({"aspect": "99999:1"}, (0, 30), (100, 1)),
    ],
)
def test_the_largest_part_of_some_proportions_is_kept(
    ruler: Path, options: dict[str, Any], place: tuple[int, int], size: tuple[int, int]
) -> None:
    found = made_of(ruler, {"op": "crop_aspect", **options})
    assert found.shape[1::-1] == size and corner(found) == place


def test_proportions_are_cut_of_a_jpeg_that_was_decoded_smaller(tmp_path: Path) -> None:
    pixels = np.kron(samples.quarters(8), np.ones((100, 150, 1), np.uint8))
    path = samples.saved(tmp_path / "a", pixels, "JPEG", quality=95)
    aspect = {"op": "crop_aspect", "aspect": "1:1", "gravity": "east", "zoom": 2}
    small = {"op": "resize", "width": 40}
    recipe = check_recipe({"operations": [aspect, small]})
    assert least_scale(recipe, 1200, 800) == pytest.approx(0.1)
    found = made_of(path, aspect, small)
    assert found.shape == (40, 40, 3)
    assert near(found[2:18, 2:38], GREEN, 8) and near(found[22:38, 2:38], WHITE, 8)


def test_what_needs_all_pixels_gets_them() -> None:
    def least(*operations: dict[str, Any]) -> float:
        return least_scale(check_recipe({"operations": list(operations)}), 1000, 500)

    small = {"op": "resize", "width": 100}
    for operation in (
        {"op": "pad", "left": 3},
        {"op": "crop_to", "target": "faces"},
        {"op": "affine", "skew_x": 3},
        {"op": "text", "text": "a"},
    ):
        assert least(operation, small) == 1.0
    assert least(small | {"kernel": "box"}) == 1.0
    assert least({"op": "resize", "zoom": 0.25}) == 0.25
    assert least({"op": "resize", "width": 100, "min_height": 250}) == 0.5
    assert (
        least(small | {"focus": {"x": 0, "y": 0}, "mode": "fill", "height": 9}) == 0.1
    )


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"top": 1, "right": 2, "bottom": 3, "left": 4}, (46, 44)),
        ({"left": 50, "top": 25, "unit": "percent"}, (60, 50)),
        ({"aspect": "2:1"}, (80, 40)),
        ({"aspect": "1:2", "fill": "blur"}, (40, 80)),
        ({"left": 100, "fill": "mirror"}, (140, 40)),
    ],
)
def test_room_is_added_at_each_side_or_up_to_proportions(
    quarters: Path, options: dict[str, Any], size: tuple[int, int]
) -> None:
    result = samples.run(quarters, [{"op": "pad", **options}])
    assert (result.width, result.height) == size


def test_room_is_filled_as_it_was_asked_for(quarters: Path) -> None:
    sides = {"op": "pad", "left": 10, "top": 5}
    clear = made_of(quarters, sides)
    assert clear[0, 0, 3] == 0 and tuple(clear[5, 10]) == (*RED, 255)
    assert tuple(made_of(quarters, sides | {"color": "#102030"})[0, 0]) == (16, 32, 48)
    edge = made_of(quarters, sides | {"fill": "edge"})
    assert edge.shape == (45, 50, 3) and tuple(edge[44, 0]) == BLUE
    mirror = made_of(quarters, {"op": "pad", "left": 30, "fill": "mirror"})
    assert tuple(mirror[0, 0]) == GREEN and tuple(mirror[0, 29]) == RED
    blur = made_of(quarters, {"op": "pad", "left": 40, "right": 40, "fill": "blur"})
    assert np.array_equal(blur[:, 40:80], samples.quarters())
    assert near(blur[2, 2], RED, 60) and near(blur[38, 118], WHITE, 60)


def test_a_rim_is_trimmed_by_as_much_on_both_sides(tmp_path: Path) -> None:
    pixels = np.full((60, 90, 3), 240, np.uint8)
    pixels[20:50, 30:70] = 10
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    assert made_of(path, {"op": "trim", "equal_horizontal": True}).shape[:2] == (30, 50)
    both = {"op": "trim", "equal_horizontal": True, "equal_vertical": True}
    assert made_of(path, both).shape[:2] == (40, 50)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "pad", "left": 16384},
        {"op": "pad", "aspect": "99999:1"},
        {"op": "affine", "scale_x": 100, "scale_y": 100},
        {"op": "affine", "skew_x": 80, "scale_y": 100},
        {"op": "resize", "zoom": 100},
        {"op": "resize", "width": 9, "min_width": 9000},
    ],
)
def test_what_would_be_too_large_is_refused(
    quarters: Path, operation: dict[str, Any]
) -> None:
    with pytest.raises(InvalidImage) as caught:
        samples.run(quarters, [operation], limits=Limits(pixels=40_000))
    assert caught.value.code == "imaging.too_large"
    assert caught.value.where == "/operations/0"


OPERATIONS: list[dict[str, Any]] = [
    {"op": "resize", "zoom": 3, "kernel": "mitchell"},
    {"op": "resize", "zoom": 0.01, "kernel": "lanczos2"},
    {"op": "crop_aspect", "aspect": "16:9", "zoom": 9},
    {"op": "crop_to", "target": "faces"},
    {"op": "crop_to", "target": "subject"},
    {"op": "pad", "left": 7, "fill": "mirror"},
    {"op": "pad", "aspect": "3:1", "fill": "blur"},
    {"op": "pad", "top": 2, "fill": "edge"},
    {"op": "trim", "equal_vertical": True},
    {"op": "affine", "skew_x": 20, "scale_x": 0.3},
    {
        "op": "perspective",
        "corners": [{"x": x, "y": y} for x, y in ((0.1, 0), (1, 0), (1, 1), (0, 1))],
    },
    {
        "op": "perspective",
        "mode": "place",
        "corners": [{"x": x, "y": y} for x, y in ((0.1, 0), (1, 0), (1, 1), (0, 1))],
    },
    {"op": "crop", "width": 1, "height": 1, "gravity": "largest_face"},
    {"op": "crop", "width": 1, "height": 1, "gravity": "subject"},
]


@pytest.mark.parametrize("channels", [3, 4])
def test_every_operation_does_with_a_single_pixel(
    tmp_path: Path, channels: int
) -> None:
    path = samples.saved(tmp_path / "a", np.full((1, 1, channels), 99, np.uint8), "PNG")
    given: dict[str, Any] = {"weights": installed_weights()}
    for operation in OPERATIONS:
        assert samples.run(path, [operation], **given).size > 0, operation
    assert samples.run(path, OPERATIONS, **given).size > 0


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_frame_is_treated_alike(
    tmp_path: Path, operation: dict[str, Any]
) -> None:
    path = samples.animation(tmp_path / "a", "GIF", [RED, GREEN, BLUE], 30)
    output = {"format": "webp", "lossless": True}
    result = samples.run(path, [operation], output, weights=installed_weights())
    assert result.frames == 3
