"""What a document holds beyond its layers: its image resources, in plain values."""

import io
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import unescape

from PIL import ImageCms
from psd_tools import PSDImage
from psd_tools.constants import AlphaChannelMode, ColorMode, Resource
from psd_tools.psd.descriptor import Descriptor

from onemanage.contracts.psd.manifest import (
    Channel,
    DocumentDetails,
    EmbeddedFile,
    Guide,
    LayerComp,
)
from onemanage.psd.domain.details.reading import (
    MAX_ENTRIES,
    Reading,
    flag,
    integer,
    name,
    number,
    optional,
)
from onemanage.psd.domain.details.slices import slices
from onemanage.psd.domain.details.smart_objects import (
    embedded_files,
    has_damaged_files,
)
from onemanage.psd.domain.layers import Node
from onemanage.psd.domain.notes import notes_of

_FIXED = 65_536
"""Resolutions are fixed-point numbers of 16.16 bits."""
_GUIDE = 32
"""Guides stand at multiples of a 32nd of a pixel."""
_NEAR = 400
"""Characters in which a property's value ends."""
_MAX_XMP = 1 << 20
"""Bytes of it that are looked at."""
_XMP = {"created": "CreateDate", "modified": "ModifyDate", "software": "CreatorTool"}
_UNKNOWN_PPI: tuple[float | None, float | None] = (None, None)
_NO_THUMBNAIL: tuple[int | None, int | None] = (None, None)
_NO_COMPS: tuple[list[LayerComp], int | None] = ([], None)
_NO_XMP: dict[str, str] = {}


def document_details(document: PSDImage, nodes: Sequence[Node]) -> DocumentDetails:
    """A resource that is damaged is a warning, never an exception.

    ``nodes`` are the layers as ``layers.tree`` counts them.
    """
    reading = Reading()
    ask = reading.value
    reading.name_unknown(document._record.layer_and_mask_information.tagged_blocks)
    ppi_x, ppi_y = ask("resolution", lambda: _resolution(document), _UNKNOWN_PPI)
    comps, last = ask("layer comps", lambda: _comps(document, reading), _NO_COMPS)
    xmp = ask("XMP", lambda: _xmp(document), _NO_XMP)
    width, height = ask("thumbnail", lambda: _thumbnail(document), _NO_THUMBNAIL)
    names = notes_of(document).names
    version = ask("version", lambda: _resource(document, Resource.VERSION_INFO), None)
    return DocumentDetails(
        ppi_x=ppi_x,
        ppi_y=ppi_y,
        pixel_aspect_ratio=optional(_resource(document, Resource.PIXEL_ASPECT_RATIO)),
        guides=ask("guides", lambda: _guides(document, reading), []),
        slices=ask("slices", lambda: slices(document, reading), []),
        artboards=[node.layer_id for node in nodes if node.kind == "artboard"],
        comps=comps,
        last_comp=last,
        global_angle=optional(_resource(document, Resource.GLOBAL_ANGLE)),
        global_altitude=optional(_resource(document, Resource.GLOBAL_ALTITUDE)),
        icc_profile=ask("ICC profile", lambda: _icc_profile(document), None),
        channels=ask("channels", lambda: _channels(document, reading), []),
        paths=ask("paths", lambda: _paths(document), []),
        files=ask("embedded files", lambda: _files(document, reading), []),
        created=xmp.get("created"),
        modified=xmp.get("modified"),
        software=xmp.get("software"),
        writer=name(version.writer) or None if version else None,
        copyrighted=ask("copyright flag", lambda: _copyrighted(document), None),
        url=ask("URL", lambda: _url(document), None),
        colors_in_table=ask("colour table", lambda: _table_size(document), None),
        thumbnail_width=width,
        thumbnail_height=height,
        merged_image=bool(version.has_composite) if version else None,
        name_encoding=names.encoding.name if names else None,
        name_encoding_confidence=names.encoding.how_sure if names else None,
        warnings=reading.warnings,
    )


def _resource(document: PSDImage, key: Resource) -> Any:
    """None where it is absent. Bytes where psd-tools could not parse it, or cannot."""
    return document.image_resources.get_data(key)


def _parsed(document: PSDImage, key: Resource) -> Any:
    data = _resource(document, key)
    if isinstance(data, bytes):
        raise ValueError("its form is not known")
    return data


def _resolution(document: PSDImage) -> tuple[float | None, float | None]:
    info = _parsed(document, Resource.RESOLUTION_INFO)
    if info is None:
        return None, None
    across, down = info.horizontal / _FIXED, info.vertical / _FIXED
    return round(across, 4) or None, round(down, 4) or None


def _guides(document: PSDImage, reading: Reading) -> list[Guide]:
    info = _parsed(document, Resource.GRID_AND_GUIDES_INFO)
    if info is None:
        return []
    return [
        Guide(
            orientation="horizontal" if is_horizontal else "vertical",
            position=_signed(position) / _GUIDE,
        )
        for position, is_horizontal in reading.capped("guides", info.data, MAX_ENTRIES)
    ]


