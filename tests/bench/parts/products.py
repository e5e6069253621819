"""Product-like things drawn from a seed, with their exact alpha.

Each function of ``SHAPES`` gives colours (H x W x 3, float32, 0 to 1) and alpha
(H x W, float32, 0 to 1). Edges are drawn at twice the size and averaged.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.floating[Any]]
type Chance = np.random.Generator
type Size = tuple[int, int]
"""Width and height."""

FINE = 2


class Thing:
    """A drawing that grows part by part, each before those that were there."""

    def __init__(self, size: Size, chance: Chance, pale: bool) -> None:
        width, height = size
        self.size = size
        self.chance = chance
        self.pale = pale
        self.tone: Values | None = None
        """The colour of all its parts, about; None for each its own."""
        self.colors: Values = np.zeros((height, width, 3), np.float32)
        self.alpha: Values = np.zeros((height, width), np.float32)
        self.unit = min(size)

    @property
    def middle(self) -> tuple[float, float]:
        width, height = self.size
        return width / 2, height / 2

    def color(self) -> Values:
        if self.tone is not None:
            near = self.tone + self.chance.uniform(-0.02, 0.02, 3)
            return np.asarray(np.clip(near, 0, 1), np.float32)
        if self.pale:
            return np.asarray(0.86 + 0.1 * self.chance.random(3), np.float32)
        hue, saturation, value = self.chance.random(3)
        hsv = [360 * hue, 0.35 + 0.6 * saturation, 0.15 + 0.75 * value]
        one = np.array([[hsv]], np.float32)
        return np.asarray(cv2.cvtColor(one, cv2.COLOR_HSV2RGB), np.float32).ravel()

    def paint(self, mask: Values, colors: Values) -> None:
        over = mask[..., None]
        self.colors = self.colors * (1 - over) + colors * over
        self.alpha = self.alpha * (1 - mask) + mask

    def solid(self, mask: Values, texture: float, tone: Values | None = None) -> None:
        """A body of one colour, lit from the upper left, with a texture on it."""
        grain = octaves(self.chance, self.size)[..., None] * texture
        self.paint(mask, lit(mask, (self.color() if tone is None else tone) + grain))

    def polygon(self, points: NDArray[np.float64]) -> Values:
        fine = self.fine()
        cv2.fillPoly(fine, [self.fixed(points)], 255, cv2.LINE_8, 4)
        return self.coarse(fine)

    def stroke(self, points: NDArray[np.float64], thickness: float) -> Values:
        fine = self.fine()
        line = self.fixed(points)
        wide = max(1, round(thickness * FINE))
        cv2.polylines(fine, [line], False, 255, wide, cv2.LINE_8, 4)
        return self.coarse(fine)

    def fine(self) -> NDArray[np.uint8]:
        width, height = self.size
        return np.zeros((height * FINE, width * FINE), np.uint8)

    def fixed(self, points: NDArray[np.float64]) -> NDArray[np.int32]:
        return np.round(points * FINE * 16).astype(np.int32)

    def coarse(self, fine: NDArray[np.uint8]) -> Values:
        small = cv2.resize(fine, self.size, interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.float32) / 255


def octaves(chance: Chance, size: Size, coarsest: int = 5) -> Values:
    """Noise of many scales, about -1 to 1."""
    width, height = size
    total: Values = np.zeros((height, width), np.float32)
    for step in range(coarsest, 12):
        side = 2 ** (step - 2)
        grid = chance.standard_normal((side, side)).astype(np.float32)
        wide = cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)
        total += np.asarray(wide, np.float32) * 0.5 ** (step - coarsest) * 0.4
    return total


def lit(mask: Values, albedo: Values) -> Values:
    """Colours of a pillow of this outline under a light from the upper left."""
    inside = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    reach = max(float(inside.max()), 1.0)
    round_ = np.sqrt(np.clip(inside / reach, 0, 1)).astype(np.float32)
    soft = cv2.GaussianBlur(round_, (0, 0), max(reach / 12, 1))
    slope_x = cv2.Sobel(soft, cv2.CV_32F, 1, 0) * reach / 4
    slope_y = cv2.Sobel(soft, cv2.CV_32F, 0, 1) * reach / 4
    norm = np.sqrt(slope_x**2 + slope_y**2 + 1)
    light = (0.5 * slope_x + 0.6 * slope_y + 0.62) / norm
    shade = 0.62 + 0.42 * np.clip(light, 0, 1)
    gloss = 0.25 * np.clip(light, 0, 1) ** 24
    return np.asarray(np.clip(albedo * shade[..., None] + gloss[..., None], 0, 1))


def bottle(thing: Thing) -> None:
    """A body of revolution with a neck, a cap and a printed label."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    tall = unit * chance.uniform(0.62, 0.86)
    broad = tall * chance.uniform(0.28, 0.46)
    t = np.linspace(0, 1, 80)
    neck = chance.uniform(0.25, 0.5)
    shoulder = chance.uniform(0.25, 0.4)
    half = broad / 2 * np.where(t < shoulder * 0.6, neck, 1.0)
    half = np.convolve(np.pad(half, 6, mode="edge"), np.ones(13) / 13, "valid")
    rows = y - tall / 2 + t * tall
    outline = np.concatenate(
        [np.stack([x - half, rows], 1), np.stack([x + half, rows], 1)[::-1]]
    )
    thing.solid(thing.polygon(outline), 0.03)
    cap = box_points(x, y - tall / 2, broad * neck * 1.15, tall * 0.12)
    thing.solid(thing.polygon(cap), 0.02)
    label = box_points(x, y + tall * 0.18, broad * 0.999, tall * 0.36)
    printed(thing, thing.polygon(label), label)


