"""Files as somebody else reads them: format, size, likeness, and nothing private."""

import hashlib
import io
import zlib
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageCms

from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.domain.likeness import ssim
from onemanage.imaging.domain.pipeline import run_recipe
from onemanage.imaging.errors import InvalidImage

from . import samples

FORMATS = {
    "jpeg": ("jpg", "image/jpeg"),
    "png": ("png", "image/png"),
    "webp": ("webp", "image/webp"),
    "avif": ("avif", "image/avif"),
    "jxl": ("jxl", "image/jxl"),
    "tiff": ("tif", "image/tiff"),
    "gif": ("gif", "image/gif"),
}
LOSSLESS: list[dict[str, Any]] = [
    {"format": "png"},
    {"format": "tiff"},
    {"format": "tiff", "compression": "lzw"},
    {"format": "tiff", "compression": "none"},
    {"format": "webp", "lossless": True},
    {"format": "jxl", "lossless": True},
]
LOSSY = ("jpeg", "webp", "avif", "jxl")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return samples.saved(tmp_path / "photo", samples.photo(200, 150), "PNG")


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_is_written_under_its_name_and_can_be_read(
    photo: Path, kind: str
) -> None:
    result = samples.run(photo, [], {"format": kind})
    file = photo.parent / "out" / result.path
    ending, media_type = FORMATS[kind]
    assert (result.path, result.media_type) == (f"image.{ending}", media_type)
    assert (result.width, result.height, result.frames) == (200, 150, 1)
    data = file.read_bytes()
    assert (result.size, result.crc32) == (len(data), zlib.crc32(data))
    assert result.sha256 == hashlib.sha256(data).hexdigest()
    assert read_header(file).format == kind
    found = read_picture(file).first.astype(int)
    assert np.abs(found - samples.photo(200, 150)).mean() < 12


@pytest.mark.parametrize("output", LOSSLESS, ids=str)
def test_what_is_lossless_loses_nothing(photo: Path, output: dict[str, Any]) -> None:
    result = samples.run(photo, [], output)
    found = read_picture(photo.parent / "out" / result.path).first
    assert np.array_equal(found, samples.photo(200, 150))


@pytest.mark.parametrize("kind", FORMATS)
def test_alpha_is_kept_or_lies_on_white(tmp_path: Path, kind: str) -> None:
    pixels = np.dstack([samples.quarters(), np.full((40, 40), 255, np.uint8)])
    pixels[:20, :20] = 9, 9, 9, 0
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    result = samples.run(path, [], {"format": kind})
    found = read_picture(tmp_path / "out" / result.path).first
    if kind == "jpeg":
        assert found.shape[2] == 3 and int(found[5, 5].min()) > 245
    else:
        assert found[5, 5, 3] <= 2 and found[30, 30, 3] >= 253


