"""Files that are broken, lie, or ask for too much. Each is refused by code."""

import io
import pickle
import struct
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.decoding import clear_errors
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.picture import Limits
from onemanage.imaging.errors import InvalidImage

from . import samples
from .refusals import at_most, refusal


def test_a_png_of_900_megapixels_in_a_small_file_is_refused_by_its_header(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(samples.png_of(30_000, 30_000, rows=3_000))
    assert path.stat().st_size < 200_000
    with at_most(60):
        error = refusal(path)
    assert (error.code, error.where) == ("imaging.too_large", "header")
    assert "30000 x 30000" in error.message


def tiff_of(width: int, height: int, *, compression: int = 1) -> bytes:
    """A header that promises so much, and nothing behind it."""
    entries = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, compression),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, 0xFFFFFFF),
    ]
    body = b"".join(
        struct.pack("<HHI", tag, kind, 1)
        + (struct.pack("<I", value) if kind == 4 else struct.pack("<HH", value, 0))
        for tag, kind, value in entries
    )
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + bytes(4)


def jpeg_of(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "JPEG")
    data = bytearray(file.getvalue())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def gif_of(width: int, height: int) -> bytes:
    image = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0" + image + b";"


def jxl_of(width: int, height: int) -> bytes:
    """Sides as the header of a codestream has them, in 30 bits each."""
    bits = [0, *_bits(3, 2), *_bits(height - 1, 30), *_bits(0, 3)]
    bits += [*_bits(3, 2), *_bits(width - 1, 30)]
    value = sum(bit << place for place, bit in enumerate(bits))
    return b"\xff\x0a" + value.to_bytes(16, "little")


def _bits(value: int, count: int) -> list[int]:
    return [value >> place & 1 for place in range(count)]


@pytest.mark.parametrize("make", [tiff_of, jpeg_of, gif_of, jxl_of, samples.png_of])
def test_a_header_over_the_limits_is_refused_before_anything_is_decoded(
    tmp_path: Path, make: Callable[..., bytes]
) -> None:
    for width, height in ((30_000, 30_000), (60_000, 20)):
        if make is samples.png_of:
            data = samples.png_of(width, height, rows=1)
        else:
            data = make(width, height)
        (tmp_path / "bomb").write_bytes(data)
        with at_most(40):
            error = refusal(tmp_path / "bomb")
        assert error.code == "imaging.too_large", (make, error)


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_a_container_that_says_it_is_huge_is_refused(tmp_path: Path, kind: str) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(), kind)
    data = bytearray(path.read_bytes())
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", 30_000, 30_000)
    path.write_bytes(data)
    with at_most(60):
        error = refusal(path)
    assert error.code in ("imaging.too_large", "imaging.damaged")


class PanicException(BaseException):
    """As Rust code raises it through PyO3."""


def test_a_panic_of_a_decoder_is_an_error_like_any_other() -> None:
    with pytest.raises(InvalidImage) as caught, clear_errors("SVG"):
        raise PanicException("called `Option::unwrap()` on a `None` value")
    assert caught.value.code == "imaging.damaged"
    with pytest.raises(KeyboardInterrupt), clear_errors("SVG"):
        raise KeyboardInterrupt


@pytest.mark.parametrize("compression", [1, 5, 7, 8, 32773, 34925, 50000])
def test_a_tiff_that_promises_pixels_and_has_none_is_refused(
    tmp_path: Path, compression: int
) -> None:
    (tmp_path / "a").write_bytes(tiff_of(9_000, 9_000, compression=compression))
    with at_most(250):
        error = refusal(tmp_path / "a")
    assert error.code in ("imaging.damaged", "imaging.truncated")


def test_a_gif_of_twenty_thousand_frames_keeps_the_first(tmp_path: Path) -> None:
    path = samples.animation(tmp_path / "a", "GIF", [(0, 0, 0), (200, 0, 0)], 4)
    data = path.read_bytes()
    second = data.rindex(b"\x21\xf9")
    frames = data[second:-1] * 20_000
    path.write_bytes(data[:second] + frames + b";")
    assert path.stat().st_size > 400_000
    picture = read_picture(path)
    assert len(picture.frames) == Limits().frames
    assert any("are kept" in warning for warning in picture.warnings)


