"""Formats of other programs: what each holds, and what of it is shown."""

import io
import struct
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import imagecodecs
import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.domain.picture import Limits, Pixels
from onemanage.imaging.errors import InvalidImage

from . import samples

ROWS = [5, 5, 35, 35]
COLUMNS = [5, 35, 5, 35]
CORNERS = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]


def pillow(name: str, **options: Any) -> Callable[[Pixels], bytes]:
    def make(pixels: Pixels) -> bytes:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, name, **options)
        return file.getvalue()

    return make


def light(pixels: Pixels) -> Any:
    """Linear, with white at 1."""
    x = pixels.astype(np.float32) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4).astype("f4")


def icon(pixels: Pixels, kind: int = 1) -> bytes:
    """One bitmap of 24 bits with nothing masked, whose rows end at four bytes; of a
    cursor (kind 2) with a hot spot at the top left."""
    height, width = pixels.shape[:2]
    rows = np.ascontiguousarray(pixels[::-1, :, ::-1]).tobytes()
    mask = bytes(-(-width // 32) * 4 * height)
    head = struct.pack("<IiiHHIIiiII", 40, width, 2 * height, 1, 24, *[0] * 6)
    planes = (1, 24) if kind == 1 else (0, 0)
    size = len(head + rows + mask)
    entry = struct.pack("<BBBBHHII", width, height, 0, 0, *planes, size, 22)
    return struct.pack("<HHH", 0, kind, 1) + entry + head + rows + mask


MADE: dict[str, tuple[str, Callable[[Pixels], bytes]]] = {
    "bmp": ("bmp", pillow("BMP")),
    "ico": ("ico", pillow("ICO", sizes=[(40, 40)])),
    "ico of bitmaps": ("ico", icon),
    "cur": ("cur", lambda p: icon(p, 2)),
    "jp2": ("jp2", pillow("JPEG2000")),
    "j2k": ("jp2", pillow("JPEG2000", no_jp2=True)),
    "tga": ("tga", pillow("TGA")),
    "packed tga": ("tga", pillow("TGA", compression="tga_rle")),
    "ppm": ("pnm", pillow("PPM")),
    "qoi": ("qoi", lambda p: bytes(imagecodecs.qoi_encode(p))),
    "exr": ("exr", lambda p: bytes(imagecodecs.exr_encode(light(p)))),
    "hdr": ("hdr", lambda p: bytes(imagecodecs.rgbe_encode(light(p), header=True))),
}

each = pytest.mark.parametrize(("kind", "make"), MADE.values(), ids=MADE)


@each
def test_each_format_is_known_by_its_bytes_and_read_as_it_looks(
    tmp_path: Path, kind: str, make: Callable[[Pixels], bytes]
) -> None:
    (tmp_path / "a.jpg").write_bytes(make(samples.quarters()))
    found = read_header(tmp_path / "a.jpg")
    assert (found.format, found.width, found.height) == (kind, 40, 40)
    pixels = read_picture(tmp_path / "a.jpg").first
    assert pixels.shape == (40, 40, 3)
    assert samples.near(pixels[ROWS, COLUMNS], CORNERS, 3)
    result = samples.run(tmp_path / "a.jpg", [{"op": "resize", "width": 20}])
    assert (result.width, result.height) == (20, 20)


@pytest.mark.parametrize("name", ["ICO", "JPEG2000", "TGA", "qoi", "exr"])
def test_alpha_is_kept(tmp_path: Path, name: str) -> None:
    pixels = np.dstack([samples.quarters(), np.full((40, 40), 255, np.uint8)])
    pixels[:20, :, 3] = 0
    if name == "qoi":
        data = bytes(imagecodecs.qoi_encode(pixels))
    elif name == "exr":
        alpha = pixels[:, :, 3:].astype(np.float32) / 255
        data = bytes(
            imagecodecs.exr_encode(np.dstack([light(pixels[:, :, :3]), alpha]))
        )
    else:
        options = {"sizes": [(40, 40)]} if name == "ICO" else {}
        data = pillow(name, **options)(pixels)
    (tmp_path / "a").write_bytes(data)
    found = read_picture(tmp_path / "a").first[:, :, 3]
    assert found[10, 10] <= 2 and found[30, 30] >= 253


@each
def test_each_format_cut_or_changed_anywhere_is_refused_by_code_or_read(
    tmp_path: Path, kind: str, make: Callable[[Pixels], bytes]
) -> None:
    whole = make(
        samples.photo(24, 16) if kind not in ("ico", "cur") else samples.quarters()
    )
    step = max(1, len(whole) // 40)
    changed = [whole[:length] for length in range(1, len(whole), step)]
    for position in range(0, len(whole), step):
        one = bytearray(whole)
        one[position] ^= 0xFF
        changed.append(bytes(one))
    for data in changed:
        (tmp_path / "a").write_bytes(data)
        try:
            read_picture(tmp_path / "a")
        except InvalidImage as error:
            assert error.code.startswith("imaging."), data[:20]


@each
def test_each_format_has_the_limits_of_all(
    tmp_path: Path, kind: str, make: Callable[[Pixels], bytes]
) -> None:
    (tmp_path / "a").write_bytes(make(samples.quarters()))
    with pytest.raises(InvalidImage) as caught:
        read_picture(tmp_path / "a", limits=Limits(pixels=1599))
    assert caught.value.code == "imaging.too_large"


def huge(kind: str) -> bytes:
    """A header that says 30,000 by 30,000, and nothing behind it."""
    side = 30_000
    match kind:
        case "bmp":
            head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, 0, 0, 0, 0, 0)
            return b"BM" + struct.pack("<IHHI", 1000, 0, 0, 54) + head
        case "tga":
            return struct.pack(
                "<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, side, side, 24, 0
            )
        case "pnm":
            return b"P6 30000 30000 255\n"
        case "qoi":
            return b"qoif" + struct.pack(">IIBB", side, side, 4, 0) + bytes(8)
        case "hdr":
            return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 30000 +X 30000\n"
        case "exr":
            made = bytes(imagecodecs.exr_encode(np.zeros((8, 8, 3), np.float32)))
            window = struct.pack("<4i", 0, 0, 7, 7)
            return made.replace(window, struct.pack("<4i", 0, 0, side - 1, side - 1))
        case _:
            made = pillow("JPEG2000", no_jp2=True)(samples.quarters())
            return made.replace(struct.pack(">I", 40), struct.pack(">I", side))


@pytest.mark.parametrize("kind", ["bmp", "tga", "pnm", "qoi", "hdr", "exr", "jp2"])
def test_a_header_over_the_limits_is_refused_before_anything_is_decoded(
    tmp_path: Path, kind: str
) -> None:
    (tmp_path / "a").write_bytes(huge(kind))
    with pytest.raises(InvalidImage) as caught:
        read_picture(tmp_path / "a")
    assert caught.value.code == "imaging.too_large"


@pytest.mark.parametrize("kind", ["exr", "hdr"])
def test_light_brighter_than_white_is_brought_down_by_the_curve(
    tmp_path: Path, kind: str
) -> None:
    """What is dark stays as it is, what is bright keeps its differences."""
    values = np.array([0.0, 0.05, 0.2, 1.0, 2.0, 4.0], np.float32)
    pixels = np.repeat(np.tile(values, (8, 1))[:, :, None], 3, 2)
    if kind == "exr":
        data = bytes(imagecodecs.exr_encode(pixels))
    else:
        data = bytes(imagecodecs.rgbe_encode(pixels, header=True))
    (tmp_path / "a").write_bytes(data)
    picture = read_picture(tmp_path / "a")
    found = picture.first[4, :, 0].astype(int).tolist()
    assert found[:3] == pytest.approx([0, 63, 124], abs=2)
    assert found[3] < found[4] < found[5] and found[5] >= 253
    assert any("BT.2390" in warning for warning in picture.warnings)


def tiff(
    directories: list[tuple[dict[int, int], Pixels]], child: bool = False
) -> bytes:
    """Images of RGB, one directory each; with ``child`` the last hangs on the first."""
    made = bytearray(b"II*\0\0\0\0\0")
    offsets = []
    for tags, pixels in directories:
        strip = len(made)
        made += np.ascontiguousarray(pixels).tobytes()
        bits = len(made)
        made += struct.pack("<3H", 8, 8, 8)
        height, width = pixels.shape[:2]
        values = {256: width, 257: height, 258: bits, 259: 1, 262: 2, 273: strip}
        values |= {277: 3, 278: height, 279: pixels.size} | tags
        offsets.append(len(made))
        made += struct.pack("<H", len(values))
        for tag in sorted(values):
            count = 3 if tag == 258 else 1
            kind = 3 if tag in (258, 259, 262, 277) else 4
            made += struct.pack("<HHII", tag, kind, count, values[tag])
        made += bytes(4)
    made[4:8] = struct.pack("<I", offsets[0])
    for here, after in zip(offsets, offsets[1:] if not child else [], strict=False):
        end = here + 2 + 12 * struct.unpack_from("<H", made, here)[0]
        made[end : end + 4] = struct.pack("<I", after)
    if child:
        at = made.index(struct.pack("<HHI", 330, 4, 1), offsets[0])
        made[at + 8 : at + 12] = struct.pack("<I", offsets[1])
    return bytes(made)


SMALL, LARGE = samples.quarters(8), samples.quarters(40)


def test_a_first_page_that_is_a_thumbnail_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(tiff([({254: 1}, SMALL), ({}, LARGE), ({}, SMALL)]))
    assert read_header(tmp_path / "a").width == 40
    assert np.array_equal(read_picture(tmp_path / "a").first, LARGE)
    second = read_picture(tmp_path / "a", Reading(page=2)).first
    assert np.array_equal(second, SMALL)
    with pytest.raises(InvalidImage) as caught:
        read_picture(tmp_path / "a", Reading(page=3))
    assert caught.value.code == "imaging.no_such_page"


def test_of_a_raw_file_the_picture_that_its_thumbnail_names_is_shown(
    tmp_path: Path,
) -> None:
    """As in DNG and NEF, whose first directory is small and names the others."""
    data = tiff([({254: 1, 330: 0}, SMALL), ({254: 0}, LARGE)], child=True)
    (tmp_path / "a").write_bytes(data)
    assert np.array_equal(read_picture(tmp_path / "a").first, LARGE)


def test_of_what_only_a_sensor_saw_the_preview_is_shown_with_a_warning(
    tmp_path: Path,
) -> None:
    sensor = ({254: 0, 262: 32803}, LARGE)
    (tmp_path / "a").write_bytes(tiff([({254: 1, 330: 0}, SMALL), sensor], child=True))
    picture = read_picture(tmp_path / "a")
    assert np.array_equal(picture.first, SMALL)
    assert any("preview" in warning for warning in picture.warnings)


@pytest.mark.parametrize("kind", ["u2", "f4", "f8", "u4"])
@pytest.mark.parametrize("planar", [False, True])
def test_a_tiff_of_any_depth_is_read(tmp_path: Path, kind: str, planar: bool) -> None:
    if sys.byteorder != "little":
        pytest.skip("the sample is written by this machine")
    most = np.iinfo(kind).max if kind[0] == "u" else 1.0
    values = (samples.photo().astype(np.float64) / 255 * most).astype(kind)
    if planar:
        values = np.moveaxis(values, 2, 0)
    data = imagecodecs.tiff_encode(
        np.ascontiguousarray(values),
        photometric="rgb",
        planarconfig="separate" if planar else None,
    )
    (tmp_path / "a").write_bytes(bytes(data))
    picture = read_picture(tmp_path / "a")
    if kind == "u4":
        scale = 255 / samples.photo().max()
        assert samples.near(picture.first, samples.photo() * scale, 2)
    else:
        assert samples.near(picture.first, samples.photo(), 1)
    assert bool(picture.warnings) == (kind != "u2")


def with_clap(data: bytes, width: int, height: int, right: int, down: int) -> bytes:
    """An AVIF whose primary picture shows only a part, as avifenc --crop writes it: a
    property more, linked to the item, and all offsets moved along."""
    body = struct.pack(">IIIIiIiI", width, 1, height, 1, right, 2, down, 2)
    clap = struct.pack(">I", 40) + b"clap" + body
    made = bytearray(data)
    link = data.index(b"ipma") + 4 + 4 + 4 + 2
    count = made[link]
    store = data.index(b"ipco")
    end_of_store = store - 4 + struct.unpack_from(">I", data, store - 4)[0]
    number = _count(data, store + 4, end_of_store)
    made[link] = count + 1
    made[link + 1 + count : link + 1 + count] = bytes([0x80 | (number + 1)])
    made[end_of_store:end_of_store] = clap
    grown = len(made) - len(data)
    for name, more in (
        (b"meta", grown),
        (b"iprp", grown),
        (b"ipco", len(clap)),
        (b"ipma", 1),
    ):
        at = data.index(name) - 4
        at += len(clap) if name == b"ipma" else 0
        size = struct.unpack_from(">I", made, at)[0]
        made[at : at + 4] = struct.pack(">I", size + more)
    place = made.index(b"iloc")
    old = data.index(b"mdat") + 4
    at = made.index(struct.pack(">I", old), place)
    made[at : at + 4] = struct.pack(">I", old + grown)
    return bytes(made)


def _count(data: bytes, start: int, end: int) -> int:
    count = 0
    while start < end:
        start += struct.unpack_from(">I", data, start)[0]
        count += 1
    return count


def test_an_avif_shows_the_part_that_it_says(tmp_path: Path) -> None:
    """20 x 10 of 40 x 40, from 18 to 38 across and from 5 to 15 down."""
    whole = pillow("AVIF", quality=100, subsampling="4:4:4")(samples.quarters())
    data = with_clap(whole, 20, 10, 16, -20)
    (tmp_path / "a").write_bytes(data)
    found = read_header(tmp_path / "a")
    assert (found.width, found.height) == (20, 10)
    pixels = read_picture(tmp_path / "a").first
    assert pixels.shape == (10, 20, 3)
    assert samples.near(pixels[:, :2], (255, 0, 0), 12)
    assert samples.near(pixels[:, 3:], (0, 255, 0), 12)


def turned_jxl(data: bytes, orientation: int, exif: bool) -> bytes:
    """A bare codestream with the default metadata of which only the orientation is
    another (ISO/IEC 18181-1, ImageMetadata), in a box with EXIF where asked for."""
    bits = [data[2 + at // 8] >> (at % 8) & 1 for at in range(14)]
    bits += [0, 1, *(orientation - 1 >> at & 1 for at in range(3))]
    bits += [0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1]
    value = sum(bit << place for place, bit in enumerate(bits))
    code = data[:2] + value.to_bytes((len(bits) + 7) // 8, "little") + data[4:]
    if not exif:
        return code
    tags = Image.Exif()
    tags[274] = orientation
    parts = (
        (b"JXL ", b"\r\n\x87\n"),
        (b"ftyp", b"jxl \0\0\0\0jxl "),
        (b"Exif", bytes(4) + tags.tobytes()[6:]),
        (b"jxlc", code),
    )
    return b"".join(struct.pack(">I", len(b) + 8) + k + b for k, b in parts)


@pytest.mark.parametrize("exif", [False, True])
@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 3), (8, 1)])
def test_a_jpeg_xl_is_turned_once(
    tmp_path: Path, orientation: int, turns: int, exif: bool
) -> None:
    pixels = samples.quarters()[:, :24].copy()
    data = turned_jxl(pillow("JXL", quality=95)(pixels), orientation, exif)
    (tmp_path / "a").write_bytes(data)
    expected = np.rot90(pixels, turns)
    found = read_picture(tmp_path / "a").first
    assert found.shape == expected.shape
    corners = [4, 4, -4, -4], [4, -4, 4, -4]
    assert samples.near(found[corners], expected[corners], 16)


def test_a_jpeg_within_a_jpeg_xl_is_turned_once(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    pixels = samples.quarters()[:, :24].copy()
    samples.saved(tmp_path / "j.jpg", pixels, "JPEG", exif=exif, quality=95)
    with Image.open(tmp_path / "j.jpg") as image:
        image.save(tmp_path / "a", "JXL", lossless_jpeg=True)
    found = read_picture(tmp_path / "a").first
    assert found.shape == (24, 40, 3)
    expected = read_picture(tmp_path / "j.jpg").first
    assert samples.near(found, expected, 4)


@pytest.mark.parametrize(
    ("aspect", "size"),
    [("64/45", (256, 144)), ("1/1", (180, 144)), ("1/2", (180, 288))],
)
def test_a_video_whose_pixels_are_not_square_is_shown_as_wide_as_it_is(
    tmp_path: Path, aspect: str, size: tuple[int, int]
) -> None:
    with av.open(str(tmp_path / "a.mp4"), mode="w") as container:
        stream = container.add_stream("mpeg4", rate=1)
        stream.width, stream.height, stream.pix_fmt = 180, 144, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(aspect)
        frame = av.VideoFrame.from_ndarray(np.zeros((144, 180, 3), np.uint8), "rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    found = read_header(tmp_path / "a.mp4")
    assert (found.width, found.height) == size
    assert read_picture(tmp_path / "a.mp4").first.shape[1::-1] == size
