"""Hues, casts and colours laid over."""

import math

import numpy as np
from numpy.typing import NDArray

from onemanage.contracts.imaging.operations.colors import (
    Colorize,
    ColorMatrix,
    Duotone,
    GradientOverlay,
    GradientStop,
    Hue,
    Lut,
    Sepia,
    Vibrance,
    WhiteBalance,
)
from onemanage.imaging.domain.arrays import Values, highest, lowest
from onemanage.imaging.domain.background.fills import to_linear, to_srgb
from onemanage.imaging.domain.cubes import curve_values, looked_up
from onemanage.imaging.domain.operations.channels import (
    LEVELS,
    LUMA,
    by_strips,
    counts_of,
    mixed_in,
    ramped,
    table_of,
    tabled,
    transformed,
)
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.mixing import blended
from onemanage.imaging.domain.picture import Picture, Pixels, color, with_alpha
from onemanage.imaging.domain.spaces import of_srgb

_LIGHT = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Luminance of linear red, green and blue (ITU-R BT.709)."""
_MOST_GAIN = 4.0
_STEPS = 1 << 14
"""Of a gradient's table: as many as a side has pixels at most."""


def hue(picture: Picture, operation: Hue, context: Context) -> Picture:
    """Turned by the matrix of CSS."""
    if operation.angle % 360 == 0:
        return picture
    turn = math.radians(operation.angle)
    gray = np.tile(np.array([0.213, 0.715, 0.072]), (3, 1))
    aside = np.array(
        [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]]
    )
    matrix = gray + math.cos(turn) * (np.eye(3) - gray) + math.sin(turn) * aside
    return picture.mapped(lambda frame: transformed(frame, matrix.astype(np.float32)))


def sepia(picture: Picture, operation: Sepia, context: Context) -> Picture:
    """Browned by the matrix of CSS."""
    brown = np.array(
        [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]
    )
    matrix = np.eye(3) + (brown - np.eye(3)) * operation.amount
    return picture.mapped(lambda frame: transformed(frame, matrix.astype(np.float32)))


def color_matrix(picture: Picture, operation: ColorMatrix, context: Context) -> Picture:
    """Channels mixed. Alpha comes where its row makes it of anything else."""
    given = np.array(operation.matrix, np.float32)
    whole = np.eye(4, 5, dtype=np.float32)
    whole[: given.shape[0], : min(3, given.shape[1])] = given[:, :3]
    if given.shape[1] == 4:
        whole[:3, 4] = given[:, 3]
    elif given.shape[1] == 5:
        whole = given
    whole[:, 4] *= 255
    if not picture.has_alpha and np.array_equal(whole[3], (0, 0, 0, 1, 0)):
        opaque = whole[:3, 4] + whole[:3, 3] * 255
        matrix = np.column_stack([whole[:3, :3], opaque])
        return picture.mapped(lambda frame: transformed(frame, matrix))
    return picture.mapped(lambda frame: _with_all(with_alpha(frame), whole))


