"""What outputs may choose, as other libraries than the encoder's read it."""

import io
from pathlib import Path
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw

from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain import code_points
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.likeness import ssim
from onemanage.imaging.domain.near_lossless import rounded
from onemanage.imaging.domain.picture import Pixels
from onemanage.imaging.domain.pipeline import run_recipe
from onemanage.imaging.domain.results import VariantResult

from . import samples

P3_RED = (234, 51, 35)
"""sRGB's red in Display P3 (CSS Color 4)."""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return samples.saved(tmp_path / "photo", samples.photo(200, 150), "PNG")


def made(path: Path, **output: Any) -> tuple[bytes, VariantResult]:
    result = samples.run(path, [], output)
    return (path.parent / "out" / result.path).read_bytes(), result


def flat(width: int = 600, height: int = 400) -> Pixels:
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for number in range(12):
        left, top = number * 45, number * 27
        color = (number * 20, 200 - number * 10, 90)
        draw.rectangle((left, top, left + 70, top + 50), fill=color)
    return np.asarray(image)


def test_avif_without_loss_is_exact_for_every_decoder(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (40, 50, 4), np.uint8)
    path = samples.saved(tmp_path / "a", noise, "PNG")
    data, _ = made(path, format="avif", lossless=True)
    assert np.array_equal(imagecodecs.avif_decode(data), noise)
    with Image.open(io.BytesIO(data)) as image:
        assert np.array_equal(np.asarray(image), noise)


def test_avif_of_ten_bits_has_them_and_shows_the_same(photo: Path) -> None:
    data, _ = made(photo, format="avif", bits=10, quality=90, subsampling="4:4:4")
    deep = imagecodecs.avif_decode(data)
    assert deep.dtype == np.uint16 and 512 < int(deep.max()) < 1024
    with Image.open(io.BytesIO(data)) as image:
        shown = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(shown - samples.photo(200, 150)).mean() < 3


def test_an_animated_avif_says_that_it_is_not_without_loss(tmp_path: Path) -> None:
    path = samples.animation(tmp_path / "a", "GIF", [(250, 0, 0), (0, 0, 250)])
    _, result = made(path, format="avif", lossless=True)
    assert result.frames == 2
    assert any("not without loss" in text for text in result.warnings)


@pytest.mark.parametrize("kind", ["webp", "avif"])
def test_transparency_has_a_quality_of_its_own(tmp_path: Path, kind: str) -> None:
    alpha = samples.photo(200, 150, seed=4)[:, :, 0]
    pixels = np.dstack([samples.photo(200, 150), alpha])
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    fine, _ = made(path, format=kind, alpha_quality=100)
    coarse, _ = made(path, format=kind, alpha_quality=5)
    assert len(coarse) < len(fine)
    errors = []
    for data in (fine, coarse):
        decode = imagecodecs.webp_decode if kind == "webp" else imagecodecs.avif_decode
        errors.append(np.abs(decode(data)[:, :, 3].astype(int) - alpha).mean())
    assert errors[0] < 2 < errors[1]


def test_near_lossless_is_smaller_and_rounds_no_more_than_it_says(
    photo: Path,
) -> None:
    source = samples.photo(200, 150).astype(int)
    exact, _ = made(photo, format="webp", lossless=True)
    sizes = [len(exact)]
    for quality, most in ((80, 1), (60, 3), (20, 15)):
        data, _ = made(photo, format="webp", near_lossless=quality)
        sizes.append(len(data))
        found = imagecodecs.webp_decode(data)[:, :, :3].astype(int)
        assert 0 < np.abs(found - source).max() <= most
    assert sizes == sorted(sizes, reverse=True)
    even = np.full((80, 80, 3), 77, np.uint8)
    assert np.array_equal(rounded(even, 0), even)
    icon = samples.photo(48, 48)
    assert np.array_equal(rounded(icon, 0), icon)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (8, 8), (61, 37)])
@pytest.mark.parametrize("channels", [3, 4])
def test_an_interlaced_png_is_the_same_picture_in_seven_passes(
    tmp_path: Path, size: tuple[int, int], channels: int
) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (*size, channels), np.uint8)
    path = samples.saved(tmp_path / "a", noise, "PNG")
    data, _ = made(path, format="png", interlaced=True)
    assert data[28] == 1, "the header says Adam7"
    flags = cv2.IMREAD_UNCHANGED
    other = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    assert other is not None
    assert np.array_equal(other[..., [2, 1, 0, 3][:channels]], noise)
    assert np.array_equal(read_picture(tmp_path / "out/image.png").first, noise)