def _signed(value: int) -> int:
    """A guide may stand off the canvas; psd-tools reads it as unsigned."""
    return value - 2**32 if value >= 2**31 else value


def _comps(document: PSDImage, reading: Reading) -> tuple[list[LayerComp], int | None]:
    data = _parsed(document, Resource.LAYER_COMPS)
    if not isinstance(data, Descriptor):
        return [], None
    listed = reading.capped("layer comps", data.get(b"list") or (), MAX_ENTRIES)
    comps = [
        LayerComp(
            comp_id=integer(item.get(b"compID")),
            name=name(item.get(b"Nm  ")),
            comment=name(item.get(b"comment")),
        )
        for item in listed
        if isinstance(item, Descriptor)
    ]
    last = optional(data.get(b"lastAppliedComp"))
    return comps, None if last is None else int(last)


def _icc_profile(document: PSDImage) -> str | None:
    profile = _resource(document, Resource.ICC_PROFILE)
    if not isinstance(profile, bytes):
        return None
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return name(ImageCms.getProfileDescription(opened).strip()) or None


def _channels(document: PSDImage, reading: Reading) -> list[Channel]:
    """Named twice in most files: what is in Unicode counts."""
    names = _parsed(document, Resource.ALPHA_NAMES_UNICODE)
    names = names or _parsed(document, Resource.ALPHA_NAMES_PASCAL) or ()
    info = _parsed(document, Resource.DISPLAY_INFO)
    kinds = [channel.mode for channel in info.alpha_channels] if info else []
    kept = reading.capped("channels", names, MAX_ENTRIES)
    return [
        Channel(
            name=name(str(getattr(text, "value", text))),
            kind=_channel_kind(kinds[index]) if index < len(kinds) else None,
        )
        for index, text in enumerate(kept)
    ]


def _channel_kind(mode: AlphaChannelMode | int) -> str | None:
    return mode.name.lower() if isinstance(mode, AlphaChannelMode) else None


def _paths(document: PSDImage) -> list[str]:
    """A path's name is the name of its resource; the working path has none."""
    found = []
    for key, resource in document.image_resources.items():
        if key == Resource.WORKING_PATH or Resource.is_path_info(int(key)):
            found.append(name(resource.name) or "Work Path")
    return found[:MAX_ENTRIES]


def _xmp(document: PSDImage) -> dict[str, str]:
    """Three properties of the XMP packet, found as text.

    A packet is XML of whoever made the file; one that is never parsed expands nothing.
    """
    packet = _resource(document, Resource.XMP_METADATA)
    if not isinstance(packet, bytes):
        return {}
    text = packet[:_MAX_XMP].decode("utf-8", "replace")
    found = {}
    for key, property_ in _XMP.items():
        stated = (
            rf"\bxmp:{property_}=[\"']([^\"'<]{{1,300}})|"
            rf"<xmp:{property_}>([^<]{{1,300}})<"
        )
        begin = text.find(f"xmp:{property_}") - 1
        if begin < 0:
            continue
        # a packet is mostly blanks, through which a pattern looks slowly
        near = text[begin : begin + _NEAR]
        if match := re.search(stated, near) or re.search(stated, text[begin:]):
            found[key] = name(unescape(match[1] or match[2]).strip())
    return found


def _thumbnail(document: PSDImage) -> tuple[int | None, int | None]:
    for key in (Resource.THUMBNAIL_RESOURCE, Resource.THUMBNAIL_RESOURCE_PS4):
        thumbnail = _parsed(document, key)
        if thumbnail is not None:
            return thumbnail.width, thumbnail.height
    return None, None


def _files(document: PSDImage, reading: Reading) -> list[EmbeddedFile]:
    if has_damaged_files(document):
        reading.warn("Its embedded files cannot be read: the block is damaged")
    found = embedded_files(document, MAX_ENTRIES + 1)
    return reading.capped("embedded files", found, MAX_ENTRIES)


def _copyrighted(document: PSDImage) -> bool | None:
    stored = _parsed(document, Resource.COPYRIGHT_FLAG)
    return None if stored is None else flag(stored)


def _url(document: PSDImage) -> str | None:
    stored = _resource(document, Resource.URL)
    if not isinstance(stored, bytes):
        return None
    return name(stored.decode("utf-8", "replace")) or None


def _table_size(document: PSDImage) -> int | None:
    """Entries in use; a table has 256 of three bytes."""
    if document.color_mode is not ColorMode.INDEXED:
        return None
    stored = _resource(document, Resource.INDEXED_COLOR_TABLE_COUNT)
    entries = len(document._record.color_mode_data.value) // 3
    return int(number(stored, entries))
