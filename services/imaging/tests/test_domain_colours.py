"""Colours that a file describes, by a profile or by numbers, as sRGB."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.picture import Pixels

from . import samples

RAMP: Pixels = np.tile(np.arange(256, dtype=np.uint8), (16, 1))
P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
BT2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
BT709 = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
D65 = (0.3127, 0.3290)


def chunk(name: bytes, body: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + crc


def with_chunks(data: bytes, *added: bytes) -> bytes:
    return data[:33] + b"".join(added) + data[33:]


def png(pixels: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", **options)
    return file.getvalue()


def to_xyz(corners: tuple[tuple[float, float], ...]) -> Any:
    points = np.array([[x / y, 1, (1 - x - y) / y] for x, y in corners]).T
    x, y = D65
    return points * np.linalg.solve(points, [x / y, 1, (1 - x - y) / y])


def as_srgb(linear: Any) -> Any:
    linear = np.clip(linear, 0, 1)
    low, high = 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055
    return 255 * np.where(linear <= 0.0031308, low, high)


def of_srgb(levels: Any) -> Any:
    x = np.asarray(levels) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def between(source: Any, target: Any, linear: Any) -> Any:
    return linear @ (np.linalg.inv(to_xyz(target)) @ to_xyz(source)).T


def gray_profile(gamma: float) -> bytes:
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    tags = {b"wtpt": white, b"kTRC": curve}
    return samples._tagged(tags, b"mntr", b"GRAY", b"XYZ ")


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF"])
def test_a_gray_profile_is_applied_to_gray_of_every_format(
    tmp_path: Path, name: str
) -> None:
    options = {"quality": 100} if name == "JPEG" else {}
    image = Image.fromarray(RAMP)
    image.save(tmp_path / "a", name, icc_profile=gray_profile(1.8), **options)
    picture = read_picture(tmp_path / "a")
    assert samples.near(picture.first[8, :, 0], as_srgb((RAMP[8] / 255) ** 1.8), 2)
    assert not picture.warnings


def test_a_gray_profile_is_applied_to_gray_with_alpha(tmp_path: Path) -> None:
    pixels = np.dstack([RAMP, np.full_like(RAMP, 128)])
    (tmp_path / "a").write_bytes(png(pixels, icc_profile=gray_profile(1.8)))
    picture = read_picture(tmp_path / "a")
    assert samples.near(picture.first[8, :, 0], as_srgb((RAMP[8] / 255) ** 1.8), 2)
    assert int(picture.first[8, 8, 3]) == 128
    assert not picture.warnings


def test_a_profile_of_rgb_on_gray_is_applied_too(tmp_path: Path) -> None:
    icc = samples.wide_gamut()
    Image.fromarray(RAMP).save(tmp_path / "a", "JPEG", quality=100, icc_profile=icc)
    picture = read_picture(tmp_path / "a")
    assert samples.near(picture.first[8, :, 0], as_srgb((RAMP[8] / 255) ** 2.2), 2)


@pytest.mark.parametrize("gamma", [1.0, 1 / 1.8, 0.35])
@pytest.mark.parametrize("mode", ["L", "RGB", "LA"])
def test_the_gamma_of_a_png_is_applied(tmp_path: Path, gamma: float, mode: str) -> None:
    image = Image.fromarray(RAMP).convert(mode)
    data = png(np.asarray(image))
    said = chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))
    (tmp_path / "a").write_bytes(with_chunks(data, said))
    found = read_picture(tmp_path / "a").first[8, :, 0]
    assert samples.near(found, as_srgb((RAMP[8] / 255) ** (1 / gamma)), 2)


@pytest.mark.parametrize("said", ["sRGB", "2.2", "iCCP"])
def test_what_says_srgb_changes_no_pixel(tmp_path: Path, said: str) -> None:
    gamma = chunk(b"gAMA", struct.pack(">I", 45455 if said == "2.2" else 100_000))
    more = [chunk(b"sRGB", b"\0")] if said == "sRGB" else []
    options = {}
    if said == "iCCP":
        from onemanage.imaging.domain.color import SRGB

        options = {"icc_profile": SRGB}
    data = with_chunks(png(samples.photo(), **options), gamma, *more)
    (tmp_path / "a").write_bytes(data)
    assert np.array_equal(read_picture(tmp_path / "a").first, samples.photo())


def test_the_primaries_of_a_png_are_applied(tmp_path: Path) -> None:
    numbers = [*D65, *(number for corner in P3 for number in corner)]
    said = chunk(b"cHRM", struct.pack(">8I", *(round(n * 100_000) for n in numbers)))
    (tmp_path / "a").write_bytes(with_chunks(png(samples.photo()), said))
    expected = as_srgb(between(P3, BT709, of_srgb(samples.photo())))
    assert samples.near(read_picture(tmp_path / "a").first, expected, 2)


def nclx(data: bytes, primaries: int, transfer: int) -> bytes:
    """With these numbers in the colr box of the primary picture."""
    at = data.index(b"nclx") + 4
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def avif(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "AVIF", quality=100, subsampling="4:4:4")
    return file.getvalue()


def heif(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "HEIF", quality=100, chroma=444)
    return file.getvalue()


def cicp(pixels: Pixels) -> bytes:
    return with_chunks(png(pixels), chunk(b"cICP", bytes((1, 13, 0, 1))))


def numbered(make: Callable[[Pixels], bytes], pixels: Pixels, *numbers: int) -> bytes:
    data = make(pixels)
    if make is cicp:
        return with_chunks(png(pixels), chunk(b"cICP", bytes((*numbers, 0, 1))))
    return nclx(data, *numbers)


EACH = pytest.mark.parametrize("make", [cicp, avif, heif])


@EACH
def test_display_p3_said_by_numbers_is_converted(
    tmp_path: Path, make: Callable[[Pixels], bytes]
) -> None:
    (tmp_path / "plain").write_bytes(numbered(make, samples.photo(), 1, 13))
    stored = read_picture(tmp_path / "plain").first
    (tmp_path / "a").write_bytes(numbered(make, samples.photo(), 12, 13))
    expected = as_srgb(between(P3, BT709, of_srgb(stored)))
    assert np.abs(expected - stored).max() > 8
    assert samples.near(read_picture(tmp_path / "a").first, expected, 2)


def pq(light: Any) -> Any:
    """SMPTE ST 2084."""
    power = (np.asarray(light) / 10_000) ** 0.1593017578125
    share = (0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)
    return share**78.84375


def hlg(scene: Any) -> Any:
    """ARIB STD-B67."""
    scene = np.asarray(scene, float)
    high = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), high)


@EACH
def test_pq_is_brought_down_by_its_curve(
    tmp_path: Path, make: Callable[[Pixels], bytes]
) -> None:
    """Below the knee light is what it is; 1,000 cd/m2 are white; it never falls."""
    light = np.array([0.0, 5, 20, 60, 90, 203, 500, 1000, 4000])
    levels = np.rint(255 * pq(light)).astype(np.uint8)
    pixels = np.repeat(np.repeat(levels[None, :, None], 3, 2), 16, 0).repeat(16, 1)
    (tmp_path / "a").write_bytes(numbered(make, pixels, 9, 16))
    picture = read_picture(tmp_path / "a")
    found = picture.first[8, 8::16].astype(int)
    assert np.abs(found[:4] - as_srgb(light[:4] / 203)[:, None]).max() <= 5
    assert 190 < found[5].mean() < 240
    assert (np.diff(found[:, 1]) >= 0).all()
    assert found[7].min() >= 253 and found[8].min() >= 253
    assert any("BT.2390" in warning for warning in picture.warnings)


def test_hlg_is_brought_down_by_the_same_curve(tmp_path: Path) -> None:
    light = np.array([5.0, 20, 60, 1000])
    scene = (light / 1000) ** (1 / 1.2)
    levels = np.rint(65535 * hlg(scene)).astype(np.uint16)
    pixels = np.repeat(levels[None, :, None], 3, 2)
    data = bytes(imagecodecs.png_encode(np.ascontiguousarray(pixels.repeat(4, 0))))
    data = with_chunks(data, chunk(b"cICP", bytes((9, 18, 0, 1))))
    (tmp_path / "a").write_bytes(data)
    found = read_picture(tmp_path / "a").first[0].astype(int)
    assert np.abs(found[:3] - as_srgb(light[:3] / 203)[:, None]).max() <= 2
    assert found[3].min() >= 253


def test_pq_keeps_hue(tmp_path: Path) -> None:
    """A bright saturated red of BT.2020 comes out as the same red, not as yellow."""
    light = np.array([[[800.0, 40, 40]]]).repeat(8, 0).repeat(8, 1)
    data = bytes(imagecodecs.png_encode(np.rint(65535 * pq(light)).astype(np.uint16)))
    data = with_chunks(data, chunk(b"cICP", bytes((9, 16, 0, 1))))
    (tmp_path / "a").write_bytes(data)
    red, green, blue = read_picture(tmp_path / "a").first[0, 0].astype(int)
    assert red >= 250 and green < 60 and blue < 60


@pytest.mark.parametrize("channels", [1, 3])
def test_the_transparent_colour_of_16_bits_is_transparent(
    tmp_path: Path, channels: int
) -> None:
    row = np.array([0, 1000, 2000, 40_000], np.uint16)
    pixels = np.ascontiguousarray(
        np.repeat(np.tile(row, (4, 1))[:, :, None], channels, 2)
    )
    data = bytes(imagecodecs.png_encode(pixels[:, :, 0] if channels == 1 else pixels))
    key = chunk(b"tRNS", struct.pack(f">{channels}H", *[1000] * channels))
    (tmp_path / "a").write_bytes(with_chunks(data, key))
    found = read_picture(tmp_path / "a").first
    assert found[0, :, 3].tolist() == [255, 0, 255, 255]
    assert found[0, :, 0].tolist() == [0, 4, 8, 156]


def test_a_damaged_chunk_without_pixels_is_left_out_with_a_warning(
    tmp_path: Path,
) -> None:
    text = bytearray(chunk(b"tEXt", b"Title\0shoe"))
    text[-1] ^= 1
    (tmp_path / "a").write_bytes(with_chunks(png(samples.photo()), bytes(text)))
    picture = read_picture(tmp_path / "a")
    assert np.array_equal(picture.first, samples.photo())
    assert any("chunk" in warning for warning in picture.warnings)
