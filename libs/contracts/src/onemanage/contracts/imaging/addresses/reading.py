"""Recipes as an address has them: ``w_400,h_300,fit_cover,g_face/q_80``.

    recipe     = [ "v1/" ] step *( "/" step )
    step       = parameter *( "," parameter )
    parameter  = short "_" value / short / field ":" value

A step is one operation, by a short name or as ``op:sharpen``, or a preset as ``p_shop``.
What is said of the output (``f``, ``q``, ``format:``) or of the source (``page``, ``t``,
``reading``) may stand beside it or alone. Parameters of a step have no order; steps do.

`names` has the short names, `values` how values are written. docs/imaging.md tells users.
"""

from collections.abc import Iterator, Sequence
from typing import Any, get_args
from urllib.parse import unquote

import msgspec

from onemanage.contracts.imaging.addresses import names
from onemanage.contracts.imaging.addresses.faults import AddressFault, InvalidAddress
from onemanage.contracts.imaging.addresses.values import (
    Fields,
    fields_of,
    is_flag,
    value_of,
)
from onemanage.contracts.imaging.outputs import AnyOutput
from onemanage.contracts.imaging.recipes import AnyOperation, Reading

MAX_STEPS = 64
MAX_CHARACTERS = 4096
"""Of a recipe as it stands in the address."""
VERSION = "v1"
_FALLBACK = "fallback"
_OP, _FORMAT, _READING, _PRESET = "op", "format", "reading", "p"

OPERATION_FIELDS: dict[str, Fields] = {
    str(struct.__struct_config__.tag): fields_of(struct)
    for struct in get_args(AnyOperation.__value__)
}
READING_FIELDS = fields_of(Reading)
OUTPUT_FIELDS: dict[str, Fields] = {
    str(struct.__struct_config__.tag): fields_of(struct)
    for struct in get_args(AnyOutput.__value__)
}
_ALL_OUTPUT_FIELDS: Fields = {
    name: kind for fields in OUTPUT_FIELDS.values() for name, kind in fields.items()
}
_BY_HEAD = {head: short for short in names.OPERATIONS for head in short.heads}
_BY_OP = {short.op: short for short in names.OPERATIONS}

type Places = dict[str, str]
"""Where in the address each field was said, by its name."""


class Operation(msgspec.Struct, frozen=True):
    """A step that is an operation: as JSON has it, and where it stands."""

    fields: dict[str, Any]
    pointer: str
    places: Places


class UsedPreset(msgspec.Struct, frozen=True):
    """A step that is a preset: all of it, or one of its variants."""

    name: str
    variant: str | None
    parameters: dict[str, str]
    pointer: str


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """An address's recipe, read but not checked: presets are not known here."""

    steps: Sequence[Operation | UsedPreset]
    output: dict[str, Any]
    reading: dict[str, Any]
    places: Places
    """Of ``output`` and ``reading``, as ``output/quality``."""
    fallback: str | None
    """The id of a file that is shown where the source cannot be."""

    @property
    def presets(self) -> list[UsedPreset]:
        """In their order."""
        return [step for step in self.steps if isinstance(step, UsedPreset)]

    @property
    def operations(self) -> list[Operation]:
        """Those that the address names itself, in their order."""
        return [step for step in self.steps if isinstance(step, Operation)]


class _Parameter(msgspec.Struct, frozen=True):
    name: str
    value: str | None
    is_field: bool
    pointer: str


def read_parts(text: str) -> Parts:
    """What an address says, as it stands in the address: percent-encoded. Raises
    InvalidAddress."""
    reader = _Reader()
    for number, step in enumerate(_steps(text)):
        reader.step(step, f"/recipe/{number}")
    if reader.faults:
        raise InvalidAddress(reader.faults)
    return Parts(
        steps=reader.steps,
        output=reader.output,
        reading=reader.reading,
        places=reader.places,
        fallback=reader.fallback,
    )


def _steps(text: str) -> list[str]:
    if len(text) > MAX_CHARACTERS:
        said = f"It has {len(text)} characters, and {MAX_CHARACTERS} are the most."
        raise InvalidAddress([_fault("/recipe", said)])
    steps = text.split("/") if text else []
    if steps and steps[0] == VERSION:
        steps = steps[1:]
    elif steps and steps[0][:1] == "v" and steps[0][1:].isdecimal():
        said = f"There is no version {steps[0]} of addresses. There is {VERSION}."
        raise InvalidAddress([_fault("/recipe/0", said)])
    if len(steps) > MAX_STEPS:
        said = f"It has {len(steps)} steps, and {MAX_STEPS} are the most."
        raise InvalidAddress([_fault("/recipe", said)])
    return steps


