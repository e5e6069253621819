"""Gradients: where they run, and how they go from colour to colour."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.constants import ColorMode, Tag
from psd_tools.psd.adjustments import ColorStop, GradientMap
from psd_tools.psd.descriptor import Bool, Integer, List

from onemanage.psd.domain.boxes import Box
from onemanage.psd.domain.render import render, unsupported
from onemanage.psd.domain.render.fills import painted

from .effect_samples import (
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
)


def test_a_linear_gradient_runs_evenly_across_its_anchor() -> None:
    psd = ground()
    desc = gradient(rgb(0, 0, 0), rgb(255, 255, 255))
    found = painted(psd, desc, (0, 0, 100, 2), (0, 0, 100, 2))
    assert found is not None
    red = found[0][0, 0].astype(float)
    assert red == pytest.approx(np.arange(100) * 2.55, abs=1)


def test_a_gradient_of_90_degrees_rises() -> None:
    psd = ground()
    desc = gradient(rgb(0, 0, 0), rgb(255, 255, 255), angle=90)
    found = painted(psd, desc, (0, 0, 2, 50), (0, 0, 2, 50))
    assert found is not None
    assert found[0][0, :, 0] == pytest.approx(255 - np.arange(50) * 5.1, abs=1)


@pytest.mark.parametrize("key", [b"gs99", b"gradientsInterpolationMethod"])
@pytest.mark.parametrize(
    ("method", "middle"),
    [
        (b"Gcls", [128, 0, 128]),
        (b"Perc", [140, 83, 162]),
        (b"Smoo", [140, 83, 162]),
        (b"Lnr ", [188, 0, 188]),
    ],
)
def test_between_two_colors_a_gradient_takes_the_way_that_it_names(
    key: bytes, method: bytes, middle: list[int]
) -> None:
    """From red to blue; perceptual and smooth go through OKLab."""
    desc = gradient(rgb(255, 0, 0), rgb(0, 0, 255))
    desc[key] = enum(b"gradientInterpolationMethodType", method)
    found = painted(ground(), desc, (0, 0, 101, 1), (0, 0, 101, 1))
    assert found is not None
    assert found[0][:, 0, 50].tolist() == pytest.approx(middle, abs=2)


def red_of(psd: PSDImage, desc: Any, box: Box, anchor: Box) -> NDArray[np.float64]:
    found = painted(psd, desc, box, anchor)
    assert found is not None
    red: NDArray[np.float64] = found[0][0].astype(np.float64)
    return red


def test_three_stops_are_joined_by_a_spline() -> None:
    """Catmull-Rom, as if the outer stops were there twice."""
    desc = gradient(rgb(0, 0, 0), rgb(51, 0, 0), rgb(255, 0, 0), smooth=4096)
    red = red_of(ground(), desc, (0, 0, 800, 1), (0, 0, 800, 1))[0]
    t = 0.5
    leaves, arrives = (51 - 0) / 2, (255 - 0) / 2
    first = 51 * (3 * t**2 - 2 * t**3) + leaves * t * (1 - t) ** 2
    first -= arrives * t**2 * (1 - t)
    assert red[200] == pytest.approx(first, abs=1)  # 25 without the spline
    second = 51 + 204 * t + t * (1 - t) * ((1 - t) * (127.5 - 204) + t * (204 - 102))
    assert red[600] == pytest.approx(second, abs=1)


def test_a_spline_never_leaves_the_two_stops_it_is_between() -> None:
    """100 stays 100 up to the last stop, however steep that is."""
    stops = [rgb(100, 0, 0), rgb(100, 0, 0), rgb(255, 0, 0)]
    desc = gradient(*stops, smooth=4096)
    red = red_of(ground(), desc, (0, 0, 100, 1), (0, 0, 100, 1))[0]
    assert red[:50].tolist() == [100] * 50


def test_a_midpoint_says_where_two_colors_are_even() -> None:
    desc = gradient(rgb(0, 0, 0), rgb(200, 0, 0))
    desc[b"Grad"][b"Clrs"][1][b"Mdpn"] = Integer(80)
    red = red_of(ground(), desc, (0, 0, 100, 1), (0, 0, 100, 1))[0]
    assert red[[40, 80, 90]].tolist() == pytest.approx([50, 100, 150], abs=1)


def test_a_gradient_goes_through_the_middle_from_edge_to_edge() -> None:
    """At 150 degrees on 64 x 64 from (64, 50) to (0, 13), as Photoshop stored it."""
    desc = gradient(rgb(0, 0, 0), rgb(255, 255, 255), angle=150)
    box = (0, 0, 64, 64)
    red = red_of(ground(), desc, box, box)
    x, y = np.meshgrid(np.arange(64), np.arange(64))
    along = ((x - 64) * -64 + (y - 50) * -37) / (64**2 + 37**2)
    assert np.abs(red - np.clip(along, 0, 1) * 255).max() <= 1


def test_the_way_of_a_scaled_gradient_is_cut_towards_the_middle() -> None:
    """At -60 degrees and half the size on 32 x 32 from (12, 8) to (20, 24)."""
    desc = gradient(rgb(0, 0, 0), rgb(255, 255, 255), angle=-60)
    desc[b"Scl "] = percent(50)
    box = (0, 0, 32, 32)
    red = red_of(ground(), desc, box, box)
    x, y = np.meshgrid(np.arange(32), np.arange(32))
    along = ((x - 12) * 8 + (y - 8) * 16) / (8**2 + 16**2)
    assert np.abs(red - np.clip(along, 0, 1) * 255).max() <= 1


def test_stripes_change_their_color_at_the_midpoint() -> None:
    desc = gradient(rgb(10, 0, 0), rgb(200, 0, 0), smooth=4096)
    desc[b"gs99"] = enum(b"gradientInterpolationMethodType", b"GIMs")
    red = red_of(ground(), desc, (0, 0, 100, 1), (0, 0, 100, 1))[0]
    assert red.tolist() == [10] * 50 + [200] * 50


def test_gray_gradients_mix_in_linear_light_where_they_say_so() -> None:
    psd = PSDImage.new("L", (4, 4))
    assert psd.color_mode is ColorMode.GRAYSCALE
    desc = gradient(rgb(0, 0, 0), rgb(255, 255, 255))
    desc[b"gs99"] = enum(b"gradientInterpolationMethodType", b"Lnr ")
    red = red_of(psd, desc, (0, 0, 101, 1), (0, 0, 101, 1))[0]
    assert red[50] == pytest.approx(188, abs=2)  # .5 of light


def test_what_is_not_known_of_a_method_is_said() -> None:
    desc = gradient(rgb(0, 0, 0), rgb(255, 255, 255))
    desc[b"gs99"] = enum(b"gradientInterpolationMethodType", b"GIMs")
    layer = effect(ground(), b"GrFl", desc)
    assert unsupported(layer) == ("gradient by the stripes method is approximate",)
    psd = PSDImage.new("CMYK", (24, 24))
    desc[b"gs99"] = enum(b"gradientInterpolationMethodType", b"Perc")
    assert unsupported(effect(psd, b"GrFl", desc)) == (
        "gradient by the perceptual method outside of RGB and gray is approximate",
    )


def listed(*values: int) -> List:
    items: Any = [Integer(value) for value in values]
    return List(items)


def noisy(**items: Any) -> Any:
    grad = descriptor(b"Grdn", GrdF=enum(b"GrdF", b"ClNs"))
    grad[b"ShTr"], grad[b"VctC"] = Bool(False), Bool(False)
    grad[b"ClrS"] = enum(b"ClrS", b"RGBC")
    grad[b"RndS"], grad[b"Smth"] = Integer(9052369), Integer(2048)
    grad[b"Mnm "], grad[b"Mxm "] = listed(0, 0, 0, 0), listed(100, 100, 100, 100)
    for key, value in items.items():
        grad[key.ljust(4).encode()] = value
    desc = gradient(rgb(0, 0, 0), rgb(0, 0, 0))
    desc[b"Grad"] = grad
    return desc


def noise_of(**items: Any) -> NDArray[np.float64]:
    """(3, 512) of colours."""
    box = (0, 0, 512, 1)
    found = painted(ground(), noisy(**items), box, box)
    assert found is not None
    color: NDArray[np.float64] = found[0][:, 0].astype(np.float64)
    return color


def steps(color: NDArray[np.float64]) -> float:
    return float(np.abs(np.diff(color, axis=1)).mean())


def test_noise_is_the_same_for_one_seed_and_rougher_as_it_says() -> None:
    assert (noise_of() == noise_of()).all()
    assert (noise_of() != noise_of(RndS=Integer(-3))).any()
    calm, rough, rougher = (noise_of(Smth=Integer(value)) for value in (0, 2048, 4096))
    assert 2 * steps(calm) < steps(rough) and 2 * steps(rough) < steps(rougher)


def test_noise_stays_between_its_ends() -> None:
    low, high = listed(0, 20, 60, 0), listed(0, 40, 100, 100)
    color = noise_of(Mnm=low, Mxm=high, Smth=Integer(4096))
    assert not color[0].any()
    assert color[1].min() >= 50 and color[1].max() <= 103
    assert color[2].min() >= 152 and color[2].max() <= 255


def test_restricted_noise_is_not_cut() -> None:
    cut = noise_of(Smth=Integer(4096))
    restricted = noise_of(Smth=Integer(4096), VctC=Bool(True))
    assert (cut == 255).mean() > 0.05
    assert (restricted == 255).mean() < 0.01


def test_noise_is_transparent_where_it_may_be() -> None:
    box = (0, 0, 512, 1)
    opaque = painted(ground(), noisy(), box, box)
    assert opaque is not None and opaque[1] is None
    found = painted(ground(), noisy(ShTr=Bool(True)), box, box)
    assert found is not None and found[1] is not None
    assert len(np.unique(found[1])) > 20


def test_noise_without_ranges_is_refused() -> None:
    box = (0, 0, 8, 1)
    with pytest.raises(ValueError, match="no ranges"):
        painted(ground(), noisy(Mnm=listed(0)), box, box)


@pytest.mark.parametrize(
    ("method", "expected"),
    [(b"Gcls", [128, 0, 128]), (b"Lnr ", [188, 0, 188]), (b"Perc", [140, 83, 162])],
)
def test_a_gradient_map_mixes_its_colors_by_the_method_it_names(
    method: bytes, expected: list[int]
) -> None:
    psd = ground((128, 128, 128))
    stops: Any = [
        ColorStop(location=0, midpoint=50, mode=0, color=(65535, 0, 0, 0)),
        ColorStop(location=4096, midpoint=50, mode=0, color=(0, 0, 65535, 0)),
    ]
    data = GradientMap(version=3, method=method, color_stops=stops)
    adjustment(psd, Tag.GRADIENT_MAP, data)
    assert color(psd)[:3] == pytest.approx(expected, abs=2)


def stroked(**items: Any) -> PSDImage:
    """A white square of 8 x 8 at (8, 8), four pixels of gradient around it."""
    psd = ground((0, 0, 0))
    desc = gradient(rgb(0, 0, 0), rgb(255, 255, 255), angle=90)
    desc.classID = b"FrFX"
    desc[b"PntT"], desc[b"Styl"] = enum(b"FrFl", b"GrFl"), enum(b"FStl", b"OutF")
    desc[b"Sz  "], desc[b"Opct"] = pixels(4), percent(100)
    desc[b"Md  "] = enum(b"BlnM", b"Nrml")
    for key, value in items.items():
        desc[b"Grad"][key.encode()] = value
    assert unsupported(effect(psd, b"FrFX", desc)) == ()
    return psd


def test_the_gradient_of_a_stroke_spans_what_it_reaches() -> None:
    """From row 19 up to row 5: of pixels, one less than its size."""
    planes = render(stroked()).planes
    expected = [(19 - y) / 14 * 255 for y in (5, 6, 7, 16, 17, 18)]
    assert planes[[5, 6, 7, 16, 17, 18], 12, 0] == pytest.approx(expected, abs=1)


def test_the_gradient_of_a_stroke_is_as_transparent_as_it_says() -> None:
    stops: Any = []
    for place, opacity in ((0, 100), (4096, 0)):
        stop = descriptor(b"TrnS", Lctn=Integer(place), Mdpn=Integer(50))
        stop[b"Opct"] = percent(opacity)
        stops.append(stop)
    planes = render(stroked(Trns=List(stops))).planes
    share = (19 - 7) / 14
    assert planes[7, 12, 0] == pytest.approx(share * (1 - share) * 255, abs=2)
    assert planes[12, 12, 0] == 255
