"""The styled text of a type layer, from its engine data."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from psd_tools.api.layers import TypeLayer
from psd_tools.api.typesetting import CharacterStyle
from psd_tools.api.typesetting import ParagraphStyle as StoredParagraphStyle
from psd_tools.api.typesetting import TypeSetting
from psd_tools.constants import Resource
from psd_tools.psd.descriptor import Descriptor

from onemanage.psd.domain.details.colors import parts_color
from onemanage.psd.domain.details.reading import (
    MAX_RUNS,
    MAX_TEXT,
    Reading,
    clean,
    code,
    flag,
    name,
    number,
    optional,
    snake,
)
from onemanage.psd.domain.details.text import ANTI_ALIAS, utf16_places
from onemanage.psd.domain.typesetting.styled import (
    PARAGRAPH,
    UPRIGHT,
    ParagraphStyle,
    Run,
    SheetSizes,
    Style,
    StyledText,
    normal,
)

type Styles = tuple[tuple[Run, ...], tuple[ParagraphStyle, ...]]

_ALIGNS = ("left", "right", "center", "left", "right", "center", "left")
"""By the number of the justification; from 3 on it is where the last line stands."""
_DIRECTIONS = {0: "ltr", 1: "rtl"}


def read_styled(layer: TypeLayer) -> StyledText:
    """What cannot be read has Photoshop's own defaults; ``warnings`` says so."""
    try:
        data, reading = layer._data.text_data, Reading()
    except ValueError:  # its block is damaged
        nothing = (Run("", Style()),)
        warnings = ("Its text cannot be read: its block is damaged",)
        return StyledText(
            runs=nothing, paragraphs=(ParagraphStyle(),), warnings=warnings
        )
    stored = layer.text.rstrip("\0")
    if len(stored) > MAX_TEXT:
        reading.warn(f"Its text is too long: the first {MAX_TEXT} are kept")
        stored = stored[:MAX_TEXT]
    if not layer.engine_dict:
        reading.warn("Its text styles cannot be read: it is set without them")
    warp = _warp(layer)
    plain: Styles = (Run(normal(clean(stored)), Style()),), (ParagraphStyle(),)
    runs, paragraphs = reading.value(
        "text styles", lambda: _styles(layer, stored), plain
    )
    reading.value("text frame", lambda: _name_what_is_not_drawn(layer, reading), None)
    is_vertical = code(data.get(b"Ornt")) == b"Vrtc"
    starts, ends = _kept_from_edges(layer.resource_dict)
    return StyledText(
        runs=runs,
        paragraphs=paragraphs,
        box=reading.value("text frame", lambda: _box(layer), None),
        extent=reading.value("text frame", lambda: _bounds(layer), None),
        transform=_transform(layer, reading),
        orientation="vertical" if is_vertical else "horizontal",
        warp=warp,
        anti_alias=ANTI_ALIAS.get(code(data.get(b"AntA"))) or "smooth",
        canvas=(layer._psd.width, layer._psd.height),
        ppi=_ppi(layer),
        sizes=_sizes(layer.resource_dict),
        no_line_start=starts,
        no_line_end=ends,
        warnings=tuple(reading.warnings),
    )


def _warp(layer: TypeLayer) -> str | None:
    style = code(layer._data.warp.get(b"warpStyle")).decode("ascii", "replace")
    found = snake(style.removeprefix("warp"))
    return None if found in ("", "none") else found


def _name_what_is_not_drawn(layer: TypeLayer, reading: Reading) -> None:
    if warp := _warp(layer):
        reading.warn(f"It is warped ({warp}): it is set flat")
    if number(_shape(layer).get("ShapeType")) > 1:
        reading.warn("It runs along a path: it is set straight")
    if any(run.style.stroke_flag for run in layer.typesetting.runs[:MAX_RUNS]):
        reading.warn("Its letters are outlined: the outlines are not drawn")


def _styles(layer: TypeLayer, stored: str) -> Styles:
    place = utf16_places(stored)
    told = normal(clean(stored))
    units = len(stored.encode("utf-16-le", "surrogatepass")) // 2
    # psd-tools cuts by characters: with one character a unit its indices are units
    setting = TypeSetting("x" * units, layer.engine_dict, layer.resource_dict)
    runs = []
    at = 0
    for run in setting.runs[:MAX_RUNS]:
        end = place(run.end)
        if end > at:
            runs.append(Run(told[at:end], _style(run.style)))
            at = end
    if at < len(told) or not runs:
        last = runs[-1].style if runs else _style(setting.default_style)
        runs.append(Run(told[at:], last))
    ends = [place(x.end) for x in setting.paragraphs]
    kept = [_paragraph(x.style) for x in setting.paragraphs]
    kept = kept or [_paragraph(setting.default_paragraph_style)]
    paragraphs = []
    at = number_of = 0
    for part in told.split(PARAGRAPH):
        while number_of < len(ends) - 1 and ends[number_of] <= at:
            number_of += 1
        paragraphs.append(kept[number_of])
        at += len(part) + 1
    return tuple(runs), tuple(paragraphs)


