"""What a layer asks of a renderer, feature by feature, in words for its user.

How exactly each of them is drawn is not decided here: classes.py reads it from what was
measured on real files.
"""

from collections.abc import Iterator

from psd_tools.api.layers import Artboard, Group, Layer
from psd_tools.constants import BlendMode, ColorMode, Resource, Tag
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Enum, Key, Type

from onemanage.psd.domain.color import ToSrgb
from onemanage.psd.domain.enumerations import gradient_method
from onemanage.psd.domain.layers import is_adjustment, is_clipped
from onemanage.psd.domain.render import adjust, bevel, gradients, lookup, styles
from onemanage.psd.domain.render.contours import contour
from onemanage.psd.domain.render.fills import layer_fill
from onemanage.psd.domain.render.ranges import is_restricted
from onemanage.psd.domain.render.styles import Effect
from onemanage.psd.domain.render.typeset import is_type

FILL_MODES = (
    BlendMode.COLOR_BURN,
    BlendMode.LINEAR_BURN,
    BlendMode.COLOR_DODGE,
    BlendMode.LINEAR_DODGE,
    BlendMode.VIVID_LIGHT,
    BlendMode.LINEAR_LIGHT,
    BlendMode.HARD_MIX,
    BlendMode.DIFFERENCE,
)
"""In these the fill opacity is a strength and no opacity."""

WHOLE_MODES = (
    BlendMode.HUE,
    BlendMode.SATURATION,
    BlendMode.COLOR,
    BlendMode.LUMINOSITY,
    BlendMode.DARKER_COLOR,
    BlendMode.LIGHTER_COLOR,
)
"""Of three channels together; in documents of 32 bits not in linear light."""

_EFFECTS = {
    styles.DROP_SHADOW: "drop shadow",
    styles.INNER_SHADOW: "inner shadow",
    styles.OUTER_GLOW: "outer glow",
    styles.INNER_GLOW: "inner glow",
    styles.BEVEL: "bevel and emboss",
    styles.SATIN: "satin",
    styles.COLOR_OVERLAY: "color overlay",
    styles.GRADIENT_OVERLAY: "gradient overlay",
    styles.PATTERN_OVERLAY: "pattern overlay",
    styles.STROKE: "stroke",
}
_SOFT = (
    styles.DROP_SHADOW,
    styles.INNER_SHADOW,
    styles.OUTER_GLOW,
    styles.INNER_GLOW,
)

MODES = {
    ColorMode.RGB: "RGB",
    ColorMode.CMYK: "CMYK",
    ColorMode.LAB: "Lab",
    ColorMode.GRAYSCALE: "grayscale",
}

ADJUSTMENTS = {
    "blackandwhite": "black & white",
    "brightnesscontrast": "brightness/contrast",
    "channelmixer": "channel mixer",
    "colorbalance": "color balance",
    "colorlookup": "color lookup",
    "curves": "curves",
    "exposure": "exposure",
    "gradientmap": "gradient map",
    "huesaturation": "hue/saturation",
    "invert": "invert",
    "levels": "levels",
    "photofilter": "photo filter",
    "posterize": "posterize",
    "selectivecolor": "selective color",
    "threshold": "threshold",
    "vibrance": "vibrance",
}
"""Kinds of psd-tools, as Photoshop's menu has them."""

_METHODS = {
    b"Perc": "perceptual",
    b"Lnr ": "linear",
    b"Smoo": "smooth",
    gradients.STRIPES: "stripes",
}
UNKNOWN_TABLE = "color lookup by a table that is not understood"
_FORMS = {
    Enum.Linear: "linear",
    Enum.Radial: "radial",
    Enum.Angle: "angle",
    Enum.Reflected: "reflected",
    Enum.Diamond: "diamond",
    b"shapeburst": "shape burst",
}