def _with_all(frame: Pixels, matrix: Values) -> Pixels:
    """RGBA by four rows of five, the last with an offset in levels."""
    made = np.empty_like(frame)
    step = max(1, (1 << 16) // frame.shape[1])
    factors = np.ascontiguousarray(matrix[:, :4].T)
    for top in range(0, frame.shape[0], step):
        part = frame[top : top + step].astype(np.float32) @ factors + matrix[:, 4]
        made[top : top + step] = np.rint(np.clip(part, 0, 255))
    return made


def duotone(picture: Picture, operation: Duotone, context: Context) -> Picture:
    """Two colours by luma."""
    dark, light = (
        np.array(color(text)[:3], np.float32) / 255
        for text in (operation.shadows, operation.highlights)
    )
    mixed = dark + (light - dark) * LEVELS[:, None]
    table = table_of(of_srgb(mixed, picture.icc))
    return picture.mapped(lambda frame: ramped(frame, table, operation.amount))


def colorize(picture: Picture, operation: Colorize, context: Context) -> Picture:
    """One colour over all that is seen."""
    *ink, strength = (value / 255 for value in color(operation.color))
    over = np.array(ink, np.float32)
    alpha = strength * operation.opacity
    if operation.blend == "normal":
        table = table_of(LEVELS[:, None] + (over - LEVELS[:, None]) * alpha)
        return picture.mapped(lambda frame: tabled(frame, table))

    def change(colors: Values, rows: slice) -> Values:
        laid = np.broadcast_to(over, colors.shape)
        return blended(colors, laid, alpha, operation.blend)

    return picture.mapped(lambda frame: by_strips(frame, change))


def gradient(picture: Picture, operation: GradientOverlay, context: Context) -> Picture:
    """Colours over all that is seen, by where it lies."""
    table = _ramp(operation.stops)
    table[:, :3] = of_srgb(table[:, :3], picture.icc)
    table[:, 3] *= np.float32(operation.opacity)
    width, height = picture.width, picture.height
    x = np.arange(width, dtype=np.float32) + 0.5 - width / 2
    y = np.arange(height, dtype=np.float32) + 0.5 - height / 2
    turn = math.radians(operation.angle)
    right, below = math.sin(turn), -math.cos(turn)
    # From corner to corner, as CSS has it.
    length = abs(width * right) + abs(height * below)

    def change(colors: Values, rows: slice) -> Values:
        down = y[rows, None]
        if operation.shape == "radial":
            at = np.sqrt((x / width) ** 2 + (down / height) ** 2) * math.sqrt(2)
        else:
            at = (x * (right / length) + down * (below / length)) + 0.5
        place = np.clip(at * (_STEPS - 1) + 0.5, 0, _STEPS - 1).astype(np.int32)
        laid = np.take(table, place, axis=0)
        return blended(colors, laid[..., :3], laid[..., 3:], operation.blend)

    return picture.mapped(lambda frame: by_strips(frame, change))


def _ramp(stops: list[GradientStop]) -> NDArray[np.float32]:
    """Red, green, blue and alpha along the way, (steps, 4), from 0 to 1."""
    at = np.linspace(0, 1, _STEPS)
    places = [stop.at for stop in stops]
    colors = np.array([color(stop.color) for stop in stops]) / 255
    colors[:, :3] *= colors[:, 3:]
    made = np.stack([np.interp(at, places, channel) for channel in colors.T], axis=1)
    made[:, :3] /= np.maximum(made[:, 3:], 1e-6)
    return made.astype(np.float32)


def white_balance(
    picture: Picture, operation: WhiteBalance, context: Context
) -> Picture:
    """Channels multiplied in linear light."""
    light = to_linear(LEVELS)
    warm, tint = operation.temperature / 200, operation.tint / 200
    gains = np.exp2(np.array([warm, -tint, -warm], np.float32))
    if operation.auto:
        gains = gains * _graying(picture, light)
    gains = gains / float(gains @ _LIGHT)
    if np.ptp(gains) < 1e-6:
        return picture
    table = table_of(to_srgb(np.clip(light[:, None] * gains, 0, 1)))
    return picture.mapped(lambda frame: tabled(frame, table))


def _graying(picture: Picture, light: Values) -> NDArray[np.float32]:
    """Gains under which the mean colour of what is seen is gray, within bounds."""
    counts = counts_of(picture.frames)
    if not counts.any():
        return np.ones(3, np.float32)
    means = np.maximum(counts @ light / counts.sum(axis=1), 1e-4)
    gains = float(means @ _LIGHT) / means
    bounded: NDArray[np.float32] = np.clip(gains, 1 / _MOST_GAIN, _MOST_GAIN)
    return bounded.astype(np.float32)


def vibrance(picture: Picture, operation: Vibrance, context: Context) -> Picture:
    """Saturation by a factor that depends on it."""
    amount = np.float32(operation.amount / 100)
    if not amount:
        return picture

    def change(colors: Values, rows: slice) -> Values:
        pale = lowest(colors) / np.maximum(highest(colors), np.float32(1e-6))
        gray = (colors @ LUMA)[..., None]
        return colors + (colors - gray) * (amount * pale)[..., None]

    return picture.mapped(lambda frame: by_strips(frame, change))


def lut(picture: Picture, operation: Lut, context: Context) -> Picture:
    """Graded by a table. Raises InvalidImage where that cannot be read."""
    cube = context.cube(operation.file_id)
    amount = operation.amount
    if cube.grid.ndim == 2:
        table = table_of(curve_values(cube, LEVELS))
        return picture.mapped(
            lambda frame: mixed_in(frame, tabled(frame, table), amount)
        )

    def graded(frame: Pixels) -> Pixels:
        return by_strips(frame, lambda colors, rows: looked_up(cube, colors))

    return picture.mapped(lambda frame: mixed_in(frame, graded(frame), amount))
