"""How exactly a feature is drawn: as was measured on real files, else as is known.

``make bench NAME=psd_corpus`` measures; with WRITE=1 it writes what it found to
measured.py, and the table of docs/psd.md.
"""

from enum import StrEnum

from psd_tools.constants import ColorMode

from onemanage.psd.domain.render import adjust
from onemanage.psd.domain.render.features import (
    ADJUSTMENTS,
    FILL_MODES,
    UNKNOWN_TABLE,
    WHOLE_MODES,
    adjusting,
)
from onemanage.psd.domain.render.measured import MEASURED

ENOUGH = 3
"""So many files show a feature to be exact whose formula nobody has proven."""

_NOT_DRAWN = frozenset(
    {
        "type stored without pixels",
        "smart object stored without pixels",
        "the texture of the bevel and emboss",
        *(
            f"the {what} of the {effect}"
            for what in ("noise", "jitter")
            for effect in ("drop shadow", "inner shadow", "outer glow", "inner glow")
        ),
        UNKNOWN_TABLE,
    }
)
_NO_ADJUSTMENTS = frozenset(
    adjusting(kind, mode)
    for kind in ADJUSTMENTS
    for mode in ColorMode
    if not adjust.draws(kind, mode)
)
_RANDOM = frozenset({"blend mode dissolve", "gradient of noise"})
"""Made of Photoshop's own random numbers: files that agree agree by chance."""

_IN_LAB = frozenset(
    adjusting(kind, ColorMode.LAB)
    for kind in ADJUSTMENTS
    if adjust.draws(kind, ColorMode.LAB)
)
_UNPROVEN = _IN_LAB | {
    *(f"fill opacity in {mode.name.lower().replace('_', ' ')}" for mode in FILL_MODES),
    *(
        f"blend mode {mode.name.lower().replace('_', ' ')} in 32 bits"
        for mode in WHOLE_MODES
    ),
    *(f"{adjusting(kind, ColorMode.RGB)} of 32 bits" for kind in ADJUSTMENTS),
    *(f"{adjusting(kind, ColorMode.GRAYSCALE)} of 32 bits" for kind in ADJUSTMENTS),
    "blending by tonal range (Blend If)",
    "the feather of its mask",
    "the precise technique of the outer glow",
    "the precise technique of the inner glow",
    "the contour of the drop shadow",
    "the contour of the inner shadow",
    "the contour of the outer glow",
    "the contour of the inner glow",
    "the contour of the satin",
    "the contour of the bevel and emboss",
    "chiseled or softened bevel and emboss",
    "outer bevel or stroke emboss",
    "the depth of the bevel and emboss",
    *(
        f"the spread of the {effect}"
        for effect in ("inner shadow", "outer glow", "inner glow")
    ),
    "pattern that is turned or made smaller",
    "shape burst gradient",
    "gradient by the stripes method",
    *(
        f"gradient by the {method} method outside of RGB and gray"
        for method in ("linear", "perceptual", "smooth")
    ),
    "the dither of its gradient",
    "color balance in RGB",
    "color balance in CMYK",
    "color lookup in RGB",
    "photo filter in RGB",
    "vibrance in RGB",
    "exposure in RGB outside of sRGB",
    "exposure in grayscale outside of sRGB",
    "threshold in CMYK",
}
"""Drawn by formulas that were guessed, or taken from others' descriptions."""

NAMED = _NOT_DRAWN | _RANDOM | _UNPROVEN
"""Those that are not taken for exact where no file has shown what they are."""


class Drawn(StrEnum):
    """Whether the renderer draws a feature, and how."""

    EXACT = "exact"
    NEAR = "near"
    NOT = "not drawn"


def drawn(feature: str) -> Drawn:
    """The class of a feature in the words of features.py."""
    if feature in _NOT_DRAWN or feature in _NO_ADJUSTMENTS:
        return Drawn.NOT
    if feature in _RANDOM:
        return Drawn.NEAR
    found = MEASURED.get(feature)
    if found is not None and found.is_blamed:
        return Drawn.NEAR
    files = 0 if found is None else found.files
    return Drawn.NEAR if feature in _UNPROVEN and files < ENOUGH else Drawn.EXACT
