"""16 and 32 bits, and the document's own colours, where they are asked for."""

import io
import struct
from pathlib import Path
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms
from psd_tools import PSDImage
from psd_tools.constants import ColorMode, Resource
from psd_tools.psd.image_resources import ImageResource

from onemanage.contracts.psd.renditions import LayerSelection, RenditionSpec
from onemanage.psd.domain.channels import Samples
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.encode import scaled, write_image
from onemanage.psd.domain.rendered import RenditionOutput
from onemanage.psd.domain.rendition import render_rendition

from . import samples

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ONE = LayerSelection(ids=[1])


def make(path: Path, **spec: Any) -> RenditionOutput:
    wanted = RenditionSpec(**spec)
    out = path.parent / "out"
    return render_rendition(path, out, "a", wanted, Limits(), None, lambda _: None)


def made(path: Path, **spec: Any) -> tuple[bytes, tuple[str, ...]]:
    """The one image, and the warnings."""
    found = make(path, **spec)
    (image,) = found.images
    return (path.parent / "out" / image.image.path).read_bytes(), found.warnings


def decoded(data: bytes) -> NDArray[Any]:
    """By OpenCV, in the order red, green, blue, alpha."""
    buffer = np.frombuffer(data, np.uint8)
    found = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
    assert found is not None
    match found.ndim, found.shape[-1]:
        case 3, 3:
            return np.asarray(found[:, :, ::-1])
        case 3, 4:
            return np.asarray(found[:, :, [2, 1, 0, 3]])
    return np.asarray(found)


def document(
    folder: Path,
    pixels: Samples,
    mode: ColorMode = ColorMode.RGB,
    *,
    profile: bytes | None = None,
) -> Path:
    """A PSD of one layer whose channels are stored raw."""
    height, width, channels = pixels.shape
    count = {ColorMode.GRAYSCALE: 1, ColorMode.CMYK: 4}.get(mode, 3)
    depth = pixels.itemsize * 8
    big = pixels.astype(pixels.dtype.newbyteorder(">"))
    numbers = [*range(count), *([-1] if channels > count else [])]
    planes = [b"\0\0" + big[:, :, at].tobytes() for at in range(channels)]
    record = struct.pack(">4iH", 0, 0, height, width, channels)
    for number, plane in zip(numbers, planes, strict=True):
        record += struct.pack(">hI", number, len(plane))
    record += b"8BIMnorm" + struct.pack(">4BI", 255, 0, 0, 0, 12)
    record += bytes(8) + b"\x01a\0\0"
    info = struct.pack(">h", 1) + record + b"".join(planes)
    info += bytes(len(info) % 2)
    section = struct.pack(">I", len(info)) + info + bytes(4)
    resources = b""
    if profile is not None:
        resources = struct.pack(">4sHHI", b"8BIM", 1039, 0, len(profile)) + profile
        resources += bytes(len(profile) % 2)
    head = struct.pack(
        ">4sH6xHIIHH", b"8BPS", 1, count, height, width, depth, int(mode)
    )
    merged = b"\0\0" + b"".join(plane[2:] for plane in planes[:count])
    path = folder / "a.psd"
    body = bytes(4) + struct.pack(">I", len(resources)) + resources
    path.write_bytes(head + body + struct.pack(">I", len(section)) + section + merged)
    return path


def ramp(channels: int) -> NDArray[np.uint16]:
    """16 bits whose lower 8 say something."""
    values = np.arange(20 * 30 * channels, dtype=np.uint32) * 12_345 % 65_536
    return values.astype(np.uint16).reshape(20, 30, channels)


@pytest.mark.parametrize("format", ["png", "tiff"])
@pytest.mark.parametrize("channels", [3, 4])
def test_all_16_bits_of_a_layer_are_kept(
    tmp_path: Path, format: str, channels: int
) -> None:
    path = document(tmp_path, ramp(channels))
    data, warnings = made(path, of="layers", layers=ONE, format=format, depth=16)
    assert np.array_equal(decoded(data), ramp(channels))
    assert warnings == ()


def test_all_16_bits_of_a_gray_layer_are_kept(tmp_path: Path) -> None:
    path = document(tmp_path, ramp(1), ColorMode.GRAYSCALE)
    data, _ = made(path, of="layers", layers=ONE, depth=16)
    assert np.array_equal(decoded(data), ramp(1)[:, :, 0])


