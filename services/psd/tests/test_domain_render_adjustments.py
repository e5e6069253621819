"""Adjustment layers by their formulas."""

from typing import Any

import numpy as np
import pytest
from psd_tools import PSDImage
from psd_tools.constants import Tag
from psd_tools.psd.adjustments import (
    BrightnessContrast,
    ColorBalance,
    PhotoFilter,
    SelectiveColor,
)
from psd_tools.psd.descriptor import Descriptor, Integer
from psd_tools.psd.tagged_blocks import TaggedBlock

from onemanage.psd.domain.layers import tree
from onemanage.psd.domain.render import render, tones, unsupported

from .effect_samples import adjustment, color, descriptor, ground


def test_brightness_is_exposure_bent_into_white() -> None:
    """By 100 it is two stops, in light of gamma 2.2; 32 -> 60 and 128 -> 209 were
    measured on Photoshop 27, and so was the way back."""
    table = tones.brightness_contrast(100, 0).astype(int)
    assert table[:60] == pytest.approx(np.arange(60) * 4 ** (1 / 2.2), abs=1)
    assert table[[0, 32, 64, 128, 192, 255]] == pytest.approx(
        [0, 60, 120, 209, 245, 255], abs=1.5
    )
    darker = tones.brightness_contrast(-100, 0).astype(int)
    assert darker[[0, 60, 120, 209, 255]] == pytest.approx([0, 32, 64, 128, 255], abs=2)


def test_contrast_mixes_in_two_parabolas() -> None:
    """Measured on Photoshop 27: 64 goes to 40 by 100, and to 76 by -50."""
    table = tones.brightness_contrast(0, 100).astype(int)
    assert table[[0, 32, 64, 128, 192, 255]].tolist() == pytest.approx(
        [0, 14, 40, 128, 216, 255], abs=1
    )
    assert tones.brightness_contrast(0, -50)[64] == pytest.approx(76, abs=1)


def test_brightness_comes_before_contrast() -> None:
    both = tones.brightness_contrast(100, 100).astype(int)
    one = tones.brightness_contrast(100, 0)
    other = tones.brightness_contrast(0, 100).astype(int)
    assert np.abs(both - other[one]).max() <= 2


def balance(**sliders: Any) -> ColorBalance:
    found = ColorBalance()
    plain = {"shadows": (0, 0, 0), "midtones": (0, 0, 0), "highlights": (0, 0, 0)}
    for name, value in {**plain, "luminosity": 0, **sliders}.items():
        setattr(found, name, value)
    return found


@pytest.mark.parametrize(
    ("sliders", "expected"),
    [
        ({"midtones": (100, 0, -100)}, [255 * (0.4) ** 0.5, 102, 255 * 0.4**2]),
        ({"shadows": (100, 0, 0)}, [255 * 0.4 ** (0.5**0.5), 102, 102]),
        ({"shadows": (-50, 0, 0)}, [255 * (52 / 205) ** (2**0.25), 102, 102]),
        ({"highlights": (0, 100, 0)}, [102, 255 * (102 / 155) ** (0.5**0.5), 102]),
        ({"highlights": (0, -100, 0)}, [102, 255 * 0.4 ** (2**0.5), 102]),
    ],
)
def test_color_balance_is_levels_of_each_channel(
    sliders: dict[str, Any], expected: list[float]
) -> None:
    psd = ground((102, 102, 102))
    adjustment(psd, Tag.COLOR_BALANCE, balance(**sliders))
    assert color(psd)[:3] == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("tone", ["shadows", "midtones", "highlights"])
@pytest.mark.parametrize("amount", [-80, 60])
def test_equal_sliders_change_nothing_where_luminosity_is_kept(
    tone: str, amount: int
) -> None:
    psd = ground((40, 120, 200))
    data = balance(luminosity=1, **{tone: (amount, amount, amount)})
    layer = adjustment(psd, Tag.COLOR_BALANCE, data)
    assert color(psd)[:3] == [40, 120, 200]
    assert unsupported(layer) == ("color balance in RGB is approximate",)


def test_kept_luminosity_moves_black_and_white_without_gamma() -> None:
    psd = ground((102, 102, 102))
    data = balance(luminosity=1, shadows=(40, 0, 0), highlights=(0, 30, 0))
    adjustment(psd, Tag.COLOR_BALANCE, data)
    green, blue = (102 - 40) / (225 - 40) * 255, (102 - 40) / 215 * 255
    assert color(psd)[:3] == pytest.approx([102, green, blue], abs=1)


def test_color_balance_of_inks_leaves_black_ink_alone() -> None:
    """More red is less cyan; stored inverted, it is the same curve."""
    psd = PSDImage.new("CMYK", (4, 4))
    inked = np.full((4, 4, 5), (102, 102, 102, 102, 255), np.uint8)
    psd.create_pixel_layer_from_array(inked, "inked")
    layer = adjustment(psd, Tag.COLOR_BALANCE, balance(midtones=(100, 0, 0)))
    before = render(psd, shown=lambda one: one is not layer).planes[0, 0]
    after = render(psd).planes[0, 0]
    assert before.tolist() != after.tolist()
    assert after[1:4].tolist() == before[1:4].tolist()
    assert after[0] == pytest.approx(255 * (before[0] / 255) ** 0.5, abs=1)


