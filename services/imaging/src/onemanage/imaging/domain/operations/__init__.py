"""Operations of a recipe on a picture. The table ends the module."""

from collections.abc import Callable, Sequence
from typing import Any

from onemanage.contracts.imaging import recipes
from onemanage.imaging.domain.operations import geometry, look, shapes, watermark
from onemanage.imaging.domain.operations.context import Context
from onemanage.imaging.domain.picture import Picture

__all__ = ["OPERATIONS", "Context", "carried_out"]


def carried_out(
    picture: Picture,
    operations: Sequence[recipes.AnyOperation],
    context: Context,
    pointer: str,
) -> Picture:
    """What the operations make of the picture, in their order.

    ``pointer`` is where they stand in the recipe. Raises InvalidImage, whose ``where``
    points at the operation.
    """
    for number, operation in enumerate(operations):
        apply = OPERATIONS[type(operation)]
        picture = apply(picture, operation, context.at(f"{pointer}/{number}"))
    return picture


OPERATIONS: dict[
    type[recipes.Operation], Callable[[Picture, Any, Context], Picture]
] = {
    recipes.Resize: geometry.resize,
    recipes.Crop: geometry.crop,
    recipes.Trim: geometry.trim,
    recipes.Rotate: geometry.rotate,
    recipes.Flip: geometry.flip,
    recipes.Sharpen: look.sharpen,
    recipes.Blur: look.blur,
    recipes.Denoise: look.denoise,
    recipes.Adjust: look.adjust,
    recipes.AutoLevels: look.auto_levels,
    recipes.Grayscale: look.grayscale,
    recipes.Tint: look.tint,
    recipes.RoundedCorners: shapes.rounded_corners,
    recipes.Border: shapes.border,
    recipes.DropShadow: shapes.drop_shadow,
    recipes.Background: shapes.background,
    recipes.ImageWatermark: watermark.image_watermark,
    recipes.TextWatermark: watermark.text_watermark,
}
