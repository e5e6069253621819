"""Sixty pictures that are hard to cut out, ten kinds of six, with their true alpha."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from tests.bench.parts.composites import BACKGROUNDS, SIZE, Composite, stored
from tests.bench.parts.hard_things import (
    flag,
    flower,
    glass,
    mug,
    portrait,
    wreath,
)
from tests.bench.parts.products import SHAPES, Chance, Size, Thing, Values

SEEDS = {"tuning": range(0, 60, 2), "held out": range(1, 60, 2)}
"""Half of each kind on either side."""

STAGE = 900
"""Pixels of the square on which one thing is drawn before it is placed."""

GROUNDS = ("white", "color", "table", "busy", "photo", "color")


@dataclass(frozen=True)
class Graded(Composite):
    kind: str


class Scene:
    """A background, and what has been put before it."""

    def __init__(self, chance: Chance, size: Size, ground: str) -> None:
        width, height = size
        self.chance, self.size = chance, size
        self.behind: Values = BACKGROUNDS[ground](chance, size)
        self.colors: Values = np.zeros((height, width, 3), np.float32)
        self.alpha: Values = np.zeros((height, width), np.float32)
        self.shade: Values = np.zeros((height, width), np.float32)

    def put(
        self,
        draw: Callable[[Thing], None],
        at: tuple[float, float],
        tall: float,
        pale: bool = False,
    ) -> None:
        """A thing with its middle at shares of width and height, ``tall`` a share of
        the height, with a soft shadow below its foot."""
        thing = Thing((STAGE, STAGE), self.chance, pale)
        draw(thing)
        rows, columns = (np.flatnonzero(thing.alpha.max(axis=i) > 0.1) for i in (1, 0))
        scale = tall * self.size[1] / max(np.ptp(rows), 0.8 * np.ptp(columns))
        middle = np.array([columns.mean(), rows.mean()])
        turn = cv2.getRotationMatrix2D((0, 0), self.chance.uniform(-5, 5), scale)
        target = np.array([at[0] * self.size[0], at[1] * self.size[1]])
        turn[:, 2] = target - turn[:, :2] @ middle
        if scale < 0.7:
            thing.colors = np.asarray(cv2.GaussianBlur(thing.colors, (0, 0), 0.5))
        colors = cv2.warpAffine(
            thing.colors, turn, self.size, borderMode=cv2.BORDER_REPLICATE
        )
        alpha = np.asarray(cv2.warpAffine(thing.alpha, turn, self.size), np.float32)
        self.lay(np.asarray(colors, np.float32), alpha)
        self._stand(alpha)

    def lay(self, colors: Values, alpha: Values) -> None:
        """Before what is there, as far as it is opaque."""
        over = alpha[..., None]
        rest = self.alpha[..., None] * (1 - over)
        total = np.maximum(over + rest, 1e-6)
        self.colors = (colors * over + self.colors * rest) / total
        self.alpha = alpha + self.alpha * (1 - alpha)

    def _stand(self, alpha: Values, strength: float = 0.35) -> None:
        rows = np.flatnonzero(alpha.max(axis=1) > 0.5)
        if not len(rows):
            return
        foot = int(rows[-1])
        columns = np.flatnonzero(alpha[max(foot - 40, 0) : foot + 1].max(axis=0) > 0.5)
        drawn = np.zeros_like(self.shade)
        half = max(int(np.ptp(columns) * 0.6), 12)
        at = (int(columns.mean()), foot - 8)
        cv2.ellipse(drawn, at, (half, 16), 0, 0, 360, strength, -1)
        soft = cv2.GaussianBlur(drawn, (0, 0), self.size[0] * 0.008)
        self.shade = np.maximum(self.shade, np.asarray(soft, np.float32))

    def cast(self, strength: float) -> None:
        """A long shadow to the right of all that stands here, sharp near its foot."""
        foot = int(np.flatnonzero(self.alpha.max(axis=1) > 0.5)[-1])
        lean = self.chance.uniform(0.6, 1.1)
        flat = np.array([[1, -lean, lean * foot], [0, 0.35, 0.65 * foot]])
        fallen = cv2.warpAffine(self.alpha, flat, self.size)
        soft = cv2.GaussianBlur(fallen, (0, 0), self.size[0] * 0.004)
        self.shade = np.maximum(self.shade, np.asarray(soft, np.float32) * strength)

    def picture(self, kind: str, seed: int) -> Graded:
        behind = self.behind * (1 - self.shade[..., None])
        over = self.alpha[..., None]
        image = stored(self.colors * over + behind * (1 - over), self.chance)
        return Graded(f"{kind}/{seed}", image, self.alpha, kind)


def _any_shape(chance: Chance) -> Callable[[Thing], None]:
    return list(SHAPES.values())[int(chance.integers(len(SHAPES)))]


def _pair(scene: Scene) -> None:
    for x in (0.28, 0.72):
        tall = scene.chance.uniform(0.22, 0.75)
        scene.put(_any_shape(scene.chance), (x, 0.52), tall)


def _row(scene: Scene) -> None:
    count = int(scene.chance.integers(3, 6))
    for number in range(count):
        across = (number + 0.5) / count + scene.chance.uniform(-0.02, 0.02)
        down = scene.chance.uniform(0.35, 0.65)
        tall = scene.chance.uniform(0.7, 1.0) / count * 1.1
        scene.put(_any_shape(scene.chance), (across, down), tall)


def _hair(scene: Scene) -> None:
    scene.put(portrait, (scene.chance.uniform(0.42, 0.58), 0.55), 0.85)


def _flag(scene: Scene) -> None:
    scene.behind = flag(scene.behind, scene.chance)
    _hair(scene)


def _glass(scene: Scene) -> None:
    scene.put(glass, (scene.chance.uniform(0.4, 0.6), 0.52), 0.7)


def _holes(scene: Scene) -> None:
    draw = (mug, wreath, SHAPES["bag"])[int(scene.chance.integers(3))]
    scene.put(draw, (scene.chance.uniform(0.4, 0.6), 0.5), 0.7)


def _same_color(scene: Scene) -> None:
    """The thing has the ground's own colour, a little lighter or darker."""
    tone = scene.behind.mean(axis=(0, 1))
    shift = scene.chance.choice([-1, 1]) * scene.chance.uniform(0.015, 0.06)
    tone = np.clip(tone + shift, 0.08, 0.97).astype(np.float32)
    draw = SHAPES[str(scene.chance.choice(["bottle", "bag", "fur", "carton"]))]

    def toned(thing: Thing) -> None:
        thing.tone = tone
        draw(thing)

    scene.put(toned, (scene.chance.uniform(0.4, 0.6), 0.52), 0.65)