class _Reader:
    """Gathers what the steps say, and everything that is wrong with them."""

    def __init__(self) -> None:
        self.steps: list[Operation | UsedPreset] = []
        self.output: dict[str, Any] = {}
        self.reading: dict[str, Any] = {}
        self.places: Places = {}
        self.fallback: str | None = None
        self.faults: list[AddressFault] = []

    def step(self, text: str, pointer: str) -> None:
        if not text:
            self._refuse(pointer, "This step is empty. Take out one '/'.")
            return
        parameters = [_parameter(part, pointer) for part in text.split(",")]
        rest = [one for one in parameters if not self._is_common(one)]
        if not rest:
            return
        op = _first(rest, _OP, is_field=True)
        preset = _first(rest, _PRESET, is_field=False)
        if op is not None:
            others = [one for one in rest if one is not op]
            self._operation(op.value or "", others, pointer)
        elif preset is not None:
            self._preset(preset, [one for one in rest if one is not preset])
        elif _first(rest, _READING, is_field=False) is not None:
            self._all(rest, self._reading)
        elif any(_is_output_head(one) for one in parameters) and all(
            one.is_field for one in rest
        ):
            self._all(rest, self._output)
        else:
            self._by_short_names(rest, pointer)

    def _is_common(self, one: _Parameter) -> bool:
        """What may stand in any step is taken out of this one."""
        if one.name == _FALLBACK and not one.is_field:
            if self.fallback is not None or not one.value:
                self._refuse(one.pointer, "Give one file as fallback_fil_….")
            self.fallback = one.value
        elif one.name == _FORMAT or (not one.is_field and one.name in names.OUTPUT):
            self._output(one)
        elif not one.is_field and one.name in names.READING:
            self._reading(one)
        else:
            return False
        return True

    def _all(self, parameters: Sequence[_Parameter], take: Any) -> None:
        for one in parameters:
            if one.name != _READING:
                take(one)

    def _output(self, one: _Parameter) -> None:
        field = one.name if one.is_field else names.OUTPUT.get(one.name, one.name)
        kind = _ALL_OUTPUT_FIELDS.get(field)
        if field == _FORMAT:
            value: Any = names.WORDS["f"].get(one.value or "", one.value or "")
            if value not in OUTPUT_FIELDS:
                known = ", ".join(OUTPUT_FIELDS)
                self._refuse(
                    one.pointer, f"There is no such format. There are {known}."
                )
        elif kind is None:
            self._refuse(one.pointer, "No output has such a field.")
            return
        else:
            value = self._value(one, kind)
        self._put(self.output, "output", field, value, one)

    def _reading(self, one: _Parameter) -> None:
        field = one.name if one.is_field else names.READING.get(one.name, "")
        kind = READING_FIELDS.get(field)
        if kind is None:
            known = ", ".join(READING_FIELDS)
            self._refuse(one.pointer, f"There is no such field. There are {known}.")
            return
        value = self._value(one, kind)
        if one.name == "still" and not one.is_field:
            value = value is not True
        self._put(self.reading, "reading", field, value, one)

    def _put(
        self, part: dict[str, Any], where: str, field: str, value: Any, one: _Parameter
    ) -> None:
        if field in part:
            self._refuse(one.pointer, "This is said twice. Take one out.")
        part[field] = value
        self.places[f"{where}/{field}"] = one.pointer

    def _preset(self, head: _Parameter, parameters: list[_Parameter]) -> None:
        name, _, variant = (head.value or "").partition(".")
        if not name:
            self._refuse(head.pointer, "Give the preset's name, as p_shop.")
        given: dict[str, str] = {}
        for one in parameters:
            if one.name in given or one.value is None:
                self._refuse(one.pointer, "Give each parameter of a preset one value.")
            given[one.name] = one.value or ""
        self.steps.append(UsedPreset(name, variant or None, given, head.pointer))

    def _by_short_names(self, parameters: list[_Parameter], pointer: str) -> None:
        found = [
            _BY_HEAD[one.name].op
            for one in parameters
            if not one.is_field and one.name in _BY_HEAD
        ]
        # bg is an operation of its own, and a ground beside others.
        beside = {one.name for one in parameters if not one.is_field}
        ops = {op for op in found if not (op == "background" and len(set(found)) > 1)}
        if "bg" in beside and any("bg" not in _BY_OP[op].others for op in ops):
            ops |= {"background"}
        if len(ops) > 1:
            said = f"A step does one thing. Divide {' and '.join(sorted(ops))} by '/'."
            self._refuse(pointer, said)
        elif ops:
            self._operation(ops.pop(), parameters, pointer)
        else:
            for one in parameters:
                self._refuse(one.pointer, _unknown(one))

    def _operation(self, op: str, parameters: list[_Parameter], pointer: str) -> None:
        kinds = OPERATION_FIELDS.get(op)
        if kinds is None:
            known = ", ".join(OPERATION_FIELDS)
            self._refuse(pointer, f"There is no such operation. There are {known}.")
            return
        fields: dict[str, Any] = {_OP: op}
        places: Places = {}
        for one in parameters:
            for field, value in self._fields(op, kinds, one):
                if field in fields:
                    self._refuse(one.pointer, "This is said twice. Take one out.")
                fields[field], places[field] = value, one.pointer
        self.steps.append(Operation(fields, pointer, places))

    def _fields(
        self, op: str, kinds: Fields, one: _Parameter
    ) -> Iterator[tuple[str, Any]]:
        """The fields that a parameter fills."""
        targets = _targets(op, one)
        if targets is None or any(field not in kinds for field in targets):
            known = ", ".join(f"{name}:" for name in kinds)
            self._refuse(one.pointer, f"{op} has no such parameter. It has {known}.")
            return
        if len(targets) < 2:
            for field in targets:
                if one.value is not None or is_flag(kinds[field]):
                    yield field, self._value(one, kinds[field])
            return
        parts = (one.value or "").split("x")
        if len(parts) != len(targets):
            wanted = "x".join(f"<{field}>" for field in targets)
            self._refuse(one.pointer, f"Give it as {one.name}_{wanted}.")
            return
        for field, part in zip(targets, parts, strict=True):
            yield field, value_of(part, kinds[field])

    def _value(self, one: _Parameter, kind: Any) -> Any:
        text = one.value
        if text is None:
            if is_flag(kind):
                return True
            self._refuse(one.pointer, f"Give it a value, as {one.name}_….")
            return None
        if not one.is_field:
            text = names.WORDS.get(one.name, {}).get(text, text)
        try:
            return value_of(text, kind)
        except ValueError as error:
            self._refuse(one.pointer, str(error))
            return None

    def _refuse(self, pointer: str, message: str) -> None:
        self.faults.append(_fault(pointer, message))