@pytest.mark.parametrize("format", ["png", "tiff"])
def test_all_16_bits_of_a_merged_image_are_kept(tmp_path: Path, format: str) -> None:
    data, _ = made(document(tmp_path, ramp(3)), format=format, depth=16)
    assert np.array_equal(decoded(data), ramp(3))


def test_8_bits_are_the_same_in_16(tmp_path: Path) -> None:
    pixels = samples.noise(6, 5, 4)
    path = document(tmp_path, pixels)
    data, _ = made(path, of="layers", layers=ONE, depth=16)
    assert np.array_equal(decoded(data), pixels.astype(np.uint16) * 257)


@pytest.mark.parametrize("format", ["tiff", "exr"])
def test_light_of_32_bits_is_kept_also_beyond_white(
    tmp_path: Path, format: str
) -> None:
    light = np.random.default_rng(1).random((9, 8, 3), np.float32) * 4
    path = document(tmp_path, light)
    data, _ = made(path, of="layers", layers=ONE, format=format, depth=32)
    found = imagecodecs.exr_decode(data) if format == "exr" else decoded(data)
    assert found.dtype == np.float32
    assert np.array_equal(found, light)


def test_exr_has_its_colours_multiplied_by_their_alpha(tmp_path: Path) -> None:
    light = np.full((2, 2, 4), (0.5, 2, 1, 0.25), np.float32)
    path = document(tmp_path, light)
    data, _ = made(path, of="layers", layers=ONE, format="exr")
    assert imagecodecs.exr_decode(data)[0, 0].tolist() == [0.125, 0.5, 0.25, 0.25]
    data, _ = made(path, of="layers", layers=ONE, format="tiff", depth=32)
    assert decoded(data)[0, 0].tolist() == [0.5, 2, 1, 0.25]


def test_a_tiff_of_32_bits_says_that_it_is_linear(tmp_path: Path) -> None:
    path = document(tmp_path, np.full((1, 1, 3), 128, np.uint8))
    data, _ = made(path, of="layers", layers=ONE, format="tiff", depth=32)
    assert decoded(data)[0, 0] == pytest.approx([0.21586] * 3, abs=1e-4)
    profile = _profile_in(data)
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        "RGB",
        "RGB",
    )
    image = Image.new("RGB", (1, 1), (55, 55, 55))  # of 255 about .21586
    shown = ImageCms.applyTransform(image, transform)
    assert shown is not None
    assert np.abs(np.asarray(shown).astype(int) - 128).max() <= 1


def _profile_in(tiff: bytes) -> bytes:
    """Tag 34675 of a little-endian TIFF."""
    (place,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, place)
    for at in range(place + 2, place + 2 + 12 * count, 12):
        tag, _, length, begin = struct.unpack_from("<HHII", tiff, at)
        if tag == 34675:
            return tiff[begin : begin + length]
    raise AssertionError("there is no profile")


def test_16_bits_go_through_the_profile_with_all_of_them(tmp_path: Path) -> None:
    """A linear profile: .25 of the light is 137.0 in sRGB, 35,199 of 65,535."""
    linear = _linear_profile()
    pixels = np.full((1, 1, 3), round(0.25 * 65_535), np.uint16)
    path = document(tmp_path, pixels, profile=linear)
    data, _ = made(path, of="layers", layers=ONE, depth=16)
    found = decoded(data)[0, 0].tolist()
    assert found == pytest.approx([35_199] * 3, abs=40)


def _linear_profile() -> bytes:
    matrix = ((28573, 14581, 913), (25235, 46981, 6363), (9377, 3973, 46802))
    xyz = {
        tag: struct.pack(">4s4x3i", b"XYZ ", *column)
        for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix, strict=True)
    }
    curve = struct.pack(">4s4xI", b"curv", 0)
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    text = b"light\0"
    desc = struct.pack(">4s4xI", b"desc", len(text)) + text + bytes(78)
    white = struct.pack(">4s4x3i", b"XYZ ", 63190, 65536, 54061)
    tags = {b"desc": desc, b"wtpt": white} | xyz | curves
    return samples.tagged(tags, b"mntr", b"RGB ", b"XYZ ")


