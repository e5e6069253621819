"""Colours as ``#rrggbb``, from each of the forms in which a document writes them.

RGB is taken as it is, without colour management. CMYK without a profile is ideal inks,
R = (1 - C)(1 - K); Lab is CIE L*a*b* at D50. Both as in ``domain/color``.
"""

import colorsys
from collections.abc import Sequence
from typing import Any

import numpy as np
from psd_tools.constants import ColorMode
from psd_tools.psd.descriptor import Descriptor

from onemanage.psd.domain.color import ToSrgb
from onemanage.psd.domain.details.reading import number, optional

_LAB = ToSrgb(ColorMode.LAB, 8, None)


def descriptor_color(value: Any) -> str | None:
    """Of a descriptor: RGB in 0 to 255, HSB in degrees and percent, others in percent.

    Gray is percent of black. A colour of a book has its nearest values beside its name.
    """
    if not isinstance(value, Descriptor):
        return None

    def of(*keys: bytes) -> list[float] | None:
        found = [optional(value.get(key)) for key in keys]
        return None if None in found else [number(x) for x in found]

    if found := of(b"Rd  ", b"Grn ", b"Bl  "):
        return hexadecimal([x / 255 for x in found])
    if found := of(b"redFloat", b"greenFloat", b"blueFloat"):
        return hexadecimal(found)
    if found := of(b"Cyn ", b"Mgnt", b"Ylw ", b"Blck"):
        return inks([x / 100 for x in found])
    if found := of(b"H   ", b"Strt", b"Brgh"):
        hue, saturation, brightness = found
        return hsb(hue / 360, saturation / 100, brightness / 100)
    if found := of(b"Lmnc", b"A   ", b"B   "):
        return lab(*found)
    if found := of(b"Gry "):
        return hexadecimal([1 - found[0] / 100] * 3)
    return None


def parts_color(parts: Sequence[float] | None) -> str | None:
    """Alpha and one, three or four more, from 0 to 1."""
    match len(parts or ()), list(parts or ()):
        case 2, [_, gray]:
            return hexadecimal([gray] * 3)
        case 4, [_, *rgb]:
            return hexadecimal(rgb)
        case 5, [_, *cmyk]:
            return inks(cmyk)
    return None


def legacy_color(space: int, parts: Sequence[int]) -> str | None:
    """Of the colour structure of older blocks: a space and four unsigned 16 bits.

    Adobe, "Photoshop File Formats", Color structure: RGB and HSB to 65535, CMYK to
    65535 for no ink, Lab and gray in hundredths, Lab signed.
    """
    first = [x / 65535 for x in parts]
    match int(space):
        case 0:
            return hexadecimal(first[:3])
        case 1:
            return hsb(*first[:3])
        case 2:
            return inks([1 - x for x in first])
        case 7:
            return lab(*(signed(x) / 100 for x in parts[:3]))
        case 8:
            return hexadecimal([1 - parts[0] / 10_000] * 3)
    return None


def signed(value: int) -> int:
    """Sixteen bits that were read as unsigned."""
    return value - 65536 if value > 32767 else value


def hexadecimal(rgb: Sequence[float]) -> str:
    """Red, green and blue from 0 to 1."""
    levels = [int(min(max(x, 0.0), 1.0) * 255 + 0.5) for x in rgb]
    return "#" + "".join(f"{level:02x}" for level in levels)


def inks(cmyk: Sequence[float]) -> str:
    """Cyan, magenta, yellow and black from 0 to 1."""
    *colors, black = (min(max(x, 0.0), 1.0) for x in cmyk)
    return hexadecimal([(1 - x) * (1 - black) for x in colors])


def hsb(hue: float, saturation: float, brightness: float) -> str:
    """All from 0 to 1."""
    kept = [min(max(x, 0.0), 1.0) for x in (saturation, brightness)]
    return hexadecimal(colorsys.hsv_to_rgb(hue % 1, *kept))


def lab(lightness: float, a: float, b: float) -> str:
    """0 to 100, and -128 to 127."""
    stored = [lightness * 2.55, a + 128, b + 128]
    plane = np.clip(np.rint(stored), 0, 255).astype(np.uint8).reshape(1, 1, 3)
    return "#" + bytes(_LAB(plane)[0, 0]).hex()
