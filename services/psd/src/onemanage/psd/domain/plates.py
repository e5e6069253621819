"""Inks that are no process colours: those of duotones and of spot channels.

Inks are XYZ relative to D50, 1 for paper. One that covers a share u of the paper lets
1 - u (1 - ink) of the light through, and inks that are printed on each other multiply.
Of an ink's amount t Photoshop reckons with u = 1 - (1 - t)^1.51, for dots grow. This
was fitted to the table that it writes beside a duotone (resource 1066), with which it
agrees within half a level of sRGB on average, rounding included.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from psd_tools import PSDImage
from psd_tools.constants import AlphaChannelMode, ColorMode, Resource
from psd_tools.psd.image_resources import DisplayInfo

from onemanage.psd.domain.boxes import Box, part
from onemanage.psd.domain.channels import TOPS, Samples, merged_channel
from onemanage.psd.domain.color import CHANNELS, Pixels, ToSrgb
from onemanage.psd.domain.colorimetry import (
    RGB_TO_XYZ,
    XYZ_TO_RGB,
    Floats,
    lab_to_xyz,
    rgb_to_xyz,
    xyz_to_rgb,
)
from onemanage.psd.domain.curves import natural_cubic

_GROWTH = 1.51
_PLACES = np.array([0, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100]) / 100
"""Of the points of an ink's curve; those that it has not are -1."""
_OPTIONS = 524
"""Bytes of "Duotone options" (Adobe, "Photoshop File Formats")."""
_STRIP = 1 << 18
"""Pixels printed at a time."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A spot channel: its number among all that are stored, and its ink."""

    number: int
    ink: Floats
    solidity: float
    """0 to 1: how far it hides what is below."""


def covered(amount: Floats) -> Floats:
    """The share of the paper that an ink covers of which there is so much, 0 to 1."""
    return 1 - np.power(1 - np.clip(amount, 0, 1), _GROWTH)


def duotone_palette(document: PSDImage) -> tuple[bytes, str | None]:
    """The sRGB of the 256 gray levels, 256 reds first, and a warning or None.

    What Photoshop itself has reckoned where it says so, else by inks and curves; empty
    where neither can be had.
    """
    table = _told(document.image_resources.get_data(Resource.ALTERNATE_DUOTONE_COLORS))
    if table is not None:
        return _palette(lab_to_xyz(table)), None
    options = document._record.color_mode_data.value
    if len(options) < _OPTIONS:
        return b"", "The inks of the duotone cannot be read: it is shown in gray"
    count = min(4, max(1, struct.unpack_from(">H", options, 2)[0]))
    stored = [_color(options[at : at + 10]) for at in range(4, 4 + 10 * count, 10)]
    inks = [ink for ink in stored if ink is not None]
    if len(inks) < count:
        text = "An ink of the duotone is of a colour book, without a colour of its own"
        return b"", f"{text}: it is shown in gray"
    dark = 1 - np.arange(256) / 255
    light = np.ones((256, 3))
    shares = [covered(_curved(options, n, dark))[:, None] for n in range(count)]
    for share, ink in zip(shares, inks, strict=True):
        light *= 1 - share * (1 - ink)
    both = _color(options[414:424]) if count == 2 else None
    if both is not None:  # the author says how the two look on each other
        light += shares[0] * shares[1] * (both - inks[0] * inks[1])
    return _palette(light), None


def spots(document: PSDImage) -> list[Spot]:
    """The spot channels, in their order; none where the file does not describe them."""
    resources = document.image_resources
    told = _alternates(resources.get_data(Resource.ALTERNATE_SPOT_COLORS))
    ids = resources.get_data(Resource.ALPHA_IDENTIFIERS) or []
    found = []
    for place, (color, solidity) in _inked(document).items():
        ink = told.get(int(ids[place])) if place < len(ids) else None
        ink = _color(color) if ink is None else ink
        if ink is not None:
            number = _process(document) + place
            found.append(Spot(number, ink, min(1.0, solidity / 100)))
    return found


