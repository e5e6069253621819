"""What is known to differ from Photoshop, layer by layer, in words for its user."""

from psd_tools.api.layers import Layer

from onemanage.psd.domain.render import adjust
from onemanage.psd.domain.render.classes import Drawn, drawn
from onemanage.psd.domain.render.features import UNKNOWN_TABLE, features

_WHY = {
    "blend mode dissolve": "dissolve has another noise than Photoshop's",
    "gradient of noise": "a gradient of noise has another noise than Photoshop's",
    "the dither of its gradient": "its gradient is not dithered",
}


def unsupported(layer: Layer) -> tuple[str, ...]:
    """What of this layer is not drawn, or only nearly, as far as it is shown.

    Of a group only what is its own. Empty: drawn exactly. Raises what psd-tools raises
    on parts that it cannot read.
    """
    return tuple(
        _sentence(layer, feature, how)
        for feature in features(layer)
        if (how := drawn(feature)) is not Drawn.EXACT
    )


def _sentence(layer: Layer, feature: str, how: Drawn) -> str:
    if feature == UNKNOWN_TABLE:
        return f"color lookup is not drawn: {adjust.why_not_looked_up(layer)}"
    if how is Drawn.NOT:
        return f"{feature} is not drawn"
    return _WHY.get(feature, f"{feature} is approximate")