def test_an_interlaced_gif_says_so_and_a_plain_one_does_not(photo: Path) -> None:
    for is_interlaced in (True, False):
        data, _ = made(photo, format="gif", interlaced=is_interlaced)
        with Image.open(io.BytesIO(data)) as image:
            how: Any = image.tile[0].args
            assert bool(how[1]) == is_interlaced
            image.load()


def test_a_progressive_jpeg_comes_in_several_scans(photo: Path) -> None:
    data, _ = made(photo, format="jpeg", progressive=True)
    assert data.count(b"\xff\xda") > 5
    plain, _ = made(photo, format="jpeg")
    assert plain.count(b"\xff\xda") == 1
    found = imagecodecs.jpeg_decode(data).astype(int)
    assert np.array_equal(found, imagecodecs.jpeg_decode(plain))


@pytest.fixture
def vivid(tmp_path: Path) -> Path:
    """A red that sRGB has not, in Display P3."""
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[:] = 255, 10, 10
    pixels[:, 40:] = 60, 120, 180
    path = tmp_path / "vivid"
    return samples.saved(path, pixels, "PNG", icc_profile=code_points.display_p3())


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "avif", "tiff"])
def test_colours_stay_as_the_source_has_them_where_that_is_asked_for(
    vivid: Path, kind: str
) -> None:
    for space in ("source", "p3"):
        data, result = made(vivid, format=kind, space=space)
        assert not result.warnings
        with Image.open(io.BytesIO(data)) as image:
            assert image.info["icc_profile"] == code_points.display_p3()
            shown = np.asarray(image.convert("RGB")).astype(int)
        assert np.abs(shown[5, 5] - (255, 10, 10)).max() <= 5
        assert np.abs(shown[5, 70] - (60, 120, 180)).max() <= 5
    data, _ = made(vivid, format=kind)
    with Image.open(io.BytesIO(data)) as image:
        cut = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(cut[5, 70] - (60, 120, 180)).max() > 8, "sRGB has other numbers"


def test_p3_of_an_srgb_source_is_the_same_colour_in_other_numbers(
    tmp_path: Path,
) -> None:
    path = samples.saved(tmp_path / "a", samples.quarters(), "PNG")
    data, _ = made(path, format="png", space="p3")
    with Image.open(io.BytesIO(data)) as image:
        assert np.abs(np.asarray(image)[5, 5].astype(int) - P3_RED).max() <= 2
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert "P3" in ImageCms.getProfileDescription(profile)
    data, _ = made(path, format="avif", space="p3", lossless=True)
    found = read_picture(tmp_path / "out/image.avif").first
    assert np.abs(found.astype(int) - samples.quarters()).max() <= 3


def test_colours_of_operations_are_what_they_are_in_a_wide_picture(
    vivid: Path,
) -> None:
    recipe = check_recipe(
        {
            "operations": [{"op": "border", "width": 8, "color": "#ff0000"}],
            "variants": [{"output": {"format": "png", "space": "p3"}}],
        }
    )
    run_recipe(vivid, recipe, vivid.parent / "out")
    with Image.open(vivid.parent / "out/image.png") as image:
        assert np.abs(np.asarray(image)[2, 2].astype(int) - P3_RED).max() <= 2


def test_srgb_beside_a_wide_variant_is_srgb(vivid: Path) -> None:
    outputs = [{"format": "png", "space": "p3"}, {"format": "png"}]
    variants = [{"name": f"v{n}", "output": one} for n, one in enumerate(outputs)]
    recipe = check_recipe({"variants": variants})
    run_recipe(vivid, recipe, vivid.parent / "both")
    alone, _ = made(vivid, format="png")
    with Image.open(vivid.parent / "both/v1.png") as image:
        beside = np.asarray(image).astype(int)
    with Image.open(io.BytesIO(alone)) as image:
        assert np.abs(beside - np.asarray(image)).max() <= 2


def test_a_source_without_a_profile_says_that_none_is_kept(photo: Path) -> None:
    _, result = made(photo, format="png", space="source")
    assert any("no RGB profile" in text for text in result.warnings)


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff", "webp", "avif", "gif", "jxl"])
def test_gray_is_one_channel_where_the_format_has_it(photo: Path, kind: str) -> None:
    data, result = made(photo, format=kind, space="gray")
    found = read_picture(photo.parent / "out" / result.path).first.astype(int)
    luma = samples.photo(200, 150) @ np.array([0.299, 0.587, 0.114])
    assert np.abs(found[:, :, 0] - luma).mean() < 6
    assert np.abs(found[:, :, 0] - found[:, :, 2]).max() <= 3
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "L" or kind not in ("jpeg", "png", "tiff")


