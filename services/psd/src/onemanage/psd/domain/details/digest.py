"""One value that says whether two layers look the same."""

from hashlib import sha256
from typing import Any

import msgspec

from onemanage.contracts.psd_manifest import LayerDetails

_PLACE = ("layer_id", "psd_id", "clipping_base", "modified_at", "warnings", "comps")
_DRAWN = ("colors", "fonts", "artboard", "link_group")


def details_digest(details: LayerDetails) -> str:
    """SHA-256 of how a layer looks: not of its place, its text or its pixels.

    A layer that only moves, or whose text only changes, keeps it.
    """
    found: dict[str, Any] = msgspec.to_builtins(details)
    for key in (*_PLACE, *_DRAWN):
        found.pop(key, None)
    if mask := found.get("mask"):
        del mask["box"]
    if outline := found.get("vector_mask"):
        outline.pop("subpaths", None)
    if placed := found.get("smart_object"):
        placed.pop("transform", None)
        placed.pop("placed_id", None)
    if details.text and (text := found.get("text")):
        for key in ("text", "box", "paragraphs", "runs"):
            text.pop(key, None)
        text["transform"] = list(details.text.transform[:4])
        text["runs"] = sorted({_style(run) for run in details.text.runs})
        text["paragraphs"] = sorted({_style(x) for x in details.text.paragraphs})
    return sha256(msgspec.json.encode(found, order="deterministic")).hexdigest()


def _style(part: msgspec.Struct) -> str:
    fields = {key: getattr(part, key) for key in part.__struct_fields__}
    del fields["start"], fields["length"]
    return msgspec.json.encode(fields, order="deterministic").decode()