@pytest.mark.parametrize("kind", FORMATS)
def test_where_a_picture_was_taken_and_all_other_metadata_is_gone(
    tmp_path: Path, kind: str
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "PrivateCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 12.0, 7.0)
    for name in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF"):
        path = tmp_path / "source"
        options: dict[str, Any] = {"exif": exif}
        if name in ("WEBP", "AVIF"):
            options["xmp"] = b"<x:xmpmeta>PrivateCamera</x:xmpmeta>"
        samples.saved(path, samples.photo(), name, **options)
        result = samples.run(path, [], {"format": kind})
        data = (tmp_path / "out" / result.path).read_bytes()
        assert b"PrivateCamera" not in data
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            assert not image.getexif().get_ifd(0x8825)
            assert 0x010F not in image.getexif()
            assert "xmp" not in image.info and "comment" not in image.info


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif", "tiff"])
def test_the_profile_is_srgb_or_left_out(photo: Path, kind: str) -> None:
    for icc in (True, False):
        result = samples.run(photo, [], {"format": kind, "icc": icc})
        with Image.open(photo.parent / "out" / result.path) as image:
            profile = image.info.get("icc_profile")
        if icc:
            assert profile is not None
            opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            assert "sRGB" in ImageCms.getProfileDescription(opened)
        else:
            assert profile is None


@pytest.mark.parametrize("kind", LOSSY)
def test_a_file_is_no_larger_than_it_may_be_and_as_good_as_that_allows(
    photo: Path, kind: str
) -> None:
    best = samples.run(photo, [], {"format": kind, "quality": 95}).size
    most = best // 2
    output = {"format": kind, "quality": 95, "max_bytes": most}
    result = samples.run(photo, [], output)
    assert most * 0.6 < result.size <= most
    roomy = samples.run(photo, [], output | {"max_bytes": best})
    assert roomy.size == best


def test_a_size_that_no_quality_gives_is_refused(photo: Path) -> None:
    output = {"format": "jpeg", "max_bytes": 300}
    with pytest.raises(InvalidImage) as caught:
        samples.run(photo, [], output)
    assert caught.value.code == "imaging.cannot_fit"
    assert caught.value.where == "/variants/0/output/max_bytes"


@pytest.mark.parametrize("kind", LOSSY)
def test_a_file_is_as_like_as_was_asked_for_and_smaller_for_less(
    photo: Path, kind: str
) -> None:
    sizes = []
    for wanted in (0.97, 0.85):
        result = samples.run(photo, [], {"format": kind, "ssim": wanted})
        found = read_picture(photo.parent / "out" / result.path).first
        likeness = ssim(samples.photo(200, 150), found)
        assert wanted <= likeness
        assert not result.warnings
        sizes.append(result.size)
    assert sizes[1] < sizes[0]


def test_likeness_that_no_quality_gives_is_a_warning(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).choice([0, 255], (64, 64, 3)).astype(np.uint8)
    path = samples.saved(tmp_path / "a", noise, "PNG")
    result = samples.run(path, [], {"format": "webp", "ssim": 0.999})
    assert any("/variants/0/output/ssim" in text for text in result.warnings)


def test_quality_colours_and_effort_are_heard(photo: Path) -> None:
    def size(**output: Any) -> int:
        return samples.run(photo, [], output).size

    for kind in LOSSY:
        assert size(format=kind, quality=30) < size(format=kind, quality=90)
    assert size(format="png", colors=16) < size(format="png")
    assert size(format="png", level=9) <= size(format="png", level=1)
    assert size(format="jpeg", subsampling="4:4:4") > size(format="jpeg")
    result = samples.run(photo, [], {"format": "jpeg", "progressive": True})
    with Image.open(photo.parent / "out" / result.path) as image:
        assert image.info["progressive"]


@pytest.mark.parametrize("kind", ["gif", "webp", "avif", "png"])
def test_animations_stay_animations(tmp_path: Path, kind: str) -> None:
    colors = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]
    path = samples.animation(tmp_path / "a", "GIF", colors)
    result = samples.run(path, [], {"format": kind})
    assert result.frames == 3
    picture = read_picture(tmp_path / "out" / result.path)
    assert picture.durations == (50, 100, 150)
    for frame, color in zip(picture.frames, colors, strict=True):
        assert np.abs(frame[10, 10, :3].astype(int) - color).max() <= 8


def test_clear_frames_of_an_animation_do_not_show_what_was_before(
    tmp_path: Path,
) -> None:
    frames = []
    for at in (0, 10):
        pixels = np.zeros((20, 20, 4), np.uint8)
        pixels[:] = 200, 30, 30, 255
        pixels[4:16, at + 2 : at + 8] = 0
        frames.append(Image.fromarray(pixels))
    frames[0].save(
        tmp_path / "a", "WEBP", save_all=True, append_images=frames[1:], lossless=True
    )
    for kind in ("gif", "webp", "png"):
        result = samples.run(tmp_path / "a", [], {"format": kind})
        second = read_picture(tmp_path / "out" / result.path).frames[1]
        assert second[8, 15, 3] == 0 and second[8, 5, 3] == 255, kind


