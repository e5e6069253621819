"""Renders of real files beside the merged images that Photoshop has left in them."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.constants import ColorMode

from onemanage.psd.domain.color import CHANNELS, ToSrgb
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.pixels import merged_pixels
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.domain.render import render, unsupported

from . import samples

FILES = [
    "advanced-blending.psd",
    "artboard.psd",
    "blend-modes/cmyk-blend-modes.psd",
    "blend-modes/rgb-blend-modes.psd",
    "clip-adjustment.psd",
    "clipping-mask.psd",
    "clipping-mask2.psd",
    "opacity-fill.psd",
    "adjustments/adjustment_clipping.psd",
    "adjustments/curves_rgb.psd",
    "adjustments/huesaturation_rgb.psd",
    "adjustments/levels_cmyk.psd",
    "effects/shape-fx.psd",
    "passthrough_opacity.psd",
    "mask-density-layervectormask.psd",
    "masks.psb",
    "passthrough_clipping_mask_blendmode.psd",
    "passthrough_fill_blendmode.psd",
    "vector-mask.psd",
]
CLOSE = 2.0
"""Levels of 255, as a mean over all pixels."""


def located(name: str) -> Path:
    path = samples.CORPUS / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    return path


def on_white(planes: NDArray[np.uint8], mode: ColorMode) -> NDArray[np.float64]:
    if planes.shape[2] == CHANNELS[mode]:
        return planes.astype(float)
    share = planes[:, :, -1:] / 255
    return planes[:, :, :-1] * share + 255 * (1 - share)


@pytest.mark.parametrize("name", FILES)
def test_a_real_document_looks_as_in_photoshop(name: str) -> None:
    with quiet():
        document = open_document(located(name), Limits())
        expected = merged_pixels(document, ToSrgb(ColorMode.RGB, document.depth, None))
        rendered = render(document)
    assert rendered.warnings == ()
    mode = document.color_mode
    difference = on_white(rendered.planes, mode) - on_white(expected, mode)
    assert np.abs(difference).mean() <= CLOSE


def test_effects_that_were_measured_are_exact_and_others_named() -> None:
    document = PSDImage.open(located("layer_effects.psd"))
    named = {layer.name: unsupported(layer) for layer in document.descendants()}
    for name in ("Bevel", "Emboss", "Satin", "Drop Shadow", "Outer Glow", "Inner Glow"):
        assert named[name] == ()
    params = PSDImage.open(located("layer_params.psd"))
    said = {text for layer in params.descendants() for text in unsupported(layer)}
    assert "the contour of the outer glow is approximate" in said
