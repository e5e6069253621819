"""Real files, where they are at hand; each is skipped by name where it is not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.export import export_document

from . import samples

FILES = {  # name: (format, mode, depth, layers, images, composite)
    "layer_effects.psd": ("psd", "rgb", 8, 12, 12, "embedded"),
    "masks.psd": ("psd", "rgb", 8, 22, 19, "embedded"),
    "masks.psb": ("psb", "rgb", 8, 22, 19, "embedded"),
    "artboard.psd": ("psd", "rgb", 8, 4, 3, "embedded"),
    "broken-groups.psd": ("psd", "rgb", 8, 4, 2, "embedded"),
    "clipping-mask.psd": ("psd", "rgb", 8, 7, 5, "embedded"),
    "vector-mask.psd": ("psd", "rgb", 32, 4, 2, "embedded"),
    "cmyk-alpha-spot.psd": ("psd", "cmyk", 8, 0, 0, "embedded"),
    "adjustments/levels_cmyk.psd": ("psd", "cmyk", 8, 15, 5, "embedded"),
    "adjustments/posterize_16bits_rgb.psd": ("psd", "rgb", 16, 10, 5, "embedded"),
    "colormodes/4x4_1bit_bitmap.psd": ("psd", "bitmap", 1, 0, 0, "embedded"),
    "colormodes/4x4_8bit_index_color.psd": ("psd", "indexed", 8, 0, 0, "embedded"),
    "colormodes/4x4_8bit_lab.psd": ("psd", "lab", 8, 2, 1, "embedded"),
    "blend-modes/cmyk-blend-modes.psd": ("psd", "cmyk", 8, 164, 108, "embedded"),
}
EQUAL = [
    "layer_effects.psd",
    "masks.psb",
    "broken-groups.psd",
    "adjustments/posterize_16bits_rgb.psd",
]


def located(name: str) -> Path:
    path = samples.CORPUS / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    return path


@pytest.mark.parametrize("name", FILES)
def test_a_real_document_is_exported_whole(tmp_path: Path, name: str) -> None:
    found = export_document(located(name), tmp_path, Limits(), lambda progress: None)
    assert FILES[name] == (
        found.format,
        found.color_mode,
        found.depth,
        found.layer_count,
        found.image_count,
        found.composite_source,
    )
    assert not [warning for layer in found.layers for warning in layer.warnings]


@pytest.mark.parametrize("name", EQUAL)
def test_real_layers_have_the_pixels_of_topil(tmp_path: Path, name: str) -> None:
    found = export_document(located(name), tmp_path, Limits(), lambda progress: None)
    layers = PSDImage.open(located(name)).descendants()
    for layer, expected in zip(found.layers, layers, strict=True):
        if layer.image is None:
            continue
        image = expected.topil()
        assert image is not None
        with Image.open(tmp_path / layer.image.path) as written:
            difference = np.asarray(image).astype(int) - np.asarray(written)
        assert np.abs(difference).max() <= 1