def box_points(x: float, y: float, width: float, height: float) -> NDArray[np.float64]:
    w, h = width / 2, height / 2
    return np.array([[x - w, y - h], [x + w, y - h], [x + w, y + h], [x - w, y + h]])


def printed(thing: Thing, mask: Values, corners: NDArray[np.float64]) -> None:
    """A face with stripes and words on it."""
    ground = np.broadcast_to(thing.color(), thing.colors.shape).copy()
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    for line in range(4):
        at = (
            int(left + (right - left) * 0.12),
            int(top + (bottom - top) * (0.3 + line / 5)),
        )
        scale = float((right - left) / 260 * (1.4 if line == 0 else 0.7))
        ink = [float(v) for v in thing.color() * 0.8]
        cv2.putText(
            ground, "MORNING No 7"[line : line + 9], at, 2, scale, ink, 3, cv2.LINE_AA
        )
    thing.paint(mask, lit(mask, ground))


def carton(thing: Thing) -> None:
    """A box in perspective: three faces of different brightness."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    a, b = unit * chance.uniform(0.22, 0.36, 2)
    tall = unit * chance.uniform(0.3, 0.5)
    drop = chance.uniform(0.25, 0.5)
    front = np.array([x + (b - a) / 2, y - tall / 2 + unit * 0.08])
    left = front + np.array([-a, -a * drop])
    right = front + np.array([b, -b * drop])
    back = left + right - front
    down = np.array([0.0, tall])
    base = thing.color()
    faces = (
        (np.stack([left, back, right, front]), 1.0),
        (np.stack([left, front, front + down, left + down]), 0.8),
        (np.stack([front, right, right + down, front + down]), 0.58),
    )
    for points, shade in faces:
        mask = thing.polygon(points)
        grain = octaves(chance, thing.size)[..., None] * 0.03
        bright = max(shade, 0.9 if shade < 0.8 else 0.95) if thing.pale else shade
        thing.paint(mask, np.clip((base + grain) * bright, 0, 1).astype(np.float32))
    side = np.stack([left, front, front + down, left + down])
    inner = side.mean(axis=0) + (side - side.mean(axis=0)) * 0.6
    printed(thing, thing.polygon(inner), inner)


def blob_points(
    chance: Chance, x: float, y: float, radius: float, rough: float
) -> NDArray[np.float64]:
    turn = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    reach = np.full(turn.shape, 1.0)
    for wave in range(2, 7):
        reach += (
            rough / wave * chance.normal() * np.cos(wave * turn + chance.uniform(0, 6))
        )
    reach = np.clip(reach, 0.55, 1.5) * radius
    return np.stack([x + reach * np.cos(turn), y + reach * np.sin(turn)], 1)


def bag(thing: Thing) -> None:
    """A soft body with a handle that the background shows through."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    radius = unit * chance.uniform(0.2, 0.27)
    body = blob_points(chance, x, y + radius * 0.5, radius, 0.3)
    top = body[:, 1].min()
    turn = np.linspace(np.pi, 2 * np.pi, 60)
    wide, high = radius * chance.uniform(0.5, 0.75), radius * chance.uniform(0.8, 1.2)
    handle = np.stack(
        [x + wide * np.cos(turn), top + radius * 0.5 + high * 1.1 * np.sin(turn)], 1
    )
    thing.solid(thing.stroke(handle, unit * chance.uniform(0.018, 0.034)), 0.05)
    thing.solid(thing.polygon(body), 0.12)
    for _ in range(3):
        px, py = x + chance.normal() * radius * 0.3, y + radius * (
            0.5 + chance.normal() * 0.3
        )
        thing.solid(
            thing.polygon(blob_points(chance, px, py, radius * 0.12, 0.3)), 0.02
        )