def features(layer: Layer) -> tuple[str, ...]:
    """What this layer is drawn with, each once; of a group only what is its own.

    Raises what psd-tools raises on parts that it cannot read.
    """
    found = [*_blending(layer), *_masks(layer)]
    if is_adjustment(layer):
        found += _adjustment(layer)
    else:
        found += _paint(layer)
        for effect in styles.effects(layer):
            found += _effect(effect, layer._psd.color_mode)
    return tuple(dict.fromkeys(found))


def _adjustment(layer: Layer) -> Iterator[str]:
    """Of a kind, in the colour mode that it works in."""
    kind = adjust.kind_of(layer)
    if kind == "colorlookup" and not lookup.is_chosen(layer):
        return
    if kind == "colorlookup" and adjust.why_not_looked_up(layer) is not None:
        yield UNKNOWN_TABLE
        return
    where = adjusting(kind, layer._psd.color_mode)
    if layer._psd.depth == 32:
        yield f"{where} of 32 bits"
    elif kind == "exposure" and _is_managed(layer):
        yield f"{where} outside of sRGB"
    else:
        yield where


def adjusting(kind: str, mode: ColorMode) -> str:
    """The feature that an adjustment of this kind, in psd-tools' words, is in a mode."""
    return f"{ADJUSTMENTS.get(kind, kind)} in {MODES.get(mode, mode.name.lower())}"


def _is_managed(layer: Layer) -> bool:
    """Light is made linear as sRGB has it, whatever the document's profile says."""
    psd = layer._psd
    profile = psd.image_resources.get_data(Resource.ICC_PROFILE)
    if not isinstance(profile, bytes) or psd.color_mode is ColorMode.CMYK:
        return False
    return not ToSrgb(psd.color_mode, psd.depth, profile).is_identity


def _blending(layer: Layer) -> Iterator[str]:
    mode = layer.blend_mode
    name = mode.name.lower().replace("_", " ")
    if layer._psd.depth == 32 and mode in WHOLE_MODES:
        yield f"blend mode {name} in 32 bits"
    elif mode not in (BlendMode.NORMAL, BlendMode.PASS_THROUGH):
        yield f"blend mode {name}"
    fill = layer.tagged_blocks.get_data(Tag.BLEND_FILL_OPACITY, 255)
    if fill < 255:
        yield f"fill opacity in {name}" if mode in FILL_MODES else "fill opacity"
    if is_restricted(layer):
        yield "blending by tonal range (Blend If)"
    if layer.tagged_blocks.get_data(Tag.KNOCKOUT_SETTING, 0):
        yield "knockout"
    if is_clipped(layer):
        yield "clipping"
    if not layer.tagged_blocks.get_data(Tag.BLEND_CLIPPING_ELEMENTS, 1):
        yield "clipped layers that are not blended as a group"
    if isinstance(layer, Group):
        yield from _group(layer)


def _group(layer: Group) -> Iterator[str]:
    if isinstance(layer, Artboard):
        yield "artboard"
    elif layer.blend_mode is BlendMode.PASS_THROUGH:
        yield "group that passes through"
    else:
        yield "isolated group"


def _masks(layer: Layer) -> Iterator[str]:
    mask = layer.mask
    if mask and not mask.disabled:
        yield "raster mask"
        given = mask.parameters
        if given and (given.user_mask_feather or given.vector_mask_feather):
            yield "the feather of its mask"
        if given and (given.user_mask_density, given.vector_mask_density) != (
            None,
            None,
        ):
            yield "the density of its mask"
    path = layer.vector_mask
    if path is not None and not path.disabled:
        yield "vector mask"


def _paint(layer: Layer) -> Iterator[str]:
    if isinstance(layer, Group):
        return
    if layer.has_pixels():
        if is_type(layer):
            yield "type"
        return
    fill = layer_fill(layer)
    if fill is not None:
        yield from _fill(fill, layer._psd.color_mode)
    elif layer.kind in ("type", "smartobject"):
        yield f"{layer.kind} stored without pixels".replace("smarto", "smart o")
    stroke = layer.stroke
    if layer.has_vector_mask() and stroke is not None and stroke.enabled:
        yield "vector stroke"


