"""Bevel and emboss, satin and contours, against the formulas they were fitted to."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.constants import Resource
from psd_tools.psd.descriptor import Bool, Descriptor, Double, List, UnitFloat
from psd_tools.psd.image_resources import ImageResource, Integer
from psd_tools.terminology import Unit

from onemanage.psd.domain.render import render, unsupported
from onemanage.psd.domain.render.contours import contour

from .effect_samples import descriptor, enum, percent, pixels, rgb, stroke, with_effects

SIDE, EDGE = 64, 24
"""The canvas, and where the layer begins; it goes on to the canvas's end."""

type Row = NDArray[np.float64]


def degrees(value: float) -> UnitFloat:
    return UnitFloat(value=value, unit=Unit.Angle)


def half_plane(key: bytes, desc: Descriptor) -> PSDImage:
    """Black on gray (128), with an upright edge; far from it nothing ends."""
    psd = PSDImage.new("RGB", (SIDE, SIDE))
    gray = np.full((SIDE, SIDE, 3), 128, np.uint8)
    psd.create_pixel_layer_from_array(gray, "ground")
    black = np.zeros((3 * SIDE, 2 * SIDE, 4), np.uint8)
    black[..., 3] = 255
    layer = psd.create_pixel_layer_from_array(black, "black", left=EDGE, top=-SIDE)
    with_effects(layer, {key: desc})
    return psd


def bevel(style: bytes, size: float, angle: float = 180) -> Descriptor:
    """White light and blue shade, both plain and opaque, from 30 degrees above."""
    desc = descriptor(b"ebbl", uglg=Bool(False), lagl=degrees(angle))
    desc[b"Lald"] = degrees(30)
    desc[b"bvlS"], desc[b"bvlT"] = enum(b"BESl", style), enum(b"bvlT", b"SfBL")
    desc[b"bvlD"] = enum(b"BESs", b"In  ")
    desc[b"srgR"], desc[b"blur"], desc[b"Sftn"] = percent(100), pixels(size), pixels(0)
    for side, color in ((b"hgl", rgb(255, 255, 255)), (b"sdw", rgb(0, 0, 255))):
        desc[side + b"M"] = enum(b"BlnM", b"Nrml")
        desc[side + b"C"] = color
        desc[side + b"O"] = percent(100)
    return desc


def blurred(width: int) -> Row:
    """The edge through two box filters: what share of a triangle is past it."""
    box = np.ones(width) / width
    kernel = np.convolve(box, box)
    step = (np.arange(-SIDE, 2 * SIDE) >= EDGE).astype(float)
    return np.convolve(step, kernel, "same")


def lit(height: Row, angle: float) -> Row:
    """How far each place is lighter (1) or darker (-1) than what is flat."""
    slope = np.gradient(height)
    flat = math.sin(math.radians(30))
    along = math.cos(math.radians(30)) * math.cos(math.radians(angle))
    light = np.maximum(0, (flat - slope * along) / np.sqrt(1 + slope**2))
    found = np.where(light > flat, (light - flat) / (1 - flat), (light - flat) / flat)
    return found[SIDE : 2 * SIDE]


