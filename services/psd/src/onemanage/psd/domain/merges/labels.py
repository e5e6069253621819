"""Names below pictures, in whatever script they are."""

from functools import cache

from PIL import Image

from onemanage.psd.domain.typesetting.fonts import FontShelf
from onemanage.psd.domain.typesetting.setting import set_text
from onemanage.psd.domain.typesetting.styled import (
    ParagraphStyle,
    Run,
    Style,
    StyledText,
)

_SIZE = 12.0
_HEIGHT = 18
_STYLE = Style(font="NotoSans-Regular", size=_SIZE, color=(40, 40, 40))


def label(name: str, width: int) -> Image.Image | None:
    """The name on one line of so many pixels, in RGBA; what is more ends in an ellipsis.
    None where no font has a letter of it."""
    styled = StyledText(
        runs=(Run(name, _STYLE),),
        paragraphs=(ParagraphStyle(align="center"),),
        box=(0, 0, width, _HEIGHT),
    )
    try:
        made = set_text(styled, _shelf(), "ellipsis")
    except LookupError:
        return None
    image = Image.new("RGBA", (width, _HEIGHT))
    image.paste(Image.fromarray(made.rgba), (made.box[0], made.box[1]))
    return image


@cache
def _shelf() -> FontShelf:
    return FontShelf([])
