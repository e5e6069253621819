"""Parts made unreadable: boxes, faces, the subject or what surrounds it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import cv2
import numpy as np

from onemanage.contracts.imaging.operations.regions import Obscure
from onemanage.imaging.domain.analysis.faces import faces
from onemanage.imaging.domain.arrays import Values, dot
from onemanage.imaging.domain.background.matting import guide
from onemanage.imaging.domain.operations.channels import rgb_of, strips
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.effects import in_squares
from onemanage.imaging.domain.operations.look import blurred
from onemanage.imaging.domain.operations.subjects import reduced
from onemanage.imaging.domain.picture import Picture, Pixels, color, with_alpha
from onemanage.imaging.errors import InvalidImage

_SHARE = 1 / 6
"""Of a part's shorter side, where no strength is given: few enough squares that a face
is nobody's."""
_LARGE_SHARES = {"subject": 1 / 20, "surroundings": 1 / 50}
"""The same of the image's shorter side."""
_MASK_SIDE = 1000
"""Pixels of the longer side at which the subject's outline is brought to edges."""
_REACH = 8
"""Pixels there that it is moved by at most."""
_NO_FACE = "{}: no face was found, nothing is hidden."

type Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels; it may project."""


def obscure(picture: Picture, operation: Obscure, context: Context) -> Picture:
    """Hide what is meant. Raises InvalidImage for a box outside the image."""
    if operation.target == "box":
        box = _box(picture, operation, context)
        return _hidden(picture, operation, [[box]] * len(picture.frames))
    if operation.target != "faces":
        return _by_subject(picture, operation, context)
    found = _faces(picture, operation)
    if not any(found):
        return picture.warned(_NO_FACE.format(context.where))
    return _hidden(picture, operation, found)


def _by_subject(picture: Picture, operation: Obscure, context: Context) -> Picture:
    side = min(picture.width, picture.height)
    strength = operation.strength or max(2.0, side * _LARGE_SHARES[operation.target])
    frames = []
    for frame in picture.frames:
        mask = _subject(frame, context)
        if operation.target == "surroundings":
            mask = 1 - mask
        # From what is hidden alone: the rest would shine into its neighbourhood.
        source = with_alpha(frame).copy()
        source[:, :, 3] = np.rint(source[:, :, 3] * mask)
        effect = _effect(source, operation, strength)[:, :, : frame.shape[2]]
        if operation.how == "fill":
            mask *= np.float32(color(operation.color)[3] / 255)
        else:
            effect[:, :, 3:] = frame[:, :, 3:]
        made = np.empty_like(frame)
        for rows in strips(frame):
            made[rows] = _replaced(frame[rows], effect[rows], mask[rows])
        frames.append(made)
    return replace(picture, frames=tuple(frames))


def _subject(frame: Pixels, context: Context) -> Values:
    """How much each pixel belongs to the subject, (height, width). Raises InvalidImage
    where nothing can find it: what was to be hidden must not be shown."""
    found = context.subject(frame)
    if found is None:
        text = "The network that finds subjects is not installed here. Name a box."
        raise InvalidImage("imaging.impossible", text, f"{context.where}/target")
    small = rgb_of(reduced(frame, _MASK_SIDE))
    rough = cv2.resize(found, small.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    slope, offset = guide(small, np.asarray(rough, np.float32), _REACH, 1e-4)
    alpha = dot(slope, np.asarray(small, np.float32)) / 255 + offset
    full = cv2.resize(alpha, frame.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(full, 0, 1), np.float32)


def _box(picture: Picture, operation: Obscure, context: Context) -> Box:
    sides = [operation.x, operation.y, operation.width, operation.height]
    x, y, width, height = (side or 0.0 for side in sides)
    if operation.unit == "percent":
        x, width = (value * picture.width / 100 for value in (x, width))
        y, height = (value * picture.height / 100 for value in (y, height))
    if x >= picture.width or y >= picture.height:
        text = (
            f"The box lies outside the image of {picture.width} x {picture.height} "
            "pixels. Move it."
        )
        raise InvalidImage("imaging.impossible", text, context.where)
    return x, y, x + width, y + height


def _faces(picture: Picture, operation: Obscure) -> list[list[Box]]:
    """Boxes for each frame: the faces of it and of its neighbours, as one that looks
    away for a moment is not found."""
    more = operation.grow / 100
    found = [
        [
            (
                face.left - more * face.width,
                face.top - more * face.height,
                face.left + (1 + more) * face.width,
                face.top + (1 + more) * face.height,
            )
            for face in faces(rgb_of(frame))
        ]
        for frame in picture.frames
    ]
    return [
        [box for near in found[max(0, number - 1) : number + 2] for box in near]
        for number in range(len(found))
    ]


def _hidden(
    picture: Picture, operation: Obscure, boxes: Sequence[Sequence[Box]]
) -> Picture:
    frames = []
    for frame, found in zip(picture.frames, boxes, strict=True):
        made = frame.copy()
        for box in found:
            _hide(made, operation, box)
        frames.append(made)
    return replace(picture, frames=tuple(frames))


def _hide(frame: Pixels, operation: Obscure, box: Box) -> None:
    """In place, from what lies within the box and its soft edge alone."""
    height, width = frame.shape[:2]
    reach = 4 * operation.feather
    left, top = max(0, math.floor(box[0] - reach)), max(0, math.floor(box[1] - reach))
    right = min(width, math.ceil(box[2] + reach))
    bottom = min(height, math.ceil(box[3] + reach))
    if left >= right or top >= bottom:
        return
    part = frame[top:bottom, left:right]
    mask = _mask(
        part, operation, (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    )
    side = min(box[2] - box[0], box[3] - box[1], *part.shape[:2])
    strength = operation.strength or max(2.0, side * _SHARE)
    effect = _effect(np.ascontiguousarray(part), operation, strength)
    if operation.how == "fill":
        mask *= np.float32(color(operation.color)[3] / 255)
    part[:] = _replaced(part, effect, mask)


def _effect(part: Pixels, operation: Obscure, strength: float) -> Pixels:
    if operation.how == "blur":
        return blurred(part, strength)
    if operation.how == "pixelate":
        return in_squares(part, max(1, round(strength)))
    ink = (*color(operation.color)[:3], 255)[: part.shape[2]]
    return np.full(part.shape, ink, np.uint8)


def _mask(part: Pixels, operation: Obscure, place: Box) -> Values:
    """(height, width), 1 all over the shape; a soft edge lies around it."""
    mask = _shape(part, operation.shape, place)
    if not operation.feather:
        return mask
    more = 2 * operation.feather
    sides = (place[0] - more, place[1] - more, place[2] + more, place[3] + more)
    larger = _shape(part, operation.shape, sides)
    soft = cv2.GaussianBlur(larger, (0, 0), operation.feather)
    return np.maximum(mask, cast(Values, soft))


def _shape(part: Pixels, shape: str, place: Box) -> Values:
    """Pixels that a rectangle touches, or how much of each lies in an ellipse."""
    height, width = part.shape[:2]
    left, top, right, bottom = place
    if shape == "rectangle":
        mask = np.zeros((height, width), np.float32)
        rows = slice(max(0, math.floor(top)), max(0, math.ceil(bottom)))
        mask[rows, max(0, math.floor(left)) : max(0, math.ceil(right))] = 1
        return mask
    x = (np.arange(width, dtype=np.float32) + 0.5 - (left + right) / 2) / (right - left)
    y = (np.arange(height, dtype=np.float32) + 0.5 - (top + bottom) / 2) / (
        bottom - top
    )
    away = np.sqrt(x[None] ** 2 + y[:, None] ** 2) * 2
    inside = (1 - away) * (min(right - left, bottom - top) / 2) + 0.5
    return np.asarray(np.clip(inside, 0, 1), np.float32)


def _replaced(part: Pixels, effect: Pixels, mask: Values) -> Pixels:
    """The effect where the mask is 1, the part where it is 0."""
    if float(mask.min()) == 1:
        return effect
    share = mask[:, :, None]
    if part.shape[2] == 3:
        mixed = part + (effect.astype(np.float32) - part) * share
        return np.rint(mixed).astype(np.uint8)
    before = part[:, :, 3:] * (1 - share)
    after = effect[:, :, 3:] * share
    alpha = before + after
    colors = part[:, :, :3] * before + effect[:, :, :3] * after
    colors /= np.maximum(alpha, np.float32(1e-6))
    return np.rint(np.dstack([colors, alpha])).astype(np.uint8)
