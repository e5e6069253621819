"""The pictures that docs/imaging.md shows its operations on, drawn by code."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

type Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 360, 240

_MARK = {"file_id": "fil_logo", "scale": 0.22, "opacity": 0.9}
EXAMPLES: dict[str, list[dict[str, Any]]] = {
    "resize": [
        {
            "op": "resize",
            "width": 240,
            "height": 240,
            "mode": "pad",
            "background": "#e8e4da",
        }
    ],
    "crop": [{"op": "crop", "width": 160, "height": 160, "gravity": "attention"}],
    "trim": [
        {"op": "border", "width": 40, "color": "#ffffff"},
        {"op": "trim", "margin": 4},
    ],
    "rotate": [{"op": "rotate", "angle": 12, "background": "#ffffff"}],
    "flip": [{"op": "flip", "direction": "horizontal"}],
    "sharpen": [{"op": "sharpen", "sigma": 1.5, "amount": 2}],
    "blur": [{"op": "blur", "sigma": 4}],
    "denoise": [{"op": "denoise", "strength": 40}],
    "adjust": [{"op": "adjust", "brightness": 15, "contrast": 25, "saturation": 50}],
    "auto_levels": [
        {"op": "adjust", "contrast": -60},
        {"op": "auto_levels", "clip": 0.5},
    ],
    "grayscale": [{"op": "grayscale"}],
    "tint": [{"op": "tint", "color": "#b5763a"}],
    "rounded_corners": [{"op": "rounded_corners", "radius": 40}],
    "border": [{"op": "border", "width": 12, "color": "#2f3e46"}],
    "drop_shadow": [
        {"op": "drop_shadow", "dx": 6, "dy": 10, "blur": 8, "opacity": 0.5}
    ],
    "background": [
        {"op": "rounded_corners", "radius": 100, "unit": "percent"},
        {"op": "background", "color": "#ffd166"},
    ],
    "image_watermark": [{"op": "image_watermark", **_MARK, "position": "north_east"}],
    "text_watermark": [
        {
            "op": "text_watermark",
            "text": "見本 Sample",
            "tiled": True,
            "angle": -25,
            "scale": 0.35,
        }
    ],
    "gamma": [{"op": "gamma", "value": 1.6}],
    "curves": [
        {
            "op": "curves",
            "master": [
                {"x": 0, "y": 0},
                {"x": 64, "y": 40},
                {"x": 192, "y": 220},
                {"x": 255, "y": 255},
            ],
            "blue": [{"x": 0, "y": 40}, {"x": 255, "y": 220}],
        }
    ],
    "equalize": [{"op": "equalize"}],
    "clahe": [{"op": "clahe", "limit": 4, "tiles": 4}],
    "shadows_highlights": [
        {"op": "shadows_highlights", "shadows": 60, "highlights": 40}
    ],
    "white_balance": [{"op": "white_balance", "temperature": -60, "tint": 10}],
    "vibrance": [{"op": "vibrance", "amount": 80}],
    "hue": [{"op": "hue", "angle": 140}],
    "color_matrix": [
        {
            "op": "color_matrix",
            "matrix": [[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0.1]],
        }
    ],
    "lut": [{"op": "lut", "file_id": "fil_grade"}],
    "make_transparent": [
        {"op": "make_transparent", "color": "#3a5c4a", "tolerance": 12}
    ],
    "negate": [{"op": "negate"}],
    "solarize": [{"op": "solarize", "level": 140}],
    "posterize": [{"op": "posterize", "levels": 4}],
    "threshold": [{"op": "threshold"}],
    "sepia": [{"op": "sepia", "amount": 0.9}],
    "duotone": [{"op": "duotone", "shadows": "#3a0ca3", "highlights": "#ffe5b4"}],
    "colorize": [
        {"op": "colorize", "color": "#2a9d8f", "opacity": 0.8, "blend": "color"}
    ],
    "gradient": [
        {
            "op": "gradient",
            "stops": [
                {"color": "#00000000", "at": 0.35},
                {"color": "#14213de6", "at": 1},
            ],
        }
    ],
    "vignette": [{"op": "vignette", "amount": 0.8, "radius": 0.3}],
    "grain": [{"op": "grain", "amount": 18, "size": 1.5}],
    "pixelate": [{"op": "pixelate", "size": 12}],
    "median": [{"op": "median", "radius": 4}],
    "convolve": [
        {
            "op": "convolve",
            "kernel": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
        }
    ],
    "obscure": [
        {
            "op": "obscure",
            "x": 54,
            "y": 92,
            "width": 80,
            "height": 96,
            "how": "pixelate",
        }
    ],
    "crop_aspect": [
        {"op": "crop_aspect", "aspect": "1:1", "focus": {"x": 0.26, "y": 0.6}}
    ],
    "crop_to": [
        {"op": "crop_to", "target": "subject", "padding": 0.05, "aspect": "4:3"}
    ],
    "pad": [{"op": "pad", "aspect": "2:1", "fill": "blur"}],
    "affine": [
        {
            "op": "affine",
            "scale_x": 0.8,
            "scale_y": 0.8,
            "skew_x": -12,
            "background": "#ffffff",
        }
    ],
    "perspective": [
        {
            "op": "perspective",
            "mode": "place",
            "corners": [
                {"x": 0.08, "y": 0.16},
                {"x": 1, "y": 0},
                {"x": 0.92, "y": 1},
                {"x": 0, "y": 0.8},
            ],
            "background": "#ffffff",
        }
    ],
    "composite": [
        {
            "op": "composite",
            "layers": [
                {
                    "color": "#e76f51",
                    "width": 50,
                    "height": 100,
                    "unit": "percent",
                    "position": "west",
                    "blend": "multiply",
                },
                {
                    "file_id": "fil_logo",
                    "scale": 0.4,
                    "position": "east",
                    "offset": {"x": 16},
                    "angle": 8,
                    "blend": "hard_light",
                },
            ],
        }
    ],
    "text": [
        {
            "op": "text",
            "text": "Evening by the lake, 湖のほとりの夕暮れ",
            "size": 22,
            "width": 190,
            "align": "centre",
            "color": "#ffffff",
            "font": {"weight": 700},
            "panel": {"color": "#1d3557c0", "padding": 12, "radius": 10},
            "position": "south_east",
        }
    ],
}
"""What is shown of each; the last step is the one that is meant."""

_SHADOW = {"shadow": {"opacity": 0.45}}
BACKGROUNDS: dict[str, dict[str, Any]] = {
    "transparent": {},
    "solid": {"fill": {"type": "solid", "color": "#ffffff"}, **_SHADOW},
    "gradient": {
        "fill": {"type": "gradient", "colors": ["#fdf0d5", "#c1121f"], "angle": 150},
        **_SHADOW,
    },
    "blur": {"fill": {"type": "blur", "radius": 0.05}},
    "picture": {
        "fill": {"type": "picture", "file_id": "fil_scene", "blur": 0.01},
        **_SHADOW,
    },
    "sweep": {"fill": {"type": "sweep"}, **_SHADOW, "reflection": {"opacity": 0.2}},
}


def grade() -> str:
    """A .cube of nine points a side: teal shadows, orange lights."""
    steps = np.linspace(0, 1, 9)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colors = np.stack([red, green, blue], axis=-1).reshape(-1, 3)
    light = colors @ (0.299, 0.587, 0.114)
    cast = np.outer(1 - light, (-0.06, 0.05, 0.10)) + np.outer(
        light, (0.12, 0.02, -0.12)
    )
    made = np.clip(colors + cast, 0, 1)
    rows = (" ".join(f"{value:.4f}" for value in row) for row in made)
    return "\n".join(['TITLE "Evening"', "LUT_3D_SIZE 9", *rows])


def scene() -> Pixels:
    """Hills, a lake and a house in the evening; RGB."""
    y = np.linspace(0, 1, HEIGHT)[:, None, None]
    sky = np.array([70, 110, 170]) * (1 - y) + np.array([250, 190, 120]) * y
    made = np.repeat(sky, WIDTH, axis=1)
    chance = np.random.default_rng(4)
    made += chance.normal(0, 5, made.shape)
    image = np.clip(made, 0, 255).astype(np.uint8)
    cv2.circle(image, (270, 70), 22, (255, 236, 170), -1, cv2.LINE_AA)
    x = np.arange(WIDTH)
    for base, height, color in ((130, 26, (84, 96, 120)), (160, 18, (58, 92, 74))):
        ridge = base - height * np.sin(x / 41 + base) - 9 * np.sin(x / 13)
        points = [[0, HEIGHT], *np.stack([x, ridge], axis=1).tolist(), [WIDTH, HEIGHT]]
        cv2.fillPoly(image, [np.array(points, np.int32)], color, cv2.LINE_AA)
    cv2.ellipse(
        image, (230, 214), (150, 34), 0, 0, 360, (96, 130, 160), -1, cv2.LINE_AA
    )
    cv2.rectangle(image, (62, 128), (124, 184), (214, 198, 170), -1)
    roof = np.array([[54, 130], [93, 96], [132, 130]], np.int32)
    cv2.fillPoly(image, [roof], (160, 58, 44), cv2.LINE_AA)
    for left in (72, 102):
        cv2.rectangle(image, (left, 142), (left + 12, 158), (255, 214, 110), -1)
    return image


def vase() -> Pixels:
    """A vase on a table, as somebody takes a picture of something to sell; RGB."""
    chance = np.random.default_rng(9)
    wall = np.full((HEIGHT, WIDTH, 3), (206, 198, 186), np.float64)
    wall[170:] = (158, 132, 108)
    wall += chance.normal(0, 4, wall.shape)
    y = np.arange(48, 214)
    part = (y - 48) / 166
    half = 26 + 34 * np.sin(np.pi * part**1.15) ** 2 - 8 * part
    for row, width in zip(y, half, strict=True):
        x = np.arange(round(180 - width), round(180 + width))
        across = (x - 180) / width
        light = 0.45 + 0.55 * np.clip(1 - (across + 0.35) ** 2 * 1.3, 0, 1)
        band = (30, 90, 140) if not 0.42 < part[row - 48] < 0.56 else (226, 180, 80)
        wall[row, x] = np.array(band) * light[:, None]
    image = np.clip(wall, 0, 255).astype(np.uint8)
    cv2.ellipse(image, (180, 48), (26, 6), 0, 0, 360, (18, 46, 72), -1, cv2.LINE_AA)
    return image