def row(psd: PSDImage) -> NDArray[np.float64]:
    rendered = render(psd)
    assert rendered.warnings == ()
    return rendered.planes[SIDE // 2, :, :3].astype(float)


@pytest.mark.parametrize(
    ("style", "size", "wide", "where"),
    [
        (b"InrB", 6, 6, slice(EDGE, SIDE)),
        (b"OtrB", 6, 6, slice(0, EDGE)),
        (b"Embs", 7, 4, slice(0, SIDE)),
    ],
)
def test_a_smooth_bevel_is_the_blurred_layer_as_a_relief(
    style: bytes, size: int, wide: int, where: slice
) -> None:
    """It rises as far as it is wide; of an emboss half lies on each side, rounded up."""
    found = row(half_plane(b"ebbl", bevel(style, size)))
    strength = np.zeros(SIDE)
    strength[where] = lit(blurred(wide) * wide, 180)[where]
    base = np.where(np.arange(SIDE) < EDGE, 128, 0)
    expected = base + (255 - base) * np.maximum(strength, 0)
    assert expected.max() > 100
    assert found[:, 0].tolist() == pytest.approx(expected.tolist(), abs=1.5)


def test_what_turns_from_the_light_is_in_shade() -> None:
    found = row(half_plane(b"ebbl", bevel(b"InrB", 6, angle=0)))
    strength = lit(blurred(6) * 6, 0)[EDGE:]
    assert strength.min() < -0.5
    assert found[EDGE:, 2].tolist() == pytest.approx(
        (-255 * strength).tolist(), abs=1.5
    )
    assert found[EDGE:, 0].max() == 0


def test_a_bevel_that_states_no_colour_for_its_shade_has_none() -> None:
    desc = bevel(b"InrB", 6, angle=0)
    del desc[b"sdwC"]
    assert row(half_plane(b"ebbl", desc))[EDGE:].max() == 0


def test_a_relief_that_goes_down_is_lit_from_the_other_side() -> None:
    sunk = bevel(b"InrB", 6, angle=0)
    sunk[b"bvlD"] = enum(b"BESs", b"Out ")
    found = row(half_plane(b"ebbl", sunk))
    assert np.abs(found - row(half_plane(b"ebbl", bevel(b"InrB", 6)))).max() <= 1


def test_around_a_pillow_it_sinks_where_the_layer_rises() -> None:
    """No further than half of its size, rounded down."""
    found = row(half_plane(b"ebbl", bevel(b"PlEb", 5)))
    inside = 255 * np.maximum(lit(blurred(3) * 3, 180), 0)[EDGE:]
    assert found[EDGE:, 0].tolist() == pytest.approx(inside.tolist(), abs=1.5)
    around = 128 * (1 + np.minimum(lit(blurred(3) * -3, 180), 0)[:EDGE])
    around[: EDGE - 2] = 128
    assert around[EDGE - 2] < 100
    assert found[:EDGE, 0].tolist() == pytest.approx(around.tolist(), abs=1.5)


def test_a_stroke_emboss_is_on_the_strokes_alone() -> None:
    desc = bevel(b"strokeEmboss", 4)
    psd = half_plane(b"ebbl", desc)
    plain = row(psd)
    assert np.array_equal(plain[:, 0], np.where(np.arange(SIDE) < EDGE, 128, 0))
    band = stroke(rgb(0, 0, 0), 8)
    with_effects(psd[1], {b"ebbl": desc, b"FrFX": band})
    found = row(psd)
    assert found[EDGE - 8 : EDGE, 0].max() > 100  # lit where the band rises,
    assert found[EDGE - 8 : EDGE, 2].max() > 200  # in shade where it falls
    assert (found[: EDGE - 8] == 128).all() and (found[EDGE:] == 0).all()


def test_a_hard_chisel_is_one_slope() -> None:
    desc = bevel(b"InrB", 8)
    desc[b"bvlT"] = enum(b"bvlT", b"PrBL")
    found = row(half_plane(b"ebbl", desc))[EDGE:, 0]
    light = (0.5 + math.cos(math.radians(30))) / 2**0.5  # rising at 45 degrees
    assert found[2:6].tolist() == pytest.approx([255 * (light - 0.5) / 0.5] * 4, abs=1)
    assert found[10:].max() == 0


def test_the_light_of_a_bevel_may_be_that_of_the_document() -> None:
    desc = bevel(b"InrB", 6, angle=0)
    desc[b"uglg"] = Bool(True)
    psd = half_plane(b"ebbl", desc)
    for key, value in ((Resource.GLOBAL_ANGLE, 180), (Resource.GLOBAL_ALTITUDE, 30)):
        data: Any = Integer(value)
        psd.image_resources[key] = ImageResource(key=key.value, data=data)
    expected = row(half_plane(b"ebbl", bevel(b"InrB", 6)))
    assert np.abs(row(psd) - expected).max() <= 1


def test_in_linear_dodge_the_opacity_of_a_bevels_light_is_a_strength() -> None:
    """Sums that end at white end there after the opacity, not before."""
    desc = bevel(b"OtrB", 6)
    desc[b"hglM"], desc[b"hglO"] = enum(b"BlnM", b"linearDodge"), percent(15)
    found = row(half_plane(b"ebbl", desc))[:EDGE, 0]
    strength = np.maximum(lit(blurred(6) * 6, 180)[:EDGE], 0)
    assert found.tolist() == pytest.approx((128 + 38.25 * strength).tolist(), abs=1.5)


def satin(size: float, distance: float, *, inverted: bool) -> Descriptor:
    desc = descriptor(b"ChFX", Opct=percent(100), Invr=Bool(inverted))
    desc[b"Md  "], desc[b"Clr "] = enum(b"BlnM", b"Nrml"), rgb(255, 255, 255)
    desc[b"lagl"], desc[b"Dstn"], desc[b"blur"] = (
        degrees(0),
        pixels(distance),
        pixels(size),
    )
    return desc


@pytest.mark.parametrize("inverted", [False, True])
def test_satin_is_what_the_blurred_layer_differs_by_when_moved_both_ways(
    inverted: bool,
) -> None:
    found = row(half_plane(b"ChFX", satin(5, 4, inverted=inverted)))[EDGE:, 0]
    edge = blurred(5)
    share = np.abs(np.roll(edge, 4) - np.roll(edge, -4))[SIDE + EDGE : 2 * SIDE]
    expected = 255 * (1 - share if inverted else share)
    assert found.tolist() == pytest.approx(expected.tolist(), abs=1)


def curve(*points: tuple[float, float, bool]) -> Descriptor:
    found: Any = [
        descriptor(b"CrPt", Hrzn=Double(x), Vrtc=Double(y), Cnty=Bool(smooth))
        for x, y, smooth in points
    ]
    return descriptor(b"ShpC", Crv=List(items=found))


def test_a_contour_is_straight_between_corners() -> None:
    table = contour(curve((0, 0, False), (128, 255, False), (255, 0, False)))
    assert table is not None
    assert table[[0, 64, 128, 255]].tolist() == pytest.approx([0, 127.5, 255, 0])


def test_a_contour_is_a_natural_cubic_through_smooth_points() -> None:
    """Of three points evenly apart the bend is at the middle alone, and known."""
    table = contour(curve((0, 0, True), (100, 80, True), (200, 100, True)))
    assert table is not None
    bend = 6 * (0.2 - 0.8) / 400
    expected = 50 * 0.8 + bend * (50**3 / 600 - 50 * 100 / 6)
    assert table[50] == pytest.approx(expected)
    assert contour(curve((0, 0, True), (255, 255, True))) is None


def test_bevels_that_were_never_measured_are_named() -> None:
    outer = ("outer bevel or stroke emboss is approximate",)
    assert unsupported(half_plane(b"ebbl", bevel(b"OtrB", 6))[1]) == outer
    deep = bevel(b"InrB", 6)
    deep[b"srgR"] = percent(200)
    depth = ("the depth of the bevel and emboss is approximate",)
    assert unsupported(half_plane(b"ebbl", deep)[1]) == depth


def test_what_is_near_in_a_bevel_is_named() -> None:
    desc = bevel(b"InrB", 6)
    assert unsupported(half_plane(b"ebbl", desc)[1]) == ()
    desc[b"bvlT"] = enum(b"bvlT", b"Slmt")
    desc[b"useTexture"] = Bool(True)
    assert unsupported(half_plane(b"ebbl", desc)[1]) == (
        "chiseled or softened bevel and emboss is approximate",
        "the texture of the bevel and emboss is not drawn",
    )
    assert unsupported(half_plane(b"ChFX", satin(5, 4, inverted=True))[1]) == ()
