"""Faces and subjects are found, and what lies around them is kept."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.background.network import installed_weights
from onemanage.imaging.domain.operations import Context
from onemanage.imaging.domain.operations.subjects import subject_weights
from onemanage.imaging.domain.picture import Pixels
from onemanage.imaging.domain.pipeline import run_recipe

from . import samples
from .samples import made_of


def face(size: int) -> Pixels:
    """What a cascade takes for a face."""
    made = np.full((size, size, 3), 190, np.uint8)
    middle = size // 2
    for x in (-1, 1):
        eye = middle + x * size // 5, size * 2 // 5
        cv2.ellipse(made, eye, (size // 9, size // 16), 0, 0, 360, (70, 60, 60), -1)
        brow = eye[0], eye[1] - size // 8
        cv2.ellipse(made, brow, (size // 7, size // 28), 0, 0, 360, (90, 80, 80), -1)
    nose = np.array([[middle, size // 2], [middle - size // 12, size * 2 // 3]])
    cv2.polylines(made, [nose.astype(np.int32)], False, (140, 130, 130), size // 40 + 1)
    mouth = middle, size * 4 // 5
    cv2.ellipse(made, mouth, (size // 6, size // 24), 0, 0, 360, (90, 50, 60), -1)
    return cv2.GaussianBlur(made, (0, 0), size / 40)  # type: ignore[return-value]  # it says no more than an array


def subject(width: int, height: int, x: int, y: int, radius: int) -> Pixels:
    """A ball with a light on it, before an even wall."""
    rows, columns = np.mgrid[0:height, 0:width]
    made = np.full((height, width, 3), (196, 200, 204), np.float32)
    made -= (rows / height * 20)[:, :, None]
    inside = np.hypot(columns - x, rows - y) < radius
    light = np.clip(
        1 - np.hypot(columns - x + radius / 3, rows - y + radius / 3) / radius / 1.6,
        0,
        1,
    )
    made[inside] = np.array((200, 40, 30)) * (0.3 + 0.7 * light[inside][:, None])
    return np.clip(made, 0, 255).astype(np.uint8)


needs_network = pytest.mark.skipif(
    installed_weights() is None, reason="the network's weights are not installed"
)


@needs_network
def test_the_subject_is_kept_whole_where_it_goes_in(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "a", subject(600, 200, 480, 110, 60), "PNG")
    fill = {"op": "resize", "width": 150, "height": 150, "mode": "fill"}
    given: dict[str, Any] = {"weights": installed_weights()}
    found = made_of(path, fill | {"gravity": "subject"}, **given).astype(int)
    is_ball = found[:, :, 0] - found[:, :, 1] > 40
    assert is_ball.sum() > 0.97 * np.pi * 45**2
    columns = np.flatnonzero(is_ball.any(axis=0))
    assert abs((columns[0] + columns[-1]) / 2 - 75) < 12


@needs_network
def test_a_part_around_the_subject_has_the_room_that_was_asked_for(
    tmp_path: Path,
) -> None:
    path = samples.saved(tmp_path / "a", subject(600, 400, 300, 200, 80), "PNG")
    given: dict[str, Any] = {"weights": installed_weights()}
    close = {"op": "crop_to", "target": "subject", "padding": 0}
    tight = made_of(path, close, **given)
    assert abs(tight.shape[0] - 160) < 24 and abs(tight.shape[1] - 160) < 24
    wide = made_of(path, close | {"padding": 0.5}, **given)
    assert wide.shape[0] == pytest.approx(2 * tight.shape[0], abs=16)
    square = made_of(path, close | {"aspect": "2:1", "zoom": 0.5}, **given)
    assert square.shape[1] == pytest.approx(2 * square.shape[0], abs=2)


def test_without_a_network_attention_decides_with_a_warning(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "a", samples.photo(300, 100), "PNG")
    fill = {"op": "resize", "width": 100, "height": 100, "mode": "fill"}
    result = samples.run(path, [fill | {"gravity": "subject"}])
    assert any("no network" in text for text in result.warnings)
    found = samples.pixels_of(path, result)
    assert np.array_equal(found, made_of(path, fill | {"gravity": "attention"}))


def test_where_nothing_is_found_nothing_is_cut_off(tmp_path: Path) -> None:
    path = samples.saved(tmp_path / "a", np.full((90, 90, 3), 128, np.uint8), "PNG")
    for target in ("faces", "largest_face", "subject"):
        result = samples.run(path, [{"op": "crop_to", "target": target}])
        assert (result.width, result.height) == (90, 90)
        assert any(text.startswith("/operations/0") for text in result.warnings)


def test_faces_are_cut_out_all_or_the_largest(tmp_path: Path) -> None:
    pixels = np.full((300, 600, 3), 150, np.uint8)
    pixels[80:240, 60:220] = face(160)
    pixels[120:220, 440:540] = face(100)
    path = samples.saved(tmp_path / "a", pixels, "PNG")
    largest = samples.run(
        path, [{"op": "crop_to", "target": "largest_face", "padding": 0}]
    )
    every = samples.run(path, [{"op": "crop_to", "target": "faces", "padding": 0}])
    assert 100 < largest.width < 250 and every.width > 380
    padded = {"op": "crop_to", "target": "largest_face", "padding": 0.1}
    wide = samples.run(path, [padded])
    assert wide.width == pytest.approx(1.2 * largest.width, abs=2)
    fill = {"op": "resize", "width": 150, "height": 300, "mode": "fill"}
    kept = made_of(path, fill | {"gravity": "largest_face"})
    assert np.abs(kept[80:240].astype(int) - 150).max() > 60


def test_a_picture_is_looked_at_once_for_all_its_variants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if installed_weights() is None:
        pytest.skip("the network's weights are not installed")
    asked: list[Any] = []
    once = subject_weights

    def counted(*given: Any) -> Any:
        asked.append(given)
        return once(*given)

    monkeypatch.setattr(f"{Context.__module__}.subject_weights", counted)
    path = samples.saved(tmp_path / "a", samples.photo(90, 60), "PNG")
    fill = {"op": "resize", "mode": "fill", "gravity": "subject"}
    recipe = check_recipe(
        {
            "variants": [
                {"name": f"v{n}", "operations": [fill | {"width": n, "height": n}]}
                for n in (10, 20, 30)
            ]
        }
    )
    run_recipe(path, recipe, tmp_path / "out", weights=installed_weights())
    assert len(asked) == 1
