"""A picture's subject before another background. Runs in the sandbox's child."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from onemanage.contracts.imaging.backgrounds import (
    BackgroundSpec,
)
from onemanage.contracts.imaging.backgrounds import Picture as PictureFill
from onemanage.contracts.imaging.backgrounds import RemovalResult, Transparent
from onemanage.contracts.imaging.outputs import AnyOutput, JpegOutput, PngOutput
from onemanage.contracts.imaging.recipes import Reading
from onemanage.imaging.domain.background.compose import generate_background
from onemanage.imaging.domain.background.network import installed_weights, network
from onemanage.imaging.domain.background.remove import Cutout, remove_background
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.picture import Limits, Picture, Pixels
from onemanage.imaging.domain.pipeline import told_for, written
from onemanage.imaging.domain.results import MadeBackground, VariantResult

BACKGROUND_PIXELS = 8_000_000
"""A larger picture is made smaller first: a subject is worked on in floating point."""
_STILL = Reading(animated=False)
UNSURE = 0.5


def make_background(
    path: Path,
    spec: BackgroundSpec,
    pictures: Mapping[str, Path],
    folder: Path,
    weights: Path | None = None,
    limits: Limits = Limits(),
) -> MadeBackground:
    """Find the subject of a picture and put it before the background of ``spec``.

    ``pictures`` are files by file id, of a fill that is another picture; ``weights`` are
    the network's, where they do not lie in the environment. Of an animated source it is
    the first frame. Raises InvalidImage, and MemoryError where the process
    may not have what it takes.
    """
    found, shrink = _still(path, limits)
    behind = None
    if isinstance(spec.fill, PictureFill):
        behind = _still(pictures[spec.fill.file_id], limits)[0].first[:, :, :3]
    known = weights or installed_weights()
    asked = network(known) if known is not None else None
    cutout = remove_background(found.first, asked, spec.use_alpha)
    made = generate_background(found.first, cutout.alpha, spec, behind)
    output = _output(spec)
    told = told_for(path, [output])
    picture = Picture(frames=(made,))
    images = [written(picture, "image", output, folder, "/spec/output", told)]
    if spec.with_mask:
        images.append(_mask(cutout, folder))
    return MadeBackground(
        images=images,
        removal=_removal(cutout, shrink),
        warnings=(*found.warnings, *_doubts(cutout)),
    )


def _still(path: Path, limits: Limits) -> tuple[Picture, float]:
    """The picture, no larger than is worked on, and its size as a share of the file's."""
    picture = read_picture(path, _STILL, limits, _background_scale)
    width, height = picture.width, picture.height
    scale = _background_scale(width, height)
    if scale < 1:
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        picture = picture.mapped(lambda frame: _resized(frame, size))
    shrink = picture.scale[0] * picture.width / width
    if shrink < 1:
        text = f"Worked on at {picture.width} x {picture.height} pixels: it is large."
        picture = picture.warned(text)
    return replace(picture, frames=picture.frames[:1]), shrink


def _background_scale(width: int, height: int) -> float:
    return min(1.0, float(np.sqrt(BACKGROUND_PIXELS / (width * height))))


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    made: Pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    return made


def _output(spec: BackgroundSpec) -> AnyOutput:
    """As it was asked for; else nothing is lost where something is transparent."""
    if spec.output is not None:
        return spec.output
    if isinstance(spec.fill, Transparent):
        return PngOutput()
    return JpegOutput(quality=92, subsampling="4:4:4")


def _mask(cutout: Cutout, folder: Path) -> VariantResult:
    """White where the subject is, and gray at its soft edges."""
    levels = np.round(cutout.alpha * 255).astype(np.uint8)
    gray = np.repeat(levels[:, :, None], 3, axis=2)
    return written(Picture(frames=(gray,)), "mask", PngOutput(), folder, "/spec")


def _removal(cutout: Cutout, shrink: float) -> RemovalResult:
    left, top, width, height = (round(side / shrink) for side in cutout.box)
    return RemovalResult(
        method=cutout.method,
        confidence=min(max(cutout.confidence, 0.0), 1.0),
        coverage=min(max(cutout.coverage, 0.0), 1.0),
        left=left,
        top=top,
        width=width,
        height=height,
        warnings=list(_doubts(cutout)),
    )


def _doubts(cutout: Cutout) -> tuple[str, ...]:
    if cutout.method == "none":
        return ("Nothing stands out of this picture: all of it is kept.",)
    if cutout.confidence < UNSURE:
        return ("The subject is not sure; look at the mask.",)
    return ()
