"""Exports of documents that are as they should be."""

import pickle
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Clipping, ColorMode, Compression, Resource
from psd_tools.psd.image_resources import ImageResource, ShortInteger

from onemanage.psd.domain.color import ToSrgb
from onemanage.psd.domain.document import (
    ExportedDocument,
    ExportedImage,
    ExportProgress,
    Limits,
    joined,
)
from onemanage.psd.domain.export import export_document, export_share

from . import samples


def export(path: Path, out: Path, limits: Limits | None = None) -> ExportedDocument:
    return export_document(path, out, limits or Limits(), lambda progress: None)


def read(out: Path, image: ExportedImage | None) -> NDArray[np.uint8]:
    """The pixels as (height, width, channels)."""
    assert image is not None
    with Image.open(out / image.path) as opened:
        array = np.asarray(opened)
    assert array.shape[:2] == (image.height, image.width)
    return array.reshape(*array.shape[:2], -1)


def test_the_tree_is_told_depth_first_from_the_bottom(tmp_path: Path) -> None:
    found = export(samples.layered(tmp_path / "a.psd"), tmp_path / "out")
    assert [(x.layer_id, x.parent_id, x.kind) for x in found.layers] == [
        (1, None, "pixel"),
        (2, None, "group"),
        (3, 2, "pixel"),
        (4, 2, "pixel"),
    ]
    background, group, burn, hidden = found.layers
    assert (burn.left, burn.top, burn.width, burn.height) == (-3, 5, 10, 8)
    assert (group.left, group.top, group.width, group.height) == (-3, 5, 30, 21)
    assert (burn.blend_mode, group.blend_mode) == ("linear_burn", "pass_through")
    assert (background.opacity, group.opacity, hidden.opacity) == (1, 0.502, 0.2)
    assert (hidden.visible, hidden.shown, burn.shown) == (False, False, True)
    assert hidden.name == "hidden \N{EYE}"
    assert (found.layer_count, found.image_count) == (4, 3)


