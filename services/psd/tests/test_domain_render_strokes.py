"""Strokes: what they are painted with, and what lies above what."""

from typing import Any

import numpy as np
import pytest
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, Tag
from psd_tools.psd.descriptor import Bool, Descriptor, Integer, List

from onemanage.psd.domain.render import render

from .effect_samples import (
    GROUND,
    color,
    descriptor,
    effect,
    enum,
    ground,
    percent,
    rgb,
    shape,
    stroke,
    with_effects,
)

RED, GREEN, BLUE = [255, 0, 0], [0, 255, 0], [0, 0, 255]


def stops(values: list[Any], key: bytes) -> List:
    """Of a gradient, evenly apart."""
    found: Any = []
    for place, value in zip(np.linspace(0, 4096, len(values)), values, strict=True):
        stop = descriptor(b"Clrt", Lctn=Integer(int(place)), Mdpn=Integer(50))
        stop[key] = value
        found.append(stop)
    return List(items=found)


def with_gradient(desc: Descriptor, kind: bytes) -> Descriptor:
    """From black to white and to clear, with nothing smoothed."""
    grad = descriptor(b"Grdn", GrdF=enum(b"GrdF", b"CstS"), Intr=Integer(0))
    grad[b"Clrs"] = stops([rgb(0, 0, 0), rgb(255, 255, 255)], b"Clr ")
    grad[b"Trns"] = stops([percent(100), percent(0)], b"Opct")
    desc[b"PntT"] = enum(b"FrFl", b"GrFl")
    desc[b"Grad"] = grad
    desc[b"Type"] = enum(b"GrdT", kind)
    return desc


def test_the_gradient_of_a_stroke_spans_it_but_for_a_pixel_and_keeps_its_opacity() -> (
    None
):
    """14 pixels of the 16 that layer and stroke are wide, asked at their corners."""
    psd = ground((0, 0, 255))
    effect(psd, b"FrFX", with_gradient(stroke(rgb(0, 0, 0), 4), b"Lnr "))
    row = render(psd).planes[6, 4:20].astype(float)
    share = np.clip((np.arange(16) - 1) / 14, 0, 1)
    inner = slice(4, 12)  # where the stroke covers the pixels whole
    assert row[inner, 0] == pytest.approx((share * (1 - share) * 255)[inner], abs=1.5)
    blue = share * (1 - share) * 255 + share * 255
    assert row[inner, 2] == pytest.approx(blue[inner], abs=1.5)


def test_a_shape_burst_runs_from_the_inner_edge_to_the_outer() -> None:
    psd = ground((0, 0, 0))
    effect(psd, b"FrFX", with_gradient(stroke(rgb(0, 0, 0), 8), b"shapeburst"))
    column = render(psd).planes[:8, 12, 0].astype(float)
    share = (np.arange(8)[::-1] + 0.5) / 8
    assert column == pytest.approx(share * (1 - share) * 255, abs=1.5)


def multiplied(red: int, green: int, blue: int, position: bytes) -> Descriptor:
    desc = stroke(rgb(red, green, blue), 2, position)
    desc[b"Md  "] = enum(b"BlnM", b"Mltp")
    return desc


@pytest.mark.parametrize(("position", "x"), [(b"OutF", 7), (b"InsF", 8)])
def test_of_two_strokes_each_blends_with_the_backdrop_alone(
    position: bytes, x: int
) -> None:
    """Neither with the other one nor with the layer, whose place it takes."""
    psd = ground()
    layer = effect(psd, b"FrFX", stroke(rgb(0, 0, 0), 2))
    upper = multiplied(0, 255, 255, position)
    lower = stroke(rgb(9, 9, 9), 2, position)
    with_effects(layer, {b"frameFXMulti": [upper, lower]})
    assert color(psd, x, 12)[:3] == [0, *GROUND[1:]]


