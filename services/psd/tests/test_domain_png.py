"""The PNG encoder, read back by Pillow."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onemanage.psd.domain.png import write_png

from .samples import noise


@pytest.mark.parametrize(
    ("channels", "mode"), [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")]
)
@pytest.mark.parametrize("size", [(1, 1), (3, 5), (700, 1300)])
def test_pixels_come_back_as_they_were(
    tmp_path: Path, channels: int, mode: str, size: tuple[int, int]
) -> None:
    pixels = noise(*size, channels)
    written = write_png(tmp_path, "deep/er/a.png", pixels)
    with Image.open(tmp_path / written.path) as image:
        image.load()
        assert image.mode == mode
        assert np.array_equal(np.asarray(image).reshape(pixels.shape), pixels)
    assert (written.height, written.width) == size


def test_the_description_is_that_of_the_file(tmp_path: Path) -> None:
    written = write_png(tmp_path, "a.png", noise(30, 40, 4))
    data = (tmp_path / "a.png").read_bytes()
    assert written.size == len(data)
    assert written.sha256 == hashlib.sha256(data).hexdigest()


def test_the_same_pixels_make_the_same_bytes(tmp_path: Path) -> None:
    pixels = noise(600, 900, 4)
    first = write_png(tmp_path, "a.png", pixels)
    second = write_png(tmp_path, "b.png", pixels.copy())
    assert first.sha256 == second.sha256


def test_a_part_of_a_larger_array_is_written_alone(tmp_path: Path) -> None:
    pixels = noise(50, 60, 4)[5:25, 7:37, :3]
    write_png(tmp_path, "a.png", pixels)
    with Image.open(tmp_path / "a.png") as image:
        assert np.array_equal(np.asarray(image), pixels)


def test_an_image_without_area_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="without area"):
        write_png(tmp_path, "a.png", noise(0, 5, 3))
    assert not (tmp_path / "a.png").exists()
