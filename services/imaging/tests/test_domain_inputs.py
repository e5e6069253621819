"""Every format that is read: upright, in sRGB, and no larger than it may be."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.domain.picture import Limits
from onemanage.imaging.errors import InvalidImage

from . import samples

RASTERS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpeg": ("JPEG", {"quality": 95, "subsampling": 0}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {"lossless": True}),
    "gif": ("GIF", {}),
    "tiff": ("TIFF", {}),
    "avif": ("AVIF", {"quality": 95, "subsampling": "4:4:4"}),
    "heif": ("HEIF", {"quality": 95}),
    "jxl": ("JXL", {"lossless": True, "use_original_profile": True}),
}
"""By the name of the format in a header: how Pillow is told to write it."""

each_raster = pytest.mark.parametrize("kind", RASTERS)


def written(path: Path, kind: str, pixels: Any, **more: Any) -> Path:
    name, options = RASTERS[kind]
    return samples.saved(path, pixels, name, **options, **more)


@each_raster
def test_each_format_is_known_by_its_bytes_and_read_as_it_looks(
    tmp_path: Path, kind: str
) -> None:
    path = written(tmp_path / "image", kind, samples.quarters())
    found = read_header(path)
    assert (found.format, found.width, found.height) == (kind, 40, 40)
    pixels = read_picture(path).first
    assert pixels.shape == (40, 40, 3)
    corners = pixels[[5, 5, 35, 35], [5, 35, 5, 35]].astype(int)
    expected = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
    assert np.abs(corners - expected).max() <= 12


@each_raster
def test_a_wrong_extension_changes_nothing(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path / "image.svg", kind, samples.quarters())
    assert read_header(path).format == kind


@pytest.mark.parametrize("kind", ["png", "webp", "avif", "heif", "jxl", "tiff"])
def test_alpha_is_kept_where_something_is_transparent(
    tmp_path: Path, kind: str
) -> None:
    pixels = np.dstack([samples.quarters(), np.full((40, 40), 255, np.uint8)])
    opaque = written(tmp_path / "opaque", kind, pixels)
    assert read_picture(opaque).first.shape[2] == 3
    pixels[:20, :, 3] = 0
    path = written(tmp_path / "clear", kind, pixels)
    alpha = read_picture(path).first[:, :, 3]
    assert alpha[10, 10] <= 2 and alpha[30, 30] >= 253


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff"])
def test_the_orientation_of_exif_is_applied(
    tmp_path: Path, kind: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    pixels = samples.quarters(32)[:, :24].copy()
    path = written(tmp_path / "image", kind, pixels, exif=exif)
    with Image.open(path) as image:
        from PIL import ImageOps

        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    found = read_picture(path).first
    assert found.shape == expected.shape
    assert read_header(path).width == expected.shape[1]
    assert np.abs(found.astype(int) - expected).max() <= 4


def test_a_jpeg_is_decoded_no_larger_than_need_be(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(1600, 800), "JPEG")
    picture = read_picture(path, scale=lambda width, height: 0.1)
    assert (picture.width, picture.height) == (200, 100)
    assert picture.scale == (0.125, 0.125)


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("1", {}),
        ("L", {}),
        ("LA", {}),
        ("P", {}),
        ("I;16", {}),
        ("CMYK", {"format": "TIFF"}),
        ("LAB", {"format": "TIFF"}),
    ],
)
def test_pictures_of_any_mode_become_srgb(
    tmp_path: Path, mode: str, options: dict[str, str]
) -> None:
    path = tmp_path / "image"
    if mode == "I;16":
        ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
        image = Image.fromarray(ramp)
    elif mode == "LAB":
        rgb = Image.fromarray(samples.photo(64, 64))
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        made = ImageCms.profileToProfile(rgb, srgb, lab, outputMode="LAB")
        assert made is not None
        image = made
    else:
        image = Image.fromarray(samples.photo(64, 64)).convert(mode)
    image.save(path, options.get("format", "PNG"))
    pixels = read_picture(path).first
    assert pixels.shape == (64, 64, 3)
    if mode == "I;16":
        assert pixels[0, 0, 0] == 0 and pixels[-1, -1, 0] == 255
    if mode == "LAB":
        assert np.abs(pixels.astype(int) - samples.photo(64, 64)).mean() < 3


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "avif"])
def test_wide_gamut_colours_are_within_two_levels_of_lcms(
    tmp_path: Path, kind: str
) -> None:
    icc = samples.wide_gamut()
    path = written(tmp_path / "image", kind, samples.photo(), icc_profile=icc)
    with Image.open(path) as image:
        stored = image.convert("RGB")
        expected = samples.as_lcms(stored, icc)
    assert np.abs(expected.astype(int) - np.asarray(stored)).max() > 5
    found = read_picture(path).first
    assert np.abs(found.astype(int) - expected).max() <= 2


def test_cmyk_by_its_profile_is_within_two_levels_of_lcms(tmp_path: Path) -> None:
    icc = samples.inks()
    image = Image.fromarray(samples.photo()).convert("CMYK")
    for name, options in (("JPEG", {"quality": 95}), ("TIFF", {})):
        image.save(tmp_path / "image", name, icc_profile=icc, **options)
        picture = read_picture(tmp_path / "image")
        with Image.open(tmp_path / "image") as opened:
            expected = samples.as_lcms(opened, icc)
            plain = np.asarray(opened.convert("RGB"))
        assert np.abs(expected.astype(int) - plain).max() > 5
        assert np.abs(picture.first.astype(int) - expected).max() <= 2
        assert not picture.warnings


@pytest.mark.parametrize(
    ("inks", "shown"),
    [
        ((0, 0, 0, 0), (255, 255, 255)),
        ((255, 0, 0, 0), (0, 174, 239)),
        ((0, 255, 0, 0), (236, 0, 140)),
        ((0, 0, 255, 0), (255, 242, 0)),
        ((0, 255, 255, 0), (237, 28, 36)),
        ((0, 0, 0, 255), (35, 31, 32)),
    ],
)
@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_is_shown_as_swop_inks_with_a_warning(
    tmp_path: Path, name: str, inks: tuple[int, ...], shown: tuple[int, ...]
) -> None:
    """As Photoshop shows U.S. Web Coated (SWOP) v2."""
    Image.new("CMYK", (8, 8), inks).save(tmp_path / "image", name)
    picture = read_picture(tmp_path / "image")
    assert samples.near(picture.first[4, 4], shown, 5)
    assert any("SWOP" in warning for warning in picture.warnings)


def test_an_srgb_profile_changes_no_pixel(tmp_path: Path) -> None:
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = samples.saved(tmp_path / "a", samples.photo(), "PNG", icc_profile=icc)
    assert np.array_equal(read_picture(path).first, samples.photo())


def test_a_profile_of_no_use_is_a_warning(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(), "PNG", icc_profile=b"no icc")
    picture = read_picture(path)
    assert any("ICC" in warning for warning in picture.warnings)
    assert np.array_equal(picture.first, samples.photo())


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "AVIF"])
def test_frames_of_animations_are_kept_with_their_times(
    tmp_path: Path, name: str
) -> None:
    colors = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]
    picture = read_picture(samples.animation(tmp_path / "a", name, colors))
    assert len(picture.frames) == 3
    assert picture.durations == (50, 100, 150)
    for frame, color in zip(picture.frames, colors, strict=True):
        assert np.abs(frame[10, 10, :3].astype(int) - color).max() <= 8


def test_the_first_frame_alone_can_be_asked_for(tmp_path: Path) -> None:
    path = samples.animation(tmp_path / "a", "GIF", [(9, 9, 9), (99, 99, 99)])
    assert len(read_picture(path, Reading(animated=False)).frames) == 1


def test_more_frames_than_allowed_are_left_out_with_a_warning(tmp_path: Path) -> None:
    colors = [(number, 0, 0) for number in range(0, 250, 5)]
    path = samples.animation(tmp_path / "a", "GIF", colors)
    picture = read_picture(path, limits=Limits(frames=7))
    assert len(picture.frames) == 7
    assert any("first 7 frames" in warning for warning in picture.warnings)


def test_a_drawing_is_drawn_at_its_size_or_at_the_width_asked_for(
    tmp_path: Path,
) -> None:
    body = '<rect width="20" height="20" fill="#ff8800"/>'
    path = samples.svg(tmp_path / "a", body)
    pixels = read_picture(path).first
    assert pixels.shape == (20, 40, 4)
    assert tuple(pixels[10, 10]) == (255, 136, 0, 255)
    assert pixels[10, 30, 3] == 0
    assert read_picture(path, Reading(width=400)).first.shape == (200, 400, 4)


@pytest.mark.parametrize("size", ['width="1in" height="25.4mm"', 'viewBox="0 0 96 96"'])
def test_a_drawing_measured_in_millimetres_is_drawn_as_it_measures(
    tmp_path: Path, size: str
) -> None:
    body = '<rect width="0.5in" height="96pt" fill="#ff8800"/>'
    pixels = read_picture(samples.svg(tmp_path / "a", body, size)).first
    assert pixels.shape == (96, 96, 4)
    assert tuple(pixels[90, 40]) == (255, 136, 0, 255)
    assert pixels[90, 56, 3] == 0


@pytest.mark.parametrize("family", ["", "sans-serif", "serif", "Of No System"])
def test_text_in_a_drawing_is_drawn_whatever_fonts_there_are(
    tmp_path: Path, family: str
) -> None:
    body = f'<text x="2" y="16" font-size="16" font-family="{family}">文字 a</text>'
    pixels = read_picture(samples.svg(tmp_path / "a", body)).first
    assert (pixels[:, :16, 3] > 128).sum() > 20
    assert (pixels[:, 18:34, 3] > 128).sum() > 20


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ('viewBox="0 0 30 60"', (30, 60)),
        ('viewBox="0 0 30 60" width="60"', (60, 120)),
        ('viewBox="0 0 30 60" height="30"', (15, 30)),
        ('width="1in" height="50%" viewBox="0 0 2 1"', (96, 48)),
        ("", (300, 150)),
    ],
)
def test_a_drawing_has_the_size_that_css_gives_it(
    tmp_path: Path, size: str, expected: tuple[int, int]
) -> None:
    found = read_header(samples.svg(tmp_path / "a", "<g/>", size))
    assert (found.width, found.height) == expected


def test_pages_of_a_pdf_are_read_at_150_dots_per_inch(tmp_path: Path) -> None:
    path = samples.pdf(tmp_path / "a", [(72, 144), (144, 72)])
    assert read_header(path).pages == 2
    assert read_picture(path).first.shape == (300, 150, 3)
    assert read_picture(path, Reading(page=2, width=80)).first.shape == (40, 80, 3)
    assert int(read_picture(path).first.min()) == 255


def test_pages_of_a_tiff_are_read_by_number(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (8, 8), color) for color in ("#ff0000", "#00ff00")]
    pages[0].save(tmp_path / "a", "TIFF", save_all=True, append_images=pages[1:])
    found = read_picture(tmp_path / "a", Reading(page=2))
    assert tuple(found.first[0, 0]) == (0, 255, 0)


@pytest.mark.parametrize("make", ["pdf", "tiff"])
def test_a_page_that_is_not_there_is_named(tmp_path: Path, make: str) -> None:
    path = tmp_path / "a"
    if make == "pdf":
        samples.pdf(path, [(72, 72)])
    else:
        samples.saved(path, samples.quarters(), "TIFF")
    with pytest.raises(InvalidImage) as caught:
        read_picture(path, Reading(page=3))
    assert caught.value.code == "imaging.no_such_page"
    assert caught.value.where == "/reading/page"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.0, 0), (1.0, 1), (1.7, 1), (2.0, 2), (99.0, 2)]
)
@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi"])
def test_the_frame_of_a_moment_is_read(
    tmp_path: Path, ending: str, seconds: float, shown: int
) -> None:
    colors = [(220, 30, 30), (30, 200, 30), (30, 30, 220)]
    path = samples.video(tmp_path / f"a.{ending}", colors)
    assert read_header(path).format == "video"
    pixels = read_picture(path, Reading(seconds=seconds)).first
    assert pixels.shape == (48, 64, 3)
    assert np.abs(pixels[20, 20].astype(int) - colors[shown]).max() <= 25


def test_bytes_of_no_image_are_refused(tmp_path: Path) -> None:
    for data, code in (
        (b"", "imaging.empty"),
        (b"hello" * 40, "imaging.unsupported"),
        (b"8BPS" + bytes(40), "imaging.unsupported"),
        (b"<html><svg/></html>", "imaging.unsupported"),
    ):
        (tmp_path / "a.jpg").write_bytes(data)
        with pytest.raises(InvalidImage) as caught:
            read_picture(tmp_path / "a.jpg")
        assert caught.value.code == code


def test_a_file_that_is_not_there_is_not_the_images_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_picture(tmp_path / "nowhere.png")


def test_a_gray_profile_is_applied_to_gray(tmp_path: Path) -> None:
    image = Image.fromarray(samples.photo()).convert("L")
    file = io.BytesIO()
    image.save(file, "PNG")
    (tmp_path / "a").write_bytes(file.getvalue())
    pixels = read_picture(tmp_path / "a").first
    assert np.array_equal(pixels[:, :, 0], np.asarray(image))
