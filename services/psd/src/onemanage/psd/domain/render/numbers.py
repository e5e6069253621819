"""Numbers of descriptors, which may be anything that a file holds."""

import math

from psd_tools.psd.descriptor import Descriptor


def number(desc: Descriptor, key: bytes, default: float) -> float:
    """As it is stored, in its own unit; ``default`` where it is not finite."""
    value = float(desc.get(key, default))
    return value if math.isfinite(value) else default