def _style(style: CharacterStyle) -> Style:
    own_kerning = _stored(style, "AutoKerning")
    color = parts_color(style.fill_color)
    parts = style.fill_color or (1.0,)
    return Style(
        font=name(style.font.postscript_name) if style.font else "",
        size=number(style.font_size, 12),
        color=_rgb(color or "#000000") if style.fill_flag else None,
        opacity=min(max(number(parts[0], 1), 0.0), 1.0),
        tracking=number(style.tracking),
        kerning=None if flag(own_kerning, True) else number(style.kerning),
        leading=None if style.auto_leading else number(style.leading),
        baseline_shift=number(style.baseline_shift),
        horizontal_scale=number(style.horizontal_scale, 1),
        vertical_scale=number(style.vertical_scale, 1),
        caps=style.font_caps.name.lower(),
        baseline=style.font_baseline.name.lower(),
        underline=style.underline,
        strikethrough=style.strikethrough,
        bold=style.faux_bold,
        italic=style.faux_italic,
        ligatures=style.ligatures,
        no_break=style.no_break,
    )


def _stored(style: CharacterStyle | StoredParagraphStyle, key: str) -> Any:
    """What psd-tools has no property for."""
    for data in (style._data, style._default):
        value = data.get(key) if data else None
        if value is not None:
            return value
    return None


def _rgb(color: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(color[1:])
    return red, green, blue


def _paragraph(style: StoredParagraphStyle) -> ParagraphStyle:
    kind = min(max(int(style.justification), 0), 6)
    least, wanted, most = (number(x, 1) for x in style.word_spacing)
    return ParagraphStyle(
        align=_ALIGNS[kind],
        justify=("none" if kind < 3 else "all" if kind == 6 else "all_but_last"),
        first_line_indent=number(style.first_line_indent),
        start_indent=number(style.start_indent),
        end_indent=number(style.end_indent),
        space_before=number(style.space_before),
        space_after=number(style.space_after),
        auto_leading=number(style.auto_leading, 1.2),
        direction=_DIRECTIONS.get(
            int(number(_stored(style, "ParagraphDirection"), -1))
        ),
        word_spacing=(least, wanted, most),
    )


def _transform(
    layer: TypeLayer, reading: Reading
) -> tuple[float, float, float, float, float, float]:
    stored = tuple(float(x) for x in layer.transform)
    if len(stored) != 6 or not all(math.isfinite(x) and abs(x) < 1e6 for x in stored):
        reading.warn("Its transform cannot be read: it is set at the corner")
        return UPRIGHT
    xx, xy, yx, yy, tx, ty = stored
    return xx, xy, yx, yy, tx, ty


def _box(layer: TypeLayer) -> tuple[float, float, float, float] | None:
    """Of box text: what its shape says, which is the box that a user drew. ``bounds`` of
    the descriptor is that and what type reaches beyond it."""
    shape = _shape(layer)
    if int(number(shape.get("ShapeType"))) != 1:
        return None
    stored = shape.get("BoxBounds")
    sides = [optional(x) for x in stored] if isinstance(stored, Iterable) else []
    if len(sides) != 4 or None in sides:
        return _bounds(layer)
    return _proper(sides)


def _shape(layer: TypeLayer) -> Any:
    """What kind of text it is; an empty dictionary where it does not say."""
    found: Any = layer.engine_dict
    for key in ("Rendered", "Shapes", "Children"):
        found = found.get(key) if hasattr(found, "get") else None
    try:
        shape = found[0]["Cookie"]["Photoshop"]
    except (TypeError, KeyError, IndexError):
        return {}
    return shape if hasattr(shape, "get") else {}


def _bounds(layer: TypeLayer) -> tuple[float, float, float, float] | None:
    bounds = layer._data.text_data.get(b"bounds")
    if not isinstance(bounds, Descriptor):
        return None
    keys = (b"Left", b"Top ", b"Rght", b"Btom")
    return _proper([optional(bounds.get(key)) for key in keys])


def _proper(
    sides: Sequence[float | None],
) -> tuple[float, float, float, float] | None:
    left, top, right, bottom = (number(x) for x in sides)
    return (left, top, right, bottom) if right > left and bottom > top else None


def _ppi(layer: TypeLayer) -> float:
    """Of the document; 72 where it does not say."""
    info = layer._psd.image_resources.get_data(Resource.RESOLUTION_INFO)
    found = number(getattr(info, "horizontal", 0)) / 65536
    return found if 1 <= found <= 10_000 else 72.0


def _sizes(resources: Any) -> SheetSizes:
    return SheetSizes(
        small_caps=number(resources.get("SmallCapSize"), 0.7),
        superscript=number(resources.get("SuperscriptSize"), 0.583),
        superscript_rise=number(resources.get("SuperscriptPosition"), 0.333),
        subscript=number(resources.get("SubscriptSize"), 0.583),
        subscript_fall=number(resources.get("SubscriptPosition"), 0.333),
    )


def _kept_from_edges(resources: Any) -> tuple[str, str]:
    """The first of the document's rules, which is the strict one."""
    try:
        rules = resources["KinsokuSet"][0]
    except (KeyError, IndexError, TypeError):
        return "", ""
    return name(rules.get("NoStart")), name(rules.get("NoEnd"))
