"""What of layers, marks and text makes no sense together, though each field may be so.

Each fault is a pointer within the operation, and what is wrong.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from onemanage.contracts.imaging.operations.fonts import TextFont
from onemanage.contracts.imaging.operations.layers import (
    Composite,
    ImageLayer,
    ImageWatermark,
    LayerMask,
    TextWatermark,
)
from onemanage.contracts.imaging.operations.text import TextBlock
from onemanage.contracts.imaging.operations.values import Operation

MAX_ADDRESSES = 8
"""Of one recipe, besides its source."""

type Faults = Iterator[tuple[str, str]]


def layer_faults(operation: Operation) -> Faults:
    """None for what lays nothing over an image."""
    match operation:
        case ImageWatermark():
            yield from _one_of(operation, ("file_id", "url"), "")
            yield from _address(operation.url, "/url")
        case Composite():
            for number, layer in enumerate(operation.layers):
                yield from _layer(layer, number, f"/layers/{number}")
        case TextWatermark():
            yield from _font(operation.font)
        case TextBlock():
            yield from _font(operation.font)
            yield from _text(operation)


def _layer(layer: ImageLayer, number: int, place: str) -> Faults:
    yield from _one_of(layer, ("file_id", "url", "color"), place)
    yield from _address(layer.url, f"{place}/url")
    if layer.scale is not None:
        for name in ("width", "height"):
            if getattr(layer, name) is not None:
                yield f"{place}/{name}", "Scale gives the size. Leave one out."
        if layer.color is not None:
            yield f"{place}/scale", "A colour has no proportions. Give width and height."
    if layer.unit == "percent":
        for name in ("width", "height"):
            if (getattr(layer, name) or 0) > 1_000:
                yield f"{place}/{name}", "Must be at most 1000 percent."
    if layer.tiled and layer.offset is not None:
        yield f"{place}/offset", "A tiled layer is everywhere. Leave one out."
    if layer.mask is not None:
        yield from _mask(layer.mask, layer, number, f"{place}/mask")


def _mask(mask: LayerMask, layer: ImageLayer, number: int, place: str) -> Faults:
    yield from _one_of(mask, ("file_id", "url", "layer"), place)
    yield from _address(mask.url, f"{place}/url")
    if mask.layer is not None and mask.layer >= number:
        yield f"{place}/layer", "Must be a layer before this one; they count from 0."
    if mask.layer is not None and layer.tiled:
        yield f"{place}/layer", "A tiled layer has a mask of its own, or none."


def _font(font: TextFont | None) -> Faults:
    if font is not None and font.face and font.file_id is None:
        yield "/font/face", "Of a collection of your own. Give its file_id."


def _text(text: TextBlock) -> Faults:
    if not text.text.strip():
        yield "/text", "There is nothing to write."
    if text.size is None and text.shrink:
        yield "/shrink", "Without a size it is as large as goes in. Leave it out."
    if text.unit == "percent":
        for name in ("width", "height"):
            if (getattr(text, name) or 0) > 100:
                yield f"/{name}", "Must be at most 100 percent."


def _one_of(part: object, names: tuple[str, ...], place: str) -> Faults:
    given = [name for name in names if getattr(part, name) is not None]
    if not given:
        yield f"{place}/{names[0]}", f"Give one of {', '.join(names)}."
    for name in given[1:]:
        yield f"{place}/{name}", f"Give one of {', '.join(names)}, not more."


def address_fault(url: str) -> str | None:
    """What is wrong with an address, without repeating it, as it may hold a secret."""
    try:
        parts = urlsplit(url)
        has_host, names_user = bool(parts.hostname), "@" in parts.netloc
    except ValueError:
        has_host, names_user = False, False
    if names_user:
        return "must not hold a user or a password"
    return None if has_host else "must name a host"


def _address(url: str | None, place: str) -> Faults:
    if url is not None and (fault := address_fault(url)):
        yield place, f"The address {fault}."
