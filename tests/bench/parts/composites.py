"""Pictures of products before backgrounds, whose true alpha is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.bench.parts.products import SHAPES, Chance, Size, Thing, Values, octaves

SIZE = (1632, 1224)
"""Two megapixels."""

PHOTOS = Path(".make/photos/skimage/data")
TEXTURES = ("brick.png", "grass.png", "gravel.png")
SCENES = ("coffee.png", "rocket.jpg", "hubble_deep_field.jpg")


@dataclass(frozen=True)
class Composite:
    name: str
    image: NDArray[np.uint8]
    """H x W x 3, sRGB, as a JPEG of quality 92 gives it back."""
    alpha: Values
    """H x W, 0 to 1."""


def composites(seeds: range, size: Size = SIZE) -> Iterator[Composite]:
    """One for each seed; 36 in a row are every shape on every background."""
    for seed in seeds:
        shape = list(SHAPES)[seed % 6]
        ground = list(BACKGROUNDS)[seed // 6 % 6]
        yield composite(shape, ground, seed, size)


def composite(shape: str, ground: str, seed: int, size: Size) -> Composite:
    chance = np.random.default_rng(seed)
    thing = Thing(size, chance, pale=ground == "white_on_white")
    SHAPES[shape](thing)
    moved = _moved(thing)
    behind = BACKGROUNDS[ground](chance, size)
    behind = (
        behind * (1 - _shadow(thing, 0.35 if ground != "photo" else 0.5))[..., None]
    )
    over = moved[..., None]
    picture: Values = thing.colors * over + behind * (1 - over)
    return Composite(f"{shape}/{ground}/{seed}", stored(picture, chance), moved)


def stored(picture: Values, chance: Chance) -> NDArray[np.uint8]:
    """What a camera and a JPEG of quality 92 make of it: soft, with some noise."""
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.6), np.float32)
    picture = picture + chance.normal(0, 0.008, picture.shape)
    image = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(np.asarray(decoded, np.uint8)[..., ::-1])


def _moved(thing: Thing) -> Values:
    """Turned, shifted and scaled a little, as a product rarely is in the middle."""
    chance = thing.chance
    angle, scale = chance.uniform(-8, 8), chance.uniform(0.75, 1.1)
    turn = np.asarray(cv2.getRotationMatrix2D(thing.middle, angle, scale), np.float64)
    turn[:, 2] += chance.uniform(-0.08, 0.08, 2) * thing.unit
    colors = cv2.warpAffine(
        thing.colors, turn, thing.size, borderMode=cv2.BORDER_REPLICATE
    )
    thing.colors = np.asarray(colors, np.float32)
    thing.alpha = np.asarray(cv2.warpAffine(thing.alpha, turn, thing.size), np.float32)
    return thing.alpha


def _shadow(thing: Thing, strength: float) -> Values:
    """A soft shadow on the ground around the foot of the thing."""
    rows = np.flatnonzero(thing.alpha.max(axis=1) > 0.5)
    foot, width = int(rows[-1]), thing.size[0]
    columns = np.flatnonzero(
        thing.alpha[max(foot - 60, 0) : foot + 1].max(axis=0) > 0.5
    )
    drawn = np.zeros_like(thing.alpha)
    middle = int(columns.mean())
    axes = (max(int(np.ptp(columns) * 0.6), 20), int(width * 0.02))
    cv2.ellipse(drawn, (middle, foot - axes[1] // 2), axes, 0, 0, 360, strength, -1)
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), width * 0.012), np.float32)


def _flat(color: Values, size: Size) -> Values:
    width, height = size
    return np.broadcast_to(color, (height, width, 3)).astype(np.float32)


def _white(chance: Chance, size: Size) -> Values:
    width, height = size
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    falloff = 1 - chance.uniform(0.02, 0.12) * (x**2 + y**2)
    paper = np.array([0.98, 0.975, 0.97], np.float32)
    return np.asarray(_flat(paper, size) * falloff[..., None], np.float32)


def _color(chance: Chance, size: Size) -> Values:
    ground = _flat(chance.uniform(0.15, 0.95, 3).astype(np.float32), size)
    return ground + octaves(chance, size, 3)[..., None] * 0.03


def _table(chance: Chance, size: Size) -> Values:
    """A wall and a table, each with a grain, and a soft edge between them."""
    width, height = size
    wall, table = chance.uniform(0.3, 0.9, (2, 3)).astype(np.float32)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    edge = 1 / (1 + np.exp((chance.uniform(0.5, 0.75) - rows) * 80))
    wood = octaves(chance, (width, height * 6), 4)[::6] * 0.08
    mixed = _flat(wall, size) * (1 - edge) + (table + wood[..., None]) * edge
    return np.asarray(mixed, np.float32)


def _busy(chance: Chance, size: Size) -> Values:
    """Things out of focus behind the product."""
    width, height = size
    ground = _color(chance, size).copy()
    middle = float(ground.mean())
    for _ in range(60):
        tone = [float(v) for v in chance.uniform(-0.4, 0.4, 3) + middle]
        at = (int(chance.integers(0, width)), int(chance.integers(0, height)))
        radius = int(chance.integers(20, 200))
        if chance.random() < 0.5:
            cv2.circle(ground, at, radius, tone, -1)
        else:
            other = (at[0] + radius, at[1] + int(chance.integers(20, 300)))
            cv2.rectangle(ground, at, other, tone, -1)
    soft = cv2.GaussianBlur(ground, (0, 0), chance.uniform(10, 24))
    return np.asarray(soft + octaves(chance, size)[..., None] * 0.04, np.float32)


def _photo(chance: Chance, size: Size) -> Values:
    """A part of a real photo; the busy background where there are none."""
    names = TEXTURES + SCENES
    path = PHOTOS / names[int(chance.integers(len(names)))]
    read = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if read is None:
        return _busy(chance, size)
    photo = np.asarray(read[..., ::-1], np.float32) / 255
    height, width = photo.shape[:2]
    side = int(min(height, width * size[1] / size[0]) * chance.uniform(0.5, 0.9))
    wide = int(side * size[0] / size[1])
    top = int(chance.integers(0, height - side))
    left = int(chance.integers(0, max(width - wide, 1)))
    part = photo[top : top + side, left : left + wide]
    tint = chance.uniform(0.7, 1, 3) if path.name in TEXTURES else 1.0
    large = cv2.resize(part, size, interpolation=cv2.INTER_CUBIC) * tint
    blur = 0.8 if path.name in TEXTURES else chance.uniform(6, 14)
    return np.asarray(cv2.GaussianBlur(large, (0, 0), blur), np.float32)


BACKGROUNDS: dict[str, Callable[[Chance, Size], Values]] = {
    "white": _white,
    "white_on_white": _white,
    "color": _color,
    "table": _table,
    "busy": _busy,
    "photo": _photo,
}


def has_photos() -> bool:
    return (PHOTOS / TEXTURES[0]).is_file()