def plant(thing: Thing) -> None:
    """A pot, thin stems and leaves."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    foot = y + unit * 0.36
    green = np.array([0.2, 0.45, 0.18], np.float32)
    for number in range(int(chance.integers(4, 8))):
        end = np.array(
            [x + unit * chance.uniform(-0.3, 0.3), y - unit * chance.uniform(0.1, 0.38)]
        )
        t = np.linspace(0, 1, 40)[:, None]
        start = np.array([x, foot - unit * 0.1])
        bend = np.array([x, end[1] + unit * 0.2])
        curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
        stem = thing.stroke(curve, unit * chance.uniform(0.004, 0.009))
        tone = thing.color() if thing.pale else green * chance.uniform(0.6, 1.4)
        thing.paint(stem, np.broadcast_to(tone, thing.colors.shape).astype(np.float32))
        if number % 2:
            leaf = blob_points(
                chance, end[0], end[1], unit * chance.uniform(0.04, 0.075), 0.5
            )
        else:
            spread = unit * chance.uniform(0.05, 0.09)
            turn = chance.uniform(0, np.pi)
            s = np.linspace(0, 2 * np.pi, 60)
            oval = np.stack([spread * np.cos(s), spread * 0.4 * np.sin(s)], 1)
            spin = np.array(
                [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
            )
            leaf = end + oval @ spin.T
        mask = thing.polygon(leaf)
        grain = octaves(chance, thing.size)[..., None] * 0.06
        thing.paint(mask, lit(mask, tone + grain))
    top, low, high = unit * chance.uniform(0.12, 0.17), foot, foot - unit * 0.22
    pot = np.array(
        [[x - top, high], [x + top, high], [x + top * 0.7, low], [x - top * 0.7, low]]
    )
    thing.solid(thing.polygon(pot), 0.05)


def fur(thing: Thing) -> None:
    """A soft toy with hair around it and a face."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    radius = unit * chance.uniform(0.2, 0.28)
    body = blob_points(chance, x, y, radius, 0.25)
    tone = thing.color()
    fine = thing.fine()
    for at in body[chance.integers(0, len(body), 2600)]:
        out = (at - [x, y]) / np.linalg.norm(at - [x, y])
        out = out + chance.normal(0, 0.35, 2)
        long = radius * min(0.03 + chance.exponential(0.05), 0.24)
        bend = chance.normal(0, 0.3, 2)
        t = np.linspace(-0.3, 1, 10)[:, None]
        hair = at + out * long * t + bend * long * t**2
        cv2.polylines(fine, [thing.fixed(hair)], False, 255, 2, cv2.LINE_8, 4)
    hairs = thing.coarse(fine)
    grain = octaves(chance, thing.size, 8)[..., None] * 0.16
    mask = np.maximum(thing.polygon(body), hairs)
    thing.paint(mask, lit(mask, tone + grain))
    for side in (-1, 1):
        eye = blob_points(
            chance, x + side * radius * 0.35, y - radius * 0.2, radius * 0.1, 0.1
        )
        thing.paint(thing.polygon(eye), np.full(thing.colors.shape, 0.06, np.float32))


def stool(thing: Thing) -> None:
    """A seat on four thin legs with a rung between them."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    wide, tall = unit * chance.uniform(0.2, 0.3), unit * chance.uniform(0.4, 0.6)
    top = y - tall / 2
    leg, tone = unit * chance.uniform(0.014, 0.026), thing.color()
    for side, depth in ((-1, 0.7), (1, 0.7), (-1, 1.0), (1, 1.0)):
        spread = wide * (1.15 if depth == 1.0 else 0.7)
        ends = np.array(
            [
                [x + side * wide * 0.75 * depth, top],
                [x + side * spread, top + tall * depth],
            ]
        )
        thing.solid(thing.stroke(ends, leg), 0.03, tone)
    rung = np.array(
        [[x - wide * 0.95, top + tall * 0.6], [x + wide * 0.95, top + tall * 0.6]]
    )
    thing.solid(thing.stroke(rung, leg * 0.8), 0.03, tone)
    s = np.linspace(0, 2 * np.pi, 120)
    seat = np.stack([x + wide * np.cos(s), top + wide * 0.3 * np.sin(s)], 1)
    thing.solid(thing.polygon(seat + [0, unit * 0.025]), 0.05)
    thing.solid(thing.polygon(seat), 0.08)


SHAPES: dict[str, Callable[[Thing], None]] = {
    "bottle": bottle,
    "carton": carton,
    "bag": bag,
    "plant": plant,
    "fur": fur,
    "stool": stool,
}
