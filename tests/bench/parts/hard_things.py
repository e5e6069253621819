"""Things that are hard to cut out: hair, glass, handles, petals, and a flag behind."""

import cv2
import numpy as np

from tests.bench.parts.products import (
    Chance,
    Thing,
    Values,
    blob_points,
    box_points,
    lit,
    octaves,
)


def portrait(thing: Thing) -> None:
    """Head and shoulders, with single hairs that stand off."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    head = np.array([x, y - unit * 0.14])
    skin = np.array([0.85, 0.64, 0.52], np.float32) * chance.uniform(0.45, 1.1)
    dark = np.array([0.35, 0.22, 0.14], np.float32) * chance.uniform(0.3, 2.2)
    _hair_of(thing, head, dark)
    broad, low = unit * chance.uniform(0.3, 0.38), y + unit * 0.46
    shoulders = np.array(
        [
            [x - unit * 0.07, y + unit * 0.08],
            [x + unit * 0.07, y + unit * 0.08],
            [x + broad * 0.85, y + unit * 0.17],
            [x + broad, low],
            [x - broad, low],
            [x - broad * 0.85, y + unit * 0.17],
        ]
    )
    thing.solid(thing.polygon(shoulders), 0.06)
    neck = box_points(x, y + unit * 0.07, unit * 0.13, unit * 0.16)
    thing.solid(thing.polygon(neck), 0.02, skin * 0.9)
    turn = np.linspace(0, 2 * np.pi, 120)
    face = head + np.stack([0.125 * np.cos(turn), 0.17 * np.sin(turn)], 1) * unit
    thing.solid(thing.polygon(face), 0.02, skin)
    for side in (-1, 1):
        eye = head + [side * unit * 0.05, -unit * 0.02]
        spot = blob_points(chance, eye[0], eye[1], unit * 0.016, 0.1)
        thing.paint(thing.polygon(spot), np.full(thing.colors.shape, 0.08, np.float32))
    fringe = np.linspace(np.pi * 1.02, np.pi * 1.98, 60)
    outer = head + np.stack([0.14 * np.cos(fringe), 0.19 * np.sin(fringe)], 1) * unit
    inner = head + np.stack([0.11 * np.cos(fringe), 0.1 * np.sin(fringe)], 1) * unit
    thing.solid(thing.polygon(np.concatenate([outer, inner[::-1]])), 0.1, dark)


def _hair_of(thing: Thing, head: Values, tone: Values) -> None:
    chance, unit = thing.chance, thing.unit
    long = chance.uniform(0.2, 0.42)
    turn = np.linspace(np.pi * 0.85, np.pi * 2.15, 90)
    crown = head + np.stack([0.17 * np.cos(turn), 0.21 * np.sin(turn)], 1) * unit
    ends = np.array([[0.17, long], [-0.17, long]]) * unit + head
    mass = thing.polygon(np.concatenate([crown, ends]))
    fine = thing.fine()
    outline = np.concatenate([crown, ends])
    for at in outline[chance.integers(0, len(outline), 900)]:
        out = (at - head) / np.linalg.norm(at - head) + chance.normal(0, 0.3, 2)
        length = unit * min(0.02 + chance.exponential(0.035), 0.16)
        down = np.array([chance.normal(0, 0.3), chance.uniform(0.1, 1.0)])
        t = np.linspace(-0.4, 1, 12)[:, None]
        hair = at + out * length * t + down * length * t**2
        cv2.polylines(fine, [thing.fixed(hair)], False, 255, 2, cv2.LINE_8, 4)
    mask = np.maximum(mass, thing.coarse(fine) * 0.9)
    grain = octaves(chance, thing.size, 8)[..., None] * 0.12
    thing.paint(mask, lit(mask, tone + grain))


def glass(thing: Thing) -> None:
    """A tumbler that shows what is behind it, with a solid rim, foot and drink."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    tall, top = unit * chance.uniform(0.55, 0.7), unit * chance.uniform(0.16, 0.22)
    foot = top * chance.uniform(0.7, 0.95)
    high, low = y - tall / 2, y + tall / 2
    side = np.array(
        [[x - top, high], [x + top, high], [x + foot, low], [x - foot, low]]
    )
    tint = np.array([0.8, 0.86, 0.88], np.float32) * chance.uniform(0.75, 1.08)
    body = thing.polygon(side)
    sheen = np.clip(octaves(chance, thing.size, 3), -1, 1)
    clear = chance.uniform(0.52, 0.62) + 0.12 * sheen
    thing.paint(
        np.asarray(body * clear, np.float32), lit(body, tint + 0 * thing.colors)
    )
    level = chance.uniform(0.3, 0.6)
    wide = foot + (top - foot) * level
    surface = low - tall * level
    drink = np.array(
        [[x - wide, surface], [x + wide, surface], [x + foot, low], [x - foot, low]]
    )
    mask = thing.polygon(drink)
    thing.paint(
        np.asarray(mask * 0.78, np.float32),
        lit(mask, thing.color() + sheen[..., None] * 0.03),
    )
    base = box_points(x, low - unit * 0.012, 2 * foot, unit * 0.03)
    thing.paint(thing.polygon(base) * 0.9, lit(body, tint * 0.9 + 0 * thing.colors))
    turn = np.linspace(0, 2 * np.pi, 120)
    rim = np.stack([x + top * np.cos(turn), high + top * 0.14 * np.sin(turn)], 1)
    bright = np.full(thing.colors.shape, 0.94, np.float32)
    thing.paint(thing.stroke(rim, unit * 0.007) * 0.92, bright)
    for edge in (side[[0, 3]], side[[1, 2]]):
        thing.paint(thing.stroke(edge, unit * 0.008) * 0.85, bright * 0.75)


