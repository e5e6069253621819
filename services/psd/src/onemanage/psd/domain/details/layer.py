"""What a layer holds beyond its place in the tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from psd_tools import PSDImage
from psd_tools.api.layers import Layer, TypeLayer
from psd_tools.constants import Resource, Tag
from psd_tools.psd.descriptor import Descriptor, List
from psd_tools.psd.linked_layer import LinkedLayer

from onemanage.contracts.psd.manifest import Artboard, LayerCompState, LayerDetails
from onemanage.contracts.psd.style import Effect, Fill
from onemanage.psd.domain.details.adjustments import adjustment
from onemanage.psd.domain.details.colors import descriptor_color
from onemanage.psd.domain.details.effects import effects
from onemanage.psd.domain.details.masks import box, raster_mask, vector_mask
from onemanage.psd.domain.details.paint import fill, shape_stroke
from onemanage.psd.domain.details.reading import (
    MAX_ENTRIES,
    Reading,
    flag,
    integer,
    name,
    number,
    optional,
)
from onemanage.psd.domain.details.smart_objects import linked_files, smart_object
from onemanage.psd.domain.details.text import text, used_fonts
from onemanage.psd.domain.layers import is_clipped

_MAX_COLORS = 64
_FILLS = (
    Tag.SOLID_COLOR_SHEET_SETTING,
    Tag.GRADIENT_FILL_SETTING,
    Tag.PATTERN_FILL_SETTING,
    Tag.VECTOR_STROKE_CONTENT_DATA,
)
_LOCKS = {1: "transparency", 2: "pixels", 4: "position", 8: "nesting", 1 << 31: "all"}
_KNOCKOUTS = {1: "shallow", 2: "deep"}
_BACKGROUNDS = {1: "white", 2: "black", 3: "transparent", 4: "color"}
_NO_LOCKS: list[str] = []
_NO_COMPS: list[LayerCompState] = []
_NO_EFFECTS: tuple[list[Effect], bool] = ([], True)
_OVERLAYS = ("color_overlay", "gradient_overlay", "stroke")


@dataclass(frozen=True)
class Surroundings:
    """What of a document its layers refer to. Made once, so that it stays O(n)."""

    bases: Mapping[int, Layer]
    """By ``id`` of a clipped layer, the one that it is clipped to."""
    links: Mapping[int, int]
    """By ``id`` of a layer's record, its link group."""
    files: Mapping[str, LinkedLayer]

    @classmethod
    def of(cls, document: PSDImage) -> "Surroundings":
        """What a layer's details need to know of its document, found once."""
        return cls(
            bases=dict(_bases(document)),
            links=_links(document),
            files=linked_files(document),
        )


def layer_details(
    layer: Layer, ids: Mapping[int, int], around: Surroundings | None = None
) -> LayerDetails:
    """``ids`` gives the layer_id by ``id`` of a layer, as ``layers.tree`` counts them.

    Whoever asks for many layers makes ``around`` once. A property that is damaged or
    too large is a warning of the layer, never an exception.
    """
    around = around or Surroundings.of(cast(PSDImage, layer._psd))
    reading = Reading()
    ask = reading.value
    reading.name_unknown(layer.tagged_blocks)
    found, enabled = ask("effects", lambda: effects(layer, reading), _NO_EFFECTS)
    written = ask("text", lambda: _text(layer, reading), None)
    filled = ask("fill", lambda: _fill(layer, reading), None)
    stroke = ask("stroke", lambda: _stroke(layer, reading), None)
    return LayerDetails(
        layer_id=ids[id(layer)],
        **_place(layer, ids, around, reading),
        mask=ask("mask", lambda: raster_mask(layer), None),
        vector_mask=ask("vector mask", lambda: vector_mask(layer, reading), None),
        effects=found,
        effects_enabled=enabled,
        text=written,
        fonts=used_fonts(written) if written else [],
        fill=filled,
        stroke=stroke,
        adjustment=ask("adjustment", lambda: adjustment(layer, reading), None),
        smart_object=ask(
            "smart object", lambda: smart_object(layer, around.files, reading), None
        ),
        artboard=ask("artboard", lambda: _artboard(layer, reading), None),
        colors=_colors(
            [run.color for run in written.runs] if written else [],
            [filled, stroke.fill if stroke and stroke.enabled else None],
            [effect for effect in found if enabled and effect.enabled],
        ),
        warnings=reading.warnings,
    )


def _place(
    layer: Layer, ids: Mapping[int, int], around: Surroundings, reading: Reading
) -> dict[str, Any]:
    """What the layers panel shows of it."""
    ask = reading.value
    base = around.bases.get(id(layer))
    return {
        "psd_id": ask("id", lambda: _psd_id(layer, reading), None),
        "fill_opacity": ask("fill opacity", lambda: _fill_opacity(layer, reading), 1.0),
        "locks": ask("locks", lambda: _locks(layer, reading), _NO_LOCKS),
        "clipping_base": ids.get(id(base)) if base is not None else None,
        "knockout": ask("knockout", lambda: _knockout(layer, reading), None),
        "comps": ask("layer comps", lambda: _comps(layer, reading), _NO_COMPS),
        "label": ask("label", lambda: _label(layer), None),
        "link_group": around.links.get(id(layer._record)),
        "modified_at": ask("time", lambda: _modified(layer, reading), None),
    }


