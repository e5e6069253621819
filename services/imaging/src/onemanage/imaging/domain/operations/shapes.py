"""What surrounds an image: corners, frame, shadow, ground."""

import math
from dataclasses import replace
from typing import cast

import cv2
import numpy as np

from onemanage.contracts.imaging.operations.shapes import (
    Background,
    Border,
    DropShadow,
    RoundedCorners,
)
from onemanage.imaging.domain.operations.blend import on_color, over
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.look import soft
from onemanage.imaging.domain.picture import Picture, Pixels, color, with_alpha


def rounded_corners(
    picture: Picture, operation: RoundedCorners, context: Context
) -> Picture:
    """Corners of a radius, cut out by alpha."""
    half = min(picture.width, picture.height) / 2
    radius = operation.radius
    if operation.unit == "percent":
        radius = half * min(100.0, radius) / 100
    radius = min(radius, half)
    size = math.ceil(radius)
    if size == 0:
        return picture
    # How much of a pixel lies within the circle, by its distance from the edge
    away = radius - (np.arange(size, dtype=np.float32) + 0.5)
    inside = radius - np.hypot(away[:, None], away[None, :]) + 0.5
    corner = np.clip(inside, 0, 1)

    def rounded(frame: Pixels) -> Pixels:
        made = with_alpha(frame).copy()
        alpha = made[:, :, 3]
        for part in (alpha, alpha[:, ::-1], alpha[::-1], alpha[::-1, ::-1]):
            area = part[:size, :size]
            area[:] = np.rint(area * corner).astype(np.uint8)
        return made

    return picture.mapped(rounded)


def border(picture: Picture, operation: Border, context: Context) -> Picture:
    """A frame around it, which makes it larger. Raises InvalidImage above the caps."""
    width, frame_color = operation.width, color(operation.color)
    context.check_area(picture.width + 2 * width, picture.height + 2 * width)

    def framed(frame: Pixels) -> Pixels:
        inner = frame if frame_color[3] == 255 else with_alpha(frame)
        value = frame_color[: inner.shape[2]]
        made = cv2.copyMakeBorder(
            inner, width, width, width, width, cv2.BORDER_CONSTANT, value=value
        )
        return cast(Pixels, made)

    return replace(picture.mapped(framed), scale=(1.0, 1.0))


def drop_shadow(picture: Picture, operation: DropShadow, context: Context) -> Picture:
    """A soft shadow below it, on ground that grows to hold it.

    Raises InvalidImage above the caps.
    """
    reach = math.ceil(operation.blur * 2.5)
    left, right = max(0, reach - operation.dx), max(0, reach + operation.dx)
    top, bottom = max(0, reach - operation.dy), max(0, reach + operation.dy)
    width = picture.width + left + right
    height = picture.height + top + bottom
    context.check_area(width, height)
    *ink, strength = color(operation.color)

    def shaded(frame: Pixels) -> Pixels:
        image = with_alpha(frame)
        shade = np.zeros((height, width), np.uint8)
        x, y = left + operation.dx, top + operation.dy
        shade[y : y + picture.height, x : x + picture.width] = image[:, :, 3]
        if operation.blur:
            shade = soft(shade, operation.blur)
        ground = np.empty((height, width, 4), np.uint8)
        ground[:, :, :3] = ink
        factor = np.float32(operation.opacity * strength / 255)
        ground[:, :, 3] = np.rint(shade * factor).astype(np.uint8)
        return over(ground, image, left, top)

    return replace(picture.mapped(shaded), scale=(1.0, 1.0))


def background(picture: Picture, operation: Background, context: Context) -> Picture:
    """Laid on a colour."""
    ground = color(operation.color)
    return picture.mapped(lambda frame: on_color(frame, ground))
