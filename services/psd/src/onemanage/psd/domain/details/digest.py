"""One value that says whether two layers look the same."""

from hashlib import sha256
from typing import Any

import msgspec

from onemanage.contracts.psd.manifest import LayerDetails

_PLACE = ("layer_id", "psd_id", "clipping_base", "modified_at", "warnings", "comps")
_DRAWN = ("colors", "fonts", "artboard", "link_group")


def details_digest(details: LayerDetails) -> str:
    """SHA-256 of how a layer looks: not of its place, its text or its pixels.

    A layer that only moves, or whose text only changes, keeps it.
    """
    found = _plain(details)
    for key in (*_PLACE, *_DRAWN):
        del found[key]
    if found["mask"]:
        del found["mask"]["box"]
    if found["vector_mask"]:
        del found["vector_mask"]["subpaths"]
    if found["smart_object"]:
        del found["smart_object"]["transform"], found["smart_object"]["placed_id"]
    if text := found["text"]:
        del text["text"], text["box"], text["transform"][4:]
        for key in ("runs", "paragraphs"):
            text[key] = sorted({_style(part) for part in text[key]})
    return sha256(msgspec.json.encode(found, order="deterministic")).hexdigest()


def _plain(value: Any) -> Any:
    """Structs with every field, so that a default is like a value that was set."""
    if isinstance(value, msgspec.Struct):
        return {key: _plain(getattr(value, key)) for key in value.__struct_fields__}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _style(part: dict[str, Any]) -> str:
    del part["start"], part["length"]
    return msgspec.json.encode(part, order="deterministic").decode()