def spot_numbers(document: PSDImage) -> set[int]:
    """The numbers of the spot channels among all that are stored."""
    return {_process(document) + place for place in _inked(document)}


def plates(document: PSDImage) -> list[tuple[Spot, Pixels]]:
    """The spot channels that have ink, with what the merged image holds of them."""
    found = [
        (x, merged_channel(document, x.number, color=True)) for x in spots(document)
    ]
    return [(spot, plane) for spot, plane in found if plane.min() < 255]


def with_spots(document: PSDImage, pixels: Samples, box: Box | None = None) -> Samples:
    """A document's pixels in sRGB (floats: linear), of ``box``, printed over with its spot channels.

    A multichannel document has nothing but them, on white. Raises as decoders do.
    """
    found = plates(document)
    if not found:
        return pixels
    if document.color_mode is ColorMode.MULTICHANNEL:
        white = TOPS[pixels.dtype.name]
        pixels = np.full((*pixels.shape[:2], 3), white, pixels.dtype)
    whole = (0, 0, document.width, document.height)
    shown = part(box or whole, whole)
    return printed(pixels, [(spot, plane[shown]) for spot, plane in found])


def printed(pixels: Samples, plates: Sequence[tuple[Spot, Pixels]]) -> Samples:
    """sRGB or floats of linear light (height, width, 1 to 4) with the spot channels on it; 255 is no ink.

    Where there is ink, there is alpha too.
    """
    alpha = pixels[:, :, -1:] if pixels.shape[2] in (2, 4) else None
    colors = pixels.shape[2] - (alpha is not None)
    color: Samples = pixels[:, :, [0, 0, 0]] if colors == 1 else pixels[:, :, :3]
    out = np.empty((*pixels.shape[:2], 3 + (alpha is not None)), pixels.dtype)
    unit = TOPS[pixels.dtype.name] / 255
    for top in range(0, len(out), step := max(1, _STRIP // max(1, out.shape[1]))):
        rows = slice(top, top + step)
        inked = [(spot, plane[rows]) for spot, plane in plates]
        out[rows, :, :3], least = _print(color[rows], inked, alpha, rows)
        if alpha is not None:
            inked_alpha = ((255 - least) * unit).astype(pixels.dtype)
            out[rows, :, 3] = np.maximum(alpha[rows, :, 0], inked_alpha)
    return out


def _print(
    color: Samples,
    plates: Sequence[tuple[Spot, Pixels]],
    alpha: Samples | None,
    rows: slice,
) -> tuple[Samples, Pixels]:
    """The strip, and the least of all plates: 255 where there is no ink."""
    least = np.minimum.reduce([plane for _, plane in plates])
    out, at = color.copy(), np.nonzero(least < 255)
    if not len(at[0]):
        return out, least
    top, is_light = TOPS[color.dtype.name], color.dtype == np.float32
    values = color[at].astype(np.float64) / top
    light = values @ RGB_TO_XYZ.T if is_light else rgb_to_xyz(values)
    if alpha is not None:
        share = alpha[rows][at].astype(np.float64) / top
        light = light * share + 1 - share
    for spot, plane in plates:
        share = covered(1 - plane[at] / 255)[:, None]
        through = 1 - share * (1 - spot.ink * (1 - spot.solidity))
        light = light * through + share * spot.solidity * spot.ink
    if is_light:
        out[at] = np.maximum(light @ XYZ_TO_RGB.T, 0)
    else:
        out[at] = np.rint(xyz_to_rgb(light) * top).astype(color.dtype)
    return out, least


def _palette(xyz: Floats) -> bytes:
    return np.rint(xyz_to_rgb(xyz) * 255).astype(np.uint8).T.tobytes()


def _told(data: object) -> Floats | None:
    """Lab of 256 levels, out of resource 1066: a list of the inks' Lab before them."""
    if not isinstance(data, bytes) or len(data) < 6:
        return None
    count = struct.unpack_from(">H", data, 2)[0]
    place = 4 + 10 * count
    if len(data) < place + 2 + 768 or data[place : place + 2] != b"\x01\x00":
        return None
    stored = np.frombuffer(data, np.uint8, 768, place + 2).reshape(256, 3)
    return stored * [100 / 255, 1, 1] - [0.0, 128.0, 128.0]


def _curved(options: bytes, number: int, dark: Floats) -> Floats:
    """How much of an ink there is where the gray is so dark, 0 to 1."""
    points = np.array(struct.unpack_from(">13h", options, 300 + 28 * number))
    given = points >= 0
    if given.sum() < 2:
        return dark
    amounts = points[given] / 1000
    return np.clip(natural_cubic(_PLACES[given], amounts, dark), 0, 1)


def _alternates(data: object) -> dict[int, Floats]:
    """Lab of spot channels whose colours are of a book, by the channels' ids (1067)."""
    if not isinstance(data, bytes) or len(data) < 4:
        return {}
    count = struct.unpack_from(">H", data, 2)[0]
    found = {}
    for place in range(4, min(len(data) - 13, 4 + 14 * count), 14):
        ink = _color(data[place + 4 : place + 14])
        if ink is not None:
            found[struct.unpack_from(">I", data, place)[0]] = ink
    return found


def _process(document: PSDImage) -> int:
    """How many channels come before those that are described."""
    multichannel = document.color_mode is ColorMode.MULTICHANNEL
    return 0 if multichannel else CHANNELS[document.color_mode]


def _inked(document: PSDImage) -> dict[int, tuple[bytes, int]]:
    """Colour and solidity of each spot channel, by its place past the process ones."""
    most = document.channels - _process(document)
    return {
        place: (color, solidity)
        for place, (color, solidity, kind) in enumerate(
            _described(document.image_resources)
        )
        if kind == AlphaChannelMode.SPOT and place < most
    }


def _described(resources: Any) -> list[tuple[bytes, int, int]]:
    """Colour, solidity in percent and kind of each channel past the process colours."""
    info = resources.get_data(Resource.DISPLAY_INFO)
    if isinstance(info, DisplayInfo):
        return [
            (
                struct.pack(">5H", one.color_space, one.c1, one.c2, one.c3, one.c4),
                one.opacity,
                int(one.mode),
            )
            for one in info.alpha_channels
        ]
    old = resources.get_data(Resource.DISPLAY_INFO_OBSOLETE)
    old = old if isinstance(old, bytes) else b""
    return [
        (old[at : at + 10], *struct.unpack_from(">HB", old, at + 10))
        for at in range(0, len(old) - 13, 14)
    ]


def _color(stored: bytes) -> Floats | None:
    """Adobe's colour structure (a space and four values) as XYZ; None of a book."""
    space, *values = struct.unpack(">H4H", stored)
    match space:
        case 0:
            return rgb_to_xyz(np.array(values[:3]) / 65535)
        case 1:
            return rgb_to_xyz(_hsb(np.array(values[:3]) / 65535))
        case 2:
            planes = np.rint(np.array(values) / 257).astype(np.uint8).reshape(1, 1, 4)
            return rgb_to_xyz(_process_inks()(planes)[0, 0] / 255)
        case 7:
            lab = np.array(values[:3], np.uint16).astype(np.int16) / 100
            return lab_to_xyz(lab)
        case 8:
            return rgb_to_xyz(np.full(3, 1 - min(values[0], 10_000) / 10_000))
    return None


@cache
def _process_inks() -> ToSrgb:
    return ToSrgb(ColorMode.CMYK, 8, None)


def _hsb(values: Floats) -> Floats:
    hue, saturation, brightness = values
    away = np.abs((hue * 6 + np.array([0, 4, 2])) % 6 - 3)
    return np.asarray(brightness * (1 - saturation * (1 - np.clip(away - 1, 0, 1))))
