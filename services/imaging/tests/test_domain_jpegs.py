"""JPEG and HEIC as phones, cameras and old programs write them."""

import io
import struct
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from PIL import Image

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.domain.jpegs import MENDED, NO_END
from onemanage.imaging.domain.picture import Limits, Pixels
from onemanage.imaging.errors import InvalidImage

from . import samples

RED, BLUE = (254, 0, 0), (0, 0, 254)


def encoded(pixels: Pixels, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95, **options)
    return file.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


@pytest.mark.parametrize("size", [(32, 24), (64, 48), (80, 20)])
def test_a_jpeg_with_a_second_picture_shows_the_first_alone(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """As phones add a gain map or a preview (MPF)."""
    main, second = Image.new("RGB", (64, 48), "#ff0000"), Image.new("L", size, 200)
    main.save(
        tmp_path / "a", "MPO", save_all=True, append_images=[second.convert("RGB")]
    )
    found = read_header(tmp_path / "a")
    assert (found.format, found.width, found.height) == ("jpeg", 64, 48)
    assert found.frames == 1
    picture = read_picture(tmp_path / "a")
    assert not picture.is_animated and not picture.warnings
    assert samples.near(picture.first, RED)


@pytest.mark.parametrize("primary", [0, 1])
@pytest.mark.parametrize("other", [(32, 24), (64, 48)])
def test_a_heic_of_several_pictures_shows_the_primary_one(
    tmp_path: Path, primary: int, other: tuple[int, int]
) -> None:
    pictures = [Image.new("RGB", (64, 48), "#ff0000"), Image.new("RGB", other, "blue")]
    if primary == 1:
        pictures.reverse()
    file = pillow_heif.from_pillow(pictures.pop(0))
    for picture in pictures:
        file.add_from_pillow(picture)
    file.save(tmp_path / "a", primary_index=primary, quality=95)
    assert read_header(tmp_path / "a").frames == 1
    assert samples.near(read_picture(tmp_path / "a").first, RED, 6)
    second = read_picture(tmp_path / "a", Reading(page=2)).first
    assert second.shape[:2] == other[::-1] and samples.near(second, BLUE, 6)
    with pytest.raises(InvalidImage) as caught:
        read_picture(tmp_path / "a", Reading(page=3))
    assert caught.value.code == "imaging.no_such_page"


PLAIN = encoded(samples.photo())
TABLES = PLAIN.index(b"\xff\xdb")
ODD = {
    "bytes before the first marker": PLAIN[:2] + bytes(3) + PLAIN[2:],
    "bytes before the tables": PLAIN[:TABLES] + b"\1\2\3" + PLAIN[TABLES:],
    "a profile without its first part": PLAIN[:2]
    + segment(0xE2, b"ICC_PROFILE\0\x05\x02" + b"x" * 50)
    + PLAIN[2:],
    "a profile without a number": PLAIN[:2]
    + segment(0xE2, b"ICC_PROFILE\0")
    + PLAIN[2:],
    "a short Adobe marker": PLAIN[:2] + segment(0xEE, b"Adobe") + PLAIN[2:],
    "a short JFIF marker": PLAIN[:2] + segment(0xE0, b"JFIF\0") + PLAIN[20:],
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_what_is_damaged_beside_the_picture_is_left_out_with_a_warning(
    tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "a").write_bytes(PLAIN)
    expected = read_picture(tmp_path / "a").first
    (tmp_path / "a").write_bytes(data)
    picture = read_picture(tmp_path / "a")
    assert MENDED in picture.warnings
    assert np.array_equal(picture.first, expected)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_without_an_end_marker_is_shown_whole(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(samples.photo()).convert(mode)
    image.save(tmp_path / "a", "JPEG")
    expected = read_picture(tmp_path / "a").first
    data = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data[:-2])
    picture = read_picture(tmp_path / "a")
    assert NO_END in picture.warnings
    assert np.array_equal(picture.first, expected)
    (tmp_path / "a").write_bytes(data[:-300])
    with pytest.raises(InvalidImage) as caught:
        read_picture(tmp_path / "a")
    assert caught.value.code == "imaging.truncated"


@pytest.mark.parametrize("sampling", ["411", "440", "422", "420", "444"])
def test_every_sampling_of_colour_is_read(tmp_path: Path, sampling: str) -> None:
    data = simplejpeg.encode_jpeg(samples.photo(), 95, "RGB", sampling)
    (tmp_path / "a").write_bytes(data)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(image).astype(int)
    assert np.abs(read_picture(tmp_path / "a").first - expected).max() <= 3


def test_a_jpeg_over_the_limit_is_read_where_so_much_less_is_wanted(
    tmp_path: Path,
) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(1200, 300), "JPEG")
    limits = Limits(side=400, pixels=40_000)
    result = samples.run(path, [{"op": "resize", "width": 150}], limits=limits)
    assert (result.width, result.height) == (150, 38)
    assert read_header(path, limits=limits).width == 1200
    with pytest.raises(InvalidImage) as caught:
        read_picture(path, limits=limits)
    assert caught.value.code == "imaging.too_large"
    with pytest.raises(InvalidImage) as caught:
        read_header(path, limits=Limits(side=149))
    assert caught.value.code == "imaging.too_large"
