"""Codes of layer records, and what is taken where nobody knows one.

A later Photoshop may add to any of them. That is no reason to refuse a document: what
is taken instead goes to ``texts``, in sentences without a full stop.
"""

from psd_tools.constants import BlendMode, ChannelID, Clipping, Tag

NOWHERE = ChannelID.CHANNEL_9
"""No mode of colours with layers has so many: what is there is never drawn."""


def tag_of(key: bytes) -> bytes | Tag:
    """Itself where no tag of psd-tools' has this key."""
    try:
        return Tag(key)
    except ValueError:
        return key


def text_of(code: bytes | Tag) -> str:
    """A code as a warning shows it, in quotes."""
    plain = code.value if isinstance(code, Tag) else code
    return "'" + plain.decode("ascii", "backslashreplace") + "'"


def channel_id(number: int, texts: list[str]) -> ChannelID:
    """One of psd-tools'; another is a channel that is never drawn."""
    try:
        return ChannelID(number)
    except ValueError:
        texts.append(f"Its channel {number} is not known: it is left out")
        return NOWHERE


def blend_mode(code: bytes, texts: list[str]) -> BlendMode:
    """Normal where the four letters are not known."""
    try:
        return BlendMode(code)
    except ValueError:
        texts.append(
            f"Its blend mode {text_of(code)} is not known: it is taken as normal"
        )
        return BlendMode.NORMAL


def clipping_of(number: int, texts: list[str]) -> Clipping:
    """Clipped where it is neither of the two that are known."""
    try:
        return Clipping(number)
    except ValueError:
        texts.append(f"Its clipping {number} is not known: it is taken as clipped")
        return Clipping.NON_BASE
