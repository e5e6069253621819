"""Fonts in HTTP answers."""

from onemanage.contracts.psd.fonts import Font, FontFace
from onemanage.gateway.http.shown import Answer, list_of


class FontFaceOut(Answer, of=FontFace):
    """One of a font file."""


class FontOut(Answer, of=Font, own_id="font_id"):
    """A font of the workspace. Its bytes are drawn with, and not given back."""


FontList = list_of(FontOut)