def _parameter(text: str, step: str) -> _Parameter:
    """Divided before anything is decoded, so that %3A is no colon of ours."""
    head, colon, value = text.partition(":")
    if not colon:
        head, underscore, value = text.partition("_")
        given = unquote(value) if underscore else None
        return _Parameter(head, given, False, f"{step}/{head}")
    return _Parameter(head, unquote(value), True, f"{step}/{head}")


def _first(
    parameters: Sequence[_Parameter], name: str, *, is_field: bool
) -> _Parameter | None:
    for one in parameters:
        if one.name == name and one.is_field == is_field:
            return one
    return None


def _targets(op: str, one: _Parameter) -> tuple[str, ...] | None:
    if one.is_field:
        return (one.name,)
    short = _BY_OP.get(op)
    if short is None:
        return None
    if one.name in short.heads:
        return short.heads[one.name]
    other = short.others.get(one.name)
    return None if other is None else (other,)


def _is_output_head(one: _Parameter) -> bool:
    return one.name == _FORMAT or (not one.is_field and one.name in names.OUTPUT)


def _unknown(one: _Parameter) -> str:
    if one.is_field:
        return "This names a field of no operation. Begin the step with op:<name>."
    owners = [short.op for short in names.OPERATIONS if one.name in short.others]
    if owners:
        heads = "_, ".join(head for op in owners for head in _BY_OP[op].heads)
        return f"This says more of {' or '.join(owners)}; give one of {heads}_ with it."
    known = ", ".join([*_BY_HEAD, *names.OUTPUT, *names.READING, _PRESET, _FALLBACK])
    return f"There is no such name. There are {known}, and op:<operation>."


def _fault(pointer: str, message: str) -> AddressFault:
    return AddressFault(pointer=pointer, message=message)
