"""What is known to differ from Photoshop, layer by layer."""

from psd_tools.api.layers import Layer


def unsupported(layer: Layer) -> tuple[str, ...]:
    """What of this layer is not drawn or only nearly, in words; exact is empty."""
    return ()