def vibrance(amount: int, saturation: int) -> Descriptor:
    found = descriptor(b"null", vibrance=Integer(amount), Strt=Integer(saturation))
    return found


def light(level: float) -> float:
    return float(((level / 255 + 0.055) / 1.055) ** 2.4)


def level(linear: float) -> float:
    return float((1.055 * linear ** (1 / 2.4) - 0.055) * 255)


def test_saturation_of_vibrance_goes_away_from_gray_in_linear_light() -> None:
    psd = ground((120, 100, 140))
    adjustment(psd, Tag.VIBRANCE, vibrance(0, 50))
    red, green, blue = (light(value) for value in (120, 100, 140))
    gray = 0.2882 * red + 0.7127 * green
    expected = [level(one + (one - gray) / 2) for one in (red, green, blue)]
    assert color(psd)[:3] == pytest.approx(expected, abs=1)


def test_vibrance_takes_most_from_what_has_little_color() -> None:
    """A blue, which is no skin: the end is 1 + s (1 - s), and .34 + .4 s below zero."""
    for amount in (100, -100):
        psd = ground((100, 100, 140))
        adjustment(psd, Tag.VIBRANCE, vibrance(amount, 0))
        low, high = light(100), light(140)
        chroma = (high - low) / high
        end = 1 + chroma * (1 - chroma) if amount > 0 else 0.34 + 0.4 * chroma
        expected = level(high + (low - high) * end)
        assert color(psd)[:3] == pytest.approx([expected, expected, 140], abs=1)


def test_a_photo_filter_lets_through_its_share_of_xyz() -> None:
    """White through a filter is the filter's colour, as far as it is dense."""
    data = PhotoFilter(
        version=2,
        xyz=None,
        color_space=0,
        color_components=(65535, 32768, 0, 0),
        density=100,
        luminosity=0,
    )
    psd = ground((255, 255, 255))
    adjustment(psd, Tag.PHOTO_FILTER, data)
    assert color(psd)[:3] == pytest.approx([255, 128, 0], abs=1)


def test_the_color_of_a_photo_filter_is_lab_and_cut_to_what_can_be_shown() -> None:
    lab = (6000, 2**32 - 12000, 12000)  # a green far outside of sRGB, in hundredths
    data = PhotoFilter(version=3, xyz=lab, density=100, luminosity=0)
    psd = ground((255, 255, 255))
    adjustment(psd, Tag.PHOTO_FILTER, data)
    red, green, blue = color(psd)[:3]
    assert (red, blue) == (0, 0) and green > 120


def plates(method: int, **inks: tuple[int, int, int, int]) -> SelectiveColor:
    hues = ("reds", "yellows", "greens", "cyans", "blues", "magentas")
    names = ("unused", *hues, "whites", "neutrals", "blacks")
    data: Any = [inks.get(name, (0, 0, 0, 0)) for name in names]
    return SelectiveColor(version=1, method=method, data=data)


@pytest.mark.parametrize(
    ("method", "expected"),
    [(0, 200 - 80 * 0.5 * (55 / 255)), (1, 200 - 80 * 0.5)],
)
def test_selective_color_adds_ink_by_how_red_a_color_is(
    method: int, expected: float
) -> None:
    """Reds of (200, 120, 80) are worth 80; relative ink counts by what is missing."""
    psd = ground((200, 120, 80))
    layer = adjustment(psd, Tag.SELECTIVE_COLOR, plates(method, reds=(50, 0, 0, 0)))
    assert color(psd)[:3] == pytest.approx([expected, 120, 80], abs=1)
    assert unsupported(layer) == ()


def lab_ground() -> PSDImage:
    psd = PSDImage.new("LAB", (8, 8))
    whole = np.full((8, 8, 4), (100, 150, 90, 255), np.uint8)
    psd.create_pixel_layer_from_array(whole, "ground")
    return psd


def test_in_lab_brightness_and_threshold_are_of_the_lightness() -> None:
    psd = lab_ground()
    layer = adjustment(psd, Tag.THRESHOLD, 90)
    assert render(psd).planes[0, 0].tolist() == [255, 128, 128, 255]
    assert unsupported(layer) == ("threshold in Lab is approximate",)


def test_in_lab_every_channel_is_inverted() -> None:
    psd = lab_ground()
    adjustment(psd, Tag.INVERT, b"")
    assert render(psd).planes[0, 0].tolist() == [155, 105, 165, 255]


def test_an_old_brightness_layer_is_an_adjustment() -> None:
    psd = ground((100, 100, 100))
    data: Any = BrightnessContrast(brightness=20, contrast=0, mean=127, lab_only=False)
    layer = psd.create_pixel_layer_from_array(np.zeros((1, 1, 4), np.uint8), "old")
    record = layer._record
    record.right, record.bottom = record.left, record.top
    for channel in layer._channels:
        channel.data = b""
    tag = Tag.BRIGHTNESS_AND_CONTRAST
    layer.tagged_blocks[tag] = TaggedBlock(key=tag, data=data)
    assert color(psd)[:3] == [120, 120, 120]
    assert unsupported(layer) == ()
    assert [node.kind for node in tree(psd)] == ["pixel", "adjustment"]