def test_a_picture_that_is_clipped_does_not_widen_its_group(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", (40, 30))
    group = document.create_group(name="group")
    for name, size in (("frame", 6), ("picture", 25)):
        pixels = samples.noise(size, size, 4)
        group.create_pixel_layer_from_array(pixels, name, left=2, top=3)
    group[1]._record.clipping = Clipping.NON_BASE
    document.save(tmp_path / "a.psd")
    told = export(tmp_path / "a.psd", tmp_path / "out").layers
    assert [(x.left, x.top, x.width, x.height) for x in told] == [
        (2, 3, 6, 6),
        (2, 3, 6, 6),
        (2, 3, 25, 25),
    ]


def test_a_layer_in_a_hidden_group_is_visible_but_not_shown(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", (8, 8))
    group = document.create_group(name="group")
    group.create_pixel_layer_from_array(samples.noise(4, 4, 3), "inside")
    group.visible = False
    document.save(tmp_path / "a.psd")
    inside = export(tmp_path / "a.psd", tmp_path / "out").layers[1]
    assert (inside.visible, inside.shown) == (True, False)


def test_file_names_are_made_of_ids(tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = export(samples.layered(tmp_path / "a.psd"), out)
    assert [x.image.path for x in found.layers if x.image] == [
        "layers/0001.png",
        "layers/0003.png",
        "layers/0004.png",
    ]
    files = {str(x.relative_to(out)) for x in out.rglob("*.png")}
    assert files == {
        "composite.png",
        "layers/0001.png",
        "layers/0003.png",
        "layers/0004.png",
    }


def test_progress_counts_every_step_and_hands_out_every_image(tmp_path: Path) -> None:
    steps: list[ExportProgress] = []
    out = tmp_path / "out"

    def report(progress: ExportProgress) -> None:
        steps.append(progress)
        if progress.image:  # complete when it is told of
            size = (out / progress.image.path).stat().st_size
            assert size == progress.image.size

    path = samples.layered(tmp_path / "a.psd")
    found = export_document(path, out, Limits(), report)
    assert [(x.done, x.total) for x in steps] == [(n, 5) for n in range(6)]
    told = {x.image for x in steps if x.image}
    assert told == {found.composite, *(x.image for x in found.layers if x.image)}


def test_results_and_progress_can_be_sent_between_processes(tmp_path: Path) -> None:
    found = export(samples.layered(tmp_path / "a.psd"), tmp_path / "out")
    assert pickle.loads(pickle.dumps(found)) == found


def test_the_same_document_gives_the_same_export(tmp_path: Path) -> None:
    path = samples.layered(tmp_path / "a.psd")
    assert export(path, tmp_path / "one") == export(path, tmp_path / "two")


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_layers_have_the_pixels_of_topil(
    tmp_path: Path, mode: str, depth: Literal[8, 16]
) -> None:
    path = samples.layered(tmp_path / "a.psd", mode, depth)
    found = export(path, tmp_path / "out")
    for layer, expected in zip(
        found.layers, PSDImage.open(path).descendants(), strict=True
    ):
        if layer.kind == "group":
            assert layer.image is None
            continue
        image = expected.topil()
        assert image is not None
        array = np.asarray(image).reshape(image.height, image.width, -1)
        assert np.array_equal(read(tmp_path / "out", layer.image), array)


def test_cmyk_becomes_rgb_and_keeps_its_alpha(tmp_path: Path) -> None:
    found = export(samples.layered(tmp_path / "a.psd", "CMYK"), tmp_path / "out")
    stored = samples.noise(8, 10, 5, seed=1)
    pixels = read(tmp_path / "out", found.layers[2].image)
    assert pixels.shape == (8, 10, 4)
    assert np.array_equal(pixels[:, :, 3], stored[:, :, 4])
    assert np.array_equal(pixels, ToSrgb(ColorMode.CMYK, 8, None)(stored))
    assert found.color_mode == "cmyk"
    assert "without a usable ICC profile" in found.warnings[0]


def test_linear_light_of_32_bits_is_encoded_as_srgb(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", (3, 1), depth=32)
    linear = np.array([[[0.0] * 3, [0.2158605] * 3, [1.0] * 3]], np.float32)
    document.create_pixel_layer_from_array(linear, "three grays")
    document.save(tmp_path / "a.psd")
    found = export(tmp_path / "a.psd", tmp_path / "out")
    pixels = read(tmp_path / "out", found.layers[0].image)
    assert pixels[0, :, 0].tolist() == [0, 128, 255]
    assert found.depth == 32


def test_a_document_without_layers_is_its_merged_image(tmp_path: Path) -> None:
    pixels = samples.noise(5, 6, 3)
    PSDImage.frompil(Image.fromarray(pixels)).save(tmp_path / "a.psd")
    found = export(tmp_path / "a.psd", tmp_path / "out")
    assert (found.layer_count, found.composite_source) == (0, "embedded")
    assert np.array_equal(read(tmp_path / "out", found.composite), pixels)


def test_the_merged_image_loses_the_white_it_is_stored_on(tmp_path: Path) -> None:
    pixels = np.full((4, 4, 4), (200, 100, 50, 128), np.uint8)
    stored = pixels.copy()
    stored[:, :, :3] = np.rint(pixels[:, :, :3] * (128 / 255) + 255 - 128)
    PSDImage.frompil(Image.fromarray(stored)).save(tmp_path / "a.psd")
    found = export(tmp_path / "a.psd", tmp_path / "out")
    composite = read(tmp_path / "out", found.composite).astype(int)
    assert np.abs(composite - pixels).max() <= 2


def test_the_merged_image_of_a_painter_s_program_is_straight(tmp_path: Path) -> None:
    """Its colours are not painted on white, and its fourth channel is its alpha."""
    pixels = samples.noise(6, 5, 4)
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1))
    path = samples.with_merged(tmp_path / "a.psd", planes, says_alpha=False)

    found = export(path, tmp_path / "out")

    assert found.composite_source == "embedded"
    assert np.array_equal(read(tmp_path / "out", found.composite), pixels)


@pytest.mark.parametrize(
    ("mode", "color", "white"),
    [
        (ColorMode.RGB, (200, 100, 50), (255, 255, 255)),
        (ColorMode.CMYK, (60, 100, 200, 230), (255, 255, 255, 255)),
        (ColorMode.LAB, (120, 90, 170), (255, 128, 128)),
    ],
)
def test_a_transparent_merged_image_has_no_fringe_of_what_it_is_stored_on(
    tmp_path: Path,
    mode: ColorMode,
    color: tuple[int, ...],
    white: tuple[int, ...],
) -> None:
    alpha = np.array([[255, 192, 128, 64]], np.uint8)
    share = alpha / 255
    planes = [c * share + w * (1 - share) for c, w in zip(color, white, strict=True)]
    stored = np.stack([*np.rint(planes), alpha]).astype(np.uint8)
    path = samples.with_merged(tmp_path / "a.psd", stored, mode, says_alpha=True)

    found = export(path, tmp_path / "out")

    composite = read(tmp_path / "out", found.composite).astype(int)
    assert composite[0, :, 3].tolist() == alpha[0].tolist()
    assert np.abs(composite[0, :, :3] - composite[0, 0, :3]).max() <= 9


@pytest.mark.parametrize(
    ("entry", "alpha"),
    [(2, [255, 255, 0]), (0, [0, 255, 255]), (65535, None), (None, None)],
)
def test_an_indexed_document_is_transparent_where_its_palette_says(
    tmp_path: Path, entry: int | None, alpha: list[int] | None
) -> None:
    document = PSDImage.new("L", (3, 1))
    record, key = document._record, Resource.TRANSPARENCY_INDEX
    record.header.color_mode = ColorMode.INDEXED
    palette = np.zeros((3, 256), np.uint8)
    palette[:, :3] = [[10, 20, 30], [40, 50, 60], [70, 80, 90]]
    record.color_mode_data.value = palette.tobytes()
    if entry is not None:
        data: Any = ShortInteger(entry)
        document.image_resources[key] = ImageResource(key=key, data=data.tobytes())
    record.image_data.compression = Compression.RAW
    record.image_data.set_data([bytes([0, 1, 2])], record.header)
    with (tmp_path / "a.psd").open("wb") as file:
        record.write(file)

    found = export(tmp_path / "a.psd", tmp_path / "out")

    row = read(tmp_path / "out", found.composite)[0]
    assert row[:, :3].tolist() == [[10, 40, 70], [20, 50, 80], [30, 60, 90]]
    assert (row[:, 3].tolist() if row.shape[1] == 4 else None) == alpha


def test_a_composite_that_is_not_embedded_is_rendered(tmp_path: Path) -> None:
    path = samples.without_composite(tmp_path / "a.psd")
    found = export(path, tmp_path / "out")
    assert found.composite_source == "rendered"
    composite = read(tmp_path / "out", found.composite)[:, :, :3].astype(int)
    assert np.abs(composite - samples.noise(12, 16, 3)).max() <= 1


def test_a_damaged_layer_does_not_sink_the_document(tmp_path: Path) -> None:
    path = samples.with_damaged_layer(tmp_path / "a.psd")
    found = export(path, tmp_path / "out")
    assert [x.image is not None for x in found.layers] == [True, False, True]
    assert "cannot be read" in found.layers[1].warnings[0]


def test_several_processes_export_together_what_one_would(tmp_path: Path) -> None:
    path = samples.layered(tmp_path / "a.psd")
    alone = export(path, tmp_path / "alone")
    steps: list[ExportProgress] = []
    shares = [
        export_share(path, tmp_path / "shared", Limits(), None, number, 3, steps.append)
        for number in range(3)
    ]
    assert joined(shares) == alone
    assert all(share.layers for share in shares)
    assert sum(step.done > 0 for step in steps) == steps[0].total
    for image in [alone.composite, *(layer.image for layer in alone.layers)]:
        if image is not None:
            one, other = tmp_path / "alone", tmp_path / "shared"
            assert (one / image.path).read_bytes() == (other / image.path).read_bytes()