@pytest.mark.parametrize("kind", ["jpeg", "tiff", "jxl"])
def test_formats_of_one_picture_take_the_first_frame_and_say_so(
    tmp_path: Path, kind: str
) -> None:
    path = samples.animation(tmp_path / "a", "GIF", [(250, 0, 0), (0, 250, 0)])
    result = samples.run(path, [], {"format": kind})
    assert result.frames == 1
    assert any("first frame" in warning for warning in result.warnings)


def test_a_format_left_open_becomes_one_that_every_browser_reads(photo: Path) -> None:
    assert samples.run(photo, [], {"format": "auto"}).media_type == "image/jpeg"


def test_the_same_recipe_gives_the_same_bytes(photo: Path) -> None:
    for kind in FORMATS:
        output = {"format": kind}
        first = samples.run(photo, [{"op": "resize", "width": 77}], output)
        second = samples.run(photo, [{"op": "resize", "width": 77}], output)
        assert first.sha256 == second.sha256, kind


def test_likeness_is_one_for_the_same_and_falls_with_noise() -> None:
    pixels = samples.photo(120, 90)
    noise = np.random.default_rng(5).normal(0, 12, pixels.shape)
    noisy = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    assert ssim(pixels, pixels) == pytest.approx(1)
    assert 0.3 < ssim(pixels, noisy) < 0.95
    tall = np.tile(pixels, (12, 1, 1))
    noisy_tall = np.tile(noisy, (12, 1, 1))
    assert ssim(tall, noisy_tall) == pytest.approx(ssim(pixels, noisy), abs=0.02)


def test_variants_keep_their_order_and_names(photo: Path) -> None:
    names = ["b", "a", "c"]
    variants = [{"name": name, "output": {"format": "webp"}} for name in names]
    results = run_recipe(
        photo, check_recipe({"variants": variants}), photo.parent / "out"
    )
    assert [result.name for result in results] == names


def test_a_large_jpeg_is_like_a_small_one_in_all_but_size(tmp_path: Path) -> None:
    pixels = np.kron(samples.quarters(16), np.ones((256, 256, 1), np.uint8))
    path = samples.saved(tmp_path / "a", pixels[:, :4000], "PNG", compress_level=1)
    result = samples.run(path, [], {"format": "jpeg"})
    with Image.open(tmp_path / "out" / result.path) as image:
        assert image.size == (4000, 4096)
        opened = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(opened)
        assert image.getpixel((9, 9)) == pytest.approx((255, 0, 0), abs=6)


@pytest.mark.parametrize(
    "output", [{"format": "webp"}, {"format": "best", "formats": ["webp"]}], ids=str
)
def test_a_side_that_webp_has_no_room_for_is_refused_and_pointed_at(
    tmp_path: Path, output: dict[str, Any]
) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(32, 16), "PNG")
    size = {"op": "resize", "height": 4, "mode": "force", "enlarge": True}
    with pytest.raises(InvalidImage) as caught:
        samples.run(path, [size | {"width": 16_384}], output)
    assert caught.value.code == "imaging.too_large"
    assert caught.value.where == "/variants/0/output/format"
    assert samples.run(path, [size | {"width": 16_383}], output).width == 16_383
    both = {"format": "best", "formats": ["webp", "jpeg"]}
    made = samples.run(path, [size | {"width": 16_384}], both)
    assert made.media_type == "image/jpeg"


def test_webp_with_transparency_and_metadata_is_read_by_others(
    tmp_path: Path,
) -> None:
    alpha = samples.photo(90, 61, seed=3)[:, :, :1]
    path = samples.saved(
        tmp_path / "a", np.dstack([samples.photo(90, 61), alpha]), "PNG"
    )
    for more in ({}, {"copyright": "x", "dpi": 72}, {"icc": False}):
        result = samples.run(path, [], {"format": "webp", "quality": 95} | more)
        data = (tmp_path / "out" / result.path).read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            assert image.mode == "RGBA" and ("icc_profile" in image.info) == (
                "icc" not in more
            )
            assert ("xmp" in image.info) == ("copyright" in more)
            shown = np.asarray(image)
        assert np.array_equal(shown, imagecodecs.webp_decode(data))
        assert np.array_equal(shown[:, :, 3], alpha[:, :, 0])
