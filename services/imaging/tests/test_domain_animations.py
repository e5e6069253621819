"""Animations: every frame, as long and as often as it was shown before."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.encoders import FIRST_ALONE
from onemanage.imaging.domain.inputs import read_header, read_picture
from onemanage.imaging.domain.picture import Limits
from onemanage.imaging.domain.pngs import STILL
from onemanage.imaging.errors import InvalidImage

from . import samples

COLORS = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]
FORMATS = ["GIF", "WEBP", "PNG", "AVIF"]


def gif(frames: list[dict[str, Any]], size: int = 4, loop: int | None = None) -> bytes:
    """Frames of one colour of the palette (red, green, blue, white), by their blocks."""
    palette = bytes((255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255))
    made = b"GIF89a" + struct.pack("<HH", size, size) + b"\x81\x03\0" + palette
    if loop is not None:
        made += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", loop) + b"\0"
    for frame in frames:
        flags = frame.get("disposal", 1) << 2 | ("clear" in frame)
        time = frame.get("time", 10)
        made += b"\x21\xf9\x04" + struct.pack(
            "<BHBB", flags, time, frame.get("clear", 0), 0
        )
        left, top, width, height = frame.get("box", (0, 0, size, size))
        made += b"\x2c" + struct.pack("<HHHHB", left, top, width, height, 0)
        made += _packed(frame.get("indices") or [frame["color"]] * (width * height))
    return made + b";"


def _packed(indices: list[int]) -> bytes:
    """LZW that never grows its codes: it clears before each pixel."""
    codes = [code for index in indices for code in (4, index)] + [5]
    value, bits = 0, 0
    for code in codes:
        value |= code << bits
        bits += 3
    data = value.to_bytes((bits + 7) // 8, "little")
    blocks = [data[at : at + 255] for at in range(0, len(data), 255)]
    return b"\x02" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def read(tmp_path: Path, data: bytes, **more: Any) -> Any:
    (tmp_path / "a").write_bytes(data)
    return read_picture(tmp_path / "a", **more)


def test_what_is_cleared_to_the_background_is_transparent(tmp_path: Path) -> None:
    """As every browser has it, whatever colour the background is said to have."""
    first: dict[str, Any] = {"color": 0, "disposal": 2}
    picture = read(tmp_path, gif([first, {"color": 1, "box": (0, 0, 2, 2)}]))
    assert tuple(picture.frames[0][3, 3]) == (255, 0, 0, 255)
    assert tuple(picture.frames[1][0, 0]) == (0, 255, 0, 255)
    assert int(picture.frames[1][3, 3, 3]) == 0


def test_what_no_frame_covers_is_transparent(tmp_path: Path) -> None:
    picture = read(tmp_path, gif([{"color": 1, "box": (1, 1, 2, 2)}]))
    assert int(picture.first[0, 0, 3]) == 0
    assert tuple(picture.first[1, 1]) == (0, 255, 0, 255)


def test_what_was_there_before_comes_back(tmp_path: Path) -> None:
    frames: list[dict[str, Any]] = [
        {"color": 0},
        {"color": 1, "box": (0, 0, 2, 2), "disposal": 3},
        {"color": 2, "box": (2, 2, 2, 2)},
    ]
    last = read(tmp_path, gif(frames)).frames[2]
    assert tuple(last[0, 0]) == (255, 0, 0) and tuple(last[3, 3]) == (0, 0, 255)


def test_a_clear_colour_leaves_what_is_below(tmp_path: Path) -> None:
    over = {"clear": 3, "box": (0, 0, 2, 1), "indices": [3, 1]}
    last = read(tmp_path, gif([{"color": 0}, over])).frames[1]
    assert tuple(last[0, 0]) == (255, 0, 0) and tuple(last[0, 1]) == (0, 255, 0)


@pytest.mark.parametrize(
    ("hundredths", "shown"), [(0, 100), (1, 100), (2, 20), (3, 30)]
)
def test_times_are_those_that_browsers_show(
    tmp_path: Path, hundredths: int, shown: int
) -> None:
    frames = [{"color": 0, "time": hundredths}, {"color": 1, "time": hundredths}]
    assert read(tmp_path, gif(frames)).durations == (shown, shown)


def test_all_frames_of_a_long_animation_are_kept_where_they_are_made_small(
    tmp_path: Path,
) -> None:
    frames = [{"color": number % 3} for number in range(150)]
    (tmp_path / "a").write_bytes(gif(frames, 100))
    limits = Limits(animated_pixels=100_000)
    for kind in ("webp", "gif"):
        small = {"op": "resize", "width": 20}
        result = samples.run(tmp_path / "a", [small], {"format": kind}, limits=limits)
        made = read_picture(tmp_path / "out" / result.path)
        assert (result.width, result.height, len(made.frames)) == (20, 20, 150)
        assert set(made.durations) == {100}
        assert not any("frames" in warning for warning in result.warnings)
        for number in (0, 75, 149):
            color = np.eye(3, dtype=int)[number % 3] * 255
            assert samples.near(made.frames[number][10, 10, :3], color, 8)
    assert len(read_picture(tmp_path / "a", limits=limits).frames) == 10


def test_a_format_of_one_picture_takes_the_first_frame_of_however_many(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_bytes(gif([{"color": n % 3} for n in range(9)], 40))
    result = samples.run(
        tmp_path / "a", [], {"format": "jpeg"}, limits=Limits(animated_pixels=1)
    )
    assert result.frames == 1 and FIRST_ALONE in result.warnings
    assert not any("Only the first" in warning for warning in result.warnings)
    still = samples.run(
        tmp_path / "a", [], {"format": "jpeg"}, reading={"animated": False}
    )
    assert not still.warnings


@pytest.mark.parametrize("name", FORMATS)
def test_a_frame_can_be_named(tmp_path: Path, name: str) -> None:
    path = samples.animation(tmp_path / "a", name, COLORS)
    for number, color in enumerate(COLORS):
        reading = Reading(page=number + 1, animated=False)
        picture = read_picture(path, reading)
        assert not picture.is_animated
        assert samples.near(picture.first[10, 10, :3], color, 8)
    with pytest.raises(InvalidImage) as caught:
        read_picture(path, Reading(page=4))
    assert caught.value.code == "imaging.no_such_page"


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
@pytest.mark.parametrize("plays", [0, 1, 2, 4])
def test_an_animation_is_played_as_often_as_before(
    tmp_path: Path, source: str, target: str, plays: int
) -> None:
    path = samples.animation(tmp_path / "first", "PNG", COLORS)
    data = bytearray(path.read_bytes())
    at = data.index(b"acTL")
    data[at + 8 : at + 12] = plays.to_bytes(4)
    data[at + 12 : at + 16] = zlib.crc32(data[at : at + 12]).to_bytes(4)
    path.write_bytes(data)
    for name in (source, target):
        result = samples.run(path, [], {"format": name.lower()})
        path = path.parent / "out" / result.path
    picture = read_picture(path)
    assert (picture.loop, picture.durations) == (plays, (50, 100, 150))


@pytest.mark.parametrize(("said", "plays"), [(None, 1), (0, 0), (1, 2), (3, 4)])
def test_a_gif_counts_repetitions_and_others_count_plays(
    tmp_path: Path, said: int | None, plays: int
) -> None:
    path = tmp_path / "a"
    path.write_bytes(gif([{"color": 0}, {"color": 1}], loop=said))
    assert read_picture(path).loop == plays
    webp = samples.run(path, [], {"format": "webp", "lossless": True})
    with Image.open(tmp_path / "out" / webp.path) as image:
        assert image.info["loop"] == plays
    back = samples.run(tmp_path / "out" / webp.path, [], {"format": "gif"})
    data = (tmp_path / "out" / "out" / back.path).read_bytes()
    at = data.find(b"NETSCAPE2.0")
    found = None if at < 0 else struct.unpack("<H", data[at + 13 : at + 15])[0]
    assert found == said


def hidden(tmp_path: Path) -> Path:
    """An APNG whose still picture, white, is no frame."""
    still = Image.new("RGB", (20, 20), "white")
    frames = [Image.new("RGB", (20, 20), color) for color in COLORS]
    still.save(
        tmp_path / "a",
        "PNG",
        save_all=True,
        append_images=frames,
        default_image=True,
        duration=[50, 100, 150],
    )
    return tmp_path / "a"


def test_a_still_picture_that_is_no_frame_is_not_shown(tmp_path: Path) -> None:
    path = hidden(tmp_path)
    assert read_header(path).frames == 3
    picture = read_picture(path)
    assert picture.durations == (50, 100, 150)
    for frame, color in zip(picture.frames, COLORS, strict=True):
        assert tuple(frame[5, 5]) == color


def test_of_an_apng_with_a_damaged_frame_the_still_picture_is_shown(
    tmp_path: Path,
) -> None:
    whole = hidden(tmp_path).read_bytes()
    at = whole.rindex(b"fdAT")
    length = int.from_bytes(whole[at - 4 : at])
    broken = bytearray(whole)
    broken[at + 12 : at + 16] = b"\0\0\0\0"
    crc = zlib.crc32(broken[at : at + 4 + length])
    mended = bytes(broken[: at + 4 + length]) + crc.to_bytes(4)
    for data in (bytes(broken), mended + bytes(broken[at + 8 + length :])):
        picture = read(tmp_path, data)
        assert not picture.is_animated and STILL in picture.warnings
        assert tuple(picture.first[5, 5]) == (255, 255, 255)


def test_a_gif_that_ends_within_a_frame_keeps_those_before(tmp_path: Path) -> None:
    data = samples.animation(tmp_path / "a", "GIF", COLORS, 60).read_bytes()
    last = data.rindex(b"\x2c\0\0\0\0")
    picture = read(tmp_path, data[: last + 14])
    assert len(picture.frames) in (2, 3)
    assert samples.near(picture.frames[1][10, 10, :3], COLORS[1], 8)


def test_auto_without_a_named_format_holds_the_picture(tmp_path: Path) -> None:
    """Which JPEG would not: transparency would be white without a word."""
    clear = np.dstack([samples.quarters(), np.full((40, 40), 99, np.uint8)])
    for pixels, kind in ((clear, "image/png"), (samples.quarters(), "image/jpeg")):
        path = samples.saved(tmp_path / "a", pixels, "PNG")
        assert samples.run(path, [], {"format": "auto"}).media_type == kind
    path = samples.animation(tmp_path / "a", "WEBP", COLORS)
    result = samples.run(path, [], {"format": "auto"})
    assert (result.media_type, result.frames) == ("image/gif", 3)
    small = {"format": "auto", "max_bytes": 3_000}
    assert samples.run(path, [], small).media_type == "image/webp"
