"""Two parsed documents compared, from their manifests and composites."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onemanage.contracts.psd.documents import Layer, Manifest
from onemanage.contracts.psd.manifest import LayerDetails
from onemanage.psd.domain.compare import HEAT_MAP, compare_documents, sides
from onemanage.psd.domain.comparison import Comparison, Version
from onemanage.psd.domain.document import Limits

DOCUMENT: dict[str, Any] = {
    **dict.fromkeys(("document_id", "workspace_id", "file_id", "task_id"), "x"),
    **dict.fromkeys(("name", "format", "manifest_key", "color_mode"), "x"),
    **dict.fromkeys(("width", "height", "depth", "layer_count", "image_count"), 1),
    **dict.fromkeys(("icc_profile", "composite", "composite_source")),
    "created_at": "2026-03-02T09:15:00Z",
}


def layer(layer_id: int, name: str, **changes: Any) -> Layer:
    values: dict[str, Any] = {
        **{"parent_id": None, "kind": "pixel", "blend_mode": "normal"},
        **{"left": 0, "top": 0, "width": 4, "height": 4, "opacity": 1.0},
        **{"visible": True, "shown": True},
        "details": LayerDetails(layer_id=layer_id),
    }
    return Layer(layer_id=layer_id, name=name, **values | changes)


def version(
    folder: Path, layers: list[Layer], pixels: NDArray[np.uint8] | None
) -> Version:
    folder.mkdir()
    manifest, composite = folder / "manifest.json", folder / "composite.png"
    document = {"document": DOCUMENT, "layers": layers}
    stored = msgspec.convert(msgspec.to_builtins(document), Manifest)
    manifest.write_bytes(msgspec.json.encode(stored))
    if pixels is None:
        return Version(manifest=manifest, composite=None)
    Image.fromarray(pixels).save(composite)
    return Version(manifest=manifest, composite=composite)


def compare(
    tmp_path: Path,
    before: list[Layer],
    after: list[Layer],
    images: tuple[NDArray[np.uint8] | None, NDArray[np.uint8] | None] = (None, None),
    limits: Limits = Limits(),
) -> Comparison:
    old = version(tmp_path / "old", before, images[0])
    new = version(tmp_path / "new", after, images[1])
    return compare_documents(old, new, tmp_path, limits)


def test_layers_are_compared_by_what_their_manifests_say(tmp_path: Path) -> None:
    before = [layer(1, "ground"), layer(2, "box"), layer(3, "old")]
    after = [
        layer(1, "ground"),
        layer(2, "box", left=3, top=1, opacity=0.5),
        layer(3, "group", kind="group"),
        layer(4, "new", parent_id=3),
    ]
    found = compare(tmp_path, before, after)

    told = {(x.kind, x.name): x.changes for x in found.layers}
    assert told == {
        ("changed", "box"): ("moved", "opacity"),
        ("added", "group"): (),
        ("added", "new"): (),
        ("removed", "old"): (),
    }
    (moved,) = [x for x in found.layers if x.kind == "changed"]
    assert (moved.dx, moved.dy, moved.box_after) == (3, 1, (3, 1, 7, 5))


def test_paths_go_through_the_groups() -> None:
    found = sides(
        [
            layer(1, "outer", kind="group"),
            layer(2, "inner", kind="group", parent_id=1),
            layer(3, "leaf", parent_id=2),
        ]
    )
    assert found[2].path == ("outer", "inner", "leaf")


def test_the_heat_map_shows_where_pixels_differ(tmp_path: Path) -> None:
    old = np.full((20, 30, 3), 90, np.uint8)
    new = old.copy()
    new[4:8, 10:16] = 250
    found = compare(tmp_path, [], [], (old, new))

    assert found.regions == ((10, 4, 16, 8),)
    assert found.changed_share == 24 / 600
    assert found.heat_map is not None and found.heat_map.path == HEAT_MAP
    with Image.open(tmp_path / HEAT_MAP) as opened:
        assert opened.size == (30, 20)


def test_gray_and_colour_can_be_compared(tmp_path: Path) -> None:
    gray = np.full((6, 6), 90, np.uint8)
    color = np.full((6, 6, 4), (90, 90, 90, 255), np.uint8)
    found = compare(tmp_path, [], [], (gray, color))

    assert found.changed_share == 0


def test_without_a_composite_there_is_a_warning_and_no_heat_map(
    tmp_path: Path,
) -> None:
    found = compare(tmp_path, [], [], (None, np.zeros((4, 4, 3), np.uint8)))

    assert (found.heat_map, found.changed_share, found.regions) == (None, None, ())
    assert found.warnings == (
        "There is no heat map: the older document has no composite.",
    )


def test_a_heat_map_that_would_be_too_large_is_a_warning(tmp_path: Path) -> None:
    images = np.zeros((1, 50, 3), np.uint8), np.zeros((50, 1, 3), np.uint8)
    found = compare(tmp_path, [], [], images, Limits(max_image_pixels=100))

    assert found.heat_map is None
    assert "50 x 50 pixels; 100 are allowed" in found.warnings[0]


def test_a_manifest_of_an_older_release_says_nothing_of_styles(tmp_path: Path) -> None:
    before = [layer(1, "a", details=None)]
    found = compare(tmp_path, before, [layer(1, "a")])

    assert found.layers == ()
    assert "parsed by an older release" in found.warnings[0]