def test_frames_count_by_their_pixels_too(tmp_path: Path) -> None:
    colors = [(number * 12, 0, 0) for number in range(20)]
    path = samples.animation(tmp_path / "a", "WEBP", colors, 100)
    picture = read_picture(path, limits=Limits(animated_pixels=50_000))
    assert len(picture.frames) == 5
    assert picture.warnings


def test_a_frame_larger_than_its_gif_is_refused(tmp_path: Path) -> None:
    path = samples.animation(tmp_path / "a", "GIF", [(0, 0, 0), (200, 0, 0)], 8)
    data = bytearray(path.read_bytes())
    image = data.rindex(b"\x2c\0\0\0\0")
    data[image + 5 : image + 9] = struct.pack("<HH", 60_000, 60_000)
    path.write_bytes(data)
    with at_most(60):
        error = refusal(path)
    assert error.code in ("imaging.too_large", "imaging.damaged", "imaging.truncated")


def test_a_huge_page_of_a_pdf_is_refused(tmp_path: Path) -> None:
    path = samples.pdf(tmp_path / "a", [(14_400, 14_400)])
    error = refusal(path)
    assert (error.code, error.where) == ("imaging.too_large", "page 1")
    assert read_picture(path, Reading(width=100)).width == 100


def test_a_video_over_the_limits_is_refused(tmp_path: Path) -> None:
    path = samples.video(tmp_path / "a.mp4", [(9, 9, 9)])
    assert refusal(path, limits=Limits(pixels=1_000)).code == "imaging.too_large"


def test_a_video_that_is_a_playlist_is_not_followed(tmp_path: Path) -> None:
    samples.video(tmp_path / "real.mp4", [(9, 9, 9)])
    for text in (
        "#EXTM3U\n#EXTINF:1,\nreal.mp4\n",
        "ffconcat version 1.0\nfile real.mp4\n",
    ):
        (tmp_path / "a.mp4").write_text(text)
        assert refusal(tmp_path / "a.mp4").code == "imaging.unsupported"


def test_a_file_over_the_limit_of_bytes_is_refused(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(), "PNG")
    assert refusal(path, limits=Limits(bytes=100)).code == "imaging.too_large"


KINDS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF", "JXL")


@pytest.mark.parametrize("kind", [*KINDS, "svg", "pdf", "video"])
def test_a_file_cut_or_changed_anywhere_is_refused_by_code_or_read(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "a.mp4"
    match kind:
        case "svg":
            samples.svg(path, '<rect width="9" height="9" fill="#123456"/>')
        case "pdf":
            samples.pdf(path, [(72, 72)])
        case "video":
            samples.video(path, [(9, 9, 9), (200, 9, 9)])
        case _:
            samples.saved(path, samples.photo(48, 32), kind)
    whole = path.read_bytes()
    step = max(1, len(whole) // 40)
    changed = [whole[:length] for length in range(1, len(whole), step)]
    for position in range(0, len(whole), step):
        one = bytearray(whole)
        one[position] ^= 0xFF
        changed.append(bytes(one))
    for data in changed:
        path.write_bytes(data)
        try:
            read_picture(path)
        except InvalidImage as error:
            assert error.code.startswith("imaging."), data[:20]
            assert error.where, error


def test_a_truncated_jpeg_says_that_it_ends_too_early(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(400, 300), "JPEG")
    path.write_bytes(path.read_bytes()[:-3000])
    assert refusal(path).code == "imaging.truncated"


def test_an_error_survives_the_way_out_of_a_child(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"GIF89a")
    error = refusal(tmp_path / "a")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.code, copy.message, copy.where) == (
        error.code,
        error.message,
        error.where,
    )


def test_what_does_not_fit_into_memory_is_a_memory_error(tmp_path: Path) -> None:
    """Which is what the sandbox knows; in a process of its own, as the limit stays."""
    path = samples.saved(tmp_path / "a", samples.photo(2000, 1500), "PNG")
    script = textwrap.dedent("""
        import resource, sys
        from pathlib import Path
        from onemanage.imaging.domain.inputs import read_picture
        pages = int(open("/proc/self/statm").read().split()[0])
        limit = pages * resource.getpagesize() + (8 << 20)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            read_picture(Path(sys.argv[1]))
        except MemoryError:
            print("memory")
        """)
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True
    )
    assert done.stdout.strip() == "memory", done.stderr
