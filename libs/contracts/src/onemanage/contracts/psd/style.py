"""How a layer looks: fills, gradients, masks and effects, as a manifest tells them.

Lengths, shares, angles and colours are as in ``psd_manifest``.
"""

import msgspec

from onemanage.contracts.public import shows_all


@shows_all
class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a manifest. A field that is not in the JSON has its default."""


class Box(Part, frozen=True, kw_only=True):
    """A rectangle of whole pixels; it may lie outside the canvas."""

    left: int
    top: int
    width: int
    height: int


class ColorStop(Part, frozen=True, kw_only=True):
    """A colour of a gradient."""

    position: float
    """Share of the gradient's length."""
    color: str | None
    """None where it is the foreground or background colour of whoever applies it."""
    midpoint: float = 0.5
    """Where the mix with the stop before is even, as a share of the way between."""
    source: str = "user"
    """user, foreground or background."""


class OpacityStop(Part, frozen=True, kw_only=True):
    """An opacity of a gradient."""

    position: float
    """Share of the gradient's length."""
    opacity: float
    """0 to 1."""
    midpoint: float = 0.5
    """As in a colour stop."""


class LayerGradient(Part, frozen=True, kw_only=True):
    """A gradient with how it is laid out, where that is known."""

    kind: str
    """solid (has stops) or noise (is made by chance, and has none)."""
    name: str = ""
    """As the author or Photoshop called it."""
    stops: list[ColorStop] = []
    opacity_stops: list[OpacityStop] = []
    smoothness: float = 1.0
    """0 to 1."""
    method: str = "classic"
    """How colours mix: classic, perceptual, linear, smooth, …"""
    style: str | None = None
    """linear, radial, angle, reflected, diamond or shape_burst."""
    angle: float | None = None
    """Degrees."""
    scale: float = 1.0
    """1 is the layer's or the canvas's own size."""
    reversed: bool = False
    dithered: bool = False
    aligned: bool = True
    """With the layer, not with the canvas."""
    offset_x: float = 0.0
    """Share of the width, as is ``offset_y`` of the height."""
    offset_y: float = 0.0


class Pattern(Part, frozen=True, kw_only=True):
    """A pattern by its name; its pixels are not part of the manifest."""

    pattern_id: str
    """As the document's own list of patterns calls it."""
    name: str = ""
    scale: float = 1.0
    """1 is the pattern's own size."""
    angle: float = 0.0
    """Degrees."""
    linked: bool = True
    """It moves with the layer."""
    phase_x: float = 0.0
    """Pixels, as is ``phase_y``."""
    phase_y: float = 0.0


class Fill(Part, frozen=True, kw_only=True):
    """What an area is filled with. The field of the same name as ``kind`` is set."""

    kind: str
    """color, gradient or pattern."""
    color: str | None = None
    gradient: LayerGradient | None = None
    pattern: Pattern | None = None


class Subpath(Part, frozen=True, kw_only=True):
    """A Bézier path."""

    closed: bool
    knots: list[list[float]]
    """Six numbers each, in pixels: x and y of the handle before, the anchor and the
    handle after."""
    operation: str = "union"
    """How it joins those before it: union, subtract, intersect, exclude, or same (it
    belongs to the shape of the one before)."""


class RasterMask(Part, frozen=True, kw_only=True):
    """A mask of pixels."""

    box: Box
    """Where its pixels are."""
    default_color: int
    """What holds outside the box: 0 (hidden) to 255 (shown)."""
    density: float = 1.0
    """0 to 1."""
    feather: float = 0.0
    """Pixels."""
    enabled: bool = True
    linked: bool = True
    """It moves with the layer."""
    inverted: bool = False
    from_render: bool = False
    """It only repeats the vector mask or another rendering as pixels."""


class VectorMask(Part, frozen=True, kw_only=True):
    """A mask of paths. Of a shape it is the outline."""

    subpath_count: int
    knot_count: int
    subpaths: list[Subpath] = []
    """Fewer than ``subpath_count`` where there are too many knots."""
    enabled: bool = True
    linked: bool = True
    """It moves with the layer."""
    inverted: bool = False
    starts_filled: bool = False
    """Paths are taken away from a filled canvas."""
    density: float = 1.0
    """0 to 1."""
    feather: float = 0.0
    """Pixels."""


class BevelLight(Part, frozen=True, kw_only=True):
    """The lit or the dark side of a bevel."""

    color: str | None
    blend_mode: str
    opacity: float
    """0 to 1."""


class Effect(Part, frozen=True, kw_only=True):
    """A layer effect. Only what its kind has differs from the defaults."""

    kind: str
    """drop_shadow, inner_shadow, outer_glow, inner_glow, bevel_emboss, satin,
    color_overlay, gradient_overlay, pattern_overlay or stroke."""
    enabled: bool = True
    """Its own switch; ``effects_enabled`` of the layer switches all."""
    blend_mode: str = "normal"
    opacity: float = 1.0
    """0 to 1."""
    fill: Fill | None = None
    """What it paints with."""
    angle: float | None = None
    """Degrees; where the light comes from."""
    altitude: float | None = None
    """Degrees of the light above the canvas."""
    global_light: bool = False
    """``angle`` and ``altitude`` are those of the document."""
    distance: float | None = None
    """Pixels."""
    size: float | None = None
    """Pixels."""
    spread: float | None = None
    """0 to 1; called choke inside a layer."""
    noise: float | None = None
    """0 to 1."""
    range: float | None = None
    """0 to 1, of a glow's contour."""
    jitter: float | None = None
    """0 to 1, of a glow's gradient."""
    position: str | None = None
    """Of a stroke: inside, outside or center; of an inner glow: edge or center."""
    technique: str | None = None
    """soft_matte, precise_matte or slope_limit_matte."""
    style: str | None = None
    """Of a bevel: outer_bevel, inner_bevel, emboss, pillow_emboss or stroke_emboss."""
    direction: str | None = None
    """Of a bevel: up or down."""
    depth: float | None = None
    """Of a bevel; 1 is 100 %."""
    soften: float | None = None
    """Of a bevel; pixels."""
    highlight: BevelLight | None = None
    shadow: BevelLight | None = None
    inverted: bool = False
    """Of satin."""
    knocks_out: bool = True
    """The layer hides its drop shadow."""


class ShapeStroke(Part, frozen=True, kw_only=True):
    """The stroke of a shape layer."""

    enabled: bool
    width: float
    """Pixels."""
    fill: Fill | None = None
    fill_enabled: bool = True
    """Whether the inside of the shape is painted."""
    opacity: float = 1.0
    """0 to 1."""
    blend_mode: str = "normal"
    alignment: str = "center"
    """inside, center or outside."""
    cap: str = "butt"
    """butt, round or square."""
    join: str = "miter"
    """miter, round or bevel."""
    miter_limit: float = 100.0
    dashes: list[float] = []
    """Dash and gap by turns, in widths of the line."""
    dash_offset: float = 0.0
    """In widths of the line."""