@pytest.mark.parametrize("format", ["png", "webp", "avif", "jpeg", "tiff"])
def test_the_document_s_own_colours_are_kept_with_their_profile(
    tmp_path: Path, format: str
) -> None:
    pixels = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    path = document(tmp_path, pixels, profile=_linear_profile())
    data, warnings = made(path, of="layers", layers=ONE, format=format, color="keep")
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.info["icc_profile"] == _linear_profile()
        shown = np.asarray(opened.convert("RGB")).astype(int)
    assert np.abs(shown - pixels).max() <= 6
    assert warnings == ()


def test_own_colours_of_16_bits_are_kept(tmp_path: Path) -> None:
    path = document(tmp_path, ramp(4), profile=_linear_profile())
    for format in ("png", "tiff"):
        data, _ = made(
            path, of="layers", layers=ONE, format=format, color="keep", depth=16
        )
        assert np.array_equal(decoded(data), ramp(4))
        with Image.open(io.BytesIO(data)) as opened:
            assert opened.info["icc_profile"] == _linear_profile()


@pytest.mark.parametrize("depth", [8, 16])
def test_inks_are_kept_in_tiff_where_zero_is_none(tmp_path: Path, depth: int) -> None:
    profile = samples.cmyk_profile("Inks", (50, 0, 0))
    stored = ramp(4) if depth == 16 else samples.noise(20, 30, 4)
    path = document(tmp_path, stored, ColorMode.CMYK, profile=profile)
    data, _ = made(
        path, of="layers", layers=ONE, format="tiff", color="keep", depth=depth
    )
    assert _profile_in(data) == profile
    if depth == 8:
        with Image.open(io.BytesIO(data)) as opened:
            assert opened.mode == "CMYK"
            assert np.array_equal(np.asarray(opened), 255 - stored)
    else:
        assert np.array_equal(_unpacked(data), ~ramp(4))


def _unpacked(tiff: bytes) -> NDArray[np.uint16]:
    """The one strip of 30 x 20 x 4, by hand: no reader here knows 16 bits of ink."""
    import zlib

    rows = np.frombuffer(zlib.decompress(tiff[8:]), "<u2").reshape(20, 30, 4)
    return np.cumsum(rows, axis=1, dtype=np.uint16)


def test_inks_in_a_jpeg_are_on_paper(tmp_path: Path) -> None:
    profile = samples.cmyk_profile("Inks", (50, 0, 0))
    stored = np.full((16, 16, 5), (0, 255, 255, 255, 128), np.uint8)
    path = document(tmp_path, stored, ColorMode.CMYK, profile=profile)
    data, _ = made(path, of="layers", layers=ONE, format="jpeg", color="keep")
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.mode == "CMYK"
        assert opened.info["icc_profile"] == profile
        assert np.abs(np.asarray(opened).astype(int) - [128, 0, 0, 0]).max() <= 4


@pytest.mark.parametrize(
    ("mode", "how", "why"),
    [
        (ColorMode.CMYK, {"format": "png"}, "PNG cannot hold"),
        (ColorMode.CMYK, {"format": "tiff", "background": "#ff0000"}, "no mixture"),
        (ColorMode.LAB, {"format": "tiff"}, "TIFF cannot hold"),
        (ColorMode.RGB, {"format": "png"}, "no ICC profile"),
    ],
)
def test_what_cannot_be_kept_is_converted_with_a_warning(
    tmp_path: Path, mode: ColorMode, how: dict[str, str], why: str
) -> None:
    pixels = np.full((4, 4, 4 if mode is ColorMode.CMYK else 3), 128, np.uint8)
    profile = samples.cmyk_profile("Inks", (50, 0, 0))
    given = profile if mode is ColorMode.CMYK else None
    path = document(tmp_path, pixels, mode, profile=given)
    data, warnings = made(path, of="layers", layers=ONE, color="keep", **how)
    assert why in warnings[0]
    with Image.open(io.BytesIO(data)) as opened:
        assert opened.mode == "RGB"


def test_what_is_composed_says_that_it_has_8_bits(tmp_path: Path) -> None:
    path = document(tmp_path, ramp(3))
    data, warnings = made(path, rendered=True, depth=16)
    assert "8 bits a channel" in warnings[0]
    upper = ramp(3) >> 8
    assert np.array_equal(decoded(data)[:, :, :3], upper * 257)


