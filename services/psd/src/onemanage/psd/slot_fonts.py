"""Which fonts the slots of a template need, and which of them a workspace lacks.

A template's row says what is missing beside the fonts that we bring; what a workspace
has added since it was made counts at once.
"""

from collections.abc import Iterable, Sequence

import msgspec

from onemanage.contracts.psd.filling import FillTemplate
from onemanage.contracts.psd.fonts import Font
from onemanage.contracts.psd.templates import Slot, Template
from onemanage.psd.errors import InvalidTemplate


def names_of(fonts: Iterable[Font]) -> frozenset[str]:
    """The PostScript names of all faces."""
    return frozenset(
        name for font in fonts for face in font.faces for name in face.postscript_names
    )


def needed(template: Template, fonts: Sequence[Font]) -> list[Font]:
    """Those that a slot is set in; of several that have a name the oldest."""
    wanted = {name for slot in template.slots for name in slot.fonts}
    found = []
    for font in fonts:
        own = names_of([font]) & wanted
        if own:
            found.append(font)
            wanted -= own
    return found


def with_fonts(template: Template, fonts: Iterable[Font]) -> Template:
    """As it is with these fonts of its workspace at hand."""
    there = names_of(fonts)
    slots = [_with(slot, there) for slot in template.slots]
    return msgspec.structs.replace(template, slots=slots)


def refuse_missing(
    template: Template, fonts: Iterable[Font], question: FillTemplate
) -> None:
    """Raises InvalidTemplate, which names all fonts that the texts of the question lack,
    where others are not to stand in for them."""
    if question.missing_fonts == "substitute":
        return
    there = names_of(fonts)
    missing: dict[str, list[str]] = {}
    for slot in template.slots:
        value = question.values.get(slot.name)
        if value is not None and value.text:
            for name in _with(slot, there).missing_fonts:
                missing.setdefault(name, []).append(slot.name)
    if missing:
        told = "; ".join(
            f"{name} (of {', '.join(slots)})" for name, slots in missing.items()
        )
        text = (
            f"Fonts are missing: {told}. Add them (POST /v1/fonts), or say "
            'missing_fonts: "substitute".'
        )
        raise InvalidTemplate("template.missing_font", text, "missing_fonts")


def _with(slot: Slot, there: frozenset[str]) -> Slot:
    missing = [name for name in slot.missing_fonts if name not in there]
    return msgspec.structs.replace(slot, missing_fonts=missing)
