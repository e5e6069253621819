"""A document's slots: found by themselves, changed as users want, and described."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from onemanage.contracts.psd.templates import (
    FITS,
    OVERFLOWS,
    SLOT_KINDS,
    Slot,
    SlotChange,
    SlotRules,
)
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.read import quiet, refuse_too_complex
from onemanage.psd.domain.templates.describing import described
from onemanage.psd.domain.templates.finding import Finding, Found
from onemanage.psd.domain.templates.rows import Definition
from onemanage.psd.domain.templates.subject import Subject
from onemanage.psd.domain.templates.targets import TARGETS, fits, lacks, target_of
from onemanage.psd.errors import InvalidTemplate

MAX_SLOTS = 500
MAX_NAME = 100
_BAD_NAME = re.compile(r"[\x00-\x1f\x7f{}:]")
_HORIZONTAL = ("left", "center", "right")
_VERTICAL = ("top", "middle", "bottom")


def define(
    source: Path,
    changes: Sequence[SlotChange],
    fonts: Sequence[Path],
    limits: Limits = Limits(),
    name_encoding: str | None = None,
) -> Definition:
    """The slots of the document after ``changes``, in the order of its layers.

    ``fonts`` are the files at hand: what is missing of a slot's own is told. Raises
    InvalidDocument where it cannot be read, and InvalidTemplate where it has no slots
    or a change asks for what is not there.
    """
    with quiet():
        subject = Subject.opened(source, limits, name_encoding)
        finding = Finding(subject)
        found = changed(subject, finding.run(), changes)
        if not found:
            raise InvalidTemplate(
                "template.no_slots",
                "The document has no slots. Name a layer {{price}}, write {{price}} in "
                "a text, define variables in Photoshop, or add slots by layer id.",
                "slots",
            )
        if len(found) > MAX_SLOTS:
            raise InvalidTemplate(
                "template.too_many_slots",
                f"The document has {len(found)} slots; {MAX_SLOTS} are allowed.",
                "slots",
            )
        slots, warnings = described(subject, list(found.values()), fonts)
        refuse_too_complex(subject.document)
        return Definition(
            slots=tuple(slots),
            width=subject.document.width,
            height=subject.document.height,
            warnings=tuple(dict.fromkeys((*finding.warnings, *warnings))),
        )


def changed(
    subject: Subject, slots: dict[str, Found], changes: Sequence[SlotChange]
) -> dict[str, Found]:
    """The slots by their names after each change, in order. Raises InvalidTemplate."""
    made = dict(slots)
    for change in changes:
        old = made.get(change.name)
        if change.remove:
            if old is None:
                raise _unknown(change.name, made)
            del made[change.name]
            continue
        new = _added(change) if old is None else old
        if old is None and (change.kind is None or not change.layer_ids):
            raise _unknown(change.name, made)
        name = _checked_name(change.rename or change.name)
        if name != change.name and name in made:
            raise InvalidTemplate(
                "template.name_taken",
                f"There is a slot {name!r} already. Give this one another name.",
                change.name,
            )
        new = _checked(subject, replace(_merged(new, change), name=name))
        made = {
            name if key == change.name else key: new if key == change.name else value
            for key, value in made.items()
        } | {name: new}
    return made


def _added(change: SlotChange) -> Found:
    return Found(
        name=change.name,
        kind=change.kind or "",
        layer_ids=tuple(change.layer_ids or ()),
        origin="user",
    )


def _merged(old: Found, change: SlotChange) -> Found:
    if change.kind is not None and change.kind != old.kind:
        old = replace(old, kind=change.kind, target=None, tag=None)
    if change.layer_ids is not None:
        old = replace(old, layer_ids=tuple(dict.fromkeys(change.layer_ids)))
    return replace(
        old,
        tag=old.tag if change.tag is None else change.tag or None,
        target=old.target if change.target is None else change.target,
        example=old.example if change.example is None else change.example or None,
        rules=old.rules if change.rules is None else change.rules,
    )


def _checked(subject: Subject, slot: Found) -> Found:
    """Raises InvalidTemplate."""
    where = slot.name
    if slot.kind not in SLOT_KINDS:
        kinds = ", ".join(SLOT_KINDS)
        text = f"{slot.kind!r} is no kind of slot. It is one of {kinds}."
        raise InvalidTemplate("template.wrong_kind", text, where)
    _check_rules(slot.rules, where)
    if slot.inside is not None:
        return slot
    if slot.target is not None and slot.target not in TARGETS:
        text = f"{slot.target!r} cannot be coloured. It is one of {', '.join(TARGETS)}."
        raise InvalidTemplate("template.wrong_kind", text, where)
    if not slot.layer_ids:
        text = "The slot has no layers. Name at least one by its id."
        raise InvalidTemplate("template.unknown_layer", text, where)
    for layer_id in slot.layer_ids:
        try:
            node = subject.node(layer_id)
        except KeyError:
            text = (
                f"The document has no layer {layer_id}; its layers are 1 to "
                f"{len(subject.nodes)}, as its manifest lists them."
            )
            raise InvalidTemplate("template.unknown_layer", text, where) from None
        why = fits(subject, node, slot.kind)
        if why is None and slot.kind == "color":
            slot = replace(slot, target=target_of(subject, node, slot.target))
            why = lacks(node, slot.target or "")
        if why is None and slot.tag is not None and slot.kind == "text":
            styled = subject.text(node)
            if styled is None or slot.tag not in styled.plain:
                why = f"its text does not contain {slot.tag!r}"
        if why is not None:
            text = f"Layer {layer_id} cannot be this slot: {why}."
            raise InvalidTemplate("template.wrong_layer", text, where)
    return slot


def _check_rules(rules: SlotRules, where: str) -> None:
    words = (rules.align or "center middle").split()
    wrong = (
        ("overflow", rules.overflow, rules.overflow in (None, *OVERFLOWS), OVERFLOWS),
        ("fit", rules.fit, rules.fit in (None, *FITS), FITS),
        (
            "align",
            rules.align,
            set(words) <= {*_HORIZONTAL, *_VERTICAL},
            (*_HORIZONTAL, *_VERTICAL),
        ),
        (
            "least_size",
            rules.least_size,
            rules.least_size is None or 0 < rules.least_size <= 10_000,
            ("above 0, up to 10000",),
        ),
    )
    for name, value, is_right, allowed in wrong:
        if not is_right:
            text = f"{name} cannot be {value!r}. It is {', '.join(allowed)}."
            raise InvalidTemplate("template.wrong_kind", text, where)


def _checked_name(name: str) -> str:
    if not name.strip() or len(name) > MAX_NAME or _BAD_NAME.search(name):
        raise InvalidTemplate(
            "template.bad_name",
            f"A slot's name has 1 to {MAX_NAME} characters, none of them {{, }}, : or a "
            "control character.",
            name[:MAX_NAME],
        )
    return name.strip()


def _unknown(name: str, slots: dict[str, Found]) -> InvalidTemplate:
    listed = ", ".join(list(slots)[:20]) or "none"
    return InvalidTemplate(
        "template.unknown_slot",
        f"There is no slot {name!r}; there are {listed}. A new one needs its kind and "
        "layer_ids.",
        name,
    )


__all__ = ["Definition", "Slot", "changed", "define"]