def mug(thing: Thing) -> None:
    """A cup whose handle the background shows through."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    wide, tall = unit * chance.uniform(0.2, 0.26), unit * chance.uniform(0.42, 0.56)
    tone = thing.color()
    turn = np.linspace(-np.pi / 2, np.pi / 2, 60)
    reach = unit * chance.uniform(0.14, 0.2)
    handle = np.stack(
        [x + wide - 6 + reach * np.cos(turn), y + tall * 0.33 * np.sin(turn)], 1
    )
    thing.solid(thing.stroke(handle, unit * chance.uniform(0.03, 0.05)), 0.02, tone)
    thing.solid(thing.polygon(box_points(x, y, 2 * wide, tall)), 0.03, tone)
    s = np.linspace(0, 2 * np.pi, 120)
    for middle, scale, shade in ((y + tall / 2, 1.0, 1.0), (y - tall / 2, 1.0, 1.0)):
        oval = np.stack([x + wide * np.cos(s), middle + wide * 0.2 * np.sin(s)], 1)
        thing.solid(thing.polygon(oval), 0.02, tone * shade * scale)
    inside = np.stack(
        [x + wide * 0.9 * np.cos(s), y - tall / 2 + wide * 0.16 * np.sin(s)], 1
    )
    thing.solid(thing.polygon(inside), 0.02, tone * 0.5)


def wreath(thing: Thing) -> None:
    """A thick ring of leaves, or a smooth one."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    radius = unit * chance.uniform(0.26, 0.34)
    turn = np.linspace(0, 2 * np.pi, 200)
    ring = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], 1)
    thing.solid(thing.stroke(ring, unit * chance.uniform(0.07, 0.13)), 0.08)
    if chance.random() < 0.5:
        return
    for at in ring[chance.integers(0, len(ring), 45)]:
        leaf = blob_points(chance, at[0], at[1], unit * 0.05, 0.6)
        thing.solid(thing.polygon(leaf), 0.05)


def flower(thing: Thing) -> None:
    """Petals through which the light falls, a heart, and a stem."""
    chance, unit = thing.chance, thing.unit
    x, y = thing.middle
    heart = np.array([x, y - unit * 0.12])
    t = np.linspace(0, 1, 40)[:, None]
    foot = np.array([x + unit * chance.uniform(-0.1, 0.1), y + unit * 0.45])
    bend = np.array([x, y + unit * 0.2])
    stem = (1 - t) ** 2 * heart + 2 * t * (1 - t) * bend + t**2 * foot
    green = np.array([0.25, 0.5, 0.2], np.float32)
    thing.solid(thing.stroke(stem, unit * chance.uniform(0.01, 0.018)), 0.03, green)
    tone = thing.color()
    count = int(chance.integers(5, 9))
    start, long = chance.uniform(0, 6), unit * chance.uniform(0.2, 0.28)
    s = np.linspace(0, 2 * np.pi, 80)
    columns, rows = np.meshgrid(np.arange(thing.size[0]), np.arange(thing.size[1]))
    away = np.hypot(columns - heart[0], rows - heart[1]) / (2 * long)
    for number in range(count):
        angle = start + 2 * np.pi * number / count
        along = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-along[1], along[0]])
        oval = np.cos(s)[:, None] * along * long * 0.55
        oval = oval + np.sin(s)[:, None] * across * long * 0.36
        mask = thing.polygon(heart + along * long * 0.6 + oval)
        clear = np.clip(1.05 - 0.5 * away, 0.5, 1).astype(np.float32)
        thing.paint(mask * clear, lit(mask, tone + 0.3 * away[..., None]))
    spot = blob_points(chance, heart[0], heart[1], long * 0.28, 0.1)
    yellow = np.array([0.85, 0.65, 0.15], np.float32)
    thing.solid(thing.polygon(spot), 0.1, yellow)


def flag(behind: Values, chance: Chance) -> Values:
    """A striped cloth that hangs over a part of the background, in folds."""
    height, width = behind.shape[:2]
    left = int(width * chance.uniform(0.0, 0.25))
    right = int(width * chance.uniform(0.5, 0.8))
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    fold = np.sin(columns / width * chance.uniform(18, 34) + rows / height * 3)
    stripes = int(chance.integers(5, 10))
    which = ((rows + 24 * fold) / height * stripes).astype(np.int32) % 2
    first, second = chance.uniform(0.1, 0.95, (2, 3)).astype(np.float32)
    cloth = (
        np.where(which[..., None] == 0, first, second) * (0.85 + 0.13 * fold)[..., None]
    )
    inside = ((columns > left) & (columns < right)).astype(np.float32)
    inside = np.asarray(cv2.GaussianBlur(inside, (0, 0), 3), np.float32)[..., None]
    soft = np.asarray(cv2.GaussianBlur(cloth, (0, 0), 2.5), np.float32)
    return np.asarray(soft * inside + behind * (1 - inside), np.float32)