@pytest.mark.parametrize("kind", ["jpeg", "tiff"])
def test_cmyk_has_a_profile_and_looks_as_before(tmp_path: Path, kind: str) -> None:
    muted = samples.photo(120, 90) // 2 + 60
    path = samples.saved(tmp_path / "a", muted, "PNG")
    options = {"quality": 95, "subsampling": "4:4:4"} if kind == "jpeg" else {}
    data, result = made(path, format=kind, space="cmyk", **options)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "CMYK"
        icc = image.info["icc_profile"]
        sums = np.asarray(image).astype(int).sum(axis=2)
    assert sums.max() <= 3 * 255 + 4, "no more ink than paper takes up"
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    assert profile.profile.xcolor_space.strip() == "CMYK"
    found = read_picture(tmp_path / "out" / result.path).first.astype(int)
    assert np.abs(found - muted).mean() < 4
    back = ImageCms.createProfile("sRGB")
    with Image.open(path) as image:
        inked = ImageCms.profileToProfile(image, back, profile, outputMode="CMYK")
    assert inked is not None and inked.mode == "CMYK", "the profile leads both ways"


def test_transparency_lies_on_white_in_cmyk(tmp_path: Path) -> None:
    pixels = np.zeros((20, 20, 4), np.uint8)
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    data, _ = made(path, format="tiff", space="cmyk")
    with Image.open(io.BytesIO(data)) as image:
        assert np.asarray(image).max() <= 2, "no ink"


def test_the_best_file_is_the_smallest_that_is_like_enough(photo: Path) -> None:
    kinds = ["avif", "webp", "jpeg", "png"]
    data, result = made(photo, format="best", formats=kinds, ssim=0.98)
    found = read_picture(photo.parent / "out" / result.path).first
    assert ssim(samples.photo(200, 150), found) >= 0.98
    for kind in ("avif", "webp", "jpeg"):
        alone, _ = made(photo, format=kind, ssim=0.98)
        assert len(data) <= len(alone) * 1.1
    assert result.media_type != "image/png"


def test_the_best_file_of_a_large_picture_is_searched_on_a_part_and_still_like(
    tmp_path: Path,
) -> None:
    pixels = samples.photo(1500, 700)
    path = samples.saved(tmp_path / "a", pixels, "PNG", compress_level=1)
    kinds = ["webp", "jpeg"]
    _, result = made(path, format="best", formats=kinds)
    found = read_picture(tmp_path / "out" / result.path).first
    samples.run(path, [], {"format": "jpeg"})
    jpeg = read_picture(tmp_path / "out/image.jpg").first
    assert ssim(pixels, found) >= ssim(pixels, jpeg) - 0.005
    assert result.size <= (tmp_path / "out/image.jpg").stat().st_size


def test_what_is_flat_or_transparent_goes_where_it_is_exact(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "flat", flat(), "PNG")
    data, result = made(path, format="best")
    assert result.media_type == "image/png"
    assert np.array_equal(imagecodecs.png_decode(data)[:, :, :3], flat())
    plain, _ = made(path, format="png")
    assert len(data) < len(plain), "by a palette"
    clear = np.dstack([samples.photo(), samples.photo(seed=2)[:, :, 0]])
    path = samples.saved(tmp_path / "clear", clear, "PNG")
    _, result = made(path, format="best", formats=["jpeg", "png"])
    assert result.media_type == "image/png"


def test_likeness_that_no_format_gives_is_a_warning_and_the_nearest_is_taken(
    tmp_path: Path,
) -> None:
    noise = np.random.default_rng(1).choice([0, 255], (64, 64, 3)).astype(np.uint8)
    path = samples.saved(tmp_path / "a", noise, "PNG")
    _, result = made(path, format="best", formats=["jpeg"], ssim=0.999)
    assert result.media_type == "image/jpeg"
    assert any("/variants/0/output/ssim" in text for text in result.warnings)


def test_the_best_of_an_animation_stays_one(tmp_path: Path) -> None:
    path = samples.animation(tmp_path / "a", "GIF", [(250, 0, 0), (0, 0, 250)])
    for kinds, media_type in (([], "image/gif"), (["webp", "jpeg"], "image/webp")):
        _, result = made(path, format="best", formats=kinds)
        assert (result.media_type, result.frames) == (media_type, 2)
