"""What was fitted to merged images of Photoshop: its numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, Clipping, Resource, Tag
from psd_tools.psd.adjustments import Curves, CurvesExtraItem, CurvesExtraMarker
from psd_tools.psd.descriptor import Bool, DescriptorBlock, UnitFloat
from psd_tools.psd.image_resources import ImageResource, VersionInfo
from psd_tools.psd.tagged_blocks import TaggedBlock, TypeToolObjectSetting
from psd_tools.terminology import Unit

from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.layers import is_clipped
from onemanage.psd.domain.read import open_document
from onemanage.psd.domain.render import render, unsupported

from .effect_samples import (
    adjustment,
    color,
    descriptor,
    effect,
    enum,
    ground,
    percent,
    pixels,
    rgb,
    shadow,
)

COVERAGE = (16, 64, 128, 192, 240)


def typed(folder: Path, written_by: str, below: int = 255) -> PSDImage:
    """Black type of five coverages in a row, on white of that alpha."""
    psd = PSDImage.new("RGB", (5, 1))
    white = np.full((1, 5, 4), 255, np.uint8)
    white[..., 3] = below
    psd.create_pixel_layer_from_array(white, "ground")
    text = np.zeros((1, 5, 4), np.uint8)
    text[0, :, 3] = COVERAGE
    layer = psd.create_pixel_layer_from_array(text, "text")
    data = DescriptorBlock(classID=b"TxLr", version=16)
    warp = DescriptorBlock(classID=b"warp", version=16)
    upright = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    setting: Any = TypeToolObjectSetting(1, upright, 50, data, 1, warp)
    tag = Tag.TYPE_TOOL_OBJECT_SETTING
    layer.tagged_blocks[tag] = TaggedBlock(key=tag, data=setting)
    info = VersionInfo(1, True, "Adobe Photoshop", written_by, 1)
    key = Resource.VERSION_INFO
    psd.image_resources[key] = ImageResource(key=key, data=info.tobytes())
    psd.save(folder / "type.psd")
    return PSDImage.open(folder / "type.psd")


@pytest.mark.parametrize(
    ("written_by", "expected"),
    [
        ("Adobe Photoshop CC 2017", [245, 212, 163, 102, 35]),
        ("Adobe Photoshop 2026", [245, 212, 163, 102, 35]),
        ("Adobe Photoshop CS6", [245, 212, 163, 102, 35]),
        ("Adobe Photoshop CS5", [239, 191, 127, 63, 15]),
        ("Somebody's Paint 1.0", [239, 191, 127, 63, 15]),
    ],
)
def test_type_is_mixed_at_gamma_1_45_since_cs6(
    tmp_path: Path, written_by: str, expected: list[int]
) -> None:
    psd = typed(tmp_path, written_by)
    assert psd[1].kind == "type"
    assert render(psd).planes[0, :, 0].tolist() == expected


def test_type_over_transparency_is_mixed_as_all_else(tmp_path: Path) -> None:
    new = render(typed(tmp_path, "Adobe Photoshop 2026", below=128)).planes
    old = render(typed(tmp_path, "Adobe Photoshop CS5", below=128)).planes
    assert (new == old).all()


@pytest.mark.parametrize(
    ("angle", "distance", "shift"),
    [
        (120, 5, (3, 4)),  # 2.5 and 4.33 pixels
        (120, 1, (1, 1)),
        (60, 5, (-2, 4)),
        (-120, 5, (3, -4)),
        (30, 5, (-4, 3)),
    ],
)
def test_a_shadow_that_falls_half_a_pixel_goes_right_and_down(
    angle: float, distance: float, shift: tuple[int, int]
) -> None:
    psd = ground()
    desc = shadow(b"DrSh", 0, distance)
    desc[b"lagl"] = UnitFloat(value=angle, unit=Unit.Angle)
    effect(psd, b"DrSh", desc)
    black = (render(psd).planes[..., :3] == 0).all(axis=2)
    expected = np.zeros_like(black)
    expected[8 + shift[1] : 16 + shift[1], 8 + shift[0] : 16 + shift[0]] = True
    expected[8:16, 8:16] = False
    assert (black == expected).all()


@pytest.mark.parametrize(
    ("size", "profile"),
    [
        (2, [3 / 4, 1 / 4, 0]),
        (3, [8 / 9, 6 / 9, 3 / 9, 1 / 9, 0]),
        (4, [15 / 16, 13 / 16, 10 / 16, 6 / 16, 3 / 16, 1 / 16, 0]),
    ],
)
def test_a_shadow_is_blurred_by_two_boxes_of_its_size(
    size: int, profile: list[float]
) -> None:
    """Of the edge of a square that reaches far beyond: from within to without."""
    psd = ground((255, 255, 255), 40)
    square = np.full((40, 20, 4), 255, np.uint8)
    wide = psd.create_pixel_layer_from_array(square, "wide")
    desc = shadow(b"DrSh", size, 0)
    for name in (b"enab", b"present"):
        desc[name] = Bool(True)
    desc[b"layerConceals"] = Bool(False)
    block = descriptor(b"null", masterFXSwitch=Bool(True))
    block[b"DrSh"] = desc
    wide.tagged_blocks.set_data(Tag.OBJECT_BASED_EFFECTS_LAYER_INFO, block)
    wide.tagged_blocks.set_data(Tag.BLEND_FILL_OPACITY, 0)
    row = 255 - render(psd).planes[12, :, 0].astype(int)
    first = 20 - len(profile) // 2
    found = row[first : first + len(profile)]
    assert found.tolist() == pytest.approx([255 * one for one in profile], abs=1)


def test_an_inner_glow_from_the_centre_is_what_its_edge_leaves() -> None:
    rows = []
    for source in (b"SrcE", b"SrcC"):
        psd = ground((255, 255, 255))
        desc = shadow(b"IrGl", 4, 0)
        desc[b"Inpr"] = percent(80)
        desc[b"glwS"] = enum(b"IGSr", source)
        desc[b"blur"] = pixels(4)
        effect(psd, b"IrGl", desc)
        rows.append(255 - render(psd).planes[12, 8:16, 0].astype(int))
    edge, centre = rows
    assert edge[0] > 100 and edge[4] == 0
    assert np.abs(edge + centre - 255).max() <= 1


@pytest.mark.parametrize("has_extra", [True, False])
@pytest.mark.parametrize(
    ("maps", "expected"),
    [
        ({0: 1}, [215, 135, 55]),
        ({2: 1}, [40, 135, 200]),
        ({0: 1, 3: 1}, [215, 135, 200]),
    ],
)
def test_a_curve_that_was_drawn_by_hand_takes_each_level_where_it_says(
    maps: dict[int, int], expected: list[int], has_extra: bool
) -> None:
    """Of all channels, of green, of all and of blue: inverted, which is no line of
    points."""
    psd = ground()
    levels: Any = list(range(255, -1, -1))
    items: Any = [CurvesExtraItem(channel, levels) for channel in maps]
    extra = CurvesExtraMarker(version=4, items=items) if has_extra else None
    bits = sum(1 << channel for channel in maps)
    data = Curves(True, 1, bits, [levels] * len(maps), extra)
    adjustment(psd, Tag.CURVES, data)
    assert color(psd)[:3] == expected


def test_a_group_deeper_than_five_passes_through_where_it_says_so(
    tmp_path: Path,
) -> None:
    """Its mode stands in a block of another name than that of other groups."""
    psd = ground((200, 200, 200))
    group = psd.create_group(name="deep")
    group.blend_mode = BlendMode.PASS_THROUGH
    black = np.zeros((24, 24, 4), np.uint8)
    black[..., 3] = 255
    layer = group.create_pixel_layer_from_array(black, "difference")
    layer.blend_mode = BlendMode.DIFFERENCE
    usual, nested = Tag.SECTION_DIVIDER_SETTING, Tag.NESTED_SECTION_DIVIDER_SETTING
    blocks = group._record.tagged_blocks
    setting = blocks.pop(usual)
    blocks[nested] = TaggedBlock(key=nested, data=setting.data)
    psd.save(tmp_path / "deep.psd")

    opened = open_document(tmp_path / "deep.psd", Limits())

    assert opened[1].blend_mode is BlendMode.PASS_THROUGH
    assert color(opened)[:3] == [200, 200, 200]


@pytest.mark.parametrize(
    ("letters", "word"),
    [(b"OutF", b"outsetFrame"), (b"InsF", b"insetFrame"), (b"CtrF", b"centeredFrame")],
)
def test_a_stroke_whose_values_are_words_is_that_whose_are_letters(
    tmp_path: Path, letters: bytes, word: bytes
) -> None:
    """As Photoshop writes them since 2026."""
    planes = []
    for style, paint in ((letters, b"SClr"), (word, b"solidColor")):
        psd = ground()
        desc = descriptor(b"FrFX", Opct=percent(100), PntT=enum(b"FrFl", paint))
        desc[b"Styl"] = enum(b"FStl", style)
        desc[b"Sz  "] = pixels(2)
        desc[b"Clr "] = rgb(255, 0, 0)
        effect(psd, b"FrFX", desc)
        psd.save(tmp_path / "stroke.psd")
        opened = open_document(tmp_path / "stroke.psd", Limits())
        planes.append(render(opened).planes)

    assert (planes[0] == planes[1]).all()
    assert (planes[0][..., :3] == [255, 0, 0]).all(axis=2).any()


@pytest.mark.parametrize(
    ("writer", "is_drawn"),
    [(None, False), ("Somebody's Paint", False), ("Adobe Photoshop", True)],
)
def test_a_clipped_group_is_drawn_as_who_wrote_it_would(
    tmp_path: Path, writer: str | None, is_drawn: bool
) -> None:
    """Photoshop draws it whole; painters' programs within what it is clipped to."""
    psd = ground((255, 255, 255))
    base = np.full((8, 8, 4), 255, np.uint8)
    psd.create_pixel_layer_from_array(base, "base", left=8, top=8)
    group = psd.create_group(name="clipped")
    red = np.full((24, 24, 4), (255, 0, 0, 255), np.uint8)
    group.create_pixel_layer_from_array(red, "red")
    group._record.clipping = Clipping.NON_BASE
    psd.image_resources.pop(Resource.VERSION_INFO, None)
    if writer is not None:
        info = VersionInfo(1, True, writer, writer, 1)
        key = Resource.VERSION_INFO
        psd.image_resources[key] = ImageResource(key=key, data=info.tobytes())
    psd.save(tmp_path / "clipped.psd")

    opened = open_document(tmp_path / "clipped.psd", Limits())

    assert color(opened, 10, 10)[:3] == [255, 0, 0]
    outside = [255, 0, 0] if is_drawn else [255, 255, 255]
    assert color(opened, 2, 2)[:3] == outside
    assert is_clipped(opened[2])


