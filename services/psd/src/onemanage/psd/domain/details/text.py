"""The text of a type layer: its characters, runs and paragraphs.

Photoshop counts in UTF-16 code units of its own text; what is told counts in the
characters of the text that is told.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from psd_tools.api.layers import TypeLayer
from psd_tools.api.typesetting import Paragraph as StoredParagraph
from psd_tools.api.typesetting import TextRun as StoredRun
from psd_tools.api.typesetting import TypeSetting
from psd_tools.psd.descriptor import Descriptor

from onemanage.contracts.psd.manifest import Paragraph, Text, TextRun
from onemanage.psd.domain.details.colors import parts_color
from onemanage.psd.domain.details.reading import (
    MAX_RUNS,
    MAX_TEXT,
    Reading,
    clean,
    code,
    integer,
    name,
    number,
    optional,
    snake,
)

ANTI_ALIAS = {
    b"Anno": "none",
    b"antiAliasSharp": "sharp",
    b"AnSh": "sharp",
    b"AnCr": "crisp",
    b"AnSt": "strong",
    b"AnSm": "smooth",
}
_BREAKS = str.maketrans({"\r": "\n", "\x03": "\n"})
"""Photoshop ends a paragraph with CR and a line within one with ETX."""
_NO_STYLES: tuple[list[TextRun], list[Paragraph]] = ([], [])


def text(layer: TypeLayer, reading: Reading) -> Text:
    """At most MAX_TEXT characters; ``reading`` is warned of what is cut off."""
    data = layer._data.text_data
    warp = code(layer._data.warp.get(b"warpStyle"))
    stored = layer.text.rstrip("\0")[: MAX_TEXT + 1]
    if len(stored) > MAX_TEXT:
        reading.warn(f"Its text is too long: the first {MAX_TEXT} characters are kept")
        stored = stored[:MAX_TEXT]
    runs, paragraphs = reading.value(
        "text styles", lambda: _styles(layer, stored, reading), _NO_STYLES
    )
    kind = reading.value("text frame", lambda: layer.text_type, None)
    return Text(
        text=clean(stored.translate(_BREAKS)),
        orientation="vertical" if code(data.get(b"Ornt")) == b"Vrtc" else "horizontal",
        kind=kind.name.lower() if kind is not None else None,
        transform=[number(x) for x in layer.transform],
        box=_box(data.get(b"bounds")),
        anti_alias=ANTI_ALIAS.get(code(data.get(b"AntA"))),
        warp=_warp(warp),
        paragraphs=paragraphs,
        runs=runs,
    )


def used_fonts(found: Text) -> list[str]:
    """Each once, in the order of the text."""
    return list(dict.fromkeys(run.font for run in found.runs if run.font))


def _styles(
    layer: TypeLayer, stored: str, reading: Reading
) -> tuple[list[TextRun], list[Paragraph]]:
    if not layer.engine_dict:
        reading.warn("Its text styles cannot be read")
        return [], []
    place = utf16_places(stored)
    units = len(stored.encode("utf-16-le", "surrogatepass")) // 2
    # psd-tools cuts by characters: with one character a unit its indices are units
    setting = TypeSetting("x" * units, layer.engine_dict, layer.resource_dict)
    scale = _scale(layer.transform)
    runs = reading.capped("text runs", setting.runs, MAX_RUNS)
    paragraphs = reading.capped("paragraphs", setting.paragraphs, MAX_RUNS)
    return (
        _merged([_run(run, place, scale) for run in runs]),
        [_paragraph(paragraph, place, scale) for paragraph in paragraphs],
    )


def utf16_places(stored: str) -> Callable[[int], int]:
    """From UTF-16 units of the stored text to characters of the one that is told."""
    if stored.isascii() and "\0" not in stored:
        return lambda unit: min(max(unit, 0), len(stored))
    places: list[int] = []
    told = 0
    for character in stored:
        places += [told] * (2 if ord(character) > 0xFFFF else 1)
        told += character != "\0"
    places.append(told)
    return lambda unit: places[min(max(unit, 0), len(places) - 1)]


def _scale(transform: Sequence[float]) -> float:
    """How many pixels high one unit of the text is."""
    _, _, yx, yy, *_ = transform
    scale = math.hypot(yx, yy)
    return scale if math.isfinite(scale) else 1.0


def _run(run: StoredRun, place: Callable[[int], int], scale: float) -> TextRun:
    style = run.style
    font = style.font
    font_name = name(font.postscript_name) if font else ""
    start = place(run.start)
    has_color = style.fill_flag
    return TextRun(
        start=start,
        length=place(run.end) - start,
        font=font_name,
        family=(name(font.family) if font else "") or _family(font_name),
        size=number(style.font_size * scale, 12),
        color=parts_color(style.fill_color) if has_color else None,
        bold=style.faux_bold,
        italic=style.faux_italic,
        underline=style.underline,
        strikethrough=style.strikethrough,
        caps=style.font_caps.name.lower(),
        baseline=style.font_baseline.name.lower(),
        baseline_shift=number(style.baseline_shift * scale),
        tracking=integer(style.tracking),
        leading=None if style.auto_leading else number(style.leading * scale),
        horizontal_scale=number(style.horizontal_scale, 1),
        vertical_scale=number(style.vertical_scale, 1),
        language=integer(style.language),
    )


def _paragraph(
    paragraph: StoredParagraph, place: Callable[[int], int], scale: float
) -> Paragraph:
    style = paragraph.style
    start = place(paragraph.start)
    return Paragraph(
        start=start,
        length=place(paragraph.end) - start,
        justification=style.justification.name.lower(),
        first_line_indent=number(style.first_line_indent * scale),
        start_indent=number(style.start_indent * scale),
        end_indent=number(style.end_indent * scale),
        space_before=number(style.space_before * scale),
        space_after=number(style.space_after * scale),
    )


def _merged(runs: Sequence[TextRun]) -> list[TextRun]:
    """Neighbours of one style are one run: Photoshop leaves many such behind."""
    merged: list[TextRun] = []
    for run in runs:
        last = merged[-1] if merged else None
        if last and _style(last) == _style(run):
            merged[-1] = _longer(last, run.length)
        elif run.length > 0:
            merged.append(run)
    return merged


def _style(run: TextRun) -> tuple[Any, ...]:
    fields = run.__struct_fields__
    return tuple(getattr(run, x) for x in fields if x not in ("start", "length"))


def _longer(run: TextRun, by: int) -> TextRun:
    values = {x: getattr(run, x) for x in run.__struct_fields__}
    return TextRun(**{**values, "length": run.length + by})


def _family(font: str) -> str:
    """HelveticaNeue-Light is of HelveticaNeue, and ArialMT of Arial."""
    family, _, _ = font.partition("-")
    return family.removesuffix("MT").removesuffix("PS") or family


def _box(bounds: Any) -> list[float]:
    if not isinstance(bounds, Descriptor):
        return []
    sides = [optional(bounds.get(x)) for x in (b"Left", b"Top ", b"Rght", b"Btom")]
    if None in sides:
        return []
    left, top, right, bottom = (number(side) for side in sides)
    return [left, top, round(right - left, 4), round(bottom - top, 4)]


def _warp(style: bytes) -> str | None:
    found = snake(style.decode("ascii", "replace").removeprefix("warp"))
    return None if found in ("", "none") else found
