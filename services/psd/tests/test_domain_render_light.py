"""Documents of 32 bits: mixed in linear light."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, ColorMode, Compression

from onemanage.psd.domain.color import ToSrgb
from onemanage.psd.domain.pixels import merged_pixels
from onemanage.psd.domain.render import render, unsupported


def flat(*values: float) -> NDArray[np.float32]:
    return np.full((1, 1, len(values)), values, np.float32)


def drawn(folder: Path, below: float, above: tuple[float, ...], **how: Any) -> int:
    """The gray in sRGB of one layer of 32 bits on another, both in linear light."""
    psd = PSDImage.new("RGB", (1, 1), depth=32)
    psd.create_pixel_layer_from_array(flat(*[below] * 3), "ground")
    psd.create_pixel_layer_from_array(flat(*above), "layer", **how)
    psd.save(folder / "a.psd")
    found = render(PSDImage.open(folder / "a.psd")).planes[0, 0]
    assert found[3] == 255
    assert len(set(found[:3].tolist())) == 1
    return int(found[0])


def test_half_of_white_on_black_is_half_of_the_light(tmp_path: Path) -> None:
    """.5 of the light is 188 in sRGB; 16 bits and less would give 128."""
    assert drawn(tmp_path, 0, (1, 1, 1), opacity=128) == pytest.approx(188, abs=1)
    assert drawn(tmp_path, 0, (1, 1, 1, 0.5)) == pytest.approx(188, abs=1)


@pytest.mark.parametrize(
    ("mode", "below", "above", "light"),
    [
        (BlendMode.MULTIPLY, 0.5, 0.5, 0.25),
        (BlendMode.LINEAR_DODGE, 0.25, 0.25, 0.5),
        (BlendMode.DIFFERENCE, 0.75, 0.25, 0.5),
        (BlendMode.SUBTRACT, 0.75, 0.25, 0.5),
        (BlendMode.DIVIDE, 0.25, 0.5, 0.5),
        (BlendMode.DARKEN, 0.25, 0.5, 0.25),
    ],
)
def test_blend_modes_reckon_with_light(
    tmp_path: Path, mode: BlendMode, below: float, above: float, light: float
) -> None:
    srgb = round((1.055 * light ** (1 / 2.4) - 0.055) * 255)
    found = drawn(tmp_path, below, (above,) * 3, blend_mode=mode)
    assert found == pytest.approx(srgb, abs=1)


def test_a_group_that_passes_through_fades_in_linear_light(tmp_path: Path) -> None:
    psd = PSDImage.new("RGB", (1, 1), depth=32)
    psd.create_pixel_layer_from_array(flat(0, 0, 0), "ground")
    group = psd.create_group(
        name="group", opacity=128, blend_mode=BlendMode.PASS_THROUGH
    )
    group.create_pixel_layer_from_array(flat(1, 1, 1), "white")
    psd.save(tmp_path / "a.psd")
    found = render(PSDImage.open(tmp_path / "a.psd")).planes[0, 0]
    assert found.tolist() == pytest.approx([188, 188, 188, 255], abs=1)


def test_translucent_layers_of_8_bits_are_mixed_as_they_are(tmp_path: Path) -> None:
    """Also after a document of 32 bits was rendered."""
    assert drawn(tmp_path, 0, (1, 1, 1), opacity=128) > 180
    psd = PSDImage.new("RGB", (1, 1))
    psd.create_pixel_layer_from_array(np.zeros((1, 1, 3), np.uint8), "ground")
    white = np.full((1, 1, 3), 255, np.uint8)
    psd.create_pixel_layer_from_array(white, "layer", opacity=128)
    assert render(psd).planes[0, 0].tolist() == [128, 128, 128, 255]


@pytest.mark.parametrize(("alpha", "level"), [(0.5, 128), (0.05, 13)])
def test_the_white_of_a_merged_image_is_taken_off_in_linear_light(
    tmp_path: Path, alpha: float, level: int
) -> None:
    """A quarter of the light at an alpha of .5: .5 x .25 + .5 of white is .625."""
    psd = PSDImage.new("RGB", (1, 1), depth=32)
    psd.create_pixel_layer_from_array(flat(0.25, 0.25, 0.25, 0.5), "layer")
    record = psd._record
    record.header.channels = 4
    layers = record.layer_and_mask_information.layer_info
    if layers is not None:
        layers.layer_count = -1
    light = alpha * 0.25 + 1 - alpha
    stored = np.array([[light], [light], [light], [alpha]], ">f4")
    record.image_data.compression = Compression.RAW
    record.image_data.set_data([x.tobytes() for x in stored], record.header)
    with (tmp_path / "a.psd").open("wb") as file:
        record.write(file)
    document = PSDImage.open(tmp_path / "a.psd")
    found = merged_pixels(document, ToSrgb(ColorMode.RGB, 32, None))
    assert found[0, 0].tolist() == pytest.approx([137, 137, 137, level], abs=1)


def test_what_is_not_mixed_in_linear_light_is_said(tmp_path: Path) -> None:
    psd = PSDImage.new("RGB", (1, 1), depth=32)
    plain = psd.create_pixel_layer_from_array(flat(1, 1, 1), "a", opacity=100)
    hue = psd.create_pixel_layer_from_array(
        flat(1, 1, 1), "b", blend_mode=BlendMode.HUE
    )
    assert unsupported(plain) == ()
    assert unsupported(hue) == ("blend mode hue in 32 bits is approximate",)