def test_the_spread_of_a_shadow_takes_half_a_pixel_from_its_blur() -> None:
    """Of 5 pixels at 50 % three are solid, and two box filters of two go on from there."""
    psd = ground((255, 255, 255))
    desc = shadow(b"DrSh", 5, 0)
    desc[b"Ckmt"] = percent(50)
    effect(psd, b"DrSh", desc)
    row = render(psd).planes[12, 16:, 0].astype(float)
    expected = [0, 0, 0.25, 0.75, 1, 1, 1, 1]
    assert row.tolist() == pytest.approx([255 * share for share in expected], abs=1)


def test_a_spread_begins_where_a_partly_covered_pixel_has_its_edge() -> None:
    psd = ground((255, 255, 255))
    layer = effect(psd, b"DrSh", shadow(b"DrSh", 2, 0))
    block = layer.tagged_blocks.get_data(Tag.OBJECT_BASED_EFFECTS_LAYER_INFO)
    block[b"DrSh"][b"Ckmt"] = percent(100)
    alpha = np.full((8, 8), 255, np.uint8)
    alpha[:, 7] = 96  # three eighths: the edge lies at 15.375
    layer._channels[0].set_data(alpha.tobytes(), 8, 8, 8)
    row = render(psd).planes[12, 16:19, 0].astype(float)
    assert row.tolist() == pytest.approx([0, 255 * 0.625, 255], abs=1)


def test_a_precise_glow_fades_in_even_steps() -> None:
    psd = ground((0, 0, 0))
    desc = shadow(b"OrGl", 4, 0)
    desc[b"Clr "] = rgb(255, 255, 255)
    desc[b"GlwT"] = enum(b"BETE", b"PrBL")
    layer = effect(psd, b"OrGl", desc)
    row = render(psd).planes[12, 16:22, 0].astype(float)
    expected = [0.875, 0.625, 0.375, 0.125, 0, 0]
    assert row.tolist() == pytest.approx([255 * share for share in expected], abs=1)
    assert unsupported(layer) == (
        "the precise technique of the outer glow is approximate",
    )
