"""Gradients: where they run, and how they go from colour to colour."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from psd_tools import PSDImage
from psd_tools.constants import ColorMode, Tag
from psd_tools.psd.adjustments import ColorStop, GradientMap
from psd_tools.psd.descriptor import Integer

from onemanage.psd.domain.boxes import Box
from onemanage.psd.domain.render import unsupported
from onemanage.psd.domain.render.fills import painted

from .effect_samples import (
    adjustment,
    color,
    effect,
    enum,
    gradient,
    ground,
    percent,
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
