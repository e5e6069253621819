"""Pictures cut into tiles: what is in them, and what cannot be cut."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from onemanage.contracts.previews.pyramids import ends_of, levels_of, tile_count
from onemanage.preview.domain import pictures
from onemanage.preview.domain.tiles import make_tiles
from onemanage.preview.errors import InvalidPicture

type Pixels = NDArray[np.uint8]


def _smooth(width: int, height: int, bands: int = 3) -> Pixels:
    """A different colour at each place, without edges: what JPEG keeps well."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    waves = [np.sin(3 * x + band) * np.cos(2 * y - band) for band in range(bands)]
    found: Pixels = (np.stack(waves, axis=-1) * 100 + 128).astype(np.uint8)
    return found


def _saved(folder: Path, image: Image.Image, kind: str = "PNG", **more: Any) -> Path:
    path = folder / f"source.{kind.lower()}"
    image.save(path, kind, **more)
    return path


def _cut(source: Path, tmp_path: Path) -> tuple[Any, list[Image.Image]]:
    """What is told of the tiles, and the tiles by their numbers."""
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    steps: list[int] = []
    made = make_tiles(source, out, steps.append)
    data = (out / "tiles").read_bytes()
    ends = [0, *ends_of(data[made.size :])]
    assert ends[-1] == made.size
    assert len(ends) - 1 == made.tiles == tile_count(made.width, made.height)
    assert steps == sorted(steps) and steps[-1] == made.tiles
    tiles: list[Image.Image] = [
        Image.open(io.BytesIO(data[begin:end]))
        for begin, end in zip(ends, ends[1:], strict=False)
    ]
    return made, tiles


def _assembled(made: Any, tiles: list[Image.Image], number: int) -> Image.Image:
    """One level, of its tiles."""
    level = levels_of(made.width, made.height)[number]
    whole = Image.new(tiles[0].mode, (level.width, level.height))
    for row in range(level.rows):
        for column in range(level.columns):
            left, top, *size = level.tile(column, row)
            tile = tiles[level.first + row * level.columns + column]
            assert tile.size == tuple(size)
            whole.paste(tile, (left, top))
    return whole


def _far(one: Image.Image, other: Image.Image) -> float:
    """The mean difference, 0 to 255."""
    difference = np.asarray(one, np.int16) - np.asarray(other, np.int16)
    return float(np.abs(difference).mean())


def test_every_level_shows_the_picture_at_its_scale(tmp_path: Path) -> None:
    image = Image.fromarray(_smooth(1301, 777))

    made, tiles = _cut(_saved(tmp_path, image), tmp_path)

    assert (made.width, made.height, made.media_type) == (1301, 777, "image/jpeg")
    for number, level in enumerate(levels_of(1301, 777)):
        shown = _assembled(made, tiles, number)
        wanted = image.resize((level.width, level.height), Image.Resampling.BOX)
        assert _far(shown, wanted) < 1.5
    overview = tiles[-1]
    assert overview.size == (512, 305)
    assert _far(overview, image.resize((512, 305), Image.Resampling.BOX)) < 1.5


def test_a_picture_no_larger_than_a_tile_is_one_tile(tmp_path: Path) -> None:
    made, tiles = _cut(_saved(tmp_path, Image.new("RGB", (40, 1), "red")), tmp_path)

    assert (made.tiles, tiles[0].size) == (1, (40, 1))


def test_alpha_is_kept_and_colours_below_it_are_not_mixed_in(tmp_path: Path) -> None:
    pixels = np.zeros((600, 600, 4), np.uint8)
    pixels[:, ::2] = (255, 0, 0, 255)
    pixels[:, 1::2] = (0, 0, 255, 0)

    made, tiles = _cut(_saved(tmp_path, Image.fromarray(pixels)), tmp_path)

    assert (made.media_type, tiles[0].format) == ("image/webp", "WEBP")
    half = np.asarray(_assembled(made, tiles, 1))[100, 100].astype(int)
    assert np.abs(half - (255, 0, 0, 128)).max() <= 12


