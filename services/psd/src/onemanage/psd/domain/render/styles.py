"""A layer's effects as the file states them."""

import math
from dataclasses import dataclass
from typing import Any, cast

from psd_tools.api._descriptor import get_blend_mode, get_scalar
from psd_tools.api.layers import Layer
from psd_tools.api.protocols import PSDProtocol
from psd_tools.constants import BlendMode, Resource, Tag
from psd_tools.psd.descriptor import Descriptor, List
from psd_tools.terminology import Key

from onemanage.psd.domain.render.contours import Table, contour

DROP_SHADOW = b"DrSh"
INNER_SHADOW = b"IrSh"
OUTER_GLOW = b"OrGl"
INNER_GLOW = b"IrGl"
COLOR_OVERLAY = b"SoFi"
GRADIENT_OVERLAY = b"GrFl"
PATTERN_OVERLAY = b"patternFill"
STROKE = b"FrFX"
BEVEL = b"ebbl"
SATIN = b"ChFX"

_LARGEST = 1000
"""Pixels of size or distance; Photoshop writes no more than 30,000, but any file may."""

_BAND = {b"OutF": 1.0, b"CtrF": 0.5, b"InsF": 0.0}


@dataclass(frozen=True)
class Effect:
    """One effect that is switched on. Lengths are pixels, shares 0 to 1."""

    kind: bytes
    desc: Descriptor

    @property
    def opacity(self) -> float:
        """0 to 1."""
        return min(1.0, max(0.0, self.number(Key.Opacity, 100.0) / 100))

    @property
    def mode(self) -> BlendMode:
        """How it is blended; normal where it does not say."""
        return get_blend_mode(self.desc, Key.Mode, BlendMode.NORMAL)

    @property
    def size(self) -> float:
        """Pixels."""
        key = Key.SizeKey if self.kind == STROKE else Key.Blur
        return min(_LARGEST, max(0.0, self.number(key, 0.0)))

    @property
    def choke(self) -> float:
        """How much of the size is solid."""
        return min(1.0, max(0.0, self.number(Key.ChokeMatte, 0.0) / 100))

    @property
    def range(self) -> float:
        """Of a glow: at which strength it is full, 0.01 to 1."""
        return min(1.0, max(0.01, self.number(Key.InputRange, 50.0) / 100))

    @property
    def is_precise(self) -> bool:
        """Of a glow: whether it goes by the distance, and not by a blur."""
        return self.kind in (OUTER_GLOW, INNER_GLOW) and self.enum(b"GlwT") == b"PrBL"

    def number(self, key: bytes, default: float) -> float:
        """As it is stored, in its own unit; ``default`` where it is not finite."""
        value = get_scalar(self.desc, key, float, default)
        return value if math.isfinite(value) else default

    def flag(self, key: bytes, default: bool) -> bool:
        """A Boolean of its descriptor."""
        return get_scalar(self.desc, key, bool, default)

    def enum(self, key: bytes) -> bytes:
        """An enumerated value of its descriptor; empty where there is none."""
        found = getattr(self.desc.get(key), "enum", b"")
        return found if isinstance(found, bytes) else b""

    def light(self, psd: PSDProtocol) -> tuple[float, float]:
        """Angle and altitude of the light, in degrees."""
        angle = self.number(Key.LocalLightingAngle, 120.0)
        altitude = self.number(Key.LocalLightingAltitude, 30.0)
        if self.flag(Key.UseGlobalAngle, False):
            angle = _stated(psd, Resource.GLOBAL_ANGLE)
            altitude = _stated(psd, Resource.GLOBAL_ALTITUDE)
        return angle, min(90.0, max(0.0, altitude))

    def shift(self, psd: PSDProtocol) -> tuple[int, int]:
        """How far a shadow falls, right and down: away from the light."""
        turn, distance = math.radians(self.light(psd)[0]), self.distance
        return _whole(-distance * math.cos(turn)), _whole(distance * math.sin(turn))

    @property
    def distance(self) -> float:
        """Pixels."""
        return min(_LARGEST, max(0.0, self.number(Key.Distance, 0.0)))

    @property
    def soften(self) -> int:
        """Of a bevel: pixels."""
        return round(min(_LARGEST, max(0.0, self.number(b"Sftn", 0.0))))

    @property
    def contour(self) -> Table | None:
        """Values at 0 to 255 of what its strength goes through; None where straight."""
        return contour(self.desc.get(Key.TransferSpec))

    @property
    def outer_share(self) -> float:
        """Of a stroke: how much of its size lies outside of the layer."""
        return _BAND.get(self.enum(Key.Style), 1.0)

    @property
    def margin(self) -> int:
        """How far around a pixel the effect looks, and paints."""
        if self.kind == STROKE:
            return math.ceil(self.size) + 2
        if self.kind in (DROP_SHADOW, INNER_SHADOW, SATIN):
            return math.ceil(self.distance + 1.4 * self.size) + 3
        if self.kind == BEVEL:
            return math.ceil(self.size + self.soften) + 3
        if self.kind in (OUTER_GLOW, INNER_GLOW):
            return math.ceil(1.4 * self.size) + 3
        return 0

    @property
    def outside(self) -> int:
        """How far beyond the layer it paints."""
        if self.kind == STROKE:
            share = self.outer_share
            return math.ceil(self.size * share) + 2 if share else 0
        if self.kind == BEVEL:
            return 0 if self.enum(b"bvlS") == b"InrB" else self.margin
        return self.margin if self.kind in (DROP_SHADOW, OUTER_GLOW) else 0


def _stated(psd: PSDProtocol, key: Resource) -> float:
    """The document's own light; 30 degrees where it does not say."""
    stated = psd.image_resources.get_data(key)
    return float(stated) if stated is not None else 30.0


def _whole(pixels: float) -> int:
    """Halves go up, also those that floating point has a little less of."""
    return math.floor(round(pixels, 6) + 0.5)


def effects(layer: Layer) -> list[Effect]:
    """Those that are switched on, in the file's order."""
    for tag in (
        Tag.OBJECT_BASED_EFFECTS_LAYER_INFO,
        Tag.OBJECT_BASED_EFFECTS_LAYER_INFO_V0,
        Tag.OBJECT_BASED_EFFECTS_LAYER_INFO_V1,
    ):
        data = layer.tagged_blocks.get_data(tag)
        if isinstance(data, Descriptor):
            return _listed(data)
    return []


def _listed(data: Descriptor) -> list[Effect]:
    if not get_scalar(data, b"masterFXSwitch", bool, False):
        return []
    found = []
    for key in data:
        value = data[key]
        items = cast(Any, value) if isinstance(value, List) else [value]
        for item in items:
            # older files leave 'present' out
            if (
                isinstance(item, Descriptor)
                and get_scalar(item, b"present", bool, True)
                and get_scalar(item, Key.Enabled, bool, False)
            ):
                found.append(Effect(item.classID, item))
    return found
