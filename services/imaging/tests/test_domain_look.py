"""Tone, sharpness, shapes and marks, on pixels that one can count."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onemanage.imaging.domain.fonts import INSTALLED
from onemanage.imaging.domain.picture import Pixels
from onemanage.imaging.domain.texts import Block
from onemanage.imaging.errors import InvalidImage

from . import samples
from .samples import made_of, near


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    return samples.saved(tmp_path / "quarters", samples.quarters(), "PNG")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return samples.saved(tmp_path / "photo", samples.photo(120, 80), "PNG")


def spread(pixels: Pixels) -> float:
    return float(np.abs(np.diff(pixels.astype(float), axis=1)).mean())


def test_sharpening_raises_and_blurring_lowers_contrast_of_neighbours(
    photo: Path,
) -> None:
    plain = spread(samples.photo(120, 80))
    assert spread(made_of(photo, {"op": "sharpen"})) > plain * 1.2
    assert spread(made_of(photo, {"op": "blur", "sigma": 2})) < plain * 0.7
    still = made_of(photo, {"op": "sharpen", "threshold": 255})
    assert np.array_equal(still, samples.photo(120, 80))


def test_denoising_smooths_noise_and_keeps_edges(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    pixels = np.full((60, 60, 3), 60, np.uint8)
    pixels[:, 30:] = 200
    noisy = np.clip(pixels + chance.normal(0, 8, pixels.shape), 0, 255)
    path = samples.saved(tmp_path / "a", noisy.astype(np.uint8), "PNG")
    found = made_of(path, {"op": "denoise", "strength": 40}).astype(float)
    assert found[5:55, 5:25].std() < 0.5 * noisy[5:55, 5:25].std()
    assert found[:, 33:].mean() - found[:, :27].mean() > 130


def test_adjusting_by_nothing_changes_nothing_and_by_all_takes_all(
    photo: Path,
) -> None:
    assert np.array_equal(made_of(photo, {"op": "adjust"}), samples.photo(120, 80))
    assert int(made_of(photo, {"op": "adjust", "brightness": -100}).max()) == 0
    assert np.ptp(made_of(photo, {"op": "adjust", "contrast": -100})) == 0
    gray = made_of(photo, {"op": "adjust", "saturation": -100})
    assert near(gray, made_of(photo, {"op": "grayscale"}), 1)


def test_levels_are_stretched_to_both_ends(tmp_path: Path) -> None:
    pixels = (samples.photo(100, 80) // 3 + 60).astype(np.uint8)
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    found = made_of(path, {"op": "auto_levels", "clip": 1})
    assert found.min() == 0 and found.max() == 255
    each = made_of(path, {"op": "auto_levels", "clip": 1, "per_channel": True})
    assert all(np.ptp(each[:, :, channel]) == 255 for channel in range(3))


def test_a_tint_keeps_black_and_white(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (4, 1, 3))
    path = samples.saved(tmp_path / "a", ramp, "PNG")
    found = made_of(path, {"op": "tint", "color": "#804020"})
    assert tuple(found[0, 0]) == (0, 0, 0) and tuple(found[0, 255]) == (255,) * 3
    assert near(found[0, 128], (128, 64, 32), 3)
    assert np.array_equal(
        made_of(path, {"op": "tint", "color": "#804020", "amount": 0}), ramp
    )


def test_corners_are_cut_round(quarters: Path) -> None:
    round_ = {"op": "rounded_corners", "radius": 100, "unit": "percent"}
    alpha = made_of(quarters, round_)[:, :, 3]
    assert alpha[0, 0] == 0 and alpha[20, 20] == 255 and alpha[0, 20] > 250
    assert abs(float(alpha.mean()) / 255 - np.pi / 4) < 0.01
    assert 0 < np.unique(alpha).size - 2  # edges are soft


def test_a_border_and_a_shadow_make_the_image_larger(quarters: Path) -> None:
    framed = made_of(quarters, {"op": "border", "width": 5, "color": "#010203"})
    assert framed.shape == (50, 50, 3) and tuple(framed[0, 25]) == (1, 2, 3)
    shadow = {"op": "drop_shadow", "dx": 4, "dy": 6, "blur": 2, "opacity": 0.5}
    found = made_of(quarters, shadow)
    assert found.shape == (40 + 1 + 9 + 0, 40 + 1 + 9, 4) or found.shape[2] == 4
    below = found[-6:, 25]
    assert 0 < below[:, 3].max() <= 128 and int(below[:, :3].max()) == 0


def test_a_background_lies_under_what_is_clear(tmp_path: Path) -> None:
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:, :4] = 200, 0, 0, 128
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    found = made_of(path, {"op": "background", "color": "#0000ff"})
    assert found.shape[2] == 3
    assert tuple(found[0, 7]) == (0, 0, 255) and near(found[0, 0], (100, 0, 127), 2)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    pixels = np.zeros((10, 20, 4), np.uint8)
    pixels[:] = 255, 0, 255, 255
    return samples.saved(tmp_path / "mark", pixels, "PNG")


def marked(photo: Path, mark: Path, **options: Any) -> Pixels:
    operation = {"op": "image_watermark", "file_id": "m", "opacity": 1.0} | options
    return made_of(photo, operation, watermarks={"m": mark})


def is_mark(pixels: Pixels) -> Any:
    return (pixels == (255, 0, 255)).all(axis=2)


def test_a_mark_lies_where_and_as_large_as_was_asked_for(
    photo: Path, mark: Path
) -> None:
    found = is_mark(marked(photo, mark, scale=0.25, margin=4))
    assert found[-19:-4, -34:-4].all() and found.sum() == 15 * 30
    found = is_mark(marked(photo, mark, scale=None, position="north_west", margin=0))
    assert found[:10, :20].all() and found.sum() == 200
    half = marked(photo, mark, opacity=0.5, position="centre")
    plain = samples.photo(120, 80)
    assert near(half[40, 60], (plain[40, 60].astype(int) + (255, 0, 255)) // 2, 2)


def test_a_tiled_mark_is_all_over(photo: Path, mark: Path) -> None:
    found = is_mark(marked(photo, mark, scale=None, tiled=True, margin=4))
    assert 0.5 < found.mean() < 0.65
    for part in (found[:40, :60], found[40:, :60], found[:40, 60:], found[40:, 60:]):
        assert part.any()


def test_a_mark_larger_than_the_image_is_made_to_fit(
    tmp_path: Path, mark: Path
) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(12, 12), "PNG")
    assert is_mark(marked(path, mark, scale=None)).sum() == 12 * 6


def test_a_mark_that_is_missing_or_no_image_is_named(photo: Path, mark: Path) -> None:
    operation = {"op": "image_watermark", "file_id": "gone"}
    with pytest.raises(InvalidImage) as caught:
        samples.run(photo, [operation], watermarks={"m": mark})
    assert caught.value.where == "/operations/0/file_id"
    mark.write_bytes(b"no image")
    with pytest.raises(InvalidImage) as caught:
        samples.run(photo, [operation | {"file_id": "m"}], watermarks={"m": mark})
    assert caught.value.code == "imaging.unsupported"
    assert caught.value.where == "/operations/0"


@pytest.mark.parametrize(
    "text", ["Hello", "版权所有", "著作権", "한국어", "Grüße, Ελλάδα", "one\ntwo"]
)
def test_text_is_written_in_many_scripts(tmp_path: Path, text: str) -> None:
    path = samples.saved(tmp_path / "a", np.zeros((100, 300, 3), np.uint8), "PNG")
    operation = {"op": "text_watermark", "text": text, "scale": 0.5, "opacity": 1}
    found = made_of(path, operation | {"position": "centre"})
    columns = np.flatnonzero(found.any(axis=(0, 2)))
    rows = np.flatnonzero(found.any(axis=(1, 2)))
    assert int(found.max()) > 200
    assert abs((columns[0] + columns[-1]) / 2 - 150) <= 4
    assert abs((rows[0] + rows[-1]) / 2 - 50) <= 4
    assert rows[-1] - rows[0] < 100


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("見本 שלום", ["見本 ", "שלום"]),
        ("שלום 見本", ["見本", " ", "שלום"]),
        ("見本 שלום 樣本", ["見本 ", "שלום", " ", "樣本"]),
    ],
)
def test_text_that_no_single_font_has_is_written_run_by_run(
    text: str, parts: list[str]
) -> None:
    """As much ink stands where each part belongs as it has alone; what is written from
    right to left begins the line at the right where it comes first."""
    try:
        whole = inked(text)
    except InvalidImage:
        pytest.skip("no font with Hebrew letters is at hand")
    x = 0.0
    for part in parts:
        if part.strip():
            alone = inked(part)
            columns = np.flatnonzero(alone.any(axis=0))
            begin = round(x) + columns[0]
            there = whole[:, begin : begin + columns[-1] - columns[0] + 1]
            assert there.sum() == pytest.approx(alone.sum(), rel=0.05)
        x += INSTALLED.font_for(part, 30).getlength(part)


def inked(text: str) -> Any:
    image = Image.new("L", (400, 80))
    Block(text, 30).draw(image, (0, 10), (255,))
    return np.asarray(image).astype(int)


def test_text_in_no_script_of_any_font_is_refused(photo: Path) -> None:
    with pytest.raises(InvalidImage) as caught:
        samples.run(photo, [{"op": "text_watermark", "text": "a\u0378"}])
    assert caught.value.code == "imaging.no_font"
    assert caught.value.where == "/operations/0/text"


def test_text_too_large_is_made_to_fit_with_a_warning(photo: Path) -> None:
    operation = {"op": "text_watermark", "text": "much too long " * 9, "size": 900}
    result = samples.run(photo, [operation])
    assert any("smaller" in warning for warning in result.warnings)
