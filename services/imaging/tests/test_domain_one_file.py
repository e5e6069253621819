"""Backgrounds and analyses of one file, on values and temporary files."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from onemanage.contracts.imaging.backgrounds import BackgroundSpec
from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.analysis import of_file
from onemanage.imaging.domain.analysis.of_file import analyze_file
from onemanage.imaging.domain.background import make
from onemanage.imaging.domain.background.make import make_background
from onemanage.imaging.domain.background.network import U2NetP, installed_weights
from onemanage.imaging.domain.inputs import read_picture

from .samples import animation, photo, saved

ANIMATED = ["GIF", "WEBP", "AVIF", "PNG"]


@pytest.mark.parametrize("kind", ANIMATED)
def test_the_first_frame_alone_is_read_where_that_is_asked_for(
    tmp_path: Path, kind: str
) -> None:
    path = animation(tmp_path / "a", kind, [(200, 20, 20), (20, 20, 200)])

    picture = read_picture(path, Reading(animated=False))

    assert len(picture.frames) == 1
    assert np.abs(picture.first[9, 9, :3].astype(int) - (200, 20, 20)).max() < 12


@pytest.mark.parametrize("kind", ANIMATED)
def test_an_animation_is_analysed_by_its_first_frame(tmp_path: Path, kind: str) -> None:
    path = animation(tmp_path / "a", kind, [(200, 20, 20), (20, 20, 200)])

    seen = analyze_file(path)

    assert (seen.frames, seen.width, seen.height) == (2, 20, 20)
    assert int(seen.average[1:3], 16) > 150


class _Starved:
    """A network that finds no memory."""

    def setInput(self, *_: object) -> None:
        error = cv2.error("Failed to allocate 4294967296 bytes")
        error.code = cv2.Error.STS_NO_MEM
        raise error


def test_a_network_without_memory_says_so_as_everything_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights = installed_weights()
    if weights is None:
        pytest.skip("the weights are not installed")
    network = U2NetP(weights)
    monkeypatch.setattr(network, "_net", _Starved())

    with pytest.raises(MemoryError):
        network.saliency(np.zeros((32, 32, 3), np.uint8))


def test_a_large_picture_is_worked_on_smaller_and_told_in_its_own_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "BACKGROUND_PIXELS", 20_000)
    pixels = np.full((300, 400, 3), 220, np.uint8)
    pixels[80:220, 120:280] = (170, 30, 40)
    path = saved(tmp_path / "box", pixels, "PNG")

    made = make_background(path, BackgroundSpec(), {}, tmp_path)

    assert made.images[0].width * made.images[0].height <= 20_200
    assert any("large" in warning for warning in made.warnings)
    assert abs(made.removal.left - 120) < 12 and abs(made.removal.width - 160) < 20


def test_a_photograph_is_told_in_full_size_whatever_it_was_read_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_file, "ANALYSIS_SIDE", 64)
    path = saved(tmp_path / "a", photo(512, 256), "JPEG")

    seen = analyze_file(path)

    assert (seen.width, seen.height) == (512, 256)