def test_composed_light_is_light_again(tmp_path: Path) -> None:
    path = document(tmp_path, np.full((2, 2, 3), 0.25, np.float32))
    data, _ = made(path, rendered=True, format="exr")
    found = imagecodecs.exr_decode(data)
    assert found[0, 0, :3] == pytest.approx([0.25] * 3, abs=0.003)


def test_lab_of_16_bits_is_srgb_of_16(tmp_path: Path) -> None:
    """L* of 50 and neutral is 118.9 of 255 in sRGB (CIE: Y of .1842)."""
    pixels = np.full((1, 1, 3), (32_768, 32_768, 32_768), np.uint16)
    path = document(tmp_path, pixels, ColorMode.LAB)
    data, _ = made(path, of="layers", layers=ONE, depth=16)
    assert decoded(data)[0, 0].tolist() == pytest.approx([30_561] * 3, abs=60)


def test_cmyk_of_16_bits_without_a_profile_is_that_of_8(tmp_path: Path) -> None:
    pixels = np.full((1, 1, 4), (0, 65_535, 65_535, 65_535), np.uint16)
    path = document(tmp_path, pixels, ColorMode.CMYK)
    data, warnings = made(path, of="layers", layers=ONE, depth=16)
    found = decoded(data)[0, 0].astype(int) // 257
    assert np.abs(found - [0, 174, 239]).max() <= 2
    assert "SWOP" in warnings[0]


@pytest.mark.parametrize("kind", [np.uint16, np.float32])
def test_deep_pixels_are_scaled_by_their_alpha(kind: type) -> None:
    """Half of the area is clear green, which must not show."""
    top = 65_535 if kind is np.uint16 else 1
    pixels: NDArray[Any] = np.zeros((4, 4, 4), kind)
    pixels[:, :2] = (top, 0, 0, top)
    pixels[:, 2:] = (0, top, 0, 0)
    found = scaled(pixels, 1, 1)
    assert found.dtype == kind
    assert found[0, 0, :3].tolist() == [top, 0, 0]
    assert float(found[0, 0, 3]) == pytest.approx(top / 2, abs=1)


def test_a_deep_background_is_painted_below_in_light(tmp_path: Path) -> None:
    path = document(tmp_path, np.full((1, 1, 4), (0, 0, 0, 0.5), np.float32))
    data, _ = made(
        path, of="layers", layers=ONE, format="tiff", depth=32, background="#ffffff"
    )
    assert decoded(data)[0, 0].tolist() == [0.5] * 3


def test_a_deep_layer_lies_on_the_canvas(tmp_path: Path) -> None:
    psd = PSDImage.new("RGB", (4, 3), depth=16)
    psd.create_pixel_layer_from_array(np.full((1, 1, 3), 0.5), "a", left=2, top=1)
    key = Resource.ICC_PROFILE
    psd.image_resources[key] = ImageResource(key=key, data=SRGB)
    psd.save(tmp_path / "a.psd")
    path = tmp_path / "a.psd"
    data, _ = made(path, of="layers", layers=ONE, depth=16, on_canvas=True)
    alpha = decoded(data)[:, :, 3]
    assert alpha[1, 2] == 65_535
    assert alpha.sum() == 65_535


@pytest.mark.parametrize("size", [(1, 1), (700, 900)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", [np.uint16, np.float32])
def test_every_row_of_a_large_tiff_comes_back(
    tmp_path: Path, size: tuple[int, int], channels: int, kind: type
) -> None:
    values = np.random.default_rng(0).random((*size, channels), np.float32)
    pixels = (values * 65_535).astype(kind) if kind is np.uint16 else values
    write_image(tmp_path, "a.tif", pixels, format="tiff")
    found = decoded((tmp_path / "a.tif").read_bytes())
    colors = pixels[:, :, [0, 0, 0]] if channels < 3 else pixels[:, :, :3]
    assert np.array_equal(found[:, :, :3], colors)
    if channels in (2, 4):
        assert np.array_equal(found[:, :, 3], pixels[:, :, -1])


def test_an_image_takes_its_share_of_what_is_allowed(tmp_path: Path) -> None:
    path = document(tmp_path, ramp(3))
    limits = Limits(max_image_pixels=20 * 30)
    spec = RenditionSpec(depth=16, of="layers", layers=ONE)
    with pytest.raises(Exception, match="300 are allowed"):
        render_rendition(path, tmp_path / "o", "a", spec, limits, None, lambda _: None)
