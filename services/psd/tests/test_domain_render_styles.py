"""Fills, adjustments and effects, on documents whose records are written by hand."""

from typing import Any

import numpy as np
import pytest
from PIL import ImageCms
from psd_tools import PSDImage
from psd_tools.api.adjustments import TYPES
from psd_tools.api.layers import Layer
from psd_tools.constants import BlendMode, ColorMode, Resource, Tag
from psd_tools.psd.adjustments import (
    ChannelMixer,
    ColorBalance,
    ColorStop,
    Exposure,
    GradientMap,
    LevelRecord,
    Levels,
)
from psd_tools.psd.descriptor import (
    Bool,
    Descriptor,
    Double,
    Enumerated,
    Integer,
    List,
    String,
    UnitFloat,
)
from psd_tools.psd.image_resources import ImageResource
from psd_tools.psd.tagged_blocks import TaggedBlock
from psd_tools.terminology import Unit

from onemanage.psd.domain.render import RenderLimits, render, unsupported
from onemanage.psd.domain.render.fills import painted

from . import samples
from .effect_samples import (
    GROUND,
    adjustment,
    color,
    descriptor,
    effect,
    enum,
    gradient,
    ground,
    percent,
    pixels,
    rgb,
    shadow,
)


def test_levels_stretch_the_tones_between_their_ends() -> None:
    psd = ground()
    record = LevelRecord(20, 220, 0, 255, 100)
    plain = LevelRecord(0, 255, 0, 255, 100)
    records: Any = [record, *[plain] * 28]
    adjustment(psd, Tag.LEVELS, Levels(items=records, version=2))
    expected = [(value - 20) / 200 * 255 for value in GROUND]
    assert color(psd)[:3] == pytest.approx(expected, abs=1)


def test_invert_and_threshold_and_posterize() -> None:
    psd = ground()
    adjustment(psd, Tag.INVERT, b"")
    assert color(psd)[:3] == [255 - value for value in GROUND]
    psd = ground()
    adjustment(psd, Tag.THRESHOLD, 100)
    assert color(psd)[:3] == [255, 255, 255]
    psd = ground()
    adjustment(psd, Tag.THRESHOLD, 110)
    assert color(psd)[:3] == [0, 0, 0]
    psd = ground()
    adjustment(psd, Tag.POSTERIZE, 2)
    assert color(psd)[:3] == [0, 0, 255]


def test_exposure_of_a_stop_doubles_the_light() -> None:
    psd = ground()
    adjustment(psd, Tag.EXPOSURE, Exposure(exposure=1.0, offset=0.0, gamma=1.0))
    expected = [255 * (2 * (value / 255) ** 2.2) ** (1 / 2.2) for value in GROUND[:2]]
    assert color(psd)[:2] == pytest.approx(expected, abs=2)


def test_a_channel_mixer_uses_every_row_of_its_table() -> None:
    psd = ground()
    rows: Any = [[0, 100, 0, 0, 0], [0, 0, 100, 0, 0], [100, 0, 0, 0, 10]]
    rest = np.array(rows[1:], ">i2").tobytes()
    mixer = ChannelMixer(version=1, monochrome=0, data=rows[0], unknown=rest)
    adjustment(psd, Tag.CHANNEL_MIXER, mixer)
    assert color(psd)[:3] == pytest.approx([120, 200, 40 + 25.5], abs=1)


def test_a_gradient_map_paints_by_lightness() -> None:
    psd = ground((0, 0, 0))
    stops: Any = [
        ColorStop(location=0, midpoint=50, mode=0, color=(65535, 0, 0, 0)),
        ColorStop(location=4096, midpoint=50, mode=0, color=(0, 0, 65535, 0)),
    ]
    adjustment(psd, Tag.GRADIENT_MAP, GradientMap(color_stops=stops))
    assert color(psd)[:3] == [255, 0, 0]


def test_an_adjustment_leaves_transparency_and_what_its_opacity_keeps() -> None:
    psd = PSDImage.new("RGB", (8, 8))
    half = np.full((8, 4, 4), (*GROUND, 128), np.uint8)
    psd.create_pixel_layer_from_array(half, "half")
    layer = adjustment(psd, Tag.INVERT, b"")
    layer._record.opacity = 128
    expected = [v + (255 - 2 * v) * 128 / 255 for v in GROUND]
    assert color(psd) == pytest.approx([*expected, 128], abs=1)
    assert color(psd, 7)[3] == 0


