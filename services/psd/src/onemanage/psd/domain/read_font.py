"""A font file that a workspace sends: read, and written as it is drawn with."""

import hashlib
from pathlib import Path

from onemanage.contracts.psd.fonts import FontFace
from onemanage.psd.domain.font_facts import ReadFont
from onemanage.psd.domain.typesetting.facts import (
    FaceFacts,
    describe_font,
    unpack_font,
)
from onemanage.psd.errors import InvalidFont

_ENDINGS = {b"OTTO": "otf", b"ttcf": "ttc"}
_FORBIDDEN = (
    "The licence bits of the font forbid embedding. Pictures are drawn with it, and it "
    "is embedded in none: see whether your licence allows that."
)


def read_font(source: Path, out: Path, name: str) -> ReadFont:
    """Read the file, which its sender calls ``name``. Raises InvalidFont."""
    path = out / "font"
    try:
        facts = describe_font(source)
        unpack_font(source, path)
    except InvalidFont as error:
        raise InvalidFont(error.code, error.message, name) from None
    data = path.read_bytes()
    is_forbidden = any(face.embedding == "restricted" for face in facts.faces)
    return ReadFont(
        format=facts.format,
        ending=_ENDINGS.get(data[:4], "ttf"),
        path=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        faces=tuple(map(_face, facts.faces)),
        warnings=(_FORBIDDEN,) if is_forbidden else (),
    )


def _face(facts: FaceFacts) -> FontFace:
    return FontFace(
        index=facts.index,
        family=facts.family,
        style=facts.style,
        postscript_names=facts.postscript_names,
        weight=facts.weight,
        italic=facts.italic,
        scripts=facts.scripts,
        embedding=facts.embedding,
    )