def _stems(scene: Scene) -> None:
    scene.put(SHAPES["plant"], (scene.chance.uniform(0.4, 0.6), 0.52), 0.85)


def _shadows(scene: Scene) -> None:
    scene.put(_any_shape(scene.chance), (scene.chance.uniform(0.3, 0.5), 0.5), 0.6)
    scene.cast(scene.chance.uniform(0.35, 0.6))


def _soft(scene: Scene) -> None:
    draw = flower if scene.chance.random() < 0.6 else SHAPES["fur"]
    scene.put(draw, (scene.chance.uniform(0.4, 0.6), 0.5), 0.75)


KINDS: dict[str, Callable[[Scene], None]] = {
    "pair": _pair,
    "row": _row,
    "hair": _hair,
    "flag": _flag,
    "glass": _glass,
    "holes": _holes,
    "same colour": _same_color,
    "stems": _stems,
    "shadows": _shadows,
    "petals and fur": _soft,
}

SEVERAL = ("pair", "row")


def graded(seeds: range, size: Size = SIZE) -> Iterator[Graded]:
    """One for each seed: seed // 6 is its kind, seed % 6 its ground."""
    for seed in seeds:
        kind = list(KINDS)[seed // 6 % len(KINDS)]
        scene = Scene(np.random.default_rng(1000 + seed), size, GROUNDS[seed % 6])
        KINDS[kind](scene)
        yield scene.picture(kind, seed)