def test_fill_opacity_is_a_strength_in_linear_dodge() -> None:
    psd = ground((200, 100, 0))
    top = np.full((24, 24, 3), 200, np.uint8)
    layer = psd.create_pixel_layer_from_array(top, "top")
    layer.blend_mode = BlendMode.LINEAR_DODGE
    layer.tagged_blocks.set_data(Tag.BLEND_FILL_OPACITY, 51)
    assert color(psd)[:3] == pytest.approx([240, 140, 40], abs=1)
    assert unsupported(layer) == ("fill opacity in linear dodge is approximate",)


def test_a_group_with_an_adjustment_is_no_larger_than_what_it_paints() -> None:
    psd = ground()
    group = psd.create_group(name="group")
    group.blend_mode = BlendMode.PASS_THROUGH
    square = np.full((4, 4, 3), GROUND, np.uint8)
    group.create_pixel_layer_from_array(square, "square", left=3, top=3)
    group._layers.append(adjustment(psd, Tag.INVERT, b""))
    del psd._layers[-1]
    alone = render(psd, root=group)
    assert alone.box == (3, 3, 7, 7)
    inverted = [255 - value for value in GROUND]
    assert alone.planes[0, 0].tolist() == [*inverted, 255]
    assert render(psd).planes[20, 20, :3].tolist() == inverted


def test_groups_within_groups_end_somewhere() -> None:
    psd = ground()
    parent = psd.create_group(name="0")
    for number in range(1, 80):
        parent.tagged_blocks.set_data(Tag.BLEND_FILL_OPACITY, 200)
        parent.blend_mode = BlendMode.PASS_THROUGH
        parent = parent.create_group(name=str(number))
    square = np.full((4, 4, 3), 255, np.uint8)
    parent.create_pixel_layer_from_array(square, "square")
    rendered = render(psd)
    assert rendered.planes[0, 0, :3].tolist() == list(GROUND)
    (warning,) = rendered.warnings
    assert "too deep" in warning


def test_an_adjustment_that_is_only_near_says_so() -> None:
    psd = ground()
    layer = adjustment(psd, Tag.COLOR_BALANCE, ColorBalance())
    assert unsupported(layer) == ("color balance in RGB is approximate",)


def overlay(red: int, opacity: float = 100) -> Descriptor:
    desc = descriptor(b"SoFi", Opct=percent(opacity))
    desc[b"Clr "] = rgb(red, 0, 0)
    return desc


def test_a_color_overlay_covers_the_layer_and_no_more() -> None:
    psd = ground()
    effect(psd, b"SoFi", overlay(255))
    assert color(psd, 10, 10)[:3] == [255, 0, 0]
    assert color(psd, 7, 10)[:3] == list(GROUND)


def test_an_overlay_keeps_what_the_fill_opacity_takes() -> None:
    psd = ground()
    layer = effect(psd, b"SoFi", overlay(255, 50))
    layer.tagged_blocks.set_data(Tag.BLEND_FILL_OPACITY, 0)
    expected = [127.5 + 20, 60, 100]
    assert color(psd, 10, 10)[:3] == pytest.approx(expected, abs=1.5)


def test_the_opacity_of_a_layer_fades_its_overlay_once() -> None:
    psd = ground((0, 0, 0))
    effect(psd, b"SoFi", overlay(255))._record.opacity = 128
    assert color(psd, 10, 10)[0] == pytest.approx(128, abs=1)


def test_a_hard_drop_shadow_is_the_layer_moved_away_from_the_light() -> None:
    psd = ground()
    layer = effect(psd, b"DrSh", shadow(b"DrSh", 0, 3))
    assert color(psd, 18, 10)[:3] == [0, 0, 0]
    assert color(psd, 19, 10)[:3] == list(GROUND)
    assert color(psd, 15, 10)[:3] == [255, 255, 255]
    assert color(psd, 7, 10)[:3] == list(GROUND)
    assert unsupported(layer) == ()


def test_a_soft_shadow_fades_outwards() -> None:
    psd = ground((255, 255, 255))
    effect(psd, b"DrSh", shadow(b"DrSh", 6, 0))
    row = render(psd).planes[12, 16:, 0].astype(int)
    assert row[0] < 170 and row[-1] == 255
    assert (np.diff(row) >= 0).all()


def test_an_inner_shadow_stays_within_the_layer() -> None:
    psd = ground()
    effect(psd, b"IrSh", shadow(b"IrSh", 0, 2))
    assert color(psd, 8, 10)[:3] == [0, 0, 0]
    assert color(psd, 10, 10)[:3] == [255, 255, 255]
    assert color(psd, 7, 10)[:3] == list(GROUND)


