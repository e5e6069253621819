"""Colours of a picture in the space that its file is written in."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import cv2
import msgspec
import numpy as np
from PIL import Image, ImageCms

from onemanage.contracts.imaging.operations.colors import Duotone, GradientOverlay
from onemanage.contracts.imaging.outputs import (
    AvifOutput,
    GifOutput,
    JxlOutput,
    Output,
)
from onemanage.contracts.imaging.recipes import AnyOperation, AnyOperations
from onemanage.imaging.domain import code_points
from onemanage.imaging.domain.arrays import Values
from onemanage.imaging.domain.color import SRGB, is_identity
from onemanage.imaging.domain.picture import Picture, Pixels

NO_PROFILE = "The source has no RGB profile to keep: colours are written in sRGB."
NO_PLACE = "This AVIF says its colours by numbers, and has no room for a profile: sRGB."
_WIDE = ("p3", "source")
_MIXING = (GradientOverlay, Duotone)
_LETTERS = ("text", "ellipsis")
"""Fields that may look like a colour and are none."""
_COLOR = re.compile(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")


def wants_wide(outputs: Sequence[Output]) -> bool:
    """Whether more colours than sRGB has are wanted of the source."""
    return any(output.space in _WIDE for output in outputs)


def has_rgb(icc: bytes | None) -> bool:
    """Whether it is a profile of RGB that can be used."""
    if not icc:
        return False
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(icc)).profile
        return found.xcolor_space.strip() == "RGB"
    except (ImageCms.PyCMSError, OSError, ValueError):
        return False


def in_space(picture: Picture, output: Output) -> Picture:
    """With the colours, and the profile of them, that the output asks for; of CMYK
    those that inks are made of later."""
    is_bare = isinstance(output, GifOutput | JxlOutput)  # they hold no profile
    if output.space == "source" and not is_bare:
        if picture.icc is None:
            return picture.warned(NO_PROFILE)
        if isinstance(output, AvifOutput) and output.is_numbered:
            return in_profile(picture, None).warned(NO_PLACE)
        return picture
    if output.space == "p3" and not is_bare:
        return in_profile(picture, code_points.display_p3())
    made = in_profile(picture, None)
    return made.mapped(_gray) if output.space == "gray" else made


def are_near(one: bytes | None, other: bytes | None) -> bool:
    """Whether two profiles of RGB, or sRGB, mean the same to within a level."""
    return one == other or is_identity(_transform(one or SRGB, other or SRGB))


def recolored(operations: Sequence[AnyOperation], icc: bytes | None) -> AnyOperations:
    """Operations whose colours, which are sRGB, are said in a profile's instead; but for
    those that mix them, which is done in sRGB before (`of_srgb`)."""
    if icc is None:
        return list(operations)
    return [
        one if isinstance(one, _MIXING) else _recolored(one, icc) for one in operations
    ]


def of_srgb(colors: Values, icc: bytes | None) -> Values:
    """Colours of a table, (count, 3) of 0 to 1, in a profile's; as they are for sRGB."""
    if icc is None:
        return colors
    levels = np.rint(np.clip(colors, 0, 1) * 255).astype(np.uint8)
    made: Values = _turned(levels[None], SRGB, icc)[0].astype(np.float32) / 255
    return made


def _recolored[O: AnyOperation](operation: O, icc: bytes) -> O:
    said = _recolored_part(msgspec.to_builtins(operation), icc)
    return msgspec.convert(said, type(operation))


def _recolored_part(part: Any, icc: bytes) -> Any:
    if isinstance(part, dict):
        return {
            name: value if name in _LETTERS else _recolored_part(value, icc)
            for name, value in part.items()
        }
    if isinstance(part, list):
        return [_recolored_part(one, icc) for one in part]
    if not isinstance(part, str) or not _COLOR.fullmatch(part):
        return part
    one = np.frombuffer(bytes.fromhex(part[1:7]), np.uint8).reshape(1, 1, 3)
    return "#" + _turned(one, SRGB, icc).tobytes().hex() + part[7:]


def in_profile(picture: Picture, icc: bytes | None) -> Picture:
    """With the colours of a profile, or of sRGB, whatever it has now."""
    if picture.icc == icc:
        return picture
    before, after = picture.icc or SRGB, icc or SRGB
    made = picture.mapped(lambda frame: _turned(frame, before, after))
    return replace(made, icc=icc)


def _turned(pixels: Pixels, before: bytes, after: bytes) -> Pixels:
    """Relative to white; alpha passes unchanged."""
    transform = _transform(before, after)
    colors = Image.fromarray(np.ascontiguousarray(pixels[:, :, :3]))
    made = np.asarray(ImageCms.applyTransform(colors, transform))
    return made if pixels.shape[2] == 3 else np.dstack([made, pixels[:, :, 3]])


def _transform(before: bytes, after: bytes) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(before)),
        ImageCms.ImageCmsProfile(io.BytesIO(after)),
        "RGB",
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )


def _gray(pixels: Pixels) -> Pixels:
    """Rec. 601 luma in all three channels."""
    luma = cv2.cvtColor(np.ascontiguousarray(pixels[:, :, :3]), cv2.COLOR_RGB2GRAY)
    spread = [luma] * 3 + ([pixels[:, :, 3]] if pixels.shape[2] == 4 else [])
    return cast(Pixels, np.dstack(spread))
