"""Two manifests and two composites in; what differs, and a picture of where, out.

``compare_documents`` is what runs in the sandbox's child.
"""

from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from onemanage.contracts.psd.documents import Layer, Manifest
from onemanage.psd.domain.boxes import Box
from onemanage.psd.domain.color import Pixels
from onemanage.psd.domain.comparison import Comparison, Version
from onemanage.psd.domain.details.digest import details_digest
from onemanage.psd.domain.diff import Side, diff_layers, heat_map
from onemanage.psd.domain.document import ExportedImage, Limits
from onemanage.psd.domain.png import write_png
from onemanage.psd.domain.read import describe

HEAT_MAP = "heat_map.png"


def compare_documents(
    before: Version, after: Version, out_dir: Path, limits: Limits
) -> Comparison:
    """Write ``heat_map.png`` to ``out_dir`` where both have a composite.

    Both manifests are ours. Without a heat map there is a warning that says why.
    """
    # The composites are our own exports, and checked against the limits below.
    Image.MAX_IMAGE_PIXELS = None
    old, new = _layers(before.manifest), _layers(after.manifest)
    warnings = []
    has_details = all(layer.details is not None for layer in (*old, *new))
    if not has_details:
        warnings.append(
            "A document was parsed by an older release: styles are not compared. "
            "Parse it again."
        )
    changes = diff_layers(sides(old, has_details), sides(new, has_details))
    found: tuple[ExportedImage | None, list[Box], float | None] = None, [], None
    try:
        found = _heat_map(before, after, out_dir, limits)
    except (OSError, ValueError, MemoryError) as error:
        warnings.append(f"There is no heat map: {describe(error)}.")
    image, regions, share = found
    return Comparison(
        layers=tuple(changes),
        heat_map=image,
        regions=tuple(regions),
        changed_share=share,
        warnings=tuple(warnings),
    )


def sides(layers: list[Layer], has_details: bool = True) -> list[Side]:
    """The layers of a manifest as ``diff_layers`` takes them."""
    paths: dict[int | None, tuple[str, ...]] = {None: ()}
    found = []
    for layer in layers:  # a group stands before what it holds
        path = (*paths.get(layer.parent_id, ()), layer.name)
        paths[layer.layer_id] = path
        details = layer.details if has_details else None
        found.append(
            Side(
                layer_id=layer.layer_id,
                path=path,
                kind=layer.kind,
                box=(
                    layer.left,
                    layer.top,
                    layer.left + layer.width,
                    layer.top + layer.height,
                ),
                parent_id=layer.parent_id,
                blend_mode=layer.blend_mode,
                opacity=layer.opacity,
                visible=layer.visible,
                text=layer.text,
                details=details_digest(details) if details else "",
                pixels=layer.image.sha256 if layer.image else None,
                psd_id=details.psd_id if details else None,
            )
        )
    return found


def _layers(path: Path) -> list[Layer]:
    return msgspec.json.decode(path.read_bytes(), type=Manifest).layers


def _heat_map(
    before: Version, after: Version, out_dir: Path, limits: Limits
) -> tuple[ExportedImage, list[Box], float]:
    if before.composite is None or after.composite is None:
        which = "older" if before.composite is None else "newer"
        raise ValueError(f"the {which} document has no composite")
    sizes = [_size(path) for path in (before.composite, after.composite)]
    width, height = (max(side) for side in zip(*sizes, strict=True))
    if width * height > limits.max_image_pixels:
        raise ValueError(
            f"it would have {width} x {height} pixels; "
            f"{limits.max_image_pixels} are allowed together"
        )
    image, regions, share = heat_map(_read(before.composite), _read(after.composite))
    return write_png(out_dir, HEAT_MAP, image), regions, share


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path, formats=["PNG"]) as opened:
        return opened.size


def _read(path: Path) -> Pixels:
    """One of our own PNGs, which is within the limits."""
    with Image.open(path, formats=["PNG"]) as opened:
        pixels = np.asarray(opened)
    return pixels.reshape(*pixels.shape[:2], -1)
