"""Smart objects, and the files within a document that they show."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from psd_tools import PSDImage
from psd_tools.api.layers import Layer
from psd_tools.constants import LinkedLayerType, Tag
from psd_tools.psd.descriptor import Descriptor, List, ObjectArray, UnitFloats
from psd_tools.psd.linked_layer import LinkedLayer
from psd_tools.psd.tagged_blocks import PlacedLayerData, SmartObjectLayerData

from onemanage.contracts.psd.manifest import EmbeddedFile, SmartObject
from onemanage.psd.domain.details.reading import (
    MAX_ENTRIES,
    Reading,
    code,
    file_name,
    name,
    number,
    optional,
)
from onemanage.psd.errors import InvalidDocument

MAX_FILE = 2 << 30
"""Bytes of a file that is extracted."""

_CHUNK = 1 << 20
_KINDS = {
    LinkedLayerType.DATA: "embedded",
    LinkedLayerType.EXTERNAL: "linked",
    LinkedLayerType.ALIAS: "alias",
}
_TAGS = (
    Tag.LINKED_LAYER1,
    Tag.LINKED_LAYER2,
    Tag.LINKED_LAYER3,
    Tag.LINKED_LAYER_EXTERNAL,
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAGIC = (
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"\xc5\xd0\xd3\xc6", "application/postscript"),
    (b"BM", "image/bmp"),
    (b"PK\x03\x04", "application/zip"),
)
_BRANDS = {
    b"avif": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"qt  ": "video/quicktime",
    b"isom": "video/mp4",
    b"mp42": "video/mp4",
}


def embedded_files(
    document: PSDImage, max_count: int = MAX_ENTRIES
) -> list[EmbeddedFile]:
    """Every file that smart objects may show, in the document's order."""
    found = (_described(item) for item in linked_files(document).values())
    return [file for file, _ in zip(found, range(max_count), strict=False)]


def extract(
    document: PSDImage, unique_id: str, path: Path, max_size: int = MAX_FILE
) -> EmbeddedFile:
    """Write an embedded file's bytes to ``path``, and say what it is.

    ``embedded_path`` gives a name that is safe. Raises InvalidDocument when the
    document has no such file, when the file is elsewhere, or has over ``max_size``
    bytes.
    """
    item = linked_files(document).get(unique_id)
    if item is None or item.kind is not LinkedLayerType.DATA or item.data is None:
        raise InvalidDocument(
            "psd.no_embedded_file",
            "The document embeds no file of this id. Take one from its manifest "
            "whose smart object is extractable.",
            f"smart object {name(unique_id)}",
        )
    if len(item.data) > max_size:
        raise InvalidDocument(
            "psd.too_large",
            f"The embedded file has {len(item.data)} bytes; {max_size} are allowed. "
            "Take it out of the document in Photoshop.",
            f"smart object {name(unique_id)}",
        )
    data = memoryview(item.data)
    with path.open("wb") as file:
        for start in range(0, len(data), _CHUNK):
            file.write(data[start : start + _CHUNK])
    return _described(item)


