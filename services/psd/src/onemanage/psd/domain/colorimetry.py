"""CIE colours and sRGB: what every conversion here is made of.

XYZ is relative to the white of D50, whose three values are 1 each. Values are floats of
any shape; colours are along the last axis.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]

WHITE = np.array([0.9642, 1.0, 0.8249])
# linear sRGB <-> XYZ of D50, Bradford-adapted (Lindbloom, "RGB/XYZ Matrices")
XYZ_TO_RGB: Floats = (
    np.array(
        [
            [3.1338561, -1.6168667, -0.4906146],
            [-0.9787684, 1.9161415, 0.0334540],
            [0.0719453, -0.2289914, 1.4052427],
        ]
    )
    * WHITE
)
RGB_TO_XYZ: Floats = np.linalg.inv(XYZ_TO_RGB)
_BEND = 6 / 29


def decoded[F: (np.float32, np.float64)](rgb: NDArray[F]) -> NDArray[F]:
    """sRGB, 0 to 1, as linear light (IEC 61966-2-1), in the same precision."""
    high = ((rgb + 0.055) / 1.055) ** 2.4
    return cast(NDArray[F], np.where(rgb <= 0.04045, rgb / 12.92, high))


def encoded[F: (np.float32, np.float64)](linear: NDArray[F]) -> NDArray[F]:
    """Linear light, 0 to 1, as sRGB (IEC 61966-2-1); cut where it is less or more."""
    kept = np.clip(linear, 0, 1)
    high = 1.055 * kept ** (1 / 2.4) - 0.055
    return cast(NDArray[F], np.where(kept <= 0.0031308, kept * 12.92, high))


def lab_to_xyz(lab: Floats) -> Floats:
    """CIE L*a*b* (CIE 15) of L* 0 to 100."""
    fy = (lab[..., 0] + 16) / 116
    f = np.stack([fy + lab[..., 1] / 500, fy, fy - lab[..., 2] / 200], axis=-1)
    return np.where(f > _BEND, f**3, 3 * _BEND**2 * (f - 4 / 29))


def xyz_to_lab(xyz: Floats) -> Floats:
    """The inverse."""
    straight = xyz / (3 * _BEND**2) + 4 / 29
    f = np.where(xyz > _BEND**3, np.cbrt(xyz), straight)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def rgb_to_xyz(rgb: Floats) -> Floats:
    """Of sRGB, 0 to 1."""
    return decoded(rgb) @ RGB_TO_XYZ.T


def xyz_to_rgb(xyz: Floats) -> Floats:
    """As sRGB, 0 to 1; what it cannot show is cut."""
    return encoded(xyz @ XYZ_TO_RGB.T)
