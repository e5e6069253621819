"""Operations of a recipe on a picture. The table ends the module."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from onemanage.contracts.imaging.operations.colors import (
    Colorize,
    ColorMatrix,
    Duotone,
    GradientOverlay,
    Hue,
    Lut,
    MakeTransparent,
    Sepia,
    Vibrance,
    WhiteBalance,
)
from onemanage.contracts.imaging.operations.effects import (
    Convolve,
    Grain,
    Median,
    Pixelate,
)
from onemanage.contracts.imaging.operations.geometry import (
    Affine,
    Crop,
    CropAspect,
    CropTo,
    Flip,
    Pad,
    Perspective,
    Resize,
    Rotate,
    Trim,
)
from onemanage.contracts.imaging.operations.layers import (
    Composite,
    ImageWatermark,
    TextWatermark,
)
from onemanage.contracts.imaging.operations.look import (
    Adjust,
    AutoLevels,
    Blur,
    Denoise,
    Grayscale,
    Sharpen,
    Tint,
)
from onemanage.contracts.imaging.operations.regions import Obscure
from onemanage.contracts.imaging.operations.shapes import (
    Background,
    Border,
    DropShadow,
    RoundedCorners,
)
from onemanage.contracts.imaging.operations.text import TextBlock
from onemanage.contracts.imaging.operations.tones import (
    Clahe,
    Curves,
    Equalize,
    Gamma,
    Negate,
    Posterize,
    ShadowsHighlights,
    Solarize,
    Threshold,
    Vignette,
)
from onemanage.contracts.imaging.operations.values import Operation
from onemanage.contracts.imaging.recipes import AnyOperation
from onemanage.imaging.domain.operations import (
    clahe,
    colors,
    effects,
    framing,
    geometry,
    keying,
    layers,
    look,
    regions,
    shapes,
    text,
    tones,
    warping,
    watermark,
)
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.operations.following import follows
from onemanage.imaging.domain.picture import Picture

__all__ = ["OPERATIONS", "Context", "carried_out"]


def carried_out(
    picture: Picture,
    operations: Sequence[AnyOperation],
    context: Context,
    pointer: str,
) -> Picture:
    """What the operations make of the picture, in their order.

    ``pointer`` is where they stand in the recipe. Raises InvalidImage, whose ``where``
    points at the operation.
    """
    for number, operation in enumerate(operations):
        apply = OPERATIONS[type(operation)]
        at = f"{pointer}/{number}"
        picture = apply(picture, operation, context.at(at))
        if picture.gain is not None and not follows(operation):
            lost = f"it cannot follow what is done at {at}"
            picture = replace(picture, gain=None, gain_lost=lost)
    return picture


OPERATIONS: dict[type[Operation], Callable[[Picture, Any, Context], Picture]] = {
    Resize: geometry.resize,
    Crop: geometry.crop,
    Trim: geometry.trim,
    Rotate: geometry.rotate,
    Flip: geometry.flip,
    Sharpen: look.sharpen,
    Blur: look.blur,
    Denoise: look.denoise,
    Adjust: look.adjust,
    AutoLevels: look.auto_levels,
    Grayscale: look.grayscale,
    Tint: look.tint,
    RoundedCorners: shapes.rounded_corners,
    Border: shapes.border,
    DropShadow: shapes.drop_shadow,
    Background: shapes.background,
    ImageWatermark: watermark.image_watermark,
    TextWatermark: watermark.text_watermark,
    Gamma: tones.gamma,
    Curves: tones.curves,
    Equalize: tones.equalize,
    Clahe: clahe.clahe,
    ShadowsHighlights: tones.shadows_highlights,
    WhiteBalance: colors.white_balance,
    Vibrance: colors.vibrance,
    Hue: colors.hue,
    ColorMatrix: colors.color_matrix,
    Lut: colors.lut,
    MakeTransparent: keying.make_transparent,
    Negate: tones.negate,
    Solarize: tones.solarize,
    Posterize: tones.posterize,
    Threshold: tones.threshold,
    Sepia: colors.sepia,
    Duotone: colors.duotone,
    Colorize: colors.colorize,
    GradientOverlay: colors.gradient,
    Vignette: tones.vignette,
    Grain: effects.grain,
    Pixelate: effects.pixelate,
    Median: effects.median,
    Convolve: effects.convolve,
    Obscure: regions.obscure,
    CropAspect: framing.crop_aspect,
    CropTo: framing.crop_to,
    Pad: framing.pad,
    Affine: warping.affine,
    Perspective: warping.perspective,
    Composite: layers.composite,
    TextBlock: text.text,
}
