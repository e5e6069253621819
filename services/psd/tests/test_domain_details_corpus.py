"""What real documents hold, where they are at hand; each is skipped by name if not."""

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from onemanage.contracts.psd.manifest import DocumentDetails, LayerDetails
from onemanage.psd.domain.details import (
    Surroundings,
    document_details,
    embedded_files,
    extract,
    layer_details,
)
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.layers import tree
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.errors import InvalidDocument

from . import samples


def located(name: str) -> Path:
    path = samples.CORPUS / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    return path


def read(path: Path) -> tuple[dict[str, LayerDetails], DocumentDetails]:
    """The layers by their names."""
    with quiet():
        document = open_document(path, Limits())
        nodes = tree(document)
        ids = {id(node.layer): node.layer_id for node in nodes}
        around = Surroundings.of(document)
        layers = {}
        for node in nodes:
            found = layer_details(node.layer, ids, around)
            layers[f"{node.layer.name or ''}/{node.layer_id}"] = found
        return layers, document_details(document, nodes)


def layer(name: str, layer_id: int) -> LayerDetails:
    layers, _ = read(located(name))
    return next(x for x in layers.values() if x.layer_id == layer_id)


def test_every_document_is_told_without_a_warning_and_as_json() -> None:
    if not samples.CORPUS.exists():
        pytest.skip("the corpus is not at hand")
    kinds: Counter[str] = Counter()
    for path in sorted(samples.CORPUS.rglob("*.ps[db]")):
        try:
            layers, document = read(path)
        except InvalidDocument:
            continue
        assert document.warnings == [], path
        encoded = msgspec.json.encode(document)
        assert msgspec.json.decode(encoded, type=DocumentDetails) == document
        for found in layers.values():
            assert found.warnings == [], path
            encoded = msgspec.json.encode(found)
            assert msgspec.json.decode(encoded, type=LayerDetails) == found
            kinds.update(list(msgspec.json.decode(encoded)))
    assert kinds["effects"] > 90
    assert kinds["text"] > 40
    assert kinds["adjustment"] > 180
    assert kinds["smart_object"] > 170


def test_the_effects_of_a_real_document() -> None:
    layers, _ = read(located("layer_effects.psd"))
    found = {
        effect.kind: effect
        for layer in layers.values()
        for effect in layer.effects
        if effect.enabled
    }
    assert set(found) == {
        *("drop_shadow", "inner_shadow", "outer_glow", "inner_glow"),
        *("bevel_emboss", "satin", "color_overlay", "gradient_overlay"),
        *("pattern_overlay", "stroke"),
    }
    shadow, stroke, satin = found["drop_shadow"], found["stroke"], found["satin"]
    assert (shadow.angle, shadow.distance, shadow.size) == (90, 18, 41)
    assert (shadow.global_light, shadow.opacity) == (True, 0.35)
    assert (stroke.position, stroke.size) == ("outside", 6)
    assert (satin.angle, satin.distance, satin.size) == (-60, 20, 35)
    gradient = found["gradient_overlay"].fill
    assert gradient and gradient.gradient
    colors = [stop.color for stop in gradient.gradient.stops]
    assert (colors, gradient.gradient.angle) == (["#290a59", "#ff7c00"], 87)


def test_the_text_of_a_real_layer() -> None:
    text = layer("layers/type-layer.psd", 1).text
    assert text is not None
    (run,) = text.runs
    assert (text.text, text.kind, run.font) == ("A", "paragraph", "ArialMT")
    assert (run.size, run.color, run.tracking) == (30, "#ff0000", 15)
    assert text.paragraphs[0].justification == "center"


def test_the_curves_of_a_real_layer_are_input_to_output() -> None:
    found = layer("adjustments/curves_rgb.psd", 12).adjustment
    assert found and found.parameters["channels"] == [
        {
            "channel": "composite",
            "points": [[26, 3], [55, 84], [171, 170], [255, 255]],
        },
        {"channel": "blue", "points": [[0, 0], [167, 110], [255, 166]]},
    ]


def test_the_masks_of_a_real_layer() -> None:
    found = layer("mask-vector-density.psd", 3)
    assert found.mask and found.vector_mask
    assert found.mask.from_render
    assert found.vector_mask.density == pytest.approx(0.5, abs=0.01)
    (path,) = found.vector_mask.subpaths
    anchors = [(knot[2], knot[3]) for knot in path.knots]
    assert anchors == [(16, 8), (32, 8), (32, 16), (16, 16)]


def test_a_gray_stroke_is_percent_of_black() -> None:
    stroke = layer("descriptors/stroke-color-descriptors-gray.psd", 3).stroke
    assert stroke and stroke.fill
    assert (stroke.width, stroke.fill.color) == (1, "#acacac")


def test_slices_comps_and_artboards_of_real_documents() -> None:
    _, found = read(located("slices.psd"))
    first = found.slices[1]
    assert (first.name, first.kind, first.alt) == ("Slice 1", "user", "Slice_1")
    assert (first.box.left, first.box.top, first.box.width) == (23, 18, 68)
    assert (found.ppi_x, found.icc_profile) == (150, "sRGB IEC61966-2.1")
    _, found = read(located("layer_comps.psd"))
    assert [comp.name for comp in found.comps] == ["Cheeky", "Scary"]
    assert found.last_comp == found.comps[0].comp_id
    layers, found = read(located("artboard-bgcolor.psd"))
    assert found.artboards == [1, 3]
    board = layers["Artboard 2/3"].artboard
    assert board and (board.box.left, board.color) == (500, "#c85f12")


def test_an_image_in_a_real_smart_object_is_extracted(tmp_path: Path) -> None:
    document = open_document(located("placedLayer.psb"), Limits())
    files = {file.kind: file for file in embedded_files(document)}
    assert set(files) == {"embedded", "linked"}
    found = extract(document, files["embedded"].unique_id, tmp_path / "out")
    data = (tmp_path / "out").read_bytes()
    assert data.startswith(b"\x89PNG") and len(data) == found.size == 17272