def test_a_translucent_stroke_takes_the_place_of_the_layer() -> None:
    psd = ground()
    desc = stroke(rgb(*RED), 2, b"CtrF")
    desc[b"Opct"] = percent(40)
    effect(psd, b"FrFX", desc)
    over = [0.4 * red + 0.6 * below for red, below in zip(RED, GROUND, strict=True)]
    for x in (7, 8):
        assert color(psd, x, 12)[:3] == pytest.approx(over, abs=1)
    assert color(psd, 9, 12)[:3] == [255, 255, 255]


def test_strokes_on_both_sides_of_an_edge_leave_no_seam() -> None:
    psd = ground()
    layer = effect(psd, b"FrFX", stroke(rgb(0, 0, 0), 2))
    alpha = np.full((8, 8), 255, np.uint8)
    alpha[:, 0] = 128  # the edge lies within a pixel
    layer._channels[0].set_data(alpha.tobytes(), 8, 8, 8)
    both = [stroke(rgb(*RED), 2, b"OutF"), stroke(rgb(*RED), 2, b"InsF")]
    with_effects(layer, {b"frameFXMulti": both})
    assert color(psd, 8, 12)[:3] == RED


def overlay(red: int, green: int, blue: int) -> Descriptor:
    desc = descriptor(b"SoFi", Opct=percent(100))
    desc[b"Clr "] = rgb(red, green, blue)
    return desc


def test_the_stroke_of_a_shape_lies_above_its_overlay_and_below_an_effects() -> None:
    psd = ground()
    layer = shape(psd, rgb(*RED))
    with_effects(
        layer, {b"SoFi": overlay(*BLUE), b"FrFX": stroke(rgb(*GREEN), 1, b"InsF")}
    )
    row = render(psd).planes[12, 7:12, :3].tolist()
    assert row == [list(GROUND), GREEN, RED, BLUE, BLUE]


def test_the_stroke_of_a_shape_lies_above_what_is_clipped_to_it() -> None:
    psd = ground()
    shape(psd, rgb(*RED))
    plain = np.full((24, 24, 3), BLUE, np.uint8)
    psd.create_pixel_layer_from_array(plain, "clipped").clipping = True
    row = render(psd).planes[12, 7:12, :3].tolist()
    assert row == [list(GROUND), RED, RED, BLUE, BLUE]


def test_the_stroke_of_a_shape_has_a_mode_and_an_opacity_of_its_own() -> None:
    psd = ground()
    mode = enum(b"BlnM", b"Mltp")
    shape(psd, rgb(*RED), strokeStyleBlendMode=mode, strokeStyleOpacity=percent(50))
    plain = np.full((24, 24, 3), (200, 100, 0), np.uint8)
    psd.create_pixel_layer_from_array(plain, "clipped").clipping = True
    assert color(psd, 8, 12)[:3] == pytest.approx([200, 50, 0], abs=1)


def test_the_stroke_of_a_shape_that_is_off_is_not_drawn() -> None:
    psd = ground()
    layer = shape(psd, rgb(*RED), strokeEnabled=Bool(False))
    with_effects(layer, {b"SoFi": overlay(*BLUE)})
    assert color(psd, 8, 12)[:3] == BLUE


def test_an_effects_stroke_follows_both_edges_of_a_shape_without_a_fill() -> None:
    """Its stored pixels are a frame of two pixels, and that is what it goes around."""
    psd = ground()
    layer = shape(psd, rgb(*RED), fillEnabled=Bool(False))
    frame = np.full((8, 8, 4), 255, np.uint8)
    frame[2:6, 2:6] = 0
    layer._channels[0].set_data(frame[..., 3].tobytes(), 8, 8, 8)
    with_effects(layer, {b"FrFX": stroke(rgb(*GREEN), 1)})
    row = render(psd).planes[12, 6:14, :3].tolist()
    white = [255, 255, 255]
    plain = list(GROUND)
    assert row == [plain, GREEN, white, white, GREEN, plain, plain, GREEN]
    assert layer.blend_mode is BlendMode.NORMAL
    assert Tag.VECTOR_STROKE_DATA in layer.tagged_blocks


