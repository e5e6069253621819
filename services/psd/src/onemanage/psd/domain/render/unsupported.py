"""What is known to differ from Photoshop, layer by layer, in words for its user."""

from collections.abc import Iterator

from psd_tools.api.layers import Artboard, Group, Layer
from psd_tools.constants import BlendMode, ColorMode, Resource, Tag
from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Enum, Key, Type

from onemanage.psd.domain.color import ToSrgb
from onemanage.psd.domain.enumerations import gradient_method
from onemanage.psd.domain.layers import is_adjustment
from onemanage.psd.domain.render import adjust, gradients, lookup, styles
from onemanage.psd.domain.render.fills import layer_fill
from onemanage.psd.domain.render.ranges import is_restricted
from onemanage.psd.domain.render.styles import Effect

_APPROXIMATE = {
    "colorbalance": "color balance",
    "photofilter": "photo filter",
    "vibrance": "vibrance",
}
_FILL_MODES = (
    BlendMode.COLOR_BURN,
    BlendMode.LINEAR_BURN,
    BlendMode.COLOR_DODGE,
    BlendMode.LINEAR_DODGE,
    BlendMode.VIVID_LIGHT,
    BlendMode.LINEAR_LIGHT,
    BlendMode.HARD_MIX,
    BlendMode.DIFFERENCE,
)
"""In these the fill opacity is a strength; how exactly is not proven."""

_SOFT = {
    styles.DROP_SHADOW: "drop shadow",
    styles.INNER_SHADOW: "inner shadow",
    styles.OUTER_GLOW: "outer glow",
    styles.INNER_GLOW: "inner glow",
}
_SHAPE_BURST = b"shapeburst"
_NOT_DRAWN = {styles.BEVEL: "bevel and emboss", styles.SATIN: "satin"}


def unsupported(layer: Layer) -> tuple[str, ...]:
    """What of this layer is not drawn, or only nearly, as far as it is shown.

    Of a group only what is its own. Empty: drawn exactly. Raises what psd-tools raises
    on parts that it cannot read.
    """
    found = [*_adjustment(layer), *_blending(layer), *_masks(layer)]
    if not is_adjustment(layer):
        found += [*_paint(layer)]
        for effect in styles.effects(layer):
            found += [*_effect(effect, layer._psd.color_mode)]
    return tuple(dict.fromkeys(found))


def _adjustment(layer: Layer) -> Iterator[str]:
    if not is_adjustment(layer):
        return
    kind = adjust.kind_of(layer)
    name = _APPROXIMATE.get(kind) or _spelled(kind)
    mode = layer._psd.color_mode
    if kind == "colorlookup" and not lookup.is_chosen(layer):
        return
    if kind == "colorlookup" and mode is ColorMode.RGB:
        why = adjust.why_not_looked_up(layer)
        yield f"{name} is approximate" if why is None else f"{name} is not drawn: {why}"
    elif not adjust.is_drawn(layer):
        where = _MODE_NAMES.get(mode.name, mode.name.lower())
        yield f"{name} is not drawn in {where}"
    elif kind in _APPROXIMATE:
        yield f"{name} is approximate"
    elif kind == "exposure" and _is_managed(layer):
        yield "exposure is approximate outside of sRGB"
    elif kind == "threshold" and mode is ColorMode.CMYK:
        yield "threshold is approximate in CMYK"
    elif mode is ColorMode.LAB:
        yield f"{name} is approximate in Lab"


def _is_managed(layer: Layer) -> bool:
    """Light is made linear as sRGB has it, whatever the document's profile says."""
    psd = layer._psd
    profile = psd.image_resources.get_data(Resource.ICC_PROFILE)
    if not isinstance(profile, bytes) or psd.color_mode is ColorMode.CMYK:
        return False
    return not ToSrgb(psd.color_mode, psd.depth, profile).is_identity


_MODE_NAMES = {"CMYK": "CMYK", "LAB": "Lab", "RGB": "RGB"}
_SPELLED = {
    "blackandwhite": "black & white",
    "brightnesscontrast": "brightness/contrast",
    "channelmixer": "channel mixer",
    "colorlookup": "color lookup",
    "gradientmap": "gradient map",
    "huesaturation": "hue/saturation",
    "selectivecolor": "selective color",
}


def _spelled(kind: str) -> str:
    return _SPELLED.get(kind, kind)


def _blending(layer: Layer) -> Iterator[str]:
    if layer.blend_mode is BlendMode.DISSOLVE:
        yield "dissolve has another noise than Photoshop's"
    fill = layer.tagged_blocks.get_data(Tag.BLEND_FILL_OPACITY, 255)
    if fill < 255 and layer.blend_mode in _FILL_MODES:
        mode = layer.blend_mode.name.lower().replace("_", " ")
        yield f"fill opacity in {mode} is approximate"
    if is_restricted(layer):
        yield "blending by tonal range (Blend If) is approximate"
    if layer._psd.depth == 32 and (layer.opacity < 255 or fill < 255):
        yield "32-bit layers are blended in sRGB, not in linear light"


def _masks(layer: Layer) -> Iterator[str]:
    mask = layer.mask
    parameters = mask.parameters if mask and not mask.disabled else None
    if parameters and (parameters.user_mask_feather or parameters.vector_mask_feather):
        yield "the feather of its mask is approximate"


def _paint(layer: Layer) -> Iterator[str]:
    if isinstance(layer, (Artboard, Group)) or layer.has_pixels():
        return
    fill = layer_fill(layer)
    if fill is not None:
        yield from _gradient(fill, "its gradient", layer._psd.color_mode)
    if layer.kind in ("type", "smartobject") and fill is None:
        yield "it is stored without pixels and is not drawn"


def _effect(effect: Effect, mode: ColorMode) -> Iterator[str]:
    if effect.kind in _NOT_DRAWN:
        yield f"{_NOT_DRAWN[effect.kind]} is not drawn"
    if effect.kind in _SOFT:
        yield from _soft(effect, _SOFT[effect.kind])
    if effect.kind == styles.GRADIENT_OVERLAY:
        yield from _gradient(effect.desc, "the gradient overlay", mode)
    if effect.kind == styles.STROKE and effect.enum(Key.PaintType) == b"GrFl":
        if effect.enum(Key.Type) == _SHAPE_BURST:
            yield "the shape burst of the stroke is drawn as another gradient"
        else:
            yield from _gradient(effect.desc, "the gradient of the stroke", mode)


def _soft(effect: Effect, name: str) -> Iterator[str]:
    yield f"{name} is approximate"
    if effect.number(Key.Noise, 0.0) > 0:
        yield f"the noise of the {name} is not drawn"
    if effect.contour is not None:
        yield f"the contour of the {name} is approximate"


def _gradient(desc: Descriptor, name: str, mode: ColorMode) -> Iterator[str]:
    grad = desc.get(Key.Gradient)
    if not isinstance(grad, Descriptor):
        return
    method = gradient_method(desc)
    if getattr(grad.get(Type.GradientForm), "enum", b"") == Enum.ColorNoise:
        yield f"{name} is of another noise than Photoshop's"
    elif method == gradients.STRIPES:
        yield f"{name} is of stripes, approximately"
    elif method in gradients.SPACES and mode not in gradients.MIXED:
        yield f"{name} is approximate outside of RGB"
    if bool(desc.get(b"Dthr", False)):
        yield f"{name} is not dithered"
