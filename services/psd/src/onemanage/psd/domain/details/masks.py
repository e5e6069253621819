"""Raster and vector masks."""

from collections.abc import Sequence

from psd_tools.api.layers import Layer
from psd_tools.constants import ChannelID, Tag
from psd_tools.psd.layer_and_mask import MaskParameters
from psd_tools.psd.vector import InitialFillRule, Knot
from psd_tools.psd.vector import Subpath as StoredPath
from psd_tools.psd.vector import VectorMaskSetting

from onemanage.contracts.psd.style import Box, RasterMask, Subpath, VectorMask
from onemanage.psd.domain.details.reading import MAX_KNOTS, Reading, number

_OPERATIONS = {-1: "same", 0: "exclude", 1: "union", 2: "subtract", 3: "intersect"}


def raster_mask(layer: Layer) -> RasterMask | None:
    """The mask that was painted.

    Where there is a vector mask too, channel -2 holds both as rendered and the painted
    one is channel -3; the fields called real belong to the latter.
    """
    record = layer._record
    data = record.mask_data
    if data is None:
        return None
    channels = {info.id for info in record.channel_info}
    if ChannelID.REAL_USER_LAYER_MASK in channels and data.real_flags is not None:
        flags = data.real_flags
        color = data.real_background_color or 0
        sides = (data.real_left, data.real_top, data.real_right, data.real_bottom)
    else:
        if ChannelID.USER_LAYER_MASK not in channels:
            return None
        flags, color = data.flags, data.background_color
        sides = (data.left, data.top, data.right, data.bottom)
    parameters = data.parameters or MaskParameters()
    return RasterMask(
        box=box(*(side or 0 for side in sides)),
        default_color=color,
        density=_density(parameters.user_mask_density),
        feather=number(parameters.user_mask_feather),
        enabled=not flags.mask_disabled,
        linked=not flags.pos_relative_to_layer,
        inverted=bool(flags.invert_mask),
        from_render=bool(flags.user_mask_from_render),
    )


def vector_mask(layer: Layer, reading: Reading) -> VectorMask | None:
    """None where the layer has none, or it cannot be read."""
    data = reading.block(
        layer, "vector mask", Tag.VECTOR_MASK_SETTING1, Tag.VECTOR_MASK_SETTING2
    )
    if not isinstance(data, VectorMaskSetting):
        return None
    items = list(data.path or ())
    stored = [item for item in items if isinstance(item, StoredPath)]
    mask = layer._record.mask_data
    parameters = (mask.parameters if mask else None) or MaskParameters()
    return VectorMask(
        subpath_count=len(stored),
        knot_count=sum(len(path) for path in stored),
        subpaths=_subpaths(stored, layer._psd.size, reading),
        enabled=not data.disable,
        linked=not data.not_link,
        inverted=data.invert,
        starts_filled=any(
            isinstance(item, InitialFillRule) and bool(item.value) for item in items
        ),
        density=_density(parameters.vector_mask_density),
        feather=number(parameters.vector_mask_feather),
    )


def box(left: int, top: int, right: int, bottom: int) -> Box:
    """From its sides; one that is inside out is empty."""
    width, height = max(0, right - left), max(0, bottom - top)
    return Box(left=left, top=top, width=width, height=height)


def _subpaths(
    stored: Sequence[StoredPath], size: tuple[int, int], reading: Reading
) -> list[Subpath]:
    left = MAX_KNOTS
    kept = []
    for path in stored:
        left -= max(1, len(path))
        if left < 0:
            reading.warn(f"It has too many knots: the first {MAX_KNOTS} are kept")
            break
        kept.append(
            Subpath(
                closed=path.is_closed(),
                knots=[_knot(knot, size) for knot in path if isinstance(knot, Knot)],
                operation=_OPERATIONS.get(path.operation, "union"),
            )
        )
    return kept


def _knot(knot: Knot, size: tuple[int, int]) -> list[float]:
    """Stored as y and x in shares of the canvas."""
    width, height = size
    found = []
    for y, x in (knot.preceding, knot.anchor, knot.leaving):
        found += [round(x * width, 3), round(y * height, 3)]
    return found


def _density(value: int | None) -> float:
    return 1.0 if value is None else round(value / 255, 4)
