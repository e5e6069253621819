"""A picture cut into tiles at halving scales, in one file. Pure: paths only."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from onemanage.contracts.previews.pyramids import (
    TILE_SIZE,
    Level,
    levels_of,
    overview_size,
    packed,
    tile_count,
)
from onemanage.contracts.steps import step
from onemanage.preview.domain.pictures import Picture, open_picture
from onemanage.preview.domain.tile_set import TILES, TileSet

_QUALITY = 85
_METHOD = 2  # WebP's effort, 0 to 6; above 2 it takes far longer for little


def make_tiles(source: Path, out: Path, report: Callable[[int], None]) -> TileSet:
    """Write all tiles of a picture to one file in ``out``, and their index behind them.

    JPEG, a tenth of WebP's work; WebP where the picture has alpha. Each level is the
    mean of two by two pixels of the one before, alpha weighed in. Reports how many
    tiles are done. Raises InvalidPicture.
    """
    picture = open_picture(source)
    width, height = picture.width, picture.height
    with (out / TILES).open("wb") as file:
        cutter = _Cutter(file, picture.opaque)
        for _ in cutter.cut(picture):
            report(len(cutter.sizes))
        size = file.tell()
        file.write(packed(cutter.sizes))
    assert len(cutter.sizes) == tile_count(width, height)
    return TileSet(width, height, cutter.media_type, len(cutter.sizes), size)


class _Cutter:
    """``sizes`` are the bytes of each tile that is written."""

    def __init__(self, file: BinaryIO, opaque: bool) -> None:
        self._file, self._opaque = file, opaque
        self.media_type = "image/jpeg" if opaque else "image/webp"
        self.sizes: list[int] = []

    def cut(self, picture: Picture) -> Iterator[None]:
        """Of a row of tiles after the other."""
        levels = levels_of(picture.width, picture.height)
        shown: Picture | _Level = picture
        larger: Picture | _Level = picture
        for level, smaller in zip(levels, [*levels[1:], None], strict=True):
            half = None if smaller is None else self._blank(smaller)
            for top in range(0, level.height, TILE_SIZE):
                strip = shown.strip(top, TILE_SIZE)
                self._cut_row(strip)
                if half is not None:
                    half.paste(strip.reduce(2), (0, top // 2))
                yield
            larger, shown = shown, shown if half is None else _Level(half)
        self._overview(larger, levels[-1], picture)
        yield

    def _blank(self, level: Level) -> Image.Image:
        mode = "RGB" if self._opaque else "RGBA"
        return Image.new(mode, (level.width, level.height))

    def _cut_row(self, strip: Image.Image) -> None:
        for left in range(0, strip.width, TILE_SIZE):
            right = min(left + TILE_SIZE, strip.width)
            self._write(strip.crop((left, 0, right, strip.height)))

    def _overview(
        self, larger: "Picture | _Level", last: Level, picture: Picture
    ) -> None:
        """Of the level that is no smaller, unless the last one has its size."""
        wanted = overview_size(picture.width, picture.height)
        if wanted != (last.width, last.height):
            whole = larger.strip(0, larger.height)
            self._write(whole.resize(wanted, Image.Resampling.BOX))

    def _write(self, tile: Image.Image) -> None:
        made = io.BytesIO()
        with step("encode"):
            if self._opaque:
                tile.save(made, "JPEG", quality=_QUALITY)
            else:
                tile.save(made, "WEBP", quality=_QUALITY, method=_METHOD)
        self._file.write(made.getbuffer())
        self.sizes.append(len(made.getbuffer()))


class _Level:
    """One that was made here, read as a picture is."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image
        self.width, self.height = image.size

    def strip(self, top: int, height: int) -> Image.Image:
        """These rows, over the whole width."""
        bottom = min(top + height, self.height)
        return self._image.crop((0, top, self.width, bottom))
