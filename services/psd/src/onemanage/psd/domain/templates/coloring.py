"""Colours of layers: their fill, their own stroke, or their color overlay."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from psd_tools.api.layers import Layer
from psd_tools.psd.descriptor import Descriptor, Double

from onemanage.psd.domain.boxes import size_of
from onemanage.psd.domain.layers import Node
from onemanage.psd.domain.render import effects, shapes
from onemanage.psd.domain.render.canvas import Canvas
from onemanage.psd.domain.templates.own_colors import FromSrgb
from onemanage.psd.domain.templates.targets import overlay, stroke_paint

type Recolor = Callable[[Layer, Canvas], Canvas]


@contextmanager
def colored(
    node: Node, target: str, rgb: tuple[int, int, int], from_srgb: FromSrgb
) -> Iterator[Recolor]:
    """Within it the layer's descriptors have the colour; what it yields gives its own
    pixels the colour, where that is what the target is."""
    match target:
        case "overlay":
            with _changed(overlay(node), rgb):
                yield _as_it_is
        case "stroke":
            with _changed(stroke_paint(node), rgb):
                yield _restroked
        case _:
            yield _filled(from_srgb.color(rgb))


@contextmanager
def _changed(desc: Descriptor | None, rgb: tuple[int, int, int]) -> Iterator[None]:
    if desc is None:
        yield
        return
    before = desc.get(b"Clr ")
    desc[b"Clr "] = _descriptor(rgb)
    try:
        yield
    finally:
        desc[b"Clr "] = before


def _descriptor(rgb: tuple[int, int, int]) -> Descriptor:
    found = Descriptor(classID=b"RGBC")
    for key, value in zip((b"Rd  ", b"Grn ", b"Bl  "), rgb, strict=True):
        found[key] = Double(float(value))
    return found


def _as_it_is(layer: Layer, found: Canvas) -> Canvas:
    return found


def _restroked(layer: Layer, found: Canvas) -> Canvas:
    """Stored pixels have the old stroke in them: what is below it, and the new one."""
    bare = shapes.unstroked(layer, found)
    base = Canvas(found.box, bare.color.copy(), np.full_like(found.alpha, 255))
    shapes.restroke(layer, base, found.alpha)
    return Canvas(found.box, base.color, found.alpha)


def _filled(color: "np.typing.NDArray[np.uint8]") -> Recolor:
    def filled(layer: Layer, found: Canvas) -> Canvas:
        whole = np.broadcast_to(color[:, None, None], (len(color), *size_of(found.box)))
        base = Canvas(found.box, whole.copy(), np.full_like(found.alpha, 255))
        if shapes.has_stroke(layer) and not effects.paints_within(layer):
            shapes.restroke(layer, base, found.alpha)
        return Canvas(found.box, base.color, found.alpha)

    return filled
