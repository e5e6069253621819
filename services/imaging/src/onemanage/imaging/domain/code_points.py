"""Colours that a file names by numbers instead of a profile (ITU-T H.273, PNG).

What fits into 8 bits becomes an ICC profile, which then goes the way of every other.
PQ and HLG (ITU-R BT.2100) are brighter than that: they are brought down by a curve.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from onemanage.imaging.domain import icc
from onemanage.imaging.domain.picture import Pixels

type Values = NDArray[np.float32]

PQ, HLG = 16, 18
"""Transfer characteristics of more than 8 bits."""
TONE_MAPPED = (
    "Its colours are brighter than sRGB: brought down by the curve of ITU-R BT.2390."
)
WHITE = 203.0
"""cd/m2 of a white page in HDR (ITU-R BT.2408), which sRGB's white stands for."""
PEAK = 1000.0
"""cd/m2 of the brightest that is expected, as nearly all of such pictures are graded."""
_D65 = (0.3127, 0.3290)
_PRIMARIES = {
    1: (*_D65, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060),
    4: (0.310, 0.316, 0.670, 0.330, 0.210, 0.710, 0.140, 0.080),
    5: (*_D65, 0.640, 0.330, 0.290, 0.600, 0.150, 0.060),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*_D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
"""x and y of white, red, green and blue by the number of H.273, table 2."""
SRGB_PRIMARIES = _PRIMARIES[1]
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
"""Transfer characteristics that are a plain power. Those made for video of the
standard range (1, 6, 14, 15) are shown like sRGB's (13), as browsers do."""
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_STRIP = 1 << 20
"""Pixels that are worked on at once: there are three floats to each."""


def is_hdr(transfer: int) -> bool:
    """Whether it says more than sRGB can show."""
    return transfer in (PQ, HLG)


def profile_of(primaries: int, transfer: int) -> bytes | None:
    """An ICC profile of these numbers; None for sRGB's, and for unknown ones."""
    corners = _PRIMARIES.get(primaries, SRGB_PRIMARIES)
    gamma = _GAMMAS.get(transfer)
    if corners == SRGB_PRIMARIES and gamma is None:
        return None
    return profile(corners, gamma)


@cache
def display_p3() -> bytes:
    """The profile of Display P3: its primaries, and the curve of sRGB."""
    made = profile(_PRIMARIES[12], None, "Display P3")
    assert made is not None  # its primaries span something
    return made


@cache
def gray() -> bytes:
    """A profile of gray with the curve of sRGB."""
    tags = {b"kTRC": _curve(None)}
    return icc.profile(b"mntr", b"GRAY", b"XYZ ", "Gray as of sRGB", tags)


def profile_of_png(
    primaries: Sequence[float] | None, encoding: float | None
) -> bytes | None:
    """An ICC profile of a PNG's cHRM and gAMA chunks, each None where there is none.

    None where both say nothing else than sRGB, which many programs write as a power of
    1/2.2. Without a power the curve is sRGB's; without primaries they are.
    """
    corners = tuple(primaries or SRGB_PRIMARIES)
    gamma = 1 / encoding if encoding and 0.05 <= encoding <= 20 else None
    is_plain = (
        max(abs(a - b) for a, b in zip(corners, SRGB_PRIMARIES, strict=True)) < 0.002
    )
    if is_plain and (gamma is None or abs(gamma - 2.2) < 0.05):
        return None
    return profile(corners, gamma)


def profile(
    primaries: Sequence[float], gamma: float | None, name: str = "as the file says"
) -> bytes | None:
    """An ICC profile of primaries (as in `Chunks.primaries`) and a power, None for the
    curve of sRGB. None where the primaries span nothing."""
    matrix = _to_xyz(primaries)
    if matrix is None:
        return None
    columns = np.linalg.inv(_BRADFORD) @ np.diag(
        (_BRADFORD @ np.array(icc.D50)) / (_BRADFORD @ matrix.sum(axis=1))
    )
    adapted = columns @ _BRADFORD @ matrix
    tags = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(gamma))
    for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), adapted.T, strict=True):
        tags[tag] = icc.xyz(column)
    return icc.profile(b"mntr", b"RGB ", b"XYZ ", name, tags)