def test_a_stroke_goes_around_a_shape_whose_fill_fades() -> None:
    """Where half of the fill shows, the stroke has the edge of the path all the same."""
    psd: PSDImage = ground()
    layer = shape(psd, None)
    fading = np.full((8, 8), 128, np.uint8)
    layer._channels[0].set_data(fading.tobytes(), 8, 8, 8)
    block = layer.tagged_blocks[Tag.SOLID_COLOR_SHEET_SETTING].data
    block[b"Grad"] = descriptor(b"Grdn")
    with_effects(layer, {b"FrFX": stroke(rgb(*GREEN), 2)})
    row = render(psd).planes[12, 5:10, :3].tolist()
    half = [round((value + 255) / 2) for value in GROUND]
    assert row[:3] == [list(GROUND), GREEN, GREEN]
    assert row[3] == pytest.approx(half, abs=1) == row[4]


def half(psd: PSDImage, value: tuple[int, int, int]) -> Any:
    """A layer of 8 x 8 at (8, 8), of one colour and half there."""
    array = np.full((8, 8, 4), (*value, 128), np.uint8)
    return psd.create_pixel_layer_from_array(array, "half", left=8, top=8)


def test_clipped_layers_that_blend_apart_do_so_over_the_whole_base() -> None:
    """The backdrop by half, and by half what they give over the base as if whole."""
    psd = ground()
    base = half(psd, (100, 200, 50))
    base.tagged_blocks.set_data(Tag.BLEND_CLIPPING_ELEMENTS, 0)
    plain = np.full((24, 24, 3), (200, 100, 250), np.uint8)
    clipped = psd.create_pixel_layer_from_array(plain, "clipped")
    clipped.clipping = True
    clipped.blend_mode = BlendMode.MULTIPLY
    over = np.array([100 * 200, 200 * 100, 50 * 250]) / 255
    share = 128 / 255
    expected = np.array(GROUND) * (1 - share) + over * share
    assert color(psd, 12, 12)[:3] == pytest.approx(expected.tolist(), abs=1)


@pytest.mark.parametrize(
    "mode", [BlendMode.LINEAR_BURN, BlendMode.LINEAR_DODGE, BlendMode.LINEAR_LIGHT]
)
def test_a_layer_that_is_alone_is_as_opaque_as_its_fill(mode: BlendMode) -> None:
    psd = PSDImage.new("RGB", (24, 24))
    layer = half(psd, (200, 90, 30))
    layer.blend_mode = mode
    layer.tagged_blocks.set_data(Tag.BLEND_FILL_OPACITY, 59)
    expected = [200, 90, 30, 128 * 59 / 255]
    assert color(psd, 12, 12) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(
    ("mode", "formula"),
    [
        (BlendMode.LINEAR_LIGHT, lambda b, s, f: b + 2 * (0.5 + (s - 0.5) * f) - 1),
        (BlendMode.LINEAR_BURN, lambda b, s, f: b - (1 - s) * f),
        (BlendMode.LINEAR_DODGE, lambda b, s, f: b + s * f),
        (BlendMode.HARD_MIX, lambda b, s, f: (b - f * (1 - s)) / (1 - f)),
    ],
)
def test_in_modes_with_a_strength_the_fill_moves_the_source_to_its_neutral(
    mode: BlendMode, formula: Any
) -> None:
    psd = ground()
    array = np.full((24, 24, 3), (200, 90, 30), np.uint8)
    layer = psd.create_pixel_layer_from_array(array, "strong")
    layer.blend_mode = mode
    layer.tagged_blocks.set_data(Tag.BLEND_FILL_OPACITY, 102)
    below, above = np.array(GROUND) / 255, np.array([200, 90, 30]) / 255
    expected = np.clip(formula(below, above, 0.4), 0, 1) * 255
    assert color(psd)[:3] == pytest.approx(expected.tolist(), abs=0.51)
