"""The renderer on small documents: modes, groups, clipping, masks, parts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Group, Layer
from psd_tools.constants import BlendMode, Clipping, Compression, Knockout, Tag
from psd_tools.psd.layer_and_mask import MaskParameters

from onemanage.psd.domain.render import RenderLimits, render, unsupported

from . import samples

Color = tuple[int, ...]
Colors = tuple[float, ...]


def document(mode: str = "RGB", width: int = 6, height: int = 4) -> PSDImage:
    return PSDImage.new(mode, (width, height))


def flat(
    parent: PSDImage | Group,
    color: Color,
    *,
    width: int = 6,
    height: int = 4,
    **options: Any,
) -> Layer:
    """A layer of one colour; a fourth value of RGB, or a fifth of CMYK, is alpha."""
    pixels = np.full((height, width, len(color)), color, np.uint8)
    return parent.create_pixel_layer_from_array(pixels, str(color), **options)


def pixel(found: NDArray[np.uint8], x: int = 0, y: int = 0) -> list[int]:
    return [int(value) for value in found[y, x]]


def drawn(psd: PSDImage, **options: Any) -> NDArray[np.uint8]:
    rendered = render(psd, **options)
    assert rendered.warnings == ()
    return rendered.planes


def clip(layer: Layer) -> None:
    layer._record.clipping = Clipping.NON_BASE


def fill_opacity(layer: Layer, value: int) -> None:
    layer.tagged_blocks.set_data(Tag.BLEND_FILL_OPACITY, value)


BELOW, ABOVE = (200, 100, 30), (60, 180, 240)
SEPARABLE: dict[BlendMode, Callable[[float, float], float]] = {
    BlendMode.NORMAL: lambda b, s: s,
    BlendMode.DARKEN: min,
    BlendMode.MULTIPLY: lambda b, s: b * s,
    BlendMode.COLOR_BURN: lambda b, s: 1 - min(1, (1 - b) / s),
    BlendMode.LINEAR_BURN: lambda b, s: max(0, b + s - 1),
    BlendMode.LIGHTEN: max,
    BlendMode.SCREEN: lambda b, s: b + s - b * s,
    BlendMode.COLOR_DODGE: lambda b, s: min(1, b / (1 - s)),
    BlendMode.LINEAR_DODGE: lambda b, s: min(1, b + s),
    BlendMode.OVERLAY: lambda b, s: (
        2 * b * s if b <= 0.5 else 1 - 2 * (1 - b) * (1 - s)
    ),
    BlendMode.SOFT_LIGHT: lambda b, s: (
        b - (1 - 2 * s) * b * (1 - b)
        if s <= 0.5
        else b
        + (2 * s - 1) * ((((16 * b - 12) * b + 4) * b if b <= 0.25 else b**0.5) - b)
    ),
    BlendMode.HARD_LIGHT: lambda b, s: (
        2 * b * s if s <= 0.5 else 1 - 2 * (1 - b) * (1 - s)
    ),
    BlendMode.VIVID_LIGHT: lambda b, s: (
        1 - min(1, (1 - b) / (2 * s)) if s <= 0.5 else min(1, b / (2 - 2 * s))
    ),
    BlendMode.LINEAR_LIGHT: lambda b, s: min(1, max(0, b + 2 * s - 1)),
    BlendMode.PIN_LIGHT: lambda b, s: min(b, 2 * s) if s <= 0.5 else max(b, 2 * s - 1),
    BlendMode.HARD_MIX: lambda b, s: float(b + s > 1),
    BlendMode.DIFFERENCE: lambda b, s: abs(b - s),
    BlendMode.EXCLUSION: lambda b, s: b + s - 2 * b * s,
    BlendMode.SUBTRACT: lambda b, s: max(0, b - s),
    BlendMode.DIVIDE: lambda b, s: min(1, b / s),
}


def luminosity(color: Colors) -> float:
    return 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]


def lit(color: Colors, light: float) -> Colors:
    moved = tuple(value + light - luminosity(color) for value in color)
    low, high = min(moved), max(moved)
    if low < 0:
        moved = tuple(light + (v - light) * light / (light - low) for v in moved)
    if high > 1:
        moved = tuple(light + (v - light) * (1 - light) / (high - light) for v in moved)
    return moved


def saturated(color: Colors, spread: float) -> Colors:
    low, high = min(color), max(color)
    return tuple((value - low) / (high - low) * spread for value in color)


def spread(color: Colors) -> float:
    return max(color) - min(color)


WHOLE: dict[BlendMode, Callable[[Colors, Colors], Colors]] = {
    BlendMode.HUE: lambda b, s: lit(saturated(s, spread(b)), luminosity(b)),
    BlendMode.SATURATION: lambda b, s: lit(saturated(b, spread(s)), luminosity(b)),
    BlendMode.COLOR: lambda b, s: lit(s, luminosity(b)),
    BlendMode.LUMINOSITY: lambda b, s: lit(b, luminosity(s)),
    BlendMode.DARKER_COLOR: lambda b, s: min(b, s, key=luminosity),
    BlendMode.LIGHTER_COLOR: lambda b, s: max(b, s, key=luminosity),
}


def formula(mode: BlendMode) -> Colors:
    below = tuple(value / 255 for value in BELOW)
    above = tuple(value / 255 for value in ABOVE)
    if mode in WHOLE:
        return WHOLE[mode](below, above)
    return tuple(map(SEPARABLE[mode], below, above))


@pytest.mark.parametrize("mode", [*SEPARABLE, *WHOLE], ids=lambda mode: mode.name)
@pytest.mark.parametrize("opacity", [255, 128])
def test_a_blend_mode_follows_its_formula(mode: BlendMode, opacity: int) -> None:
    psd = document()
    flat(psd, BELOW)
    flat(psd, ABOVE, blend_mode=mode, opacity=opacity)
    share = opacity / 255
    expected = [
        255 * mixed * share + below * (1 - share)
        for mixed, below in zip(formula(mode), BELOW, strict=True)
    ]
    assert pixel(drawn(psd)) == pytest.approx([*expected, 255], abs=1.01)


def test_dissolve_shows_as_many_pixels_as_the_opacity_says() -> None:
    psd = document(width=100, height=100)
    flat(psd, (0, 0, 0), width=100, height=100)
    top = flat(psd, (255, 255, 255), width=100, height=100, opacity=64)
    top.blend_mode = BlendMode.DISSOLVE
    red = drawn(psd)[:, :, 0]
    assert set(np.unique(red)) == {0, 255}
    assert 0.2 < (red == 255).mean() < 0.3


def test_a_mode_is_mixed_by_the_alpha_of_what_is_below() -> None:
    psd = document()
    flat(psd, (200, 100, 50, 128))
    flat(psd, (100, 100, 100, 128), blend_mode=BlendMode.MULTIPLY)
    below, above = 128 / 255, 128 / 255
    alpha = below + above - below * above
    red = (1 - above) * below * 200 + above * (
        (1 - below) * 100 + below * 200 * 100 / 255
    )
    found = pixel(drawn(psd))
    assert found[0] == pytest.approx(red / alpha, abs=1.5)
    assert found[3] == pytest.approx(255 * alpha, abs=1)


def test_an_isolated_group_does_not_blend_with_what_is_below_it() -> None:
    psd = document()
    flat(psd, BELOW)
    group = psd.create_group(name="group")
    flat(group, ABOVE, blend_mode=BlendMode.MULTIPLY)
    group.blend_mode = BlendMode.NORMAL
    assert pixel(drawn(psd))[:3] == list(ABOVE)
    group.blend_mode = BlendMode.PASS_THROUGH
    mixed = [255 * value for value in formula(BlendMode.MULTIPLY)]
    assert pixel(drawn(psd))[:3] == pytest.approx(mixed, abs=1)


def test_the_opacity_of_a_group_that_passes_through_goes_part_of_the_way() -> None:
    psd = document()
    flat(psd, (200, 200, 200))
    group = psd.create_group(name="group", opacity=128)
    group.blend_mode = BlendMode.PASS_THROUGH
    flat(group, (100, 100, 100), blend_mode=BlendMode.MULTIPLY)
    flat(group, (0, 0, 0), blend_mode=BlendMode.LIGHTEN)
    whole = 200 * 100 / 255
    expected = 200 + (whole - 200) * 128 / 255
    assert pixel(drawn(psd))[0] == pytest.approx(expected, abs=1)


def test_fill_opacity_and_opacity_multiply() -> None:
    psd = document()
    flat(psd, (0, 0, 0))
    top = flat(psd, (255, 255, 255), opacity=128)
    fill_opacity(top, 128)
    assert pixel(drawn(psd))[0] == pytest.approx(64, abs=1)


def test_a_clipped_layer_shows_only_where_its_base_does() -> None:
    psd = document()
    flat(psd, (0, 0, 0))
    flat(psd, (255, 0, 0), width=3)
    clip(flat(psd, (0, 255, 0), opacity=128))
    found = drawn(psd)
    assert pixel(found, 0)[:3] == pytest.approx([127, 128, 0], abs=1)
    assert pixel(found, 5)[:3] == [0, 0, 0]


def test_a_clipped_layer_goes_with_a_base_that_is_hidden() -> None:
    psd = document()
    base = flat(psd, (255, 0, 0))
    clip(flat(psd, (0, 255, 0)))
    base.visible = False
    assert pixel(drawn(psd))[3] == 0


def test_the_density_of_a_mask_lets_through_what_it_hides() -> None:
    psd = document()
    layer = flat(psd, (10, 20, 30))
    layer.create_mask(
        Image.fromarray(np.repeat([[0, 255]], 3, 1).repeat(4, 0).astype(np.uint8))
    )
    assert [pixel(drawn(psd), x)[3] for x in (0, 5)] == [0, 255]
    data = layer._record.mask_data
    assert data is not None
    data.flags.parameters_applied = True
    data.parameters = mask_parameters(user_mask_density=191)
    assert [pixel(drawn(psd), x)[3] for x in (0, 5)] == [64, 255]
    data.flags.mask_disabled = True
    assert [pixel(drawn(psd), x)[3] for x in (0, 5)] == [255, 255]


def mask_parameters(**values: int) -> Any:
    return MaskParameters(**values)


def test_hidden_layers_and_groups_are_left_out() -> None:
    psd = document()
    flat(psd, BELOW)
    hidden = flat(psd, ABOVE)
    hidden.visible = False
    group = psd.create_group(name="group")
    flat(group, ABOVE)
    group.visible = False
    assert pixel(drawn(psd))[:3] == list(BELOW)


def test_the_caller_says_what_is_shown() -> None:
    psd = document()
    flat(psd, BELOW)
    hidden = flat(psd, ABOVE)
    hidden.visible = False
    assert pixel(drawn(psd, shown=lambda layer: True))[:3] == list(ABOVE)
    assert pixel(drawn(psd, shown=lambda layer: False))[3] == 0


def test_a_group_is_rendered_alone_in_its_own_box() -> None:
    psd = document()
    flat(psd, BELOW)
    group = psd.create_group(name="group", opacity=128)
    flat(group, ABOVE, width=2, height=2, left=3, top=1)
    group.visible = False
    rendered = render(psd, root=group)
    assert rendered.box == (3, 1, 5, 3)
    assert rendered.planes.shape == (2, 2, 4)
    assert pixel(rendered.planes) == [*ABOVE, 128]


def test_a_part_of_the_canvas_is_that_part_of_the_whole() -> None:
    psd = document(width=30, height=20)
    psd.create_pixel_layer_from_array(samples.noise(20, 30, 3), "ground")
    psd.create_pixel_layer_from_array(
        samples.noise(9, 9, 4, seed=1), "top", left=4, top=5
    )
    whole = drawn(psd)
    rendered = render(psd, box=(7, 3, 25, 12))
    assert rendered.box == (7, 3, 25, 12)
    assert np.array_equal(rendered.planes, whole[3:12, 7:25])
    beyond = drawn(psd, box=(-2, -2, 3, 3))
    assert not beyond[:2, :, 3].any() and not beyond[:, :2, 3].any()
    assert np.array_equal(beyond[2:, 2:], whole[:3, :3])


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_tiles_fit_together(mode: str) -> None:
    psd = document(mode, 40, 33)
    channels = {"RGB": 3, "L": 1, "CMYK": 4}[mode]
    psd.create_pixel_layer_from_array(samples.noise(33, 40, channels), "ground")
    group = psd.create_group(name="group", opacity=200)
    for seed, blend in enumerate((BlendMode.NORMAL, BlendMode.DISSOLVE, BlendMode.HUE)):
        layer = group.create_pixel_layer_from_array(
            samples.noise(20, 25, channels + 1, seed=seed),
            "layer",
            left=seed * 5 - 3,
            top=seed * 7,
        )
        layer.blend_mode = blend
    whole = drawn(psd)
    assert np.array_equal(drawn(psd, limits=RenderLimits(tile_pixels=40)), whole)
    assert np.array_equal(drawn(psd, limits=RenderLimits(tile_pixels=200)), whole)


@pytest.mark.parametrize("compression", list(Compression))
@pytest.mark.parametrize("depth", [8, 16, 32])
def test_rows_are_decoded_from_every_compression(
    compression: Compression, depth: Any
) -> None:
    psd = PSDImage.new("RGB", (7, 9), depth=depth)
    levels = samples.noise(9, 7, 3)
    layer = psd.create_pixel_layer_from_array(levels, "layer")
    expected = drawn(psd)
    for channel in layer._channels:
        data = channel.get_data(7, 9, depth)
        channel.compression = compression
        channel.set_data(data, 7, 9, depth)
    assert np.array_equal(drawn(psd), expected)
    assert np.array_equal(drawn(psd, box=(2, 3, 5, 7)), expected[3:7, 2:5])


def test_cmyk_is_composed_in_its_own_inks() -> None:
    psd = document("CMYK")
    flat(psd, (255, 200, 100, 255))
    flat(psd, (100, 100, 255, 255), blend_mode=BlendMode.MULTIPLY)
    stored = [psd[0]._channels[n].get_data(6, 4, 8)[0] for n in range(5)][-4:]
    other = [psd[1]._channels[n].get_data(6, 4, 8)[0] for n in range(5)][-4:]
    expected = [one * two / 255 for one, two in zip(stored, other, strict=True)]
    assert pixel(drawn(psd)) == pytest.approx([*expected, 255], abs=1)


def test_a_layer_outside_of_the_canvas_changes_nothing() -> None:
    psd = document()
    flat(psd, BELOW)
    flat(psd, ABOVE, left=100, top=-50)
    assert pixel(drawn(psd))[:3] == list(BELOW)


def test_a_document_without_layers_is_transparent() -> None:
    assert not drawn(document())[:, :, 3].any()


def test_a_knockout_shows_what_its_group_began_on() -> None:
    psd = document()
    flat(psd, (10, 20, 30))
    group = psd.create_group(name="group")
    group.blend_mode = BlendMode.PASS_THROUGH
    flat(group, (200, 200, 200))
    hole = flat(group, (250, 250, 250), width=3)
    hole.tagged_blocks.set_data(Tag.KNOCKOUT_SETTING, Knockout.SHALLOW)
    fill_opacity(hole, 0)
    found = drawn(psd)
    assert pixel(found, 0)[:3] == [10, 20, 30]
    assert pixel(found, 5)[:3] == [200, 200, 200]


def test_blend_if_leaves_out_the_tones_beyond_its_range() -> None:
    psd = document()
    flat(psd, (10, 10, 10))
    flat(psd, (200, 200, 200), width=3)
    top = flat(psd, (90, 90, 90))
    black = 100 << 8 | 100
    top._record.blending_ranges.composite_ranges = [(0, 65535), (black, 65535)]
    found = drawn(psd)
    assert pixel(found, 0)[:3] == [90, 90, 90]
    assert pixel(found, 5)[:3] == [10, 10, 10]


def test_a_channel_that_a_layer_leaves_out_stays() -> None:
    psd = document()
    flat(psd, BELOW)
    top = flat(psd, ABOVE)
    tag = Tag.CHANNEL_BLENDING_RESTRICTIONS_SETTING
    top.tagged_blocks.set_data(tag, [0])
    assert pixel(drawn(psd))[:3] == [BELOW[0], *ABOVE[1:]]


def test_a_layer_that_cannot_be_decoded_is_named_and_the_rest_is_drawn() -> None:
    psd = document()
    flat(psd, BELOW)
    broken = flat(psd, ABOVE)
    broken._channels[1].compression = Compression.ZIP
    broken._channels[1].data = b"not deflated"
    rendered = render(psd)
    assert pixel(rendered.planes)[:3] == list(BELOW)
    (warning,) = rendered.warnings
    assert broken.name in warning


def test_a_plain_layer_is_wholly_supported_and_dissolve_is_not() -> None:
    psd = document()
    layer = flat(psd, BELOW)
    assert unsupported(layer) == ()
    layer.blend_mode = BlendMode.DISSOLVE
    assert unsupported(layer) == ("dissolve has another noise than Photoshop's",)
