"""Enumerated values of descriptors, which have two forms: four letters, and a word.

Photoshop has written the letters wherever there were any, and writes words in many
places since 2026. All that reads descriptors knows the letters, so the words become
those.
"""

from psd_tools.psd.descriptor import Descriptor
from psd_tools.terminology import Enum

_LETTERS = {f"{one.name[0].lower()}{one.name[1:]}".encode(): one.value for one in Enum}
_METHOD_KEYS = (b"gs99", b"gradientsInterpolationMethod")
"""Where a gradient names its method: in effects, and in fills and strokes."""
_METHODS = {b"classic": b"Gcls", b"smooth": b"Smoo", b"stripes": b"GIMs"}
"""Of gradients, younger than Adobe's list."""


def letters(kind: bytes, value: bytes) -> bytes:
    """The four letters of a word; itself where it is none, or one that has none."""
    if len(value) <= 4:
        return value
    if kind == b"gradientInterpolationMethodType" and value in _METHODS:
        return _METHODS[value]
    return _LETTERS.get(value, value)


def gradient_method(desc: Descriptor) -> bytes:
    """How the gradient's colours mix, in four letters; empty where it does not say."""
    named = next((desc[key] for key in _METHOD_KEYS if key in desc), None)
    found = getattr(named, "enum", b"")
    return bytes(found) if isinstance(found, bytes) else b""
