"""Pictures for the bench, made from a seed: as large and as busy as photographs are."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

type Pixels = NDArray[np.uint8]

SIZES = {12: (4000, 3000), 24: (6000, 4000), 48: (8000, 6000)}
"""Width and height by megapixels."""


def photo(width: int, height: int, seed: int) -> Pixels:
    """RGB with detail at every scale, hard edges, texture and a sensor's noise.

    Octaves of noise whose strength falls with their frequency have the spectrum of
    natural images (Field 1987); shapes with edges lie on them.
    """
    chance = np.random.default_rng(seed)
    plane = np.zeros((height, width, 3), np.float32)
    cells = 4
    while cells < max(width, height) // 2:
        shape = max(2, cells * height // max(width, height)), cells
        gray = chance.normal(0, 1, (*shape, 1)) + 0.25 * chance.normal(
            0, 1, (*shape, 3)
        )
        size = width, height
        octave = cv2.resize(
            gray.astype(np.float32), size, interpolation=cv2.INTER_CUBIC
        )
        plane += octave * np.float32(60 / cells**0.55)
        cells *= 2
    plane += 120
    for _ in range(60):
        _shape(chance, plane)
    for top in range(0, height, 500):  # noise by strips: it takes doubles
        part = plane[top : top + 500]
        part += chance.normal(0, 2.5, part.shape).astype(np.float32)
    return np.clip(plane, 0, 255).astype(np.uint8)


def _shape(chance: np.random.Generator, plane: NDArray[np.float32]) -> None:
    """A patch of another colour that keeps the texture."""
    height, width = plane.shape[:2]
    middle = int(chance.integers(0, width)), int(chance.integers(0, height))
    axes = [int(value) for value in chance.integers(width // 80, width // 8, 2)]
    mask = np.zeros((height, width), np.uint8)
    angle = float(chance.uniform(0, 180))
    cv2.ellipse(mask, middle, axes, angle, 0, 360, 255, -1, cv2.LINE_AA)
    left, top, across, down = cv2.boundingRect(mask)
    area = slice(top, top + down), slice(left, left + across)
    shift = chance.normal(0, 45, 3).astype(np.float32)
    plane[area] += mask[area][:, :, None].astype(np.float32) / 255 * shift


def jpeg(path: Path, megapixels: int) -> Path:
    width, height = SIZES[megapixels]
    image = Image.fromarray(photo(width, height, megapixels))
    image.save(path, "JPEG", quality=90, subsampling=2)
    return path


def cutout(path: Path) -> Path:
    """A 4k picture with a soft hole, as RGBA PNG."""
    width, height = 3840, 2160
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    alpha = np.clip((1 - np.hypot(x, y)) * 4, 0, 1) * 255
    pixels = np.dstack([photo(width, height, 4), alpha.astype(np.uint8)])
    Image.fromarray(pixels).save(path, "PNG", compress_level=4)
    return path


def logo(path: Path) -> Path:
    """A small mark with alpha."""
    mark = np.zeros((120, 400, 4), np.uint8)
    cv2.putText(
        mark, "OneManage", (10, 80), 0, 2.1, (255, 255, 255, 255), 6, cv2.LINE_AA
    )
    Image.fromarray(mark).save(path, "PNG")
    return path