def _fill(desc: Descriptor, mode: ColorMode) -> Iterator[str]:
    if Key.Gradient in desc:
        yield from _gradient(desc, mode)
    elif Enum.Pattern in desc:
        yield "pattern fill"
        yield from _pattern(desc)
    else:
        yield "solid fill"


def _effect(effect: Effect, mode: ColorMode) -> Iterator[str]:
    name = _EFFECTS.get(effect.kind)
    if name is None:
        return
    if effect.kind == styles.BEVEL:
        yield from _bevel(effect)
        return
    yield name
    if effect.kind == styles.STROKE and effect.enum(Key.PaintType) == b"GrFl":
        yield "the gradient of the stroke"
        yield from _gradient(effect.desc, mode)
    elif Key.Gradient in effect.desc and not effect.enum(Key.PaintType):
        yield from _gradient(effect.desc, mode)
    elif Enum.Pattern in effect.desc and effect.enum(Key.PaintType) in (b"", b"Ptrn"):
        yield from _pattern(effect.desc)
    if effect.is_precise:
        yield f"the precise technique of the {name}"
    if effect.kind not in (*_SOFT, styles.SATIN):
        return
    if effect.kind in _SOFT and 0 < effect.choke < 1 and effect.size:
        yield f"the spread of the {name}"
    if effect.number(Key.Noise, 0.0) > 0:
        yield f"the noise of the {name}"
    curve = b"MpgS" if effect.kind == styles.SATIN else Key.TransferSpec
    if effect.number(b"ShdN", 0.0) > 0:
        yield f"the jitter of the {name}"
    if contour(effect.desc.get(curve)) is not None:
        yield f"the contour of the {name}"


def _bevel(effect: Effect) -> Iterator[str]:
    """The smooth one was measured at a depth of 100 %; the others are as Adobe says."""
    is_smooth = effect.enum(b"bvlT") == b"SfBL" and not effect.soften
    yield "bevel and emboss" if is_smooth else "chiseled or softened bevel and emboss"
    if effect.enum(b"bvlS") in (bevel.STROKE, bevel.OUTER):
        yield "outer bevel or stroke emboss"
    if effect.number(b"srgR", 100.0) != 100:
        yield "the depth of the bevel and emboss"
    if effect.contour is not None or effect.flag(b"useShape", False):
        yield "the contour of the bevel and emboss"
    if effect.flag(b"useTexture", False):
        yield "the texture of the bevel and emboss"


def _pattern(desc: Descriptor) -> Iterator[str]:
    """Enlarged ones were measured to be exact."""
    if float(desc.get(Key.Angle, 0.0)) % 360 or float(desc.get(Key.Scale, 100.0)) < 100:
        yield "pattern that is turned or made smaller"


def _gradient(desc: Descriptor, mode: ColorMode) -> Iterator[str]:
    form = getattr(desc.get(Key.Type), "enum", Enum.Linear)
    if form in _FORMS:
        yield f"{_FORMS[form]} gradient"
    grad = desc.get(Key.Gradient)
    if not isinstance(grad, Descriptor):
        return
    if getattr(grad.get(Type.GradientForm), "enum", b"") == Enum.ColorNoise:
        yield "gradient of noise"
        return
    if bool(desc.get(b"Dthr", False)):
        yield "the dither of its gradient"
    method = gradient_method(desc)
    if method in gradients.SPACES and mode not in gradients.MIXED:
        yield f"gradient by the {_METHODS[method]} method outside of RGB and gray"
    elif method in _METHODS:
        yield f"gradient by the {_METHODS[method]} method"
    elif len(grad.get(Key.Colors, ())) > 2:
        yield "gradient of three or more stops"
