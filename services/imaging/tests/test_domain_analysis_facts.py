"""What an analysis tells besides what a picture shows."""

import base64
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from onemanage.imaging.domain import code_points
from onemanage.imaging.domain.analysis.of_file import analyze_file
from onemanage.imaging.domain.inputs import read_header, read_picture

from . import samples
from .test_domain_metadata import XMP, camera


def test_an_analysis_tells_the_camera_and_no_place_unless_it_is_asked_to(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a"
    samples.saved(path, samples.photo(), "JPEG", exif=camera(), xmp=XMP, dpi=(240, 240))
    found = analyze_file(path)
    assert found.shot is not None and found.shot.model == "Phone 5"
    assert found.description is not None
    assert found.description.title == "Evening & Lake"
    assert found.place is None
    assert (found.bits, found.color_space, found.dpi) == (8, "rgb", 240)
    assert found.warnings == []
    placed = analyze_file(path, ["place"]).place
    assert placed is not None and placed.latitude == -48.51


def test_damaged_metadata_is_a_warning_and_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "a"
    exif = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x77" * 40
    samples.saved(path, samples.photo(), "JPEG", exif=exif, xmp=b"<!DOCTYPE x><x/>")
    found = analyze_file(path)
    assert found.width == 96 and found.shot is None
    assert len(found.warnings) == 1


@pytest.mark.parametrize(
    ("name", "mode", "bits", "space"),
    [
        ("PNG", "RGB", 8, "rgb"),
        ("PNG", "LA", 8, "gray"),
        ("PNG", "P", 8, "indexed"),
        ("PNG", "I;16", 16, "gray"),
        ("PNG", "1", 1, "gray"),
        ("JPEG", "CMYK", 8, "cmyk"),
        ("TIFF", "I;16", 16, "gray"),
        ("TIFF", "RGB", 8, "rgb"),
        ("AVIF", "RGB", 8, "rgb"),
        ("HEIF", "RGB", 8, "rgb"),
        ("WEBP", "RGBA", 8, "rgb"),
        ("GIF", "P", 8, "indexed"),
    ],
)
def test_depth_and_colours_are_told_as_they_are_stored(
    tmp_path: Path, name: str, mode: str, bits: int, space: str
) -> None:
    path = tmp_path / "a"
    image = Image.fromarray(samples.photo())
    if mode == "I;16":
        image = Image.fromarray(samples.photo()[:, :, 0].astype(np.uint16) * 257)
    image.convert(mode).save(path, name)
    found = analyze_file(path)
    assert (found.bits, found.color_space) == (bits, space)
    assert found.seconds is None and found.loop is None


def test_the_profile_is_told_by_its_name_or_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a"
    icc = code_points.display_p3()
    samples.saved(path, samples.photo(), "WEBP", icc_profile=icc)
    assert analyze_file(path).profile == "Display P3"
    samples.saved(path, samples.photo(), "AVIF")
    assert analyze_file(path).profile == "cicp 1/13"
    samples.saved(path, samples.photo(), "PNG")
    assert analyze_file(path).profile == ""
    samples.saved(path, samples.photo(), "PNG", icc_profile=b"no profile")
    assert analyze_file(path).profile == ""


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_tells_how_long_it_lasts(tmp_path: Path, name: str) -> None:
    colors = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]
    path = samples.animation(tmp_path / "a", name, colors)
    found = analyze_file(path)
    assert found.seconds == pytest.approx(0.3, abs=0.001)
    assert (found.frames, found.loop) == (3, 0)


def test_pages_are_counted(tmp_path: Path) -> None:
    path = samples.pdf(tmp_path / "a", [(40, 30), (40, 30), (20, 20)])
    assert analyze_file(path).pages == 3
    first, *rest = (Image.fromarray(samples.photo(seed=n)) for n in range(4))
    first.save(tmp_path / "b", "TIFF", save_all=True, append_images=rest)
    assert analyze_file(tmp_path / "b").pages == 4


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A second of 25 frames with sound, to be turned by a quarter."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), mode="w") as container:
        video: Any = container.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.set_display_rotation(90)
        sound: Any = container.add_stream("aac", rate=44_100)
        for _ in range(25):
            pixels = np.full((48, 64, 3), 90, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(video.encode(frame))
        for number in range(43):
            silence = np.zeros((2, 1024), np.float32)
            heard = av.AudioFrame.from_ndarray(silence, format="fltp", layout="stereo")
            heard.rate, heard.pts = 44_100, 1024 * number
            heard.time_base = Fraction(1, 44_100)
            container.mux(sound.encode(heard))
        container.mux(video.encode())
        container.mux(sound.encode())
    return path


def test_a_video_tells_its_tracks_and_is_as_large_as_it_is_shown(clip: Path) -> None:
    found = analyze_file(clip)
    video = found.video
    assert video is not None
    assert video.seconds == pytest.approx(1, abs=0.05)
    assert (video.codec, video.pixel_format) == ("mpeg4", "yuv420p")
    assert (video.frames_per_second, video.frames, video.rotation) == (25, 25, 270)
    (sound,) = video.audio
    assert (sound.codec, sound.channels, sound.sample_rate) == ("aac", 2, 44_100)
    header = read_header(clip)
    assert (header.width, header.height) == (48, 64)
    assert read_picture(clip).first.shape == (64, 48, 3)
    assert (found.width, found.height) == (48, 64)


@pytest.mark.parametrize("has_alpha", [False, True])
def test_a_placeholder_is_tiny_and_like_the_picture(
    tmp_path: Path, has_alpha: bool
) -> None:
    pixels = cv2.GaussianBlur(samples.photo(400, 300), (0, 0), 9)
    if has_alpha:
        pixels = np.dstack([pixels, np.full((300, 400), 255, np.uint8)])
        pixels[:, :200, 3] = 0
    path = samples.saved(tmp_path / "a", np.asarray(pixels, np.uint8), "PNG")
    found = analyze_file(path)
    kind, _, coded = found.lqip.partition(",")
    assert kind == "data:image/webp;base64"
    data = base64.b64decode(coded)
    assert len(data) <= 200
    with Image.open(io.BytesIO(data)) as image:
        assert 16 <= image.width <= 32
        shown = np.asarray(image.resize((400, 300)).convert("RGBA")).astype(int)
    seen = pixels[:, 250:, :3].astype(int)
    assert np.abs(shown[:, 250:, :3] - seen).mean() < 20
    if has_alpha:
        assert shown[:, :150, 3].max() < 40 and shown[:, 250:, 3].min() > 215


def test_the_colour_of_which_there_is_most_is_told(tmp_path: Path) -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:, :30] = 200, 40, 40
    found = analyze_file(samples.saved(tmp_path / "a", pixels, "PNG"))
    assert found.dominant == found.palette[0].color
    red, green, blue = bytes.fromhex(found.dominant[1:])
    assert red > 180 and green < 60 and blue < 60


def test_colours_of_a_large_transparent_picture_are_its_own(tmp_path: Path) -> None:
    pixels = np.zeros((600, 800, 4), np.uint8)
    pixels[:, :500] = 200, 90, 30, 255
    found = analyze_file(samples.saved(tmp_path / "a", pixels, "PNG"))
    seen = np.array(list(bytes.fromhex(found.dominant[1:])))
    assert np.abs(seen - (200, 90, 30)).max() <= 3
    assert found.brightness == pytest.approx(0.53, abs=0.03)