def tone_mapped(values: NDArray[np.uint16], primaries: int, transfer: int) -> Pixels:
    """sRGB of PQ or HLG in 16 bits, (height, width, 3).

    The brightest channel of each pixel goes through the EETF of ITU-R BT.2390-10
    (5.4.1) from 1,000 to 203 cd/m2, and the others with it, so that hue stays.
    """
    corners = _PRIMARIES.get(primaries, _PRIMARIES[9])
    matrix = _between(corners, SRGB_PRIMARIES)
    made = np.empty(values.shape[:2] + (3,), np.uint8)
    rows = max(1, _STRIP // values.shape[1])
    levels = np.arange(65536, dtype=np.float32) / np.float32(65535)
    table = _pq_light(levels) if transfer == PQ else _hlg_scene(levels)
    for top in range(0, values.shape[0], rows):
        light = table[values[top : top + rows, :, :3]]
        if transfer == HLG:
            light = _displayed(light, corners)
        made[top : top + rows] = _shown(light, matrix, PEAK)
    return made


def scene_mapped(values: Values, peak: float) -> Pixels:
    """sRGB of linear light in sRGB's primaries, where 1 is white, (height, width, 3).

    Up to 1 it is as it is; what is brighter goes through the curve of `tone_mapped`,
    ``peak`` being the brightest.
    """
    made = np.empty(values.shape[:2] + (3,), np.uint8)
    rows = max(1, _STRIP // values.shape[1])
    identity = np.eye(3, dtype=np.float32)
    for top in range(0, values.shape[0], rows):
        light = values[top : top + rows, :, :3].astype(np.float32) * np.float32(WHITE)
        made[top : top + rows] = _shown(light, identity, max(1.0, peak) * WHITE)
    return made


def _shown(light: Values, matrix: Values, peak: float) -> Pixels:
    """8-bit sRGB of light in cd/m2."""
    light = light @ matrix.T
    np.maximum(light, 0, out=light)
    brightest = light.max(axis=2)
    grid = np.linspace(0, 1, 4096, dtype=np.float32)
    points = _pq_light(grid * np.float32(_pq_level(np.float32(peak))))
    mapped = np.interp(brightest, points, _eetf(points, peak)).astype(np.float32)
    light *= (mapped / np.maximum(brightest, 1e-6))[:, :, None]
    light /= np.float32(WHITE)
    np.clip(light, 0, 1, out=light)
    low = light * np.float32(12.92)
    high = np.float32(1.055) * light ** np.float32(1 / 2.4) - np.float32(0.055)
    encoded = np.where(light <= 0.0031308, low, high)
    return np.rint(encoded * 255).astype(np.uint8)


def _eetf(light: Values, peak: float) -> Values:
    """cd/m2 that a display of `WHITE` shows for ``light`` of a grade up to ``peak``."""
    if peak <= WHITE:
        return np.minimum(light, np.float32(WHITE))
    most = _pq_level(np.float32(peak))
    share = _pq_level(light) / most
    top = float(_pq_level(np.float32(WHITE)) / most)
    knee = 1.5 * top - 0.5
    t = np.clip((share - knee) / (1 - knee), 0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * top
    )
    return _pq_light(np.where(share < knee, share, spline) * most)


def _pq_light(level: Values) -> Values:
    """cd/m2 of a PQ value, 0 to 1 (BT.2100, table 4)."""
    power = np.maximum(level, 0) ** np.float32(32 / 2523)
    share = np.maximum(power - np.float32(0.8359375), 0) / (
        np.float32(18.8515625) - np.float32(18.6875) * power
    )
    return np.asarray(
        np.float32(10_000) * share ** np.float32(16384 / 2610), np.float32
    )


def _pq_level(light: Values | np.float32) -> Values:
    """The PQ value of cd/m2."""
    power = (np.maximum(light, 0) / np.float32(10_000)) ** np.float32(2610 / 16384)
    share = (np.float32(0.8359375) + np.float32(18.8515625) * power) / (
        1 + np.float32(18.6875) * power
    )
    return np.asarray(share ** np.float32(2523 / 32), np.float32)


def _hlg_scene(level: Values) -> Values:
    """Scene light, 0 to 1, of an HLG value (BT.2100, table 5)."""
    a, b, c = np.float32(0.17883277), np.float32(0.28466892), np.float32(0.55991073)
    return np.where(level <= 0.5, level**2 / 3, (np.exp((level - c) / a) + b) / 12)


def _displayed(scene: Values, corners: Sequence[float]) -> Values:
    """cd/m2 on a display of `PEAK`, whose system gamma is 1.2 (BT.2100, table 5)."""
    matrix = _to_xyz(corners)
    weights = np.asarray(matrix if matrix is not None else np.eye(3), np.float32)[1]
    luminance = scene @ weights
    gain = np.maximum(luminance, 1e-6) ** np.float32(0.2)
    return np.asarray(np.float32(PEAK) * gain[:, :, None] * scene, np.float32)


def _between(source: Sequence[float], target: Sequence[float]) -> Values:
    """From linear RGB of these primaries to that of others, both with white of D65."""
    one, other = _to_xyz(source), _to_xyz(target)
    assert one is not None and other is not None
    return np.asarray(np.linalg.inv(other) @ one, np.float32)


def _to_xyz(primaries: Sequence[float]) -> NDArray[np.float64] | None:
    """From linear RGB to XYZ, white at Y = 1; None where the primaries span nothing."""
    pairs = np.array(primaries, np.float64).reshape(4, 2)
    if pairs.min() < 0 or pairs[:, 1].min() <= 0 or pairs.max() > 1:
        return None
    points = np.stack(
        [pairs[:, 0] / pairs[:, 1], np.ones(4), (1 - pairs.sum(axis=1)) / pairs[:, 1]]
    )
    try:
        made = points[:, 1:] * np.linalg.solve(points[:, 1:], points[:, 0])
    except np.linalg.LinAlgError:
        return None
    return made if np.isfinite(made).all() else None


def _curve(gamma: float | None) -> bytes:
    """A power, or sRGB's curve."""
    x = np.linspace(0, 1, 4096)
    if gamma is None:
        y = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    else:
        y = x**gamma
    return icc.curve(y)