def _bases(document: PSDImage) -> Iterator[tuple[int, Layer]]:
    """The nearest layer below in the same group that is not clipped itself."""
    groups: list[Any] = [document]
    while groups:
        base: Layer | None = None
        for layer in groups.pop():
            if not is_clipped(layer):
                base = layer
            elif base is not None:
                yield id(layer), base
            if layer.is_group():
                groups.append(layer)


def _links(document: PSDImage) -> dict[int, int]:
    """Group 0 is no group. Stored for each record, those that close groups included."""
    groups = document.image_resources.get_data(Resource.LAYER_GROUP_INFO)
    if groups is None or isinstance(groups, bytes):
        return {}
    records = document._record._iter_layers()
    return {
        id(record): int(group)
        for (record, _), group in zip(records, groups, strict=False)
        if group
    }


def _psd_id(layer: Layer, reading: Reading) -> int | None:
    stored = optional(reading.block(layer, "id", Tag.LAYER_ID))
    return None if stored is None or stored < 0 else int(stored)


def _fill_opacity(layer: Layer, reading: Reading) -> float:
    stored = number(reading.block(layer, "fill opacity", Tag.BLEND_FILL_OPACITY), 255)
    return round(min(stored, 255) / 255, 4)


def _locks(layer: Layer, reading: Reading) -> list[str]:
    stored = integer(reading.block(layer, "locks", Tag.PROTECTED_SETTING))
    if layer._record.flags.transparency_protected:
        stored |= 1
    return [lock for bit, lock in _LOCKS.items() if stored & bit]


def _knockout(layer: Layer, reading: Reading) -> str | None:
    stored = reading.block(layer, "knockout", Tag.KNOCKOUT_SETTING)
    return _KNOCKOUTS.get(integer(stored))


def _text(layer: Layer, reading: Reading) -> Any:
    return text(layer, reading) if isinstance(layer, TypeLayer) else None


def _fill(layer: Layer, reading: Reading) -> Fill | None:
    return fill(reading.block(layer, "fill", *_FILLS), reading)


def _stroke(layer: Layer, reading: Reading) -> Any:
    data = reading.block(layer, "stroke", Tag.VECTOR_STROKE_DATA)
    return shape_stroke(data, reading)


def _artboard(layer: Layer, reading: Reading) -> Artboard | None:
    data = reading.block(
        layer,
        "artboard",
        Tag.ARTBOARD_DATA1,
        Tag.ARTBOARD_DATA2,
        Tag.ARTBOARD_DATA3,
    )
    rectangle = data.get(b"artboardRect") if isinstance(data, Descriptor) else None
    if not isinstance(rectangle, Descriptor):
        return None
    left, top, right, bottom = (
        round(number(rectangle.get(side)))
        for side in (b"Left", b"Top ", b"Rght", b"Btom")
    )
    kind = _BACKGROUNDS.get(integer(data.get(b"artboardBackgroundType"), 1), "white")
    colors = {"white": "#ffffff", "black": "#000000", "transparent": None}
    return Artboard(
        box=box(left, top, right, bottom),
        preset=name(data.get(b"artboardPresetName")),
        background=kind,
        color=colors.get(kind, descriptor_color(data.get(b"Clr "))),
    )


def _metadata(layer: Layer, reading: Reading, key: bytes) -> Any:
    settings = reading.block(layer, "metadata", Tag.METADATA_SETTING)
    if settings is None:
        return None
    return next((item.data for item in settings if item.key == key), None)


def _comps(layer: Layer, reading: Reading) -> list[LayerCompState]:
    data = _metadata(layer, reading, b"cmls")
    listed = data.get(b"layerSettings") if isinstance(data, Descriptor) else None
    if not isinstance(listed, List):
        return []
    states = []
    for item in reading.capped("layer comps", listed, MAX_ENTRIES):
        comps = item.get(b"compList") if isinstance(item, Descriptor) else None
        if not isinstance(comps, List):
            continue
        offset = item.get(b"Ofst")
        is_moved = isinstance(offset, Descriptor)
        visible = item.get(b"enab")
        states.append(
            LayerCompState(
                comp_ids=[integer(x) for x in comps][:MAX_ENTRIES],
                visible=None if visible is None else flag(visible),
                offset_x=optional(offset.get(b"Hrzn")) if is_moved else None,
                offset_y=optional(offset.get(b"Vrtc")) if is_moved else None,
            )
        )
    return states


def _label(layer: Layer) -> str | None:
    label = layer.sheet_color
    return label.name.lower() if label else None


def _modified(layer: Layer, reading: Reading) -> datetime | None:
    data = _metadata(layer, reading, b"cust")
    seconds = data.get(b"layerTime") if isinstance(data, Descriptor) else None
    plain = getattr(seconds, "value", None)
    return datetime.fromtimestamp(plain, UTC) if plain else None


def _colors(
    texts: Sequence[str | None], fills: Sequence[Fill | None], shown: Sequence[Effect]
) -> list[str]:
    """Each once; no more than a search can use."""
    found: dict[str, None] = {color: None for color in texts if color}
    overlays = [effect.fill for effect in shown if effect.kind in _OVERLAYS]
    for painted in (*fills, *overlays):
        if painted and painted.color:
            found[painted.color] = None
        if painted and painted.gradient:
            found |= {stop.color: None for stop in painted.gradient.stops if stop.color}
    return list(found)[:_MAX_COLORS]