def embedded_path(unique_id: str) -> str:
    """From the id alone, which is the author's text too unless it is a UUID."""
    if _UUID.fullmatch(unique_id.lower()):
        return f"embedded/{unique_id.lower()}"
    digest = sha256(unique_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"embedded/{digest[:32]}"


def linked_files(document: PSDImage) -> dict[str, LinkedLayer]:
    """By id; the first of an id counts."""
    found: dict[str, LinkedLayer] = {}
    for item in _linked(document):
        found.setdefault(name(item.uuid), item)
    return found


def has_damaged_files(document: PSDImage) -> bool:
    """Whether psd-tools could not parse a list of them."""
    blocks = document.tagged_blocks
    if blocks is None:
        return False
    return any(tag in blocks and isinstance(blocks[tag].data, bytes) for tag in _TAGS)


def smart_object(
    layer: Layer, files: Mapping[str, LinkedLayer], reading: Reading
) -> SmartObject | None:
    """What it shows, by ``files`` that lie in the document under their ids."""
    placed = reading.block(layer, "placement", Tag.PLACED_LAYER1, Tag.PLACED_LAYER2)
    block = reading.block(
        layer,
        "smart object",
        Tag.SMART_OBJECT_LAYER_DATA1,
        Tag.SMART_OBJECT_LAYER_DATA2,
    )
    data: Any = block.data if isinstance(block, SmartObjectLayerData) else Descriptor()
    unique_id = name(data.get(b"Idnt"))
    if isinstance(placed, PlacedLayerData):
        unique_id = unique_id or name(placed.uuid.decode("macroman", "replace"))
    elif not isinstance(block, SmartObjectLayerData):
        return None
    item = files.get(unique_id)
    file = _described(item) if item is not None else None
    size = data.get(b"Sz  ")
    is_sized = isinstance(size, Descriptor)
    return SmartObject(
        kind=file.kind if file else "missing",
        unique_id=unique_id,
        file_name=file.file_name if file else "",
        file_type=file.file_type if file else None,
        media_type=file.media_type if file else None,
        size=file.size if file else None,
        extractable=bool(file and file.extractable),
        placed_id=name(data.get(b"placed")),
        width=optional(size.get(b"Wdth")) if is_sized else None,
        height=optional(size.get(b"Hght")) if is_sized else None,
        resolution=optional(data.get(b"Rslt")),
        transform=_corners(data.get(b"Trnf"), placed),
        warped=_is_warped(data),
        filters=_filters(data.get(b"filterFX"), reading),
    )


def media_type(data: bytes) -> str | None:
    """By the first bytes; None where they are not known."""
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return found
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(bytes(data[8:12]))
    return "image/svg+xml" if b"<svg" in data[:1024].lower() else None


def _linked(document: PSDImage) -> Iterator[LinkedLayer]:
    blocks = document.tagged_blocks
    if blocks is None:
        return
    for tag in _TAGS:
        data = blocks.get_data(tag)
        if data is not None:
            yield from (item for item in data if isinstance(item, LinkedLayer))


def _described(item: LinkedLayer) -> EmbeddedFile:
    is_embedded = item.kind is LinkedLayerType.DATA and item.data is not None
    data = item.data or b""
    made_by = item.filetype.strip(b" \0").decode("ascii", "replace").lower()
    return EmbeddedFile(
        unique_id=name(item.uuid),
        kind=_KINDS[item.kind],
        file_name=file_name(item.filename),
        file_type=name(made_by) or None,
        media_type=media_type(data[:1024]) if is_embedded else None,
        size=len(data) if is_embedded else item.filesize,
        extractable=is_embedded,
    )


def _corners(stored: Any, placed: Any) -> list[float]:
    """Of the newer block, else of the older."""
    if isinstance(stored, List) and len(stored) == 8:
        return [number(x) for x in stored]
    if isinstance(placed, PlacedLayerData):
        return [number(x) for x in placed.transform]
    return []


def _is_warped(data: Any) -> bool:
    """A mesh of the content's own corners and thirds leaves it as it is."""
    warp = data.get(b"warp")
    if not isinstance(warp, Descriptor):
        return False
    style = code(warp.get(b"warpStyle"))
    if style != b"warpCustom":
        return style not in (b"", b"warpNone")
    bounds, mesh = warp.get(b"bounds"), warp.get(b"customEnvelopeWarp")
    points = mesh.get(b"meshPoints") if isinstance(mesh, Descriptor) else None
    if not isinstance(points, ObjectArray) or not isinstance(bounds, Descriptor):
        return True
    left, top, right, bottom = (
        number(bounds.get(side)) for side in (b"Left", b"Top ", b"Rght", b"Btom")
    )
    across = [left + (right - left) * x / 3 for _ in range(4) for x in range(4)]
    down = [top + (bottom - top) * y / 3 for y in range(4) for _ in range(4)]
    return not (
        _are_near(points.get(b"Hrzn"), across) and _are_near(points.get(b"Vrtc"), down)
    )


def _are_near(stored: Any, expected: list[float]) -> bool:
    if not isinstance(stored, UnitFloats) or len(stored) != len(expected):
        return False
    return all(abs(x - y) < 0.01 for x, y in zip(stored, expected, strict=True))


def _filters(data: Any, reading: Reading) -> list[str]:
    listed = data.get(b"filterFXList") if isinstance(data, Descriptor) else None
    if not isinstance(listed, List):
        return []
    kept = reading.capped("smart filters", listed, MAX_ENTRIES)
    return [name(item.get(b"Nm  ")) for item in kept if isinstance(item, Descriptor)]
