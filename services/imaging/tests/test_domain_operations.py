"""What each operation makes of pixels that one can count."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.picture import Limits
from onemanage.imaging.domain.pipeline import least_scale, run_recipe
from onemanage.imaging.errors import InvalidImage

from . import samples
from .samples import made_of, near


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    return samples.saved(tmp_path / "quarters", samples.quarters(), "PNG")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return samples.saved(tmp_path / "photo", samples.photo(120, 80), "PNG")


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"width": 60}, (60, 40)),
        ({"height": 20}, (30, 20)),
        ({"width": 60, "height": 20}, (30, 20)),
        ({"width": 60, "height": 60, "mode": "cover"}, (90, 60)),
        ({"width": 60, "height": 60, "mode": "fill"}, (60, 60)),
        ({"width": 60, "height": 60, "mode": "pad"}, (60, 60)),
        ({"width": 60, "height": 60, "mode": "force"}, (60, 60)),
        ({"width": 60, "mode": "force"}, (60, 80)),
        ({"width": 30, "dpr": 2}, (60, 40)),
        ({"width": 240}, (120, 80)),
        ({"width": 240, "enlarge": True}, (240, 160)),
        ({"width": 240, "height": 240, "mode": "fill"}, (80, 80)),
        ({"width": 240, "height": 240, "mode": "pad"}, (240, 240)),
        ({"width": 1}, (1, 1)),
    ],
)
def test_each_mode_of_resizing_gives_its_size(
    photo: Path, options: dict[str, Any], size: tuple[int, int]
) -> None:
    result = samples.run(photo, [{"op": "resize", **options}])
    assert (result.width, result.height) == size


@pytest.mark.parametrize("width", [17, 40, 59, 60, 61, 90, 119, 300])
def test_resizing_keeps_the_picture(photo: Path, width: int) -> None:
    found = made_of(photo, {"op": "resize", "width": width, "enlarge": True})
    with Image.open(photo) as image:
        size = found.shape[1], found.shape[0]
        expected = np.asarray(image.resize(size, Image.Resampling.LANCZOS))
    assert np.abs(found.astype(int) - expected).mean() < 2


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(600, 456), (593, 449)])
@pytest.mark.parametrize(
    "before", [[], [{"op": "flip"}], [{"op": "rotate", "angle": 90}]]
)
def test_a_jpeg_shrunk_while_it_is_decoded_looks_the_same(
    tmp_path: Path,
    size: tuple[int, int],
    orientation: int,
    before: list[dict[str, Any]],
) -> None:
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    pixels = np.dstack([x * 255 // size[0], y * 255 // size[1], x // 40 % 2 * 99])
    exif = Image.Exif()
    exif[274] = orientation
    path = tmp_path / "a"
    image = Image.fromarray(pixels.astype(np.uint8))
    image.save(path, "JPEG", quality=95, exif=exif)
    found = made_of(path, *before, {"op": "resize", "width": 50})
    whole = made_of(path, *before, {"op": "adjust"}, {"op": "resize", "width": 50})
    assert found.shape == whole.shape
    assert np.abs(found.astype(int) - whole).mean() < 1.5


def test_transparent_pixels_lend_no_colour(tmp_path: Path) -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[:] = 0, 255, 0, 0
    pixels[:, :32] = 255, 0, 0, 255
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    for operation in (
        {"op": "resize", "width": 21},
        {"op": "resize", "width": 150, "enlarge": True},
        {"op": "blur", "sigma": 3},
        {"op": "rotate", "angle": 30},
    ):
        found = made_of(path, operation)
        shown = found[found[:, :, 3] > 20]
        assert int(shown[:, 1].max()) <= 6, operation


def test_padding_fills_the_box_with_its_colour(photo: Path) -> None:
    box = {"op": "resize", "width": 60, "height": 60, "mode": "pad"}
    found = made_of(photo, box | {"background": "#ff0000"})
    assert tuple(found[0, 0]) == tuple(found[59, 59]) == (255, 0, 0)
    assert made_of(photo, box)[0, 0, 3] == 0
    north = made_of(photo, box | {"background": "#ff0000", "gravity": "north"})
    assert tuple(north[0, 30]) != (255, 0, 0) and tuple(north[59, 30]) == (255, 0, 0)


@pytest.mark.parametrize(
    ("gravity", "color"),
    [
        ("north_west", (255, 0, 0)),
        ("north_east", (0, 255, 0)),
        ("south_west", (0, 0, 255)),
        ("south_east", (255, 255, 255)),
    ],
)
def test_gravity_says_what_is_kept(
    quarters: Path, gravity: str, color: tuple[int, int, int]
) -> None:
    crop = {"op": "crop", "width": 20, "height": 20, "gravity": gravity}
    found = made_of(quarters, crop)
    assert found.shape[:2] == (20, 20) and near(found, color, 0)


def test_a_part_is_cut_by_pixels_or_percent(quarters: Path) -> None:
    pixels = {"op": "crop", "x": 20, "y": 0, "width": 20, "height": 20}
    percent = {"op": "crop", "x": 50, "y": 0, "width": 50, "height": 50}
    assert near(made_of(quarters, pixels), (0, 255, 0), 0)
    assert near(made_of(quarters, percent | {"unit": "percent"}), (0, 255, 0), 0)


def test_a_part_counts_pixels_of_the_source_however_it_was_decoded(
    tmp_path: Path,
) -> None:
    pixels = np.kron(samples.quarters(8), np.ones((100, 100, 1), np.uint8))
    path = samples.saved(tmp_path / "a", pixels, "JPEG", quality=95)
    crop = {"op": "crop", "x": 400, "y": 400, "width": 400, "height": 400}
    found = made_of(path, crop, {"op": "resize", "width": 40})
    assert found.shape == (40, 40, 3) and near(found, (255, 255, 255), 8)


def test_a_part_that_projects_is_cut_with_a_warning_and_one_outside_refused(
    quarters: Path,
) -> None:
    crop = {"op": "crop", "x": 30, "y": 30, "width": 20, "height": 20}
    result = samples.run(quarters, [crop])
    assert (result.width, result.height) == (10, 10)
    assert result.warnings
    with pytest.raises(InvalidImage) as caught:
        samples.run(quarters, [{"op": "flip"}, crop | {"x": 40}])
    assert caught.value.code == "imaging.impossible"
    assert caught.value.where == "/operations/1"


def test_attention_finds_what_stands_out(tmp_path: Path) -> None:
    pixels = np.full((100, 300, 3), 90, np.uint8)
    pixels[30:70, 230:270] = samples.photo(40, 40)
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    fill = {"op": "resize", "width": 100, "height": 100, "mode": "fill"}
    found = made_of(path, fill | {"gravity": "attention"})
    assert (found != 90).any(axis=2).sum() >= 1500
    assert not (made_of(path, fill | {"gravity": "centre"}) != 90).any()


def test_without_a_face_attention_decides(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(300, 100), "PNG")
    fill = {"op": "resize", "width": 100, "height": 100, "mode": "fill"}
    assert np.array_equal(
        made_of(path, fill | {"gravity": "face"}),
        made_of(path, fill | {"gravity": "attention"}),
    )


def test_an_even_rim_is_trimmed_but_for_its_margin(tmp_path: Path) -> None:
    pixels = np.full((60, 90, 3), 240, np.uint8)
    pixels[0, 0] = 244
    pixels[20:40, 30:70] = 10
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    assert made_of(path, {"op": "trim"}).shape == (20, 40, 3)
    assert made_of(path, {"op": "trim", "margin": 5}).shape == (30, 50, 3)
    clear = np.dstack([pixels, np.zeros((60, 90), np.uint8)])
    clear[25:35, 40:60, 3] = 255
    path = samples.saved(tmp_path / "b", clear, "PNG")
    assert made_of(path, {"op": "trim"}).shape[:2] == (10, 20)


def test_an_even_image_is_not_trimmed_away(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "a", np.full((9, 9, 3), 7, np.uint8), "PNG")
    result = samples.run(path, [{"op": "trim"}])
    assert (result.width, bool(result.warnings)) == (9, True)


@pytest.mark.parametrize(
    ("angle", "corner"),
    [(90, (0, 0, 255)), (180, (255, 255, 255)), (-90, (0, 255, 0)), (360, (255, 0, 0))],
)
def test_turns_are_clockwise(
    quarters: Path, angle: int, corner: tuple[int, int, int]
) -> None:
    assert tuple(made_of(quarters, {"op": "rotate", "angle": angle})[2, 2]) == corner


def test_a_turn_by_any_angle_grows_and_is_clear_in_its_corners(photo: Path) -> None:
    found = made_of(photo, {"op": "rotate", "angle": 45})
    assert found.shape == (142, 142, 4)
    assert found[0, 0, 3] == 0 and found[71, 71, 3] == 255
    on_red = made_of(photo, {"op": "rotate", "angle": 45, "background": "#ff0000"})
    assert on_red.shape[2] == 3 and tuple(on_red[0, 0]) == (255, 0, 0)


def test_mirrors_swap_sides(quarters: Path) -> None:
    for direction, corner in (
        ("horizontal", (0, 255, 0)),
        ("vertical", (0, 0, 255)),
        ("both", (255, 255, 255)),
    ):
        found = made_of(quarters, {"op": "flip", "direction": direction})
        assert tuple(found[2, 2]) == corner


def test_every_frame_goes_through_geometry_and_look(tmp_path: Path) -> None:
    colors = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]
    path = samples.animation(tmp_path / "a", "GIF", colors, 30)
    operations: list[dict[str, Any]] = [
        {"op": "resize", "width": 15},
        {"op": "rounded_corners", "radius": 5},
        {"op": "grayscale"},
        {"op": "text_watermark", "text": "x"},
    ]
    result = samples.run(path, operations, {"format": "webp", "lossless": True})
    assert (result.frames, result.width) == (3, 15)
    picture = read_picture(tmp_path / "out" / result.path)
    assert picture.durations == (50, 100, 150)
    grays = [int(frame[7, 3, 0]) for frame in picture.frames]
    assert near(grays, [75, 147, 28], 3)


def test_one_decode_is_as_large_as_the_most_demanding_variant_needs() -> None:
    def least(*variants: list[dict[str, Any]]) -> float:
        listed = [{"name": f"v{n}", "operations": v} for n, v in enumerate(variants)]
        return least_scale(check_recipe({"variants": listed}), 1000, 500)

    small, large = ({"op": "resize", "width": width} for width in (100, 400))
    half = {"op": "crop", "width": 50, "height": 50, "unit": "percent"}
    assert least([small]) == pytest.approx(0.1)
    assert least([small], [large]) == pytest.approx(0.4)
    assert least([half, small]) == pytest.approx(0.2)
    assert least([{"op": "rotate", "angle": 90}, small]) == pytest.approx(0.2)
    assert least([small], []) == 1.0
    assert least([{"op": "blur", "sigma": 2}, small]) == 1.0
    tinted: dict[str, Any] = {"op": "colorize", "color": "#ff0000"}
    assert least([{"op": "negate"}, {"op": "duotone"}, tinted, small]) == 0.1
    assert least([tinted | {"blend": "multiply"}, small]) == 1.0


def test_operations_that_would_make_too_much_are_refused(photo: Path) -> None:
    limits = Limits(pixels=20_000)
    for operation in (
        {"op": "resize", "width": 1000, "enlarge": True},
        {"op": "resize", "width": 500, "height": 500, "mode": "pad"},
        {"op": "border", "width": 500},
        {"op": "drop_shadow", "blur": 200},
        {"op": "rotate", "angle": 45},
    ):
        with pytest.raises(InvalidImage) as caught:
            samples.run(photo, [operation], limits=limits)
        assert caught.value.code == "imaging.too_large"
        assert caught.value.where == "/operations/0"


def test_any_operation_does_with_a_single_pixel(tmp_path: Path) -> None:
    for channels in (3, 4):
        pixels = np.full((1, 1, channels), 99, np.uint8)
        path = samples.saved(tmp_path / "a", pixels, "PNG")
        operations: list[dict[str, Any]] = [
            {"op": "resize", "width": 9, "height": 3, "mode": "fill", "enlarge": True},
            {"op": "crop", "width": 1, "height": 1, "gravity": "attention"},
            {"op": "crop", "width": 1, "height": 1, "gravity": "face"},
            {"op": "trim"},
            {"op": "rotate", "angle": 33},
            {"op": "flip"},
            {"op": "sharpen", "sigma": 20},
            {"op": "blur", "sigma": 250},
            {"op": "denoise"},
            {"op": "adjust", "contrast": 50},
            {"op": "auto_levels"},
            {"op": "grayscale"},
            {"op": "tint", "color": "#123456"},
            {"op": "rounded_corners", "radius": 9},
            {"op": "drop_shadow"},
            {"op": "text_watermark", "text": "版", "tiled": True, "angle": 20},
            {"op": "border", "width": 1},
            {"op": "background"},
        ]
        for operation in operations:
            assert samples.run(path, [operation]).size > 0, operation
        assert samples.run(path, operations).size > 0


def test_variants_share_what_is_common_and_keep_apart(quarters: Path) -> None:
    recipe = check_recipe(
        {
            "operations": [{"op": "flip"}],
            "variants": [
                {"name": "a", "output": {"format": "png"}},
                {
                    "name": "b",
                    "operations": [{"op": "grayscale"}],
                    "output": {"format": "jpeg"},
                },
            ],
        }
    )
    first, second = run_recipe(quarters, recipe, quarters.parent / "out")
    assert (first.path, second.path) == ("a.png", "b.jpg")
    pixels = samples.pixels_of(quarters, first)
    assert tuple(pixels[0, 0]) == (0, 255, 0)
    assert np.ptp(samples.pixels_of(quarters, second)[5, 5]) <= 3
