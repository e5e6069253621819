"""Short names for what is asked for most; everything else has the names of recipes.

A name in front of ``_`` is one of these, a name in front of ``:`` a field of a recipe.
So no field that an operation gains later can change what an address means.
"""

import msgspec


class ShortNames(msgspec.Struct, frozen=True, kw_only=True):
    """Of one operation."""

    op: str
    heads: dict[str, tuple[str, ...]]
    """A step with one of them is this operation: the fields that its value fills, divided
    by ``x`` where there are two; none of a name that stands alone."""
    others: dict[str, str] = {}
    """Which mean something only beside a head."""


OPERATIONS = (
    ShortNames(
        op="resize",
        heads={"w": ("width",), "h": ("height",)},
        others={
            "fit": "mode",
            "g": "gravity",
            "dpr": "dpr",
            "up": "enlarge",
            "bg": "background",
        },
    ),
    ShortNames(
        op="crop",
        heads={"crop": ("width", "height")},
        others={"x": "x", "y": "y", "g": "gravity", "unit": "unit"},
    ),
    ShortNames(op="trim", heads={"trim": ("tolerance",)}),
    ShortNames(op="rotate", heads={"rot": ("angle",)}, others={"bg": "background"}),
    ShortNames(op="flip", heads={"flip": ("direction",)}),
    ShortNames(op="sharpen", heads={"sharp": ("sigma",)}),
    ShortNames(op="blur", heads={"blur": ("sigma",)}),
    ShortNames(op="denoise", heads={"denoise": ("strength",)}),
    ShortNames(
        op="adjust",
        heads={"bri": ("brightness",), "con": ("contrast",), "sat": ("saturation",)},
    ),
    ShortNames(op="auto_levels", heads={"levels": ("clip",)}),
    ShortNames(op="grayscale", heads={"gray": ()}),
    ShortNames(op="tint", heads={"tint": ("color",)}),
    ShortNames(
        op="rounded_corners", heads={"round": ("radius",)}, others={"unit": "unit"}
    ),
    ShortNames(op="border", heads={"border": ("width",)}),
    ShortNames(op="drop_shadow", heads={"shadow": ("opacity",)}),
    ShortNames(op="background", heads={"bg": ("color",)}),
    ShortNames(
        op="image_watermark", heads={"mark": ("file_id",)}, others={"pos": "position"}
    ),
    ShortNames(
        op="text_watermark", heads={"text": ("text",)}, others={"pos": "position"}
    ),
)
OUTPUT = {"f": "format", "format": "format", "q": "quality"}
"""May stand in any step."""
READING = {"page": "page", "t": "seconds", "still": "animated"}
"""So may these."""

_SIDES = {
    "n": "north",
    "ne": "north_east",
    "e": "east",
    "se": "south_east",
    "s": "south",
    "sw": "south_west",
    "w": "west",
    "nw": "north_west",
    "c": "centre",
    "center": "centre",
}
WORDS: dict[str, dict[str, str]] = {
    "fit": {
        "contain": "fit",
        "cover": "fill",
        "fill": "force",
        "outside": "cover",
        "inside": "fit",
    },
    "g": _SIDES | {"auto": "attention"},
    "pos": _SIDES,
    "flip": {"h": "horizontal", "v": "vertical"},
    "f": {"jpg": "jpeg", "tif": "tiff"},
}
"""Values of short names in other words than the recipe's. ``fit`` speaks as CSS does
(object-fit, CSS Images 3): what covers is cut, what fills is stretched."""