@pytest.mark.parametrize(
    ("style", "outside", "inside"),
    [(b"OutF", 2, 0), (b"InsF", 0, 2), (b"CtrF", 1, 1)],
)
def test_a_stroke_lies_where_its_position_says(
    style: bytes, outside: int, inside: int
) -> None:
    psd = ground()
    desc = descriptor(b"FrFX", Opct=percent(100), PntT=enum(b"FrFl", b"SClr"))
    desc[b"Styl"] = enum(b"FStl", style)
    desc[b"Sz  "] = pixels(2)
    desc[b"Clr "] = rgb(255, 0, 0)
    effect(psd, b"FrFX", desc)
    row = render(psd).planes[12, :, :3].tolist()
    red = [place for place, value in enumerate(row) if value == [255, 0, 0]]
    left = list(range(8 - outside, 8 + inside))
    right = list(range(16 - inside, 16 + outside))
    assert red == left + right


@pytest.mark.parametrize("key", [b"DrSh", b"IrSh", b"OrGl", b"IrGl"])
def test_effects_are_the_same_in_tiles(key: bytes) -> None:
    psd = ground()
    desc = shadow(key, 5, 3)
    effect(psd, key, desc)
    whole = render(psd).planes
    assert not np.array_equal(whole, render(ground()).planes)
    tiled = render(psd, limits=RenderLimits(tile_pixels=24 * 5)).planes
    assert np.abs(whole.astype(int) - tiled).max() <= 1


def test_a_group_with_a_shadow_reaches_as_far_as_the_shadow() -> None:
    psd = PSDImage.new("RGB", (24, 24))
    group = psd.create_group(name="group")
    group.create_pixel_layer_from_array(
        samples.noise(4, 4, 3), "inner", left=10, top=10
    )
    block = descriptor(b"null", masterFXSwitch=Bool(True))
    desc = shadow(b"DrSh", 0, 3)
    desc[b"enab"] = Bool(True)
    block[b"DrSh"] = desc
    group.tagged_blocks.set_data(Tag.OBJECT_BASED_EFFECTS_LAYER_INFO, block)
    rendered = render(psd)
    assert rendered.planes[12, 15].tolist() == [0, 0, 0, 255]
    left, top, right, bottom = render(psd, root=group).box
    assert left <= 10 and top <= 10 and right >= 17 and bottom >= 14
    assert psd.color_mode is ColorMode.RGB


def contour(*at: tuple[int, int]) -> Descriptor:
    points: Any = [descriptor(b"CrPt", Hrzn=Double(x), Vrtc=Double(y)) for x, y in at]
    return descriptor(b"ShpC", Crv=List(items=points))


def test_the_noise_and_the_contour_of_a_shadow_are_named() -> None:
    psd = ground()
    desc = shadow(b"DrSh", 2, 3)
    desc[b"Nose"] = percent(20)
    desc[b"TrnS"] = contour((0, 0), (255, 255))
    layer = effect(psd, b"DrSh", desc)
    noise = ("the noise of the drop shadow is not drawn",)
    assert unsupported(layer) == noise
    desc[b"ShdN"] = percent(5)
    assert unsupported(layer)[1:] == ("the jitter of the drop shadow is not drawn",)
    desc[b"ShdN"] = percent(0)
    desc[b"TrnS"] = contour((0, 0), (128, 255), (255, 0))
    assert unsupported(layer)[1:] == ("the contour of the drop shadow is approximate",)


def test_the_shape_burst_of_a_stroke_is_named() -> None:
    psd = ground()
    desc = descriptor(b"FrFX", enab=Bool(True), present=Bool(True))
    desc[b"PntT"] = enum(b"FrFl", b"GrFl")
    desc[b"Type"] = enum(b"GrdT", b"shapeburst")
    layer = effect(psd, b"FrFX", desc)
    assert unsupported(layer) == ("shape burst gradient is approximate",)


def test_exposure_is_exact_in_srgb_only() -> None:
    psd = ground()
    layer = adjustment(psd, Tag.EXPOSURE, Exposure(1, 0.5, 0.0, 1.0))
    assert unsupported(layer) == ()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "ours".encode("utf-16-be"))
    resource = ImageResource(key=Resource.ICC_PROFILE.value, data=profile)
    psd.image_resources[Resource.ICC_PROFILE] = resource
    assert unsupported(layer) == ("exposure in RGB outside of sRGB is approximate",)