def test_alpha_that_hides_nothing_is_left_out(tmp_path: Path) -> None:
    made, tiles = _cut(_saved(tmp_path, Image.new("RGBA", (600, 9), "red")), tmp_path)

    assert (made.media_type, tiles[0].mode) == ("image/jpeg", "RGB")


def test_a_photograph_stands_upright(tmp_path: Path) -> None:
    image = Image.fromarray(_smooth(700, 300))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    source = _saved(tmp_path, image, "JPEG", exif=exif, quality=95)

    made, tiles = _cut(source, tmp_path)

    assert (made.width, made.height) == (300, 700)
    upright = image.transpose(Image.Transpose.ROTATE_270)
    assert _far(_assembled(made, tiles, 0), upright) < 2


def test_a_profile_that_is_not_srgb_is_applied(tmp_path: Path) -> None:
    image = Image.new("RGB", (8, 8), (250, 20, 10))
    source = _saved(tmp_path, image, icc_profile=_with_red_and_blue_exchanged())

    _, tiles = _cut(source, tmp_path)

    red, _, blue = np.asarray(tiles[0])[4, 4]
    assert (red < 60, blue > 200) == (True, True)


def _with_red_and_blue_exchanged() -> bytes:
    """sRGB's profile by another name: nobody can take it for sRGB's own."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    name = "sRGB".encode("utf-16-be")
    data = data.replace(name, "xRGB".encode("utf-16-be"))
    count = int.from_bytes(data[128:132])
    entries = {bytes(data[n : n + 4]): n + 4 for n in range(132, 132 + 12 * count, 12)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    kept = data[red : red + 8]
    data[red : red + 8] = data[blue : blue + 8]
    data[blue : blue + 8] = kept
    return bytes(data)


@pytest.mark.parametrize(
    ("mode", "color", "shown"),
    [
        ("L", 200, (200, 200, 200)),
        ("LA", (200, 255), (200, 200, 200)),
        ("1", 1, (255, 255, 255)),
        ("P", 0, (0, 0, 0)),
        ("I;16", 51_400, (200, 200, 200)),
    ],
)
def test_gray_palettes_and_sixteen_bits_are_shown_as_they_look(
    mode: str, color: Any, shown: tuple[int, int, int], tmp_path: Path
) -> None:
    _, tiles = _cut(_saved(tmp_path, Image.new(mode, (9, 9), color)), tmp_path)

    assert np.abs(np.asarray(tiles[0]).astype(int) - shown).max() <= 2


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("JPEG", "CMYK"), ("TIFF", "CMYK"), ("TIFF", "RGB"), ("WEBP", "RGB")),
        *(("AVIF", "RGB"), ("GIF", "P"), ("BMP", "RGB")),
    ],
)
def test_each_format_is_read(kind: str, mode: str, tmp_path: Path) -> None:
    image = Image.fromarray(_smooth(530, 20)).convert(mode)

    made, _ = _cut(_saved(tmp_path, image, kind), tmp_path)

    assert (made.width, made.height, made.tiles) == (530, 20, 4)


def test_what_is_no_picture_says_how_it_becomes_one(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"%PDF-1.7")

    with pytest.raises(InvalidPicture, match="transformations") as refused:
        _cut(source, tmp_path)

    assert refused.value.code == "preview.unsupported"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_picture_that_ends_too_early_is_refused(kind: str, tmp_path: Path) -> None:
    source = _saved(tmp_path, Image.fromarray(_smooth(600, 600)), kind)
    source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])

    with pytest.raises(InvalidPicture, match="Send it again") as refused:
        _cut(source, tmp_path)

    assert refused.value.code == "preview.damaged"


def test_too_many_pixels_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", 99)

    with pytest.raises(InvalidPicture, match="10 × 10") as refused:
        _cut(_saved(tmp_path, Image.new("RGB", (10, 10))), tmp_path)

    assert refused.value.code == "preview.too_many_pixels"
