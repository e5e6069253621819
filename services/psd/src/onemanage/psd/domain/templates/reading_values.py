"""Values as rows bring them, checked against their slots."""

import re

from onemanage.contracts.psd.templates import Slot, SlotValue
from onemanage.psd.domain.templates.rows import RowRejected

MAX_TEXT = 10_000
"""Characters of one value."""
_COLOR = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
"""Those that end lines and paragraphs, and tabs, are let through."""
_FIELDS = {
    "text": ("text",),
    "choice": ("text",),
    "color": ("text",),
    "visibility": ("shown",),
    "picture": ("picture",),
}


def is_nothing(value: SlotValue) -> bool:
    """Whether the slot is to be hidden."""
    return value.text is None and value.shown is None and value.picture is None


def of_kind(slot: Slot, value: SlotValue, has_file: bool) -> None:
    """Raises RowRejected where the value is another kind's, or too long."""
    given = [x for x in ("text", "shown", "picture") if getattr(value, x) is not None]
    wrong = [name for name in given if name not in _FIELDS[slot.kind]]
    if wrong or (has_file and slot.kind != "picture"):
        took = wrong[0] if wrong else "picture"
        raise RowRejected(
            slot.name,
            "template.wrong_value",
            f"The slot takes {_FIELDS[slot.kind][0]} and was given {took}.",
        )
    if value.text is not None and len(value.text) > MAX_TEXT:
        raise RowRejected(
            slot.name,
            "template.text_too_long",
            f"The text has {len(value.text)} characters; {MAX_TEXT} are allowed.",
        )


def plain(text: str) -> str:
    """Without control characters, and without halves of characters."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", whole)


def color(slot: Slot, text: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb`` or ``#rgb``. Raises RowRejected."""
    found = _COLOR.fullmatch(text.strip())
    if found is None:
        raise RowRejected(
            slot.name,
            "template.wrong_value",
            f"{text[:40]!r} is no colour. Write it as #rrggbb.",
        )
    digits = found[1] if len(found[1]) == 6 else "".join(x * 2 for x in found[1])
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue
