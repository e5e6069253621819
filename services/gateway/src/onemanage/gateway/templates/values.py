"""Values of slots, as JSON has them -> as psd is given them.

A text for text, colour and choice, true or false for visibility, an object that names a
picture; null hides what the slot is of. What is wrong is told of all values at once.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from pydantic import Field, ValidationError, model_validator

from onemanage.contracts.base import example_id
from onemanage.contracts.psd.templates import Slot, SlotValue, Template
from onemanage.gateway.http import plain_json
from onemanage.gateway.http.ids import MAX_INT4, NamedDocument, NamedFile, pattern
from onemanage.gateway.http.problems import Problem
from onemanage.gateway.http.schemas import Body, PublicAddress, example
from onemanage.gateway.templates.preparing import source_of

MAX_TEXT = 10_000
"""Characters of one value."""
BAD_VALUES = "template.bad_values"
_MOST_FAULTS = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""All but tabs and ends of lines; and halves of characters."""
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_SHOWN = 40
_TAKES = {
    "text": "a text",
    "color": "a colour, as #rrggbb",
    "visibility": "true or false",
    "choice": "the name of a layer",
    "picture": "an object that names a picture, as file_id",
}


class PictureBody(Body):
    """One picture: a file, a layer of a document or all of it, an image that was made,
    or an address."""

    model_config = example(file_id=example_id("fil"))

    file_id: NamedFile | None = None
    document_id: NamedDocument | None = None
    layer_id: int | None = Field(
        default=None, ge=1, le=MAX_INT4, description="Of the document."
    )
    transformation_id: str | None = Field(default=None, pattern=pattern("tsf"))
    background_id: str | None = Field(default=None, pattern=pattern("bgd"))
    image: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        description="Which of those that were made.",
    )
    url: PublicAddress | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "PictureBody":
        given = (self.file_id, self.document_id, self.transformation_id)
        more = (self.background_id, self.url)
        if [*given, *more].count(None) != 4:
            text = "file_id, document_id, transformation_id, background_id and url"
            raise ValueError(f"give one of {text}")
        if self.layer_id is not None and self.document_id is None:
            raise ValueError("layer_id goes with document_id")
        made = self.transformation_id or self.background_id
        if self.image is not None and made is None:
            raise ValueError("image goes with transformation_id or background_id")
        return self

    @property
    def source(self) -> str:
        """As images by address name it."""
        if self.url is not None:
            return source_of(self.url)
        if self.document_id is not None:
            layer = "" if self.layer_id is None else f":{self.layer_id}"
            return f"{self.document_id}{layer}"
        made = self.transformation_id or self.background_id
        if made is not None:
            return made if self.image is None else f"{made}:{self.image}"
        assert self.file_id is not None  # it is one of them
        return self.file_id


class Given(msgspec.Struct, frozen=True):
    """Values that are right as far as can be seen, and the pictures that are still to be
    looked up, by slot."""

    values: dict[str, SlotValue]
    pictures: dict[str, PictureBody]


def checked_values(template: Template, values: Mapping[str, Any], at: str) -> Given:
    """``at`` is the pointer to the values. Raises a 422 Problem, which points at all
    that is wrong."""
    slots = {slot.name: slot for slot in template.slots}
    found: dict[str, SlotValue] = {}
    pictures: dict[str, PictureBody] = {}
    faults: list[tuple[str, str]] = []
    for name, value in values.items():
        place = pointer_of(at, name)
        slot = slots.get(name)
        if slot is None:
            faults.append((place, _unknown(name, slots)))
        elif slot.kind != "text" and (why := plain_json.why_not(value)):
            faults.append((place, why))
        elif value is None:
            found[name] = SlotValue()
        elif slot.kind == "picture":
            picture = _picture(value, place, faults)
            if picture is not None:
                pictures[name] = picture
        elif why := _fault(slot, value):
            faults.append((place, why))
        elif slot.kind == "visibility":
            found[name] = SlotValue(shown=value)
        else:
            found[name] = SlotValue(text=value)
    if faults:
        raise bad_values(faults)
    return Given(found, pictures)


def bad_values(faults: list[tuple[str, str]]) -> Problem:
    """A 422 Problem; each fault is a pointer and what is wrong there."""
    errors = [{"pointer": place, "detail": why} for place, why in faults[:_MOST_FAULTS]]
    detail = "The template cannot be filled with these values. See errors."
    return Problem(422, BAD_VALUES, detail, errors=errors)


def pointer_of(at: str, name: str) -> str:
    """RFC 6901: what a name holds does not look like a part of the path."""
    return f"{at}/{name.replace('~', '~0').replace('/', '~1')}"


def _fault(slot: Slot, value: Any) -> str | None:
    kind = bool if slot.kind == "visibility" else str
    if not isinstance(value, kind):
        takes = _TAKES[slot.kind]
        return f"{slot.name} is a slot of kind {slot.kind}: it takes {takes}."
    return None if isinstance(value, bool) else _fault_of_text(slot, value)


def _fault_of_text(slot: Slot, value: str) -> str | None:
    if slot.kind == "color" and not _COLOR.fullmatch(value):
        return "Not a colour. Write it as #rrggbb."
    if slot.kind == "choice" and value not in slot.choices:
        names = ", ".join(slot.choices[:_SHOWN])
        return f"There is no layer of this name to choose. There are: {names}."
    return next(_faults_of_text(value), None)


def _faults_of_text(value: str) -> Iterator[str]:
    if len(value) > MAX_TEXT:
        yield f"The text has {len(value):,} characters, and {MAX_TEXT:,} are the most."
    found = _CONTROL.search(value)
    if found is not None:
        yield (
            f"Character {found.start() + 1} is a control character, "
            f"or half of one (U+{ord(found.group()):04X}). Take it out."
        )


def _picture(
    value: Any, place: str, faults: list[tuple[str, str]]
) -> PictureBody | None:
    if not isinstance(value, dict):
        faults.append((place, f"It takes {_TAKES['picture']}."))
        return None
    try:
        return PictureBody.model_validate(value)
    except ValidationError as error:
        for one in error.errors():
            within = "".join(f"/{part}" for part in one["loc"])
            faults.append((place + within, str(one["msg"])))
        return None


def _unknown(name: str, slots: Mapping[str, Slot]) -> str:
    known = ", ".join(list(slots)[:_SHOWN])
    more = " and others" if len(slots) > _SHOWN else ""
    return f"There is no slot {name[:100]}. There are: {known}{more}."
