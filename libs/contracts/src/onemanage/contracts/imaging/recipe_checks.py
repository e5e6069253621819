"""Recipes as somebody wrote them, checked whole before anything is decoded.

Everything that is wrong is said at once, each with the place in the JSON as a pointer
(RFC 6901). Unlike messages between services, a recipe may hold nothing unknown: what
is misspelt would otherwise be left undone in silence.
"""

import functools
import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from onemanage.contracts.imaging.accepting import accepted_types, format_accepted
from onemanage.contracts.imaging.geometry_checks import geometry_faults
from onemanage.contracts.imaging.layer_checks import MAX_ADDRESSES, layer_faults
from onemanage.contracts.imaging.look_checks import look_faults
from onemanage.contracts.imaging.output_checks import output_faults
from onemanage.contracts.imaging.outputs import (
    AnyOutput,
    AutoOutput,
    AvifOutput,
    BestOutput,
    GifOutput,
    JpegOutput,
    LossyOutput,
    Output,
    PngOutput,
    WebpOutput,
)
from onemanage.contracts.imaging.recipes import (
    AnyOperation,
    Reading,
    Recipe,
    Variant,
    addresses_of,
)
from onemanage.contracts.imaging.unknown_fields import escaped, unknown_within

_OPERATIONS: dict[str, type[msgspec.Struct]] = {
    str(struct.__struct_config__.tag): struct
    for struct in get_args(AnyOperation.__value__)
}
_OUTPUTS: dict[str, type[msgspec.Struct]] = {
    str(struct.__struct_config__.tag): struct
    for struct in get_args(AnyOutput.__value__)
}

_NAMED = ("avif", "webp", "jxl")
"""Formats that ``best`` tries only where they are named."""


class RecipeFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong."""

    pointer: str
    """As in ``/operations/2/width``; of the recipe itself the empty text."""
    message: str


class InvalidRecipe(Exception):
    """A recipe that cannot be carried out, with all that is wrong with it."""

    code = "imaging.invalid_recipe"

    def __init__(self, faults: list[RecipeFault]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "; ".join(f"{fault.pointer}: {fault.message}" for fault in self.faults)


def check_recipe(recipe: bytes | str | dict[str, Any]) -> Recipe:
    """The recipe of this JSON, or of what JSON was decoded to. Raises InvalidRecipe."""
    if not isinstance(recipe, dict):
        try:
            recipe = msgspec.json.decode(recipe)
        except msgspec.DecodeError as error:
            raise InvalidRecipe([_fault("", f"Not JSON: {error}")]) from error
    faults = list(_faults(recipe))
    if faults:
        raise InvalidRecipe(faults)
    checked = msgspec.convert(recipe, Recipe)
    faults = list(_contradictions(checked))
    if faults:
        raise InvalidRecipe(faults)
    return checked


def is_negotiated(output: AnyOutput) -> bool:
    """Whether an Accept header has a say in it."""
    if isinstance(output, BestOutput):
        return not output.formats
    return isinstance(output, AutoOutput)


def negotiated(output: AnyOutput, accept: str) -> AnyOutput:
    """The output for this Accept header; only those of ``auto`` and ``best`` depend on
    it.

    AVIF or WebP, as `format_accepted` has it. Where neither is, ``auto`` stays: which
    of the formats that everybody reads holds the picture is known once that is there.
    Whoever answers by it says ``Vary: Accept``.
    """
    if isinstance(output, BestOutput) and not output.formats:
        named = accepted_types(accept)
        asked = [kind for kind in _NAMED if f"image/{kind}" in named]
        return msgspec.structs.replace(output, formats=[*asked, "jpeg", "png"])
    if not isinstance(output, AutoOutput):
        return output
    wanted = format_accepted(accept)
    fields = fields_of(output, LossyOutput)
    if wanted == "avif":
        # The same number means more in AVIF: 60 looks like 80 of the others.
        return AvifOutput(**fields | {"quality": max(1, output.quality * 3 // 4)})
    return WebpOutput(**fields) if wanted == "webp" else output


def readable(output: AutoOutput, is_clear: bool, is_animated: bool) -> AnyOutput:
    """What ``auto`` is where nobody named a format (`negotiated`): one that everybody
    reads and that holds the picture. GIF of an animation, PNG of what is transparent,
    JPEG of the rest. PNG and GIF have no quality to choose: WebP where one is asked
    for by size or likeness."""
    fields = fields_of(output, LossyOutput)
    if not is_animated and not is_clear:
        return JpegOutput(**fields)
    if output.max_bytes is not None or output.ssim is not None:
        return WebpOutput(**fields)
    plain = fields_of(output, Output)
    return GifOutput(**plain) if is_animated else PngOutput(**plain)


def fields_of(output: Output, struct: type[Output]) -> dict[str, Any]:
    """What it says of the fields that ``struct`` has."""
    return {name: getattr(output, name) for name in struct.__struct_fields__}


def _faults(recipe: Any) -> Iterator[RecipeFault]:
    """What does not fit the types, part by part, so that each part is heard."""
    if not isinstance(recipe, dict):
        yield _fault("", "Must be a JSON object.")
        return
    yield from _unknown(recipe, Recipe, "")
    yield from part_faults(recipe.get("reading", {}), Reading, "/reading")
    yield from _operations(recipe.get("operations", []), "/operations")
    variants = recipe.get("variants", [{}])
    yield from part_faults(
        recipe | {"operations": [], "reading": {}, "variants": [{}]}, Recipe, ""
    )
    if not isinstance(variants, list) or not 1 <= len(variants) <= 32:
        yield _fault("/variants", "Must be a list of 1 to 32 variants.")
        return
    for number, variant in enumerate(variants):
        pointer = f"/variants/{number}"
        if not isinstance(variant, dict):
            yield _fault(pointer, "Must be a JSON object.")
            continue
        plain = {k: v for k, v in variant.items() if k not in ("operations", "output")}
        yield from part_faults(plain, Variant, pointer)
        yield from _operations(variant.get("operations", []), f"{pointer}/operations")
        if "output" in variant:
            tagged = f"{pointer}/output"
            yield from _tagged(variant["output"], "format", _OUTPUTS, tagged)


def _operations(operations: Any, pointer: str) -> Iterator[RecipeFault]:
    if not isinstance(operations, list) or len(operations) > 64:
        yield _fault(pointer, "Must be a list of at most 64 operations.")
        return
    for number, operation in enumerate(operations):
        yield from _tagged(operation, "op", _OPERATIONS, f"{pointer}/{number}")


def _tagged(
    part: Any, tag: str, structs: dict[str, type[msgspec.Struct]], pointer: str
) -> Iterator[RecipeFault]:
    if not isinstance(part, dict):
        yield _fault(pointer, f"Must be a JSON object with {tag!r}.")
    elif not isinstance(part.get(tag), str) or part[tag] not in structs:
        yield _fault(f"{pointer}/{tag}", f"Must be one of {', '.join(structs)}.")
    else:
        yield from part_faults(part, structs[part[tag]], pointer)


@functools.cache
def _fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """msgspec reads the annotations anew each time, which takes longer than a check."""
    return msgspec.structs.fields(struct)


def part_faults(
    part: Any, struct: type[msgspec.Struct], pointer: str
) -> Iterator[RecipeFault]:
    """Every field on its own, as conversion stops at the first that is wrong."""
    if not isinstance(part, dict):
        yield _fault(pointer, "Must be a JSON object.")
        return
    if pointer:
        yield from _unknown(part, struct, pointer)
    config = struct.__struct_config__
    needed = [
        field
        for field in _fields(struct)
        if field.required and field.encode_name not in part
    ]
    for field in needed:
        yield _fault(f"{pointer}/{field.encode_name}", "This field is missing.")
    for field in _fields(struct):
        if field.encode_name in part and field.encode_name != config.tag_field:
            place = f"{pointer}/{escaped(field.encode_name)}"
            try:
                known = msgspec.convert(part[field.encode_name], field.type)
            except msgspec.ValidationError as error:
                yield _said(error, place)
                continue
            plain = msgspec.to_builtins(known)
            for unknown in unknown_within(part[field.encode_name], plain, place):
                yield _fault(unknown, "This field is not known.")


def _unknown(
    part: dict[str, Any], struct: type[msgspec.Struct], pointer: str
) -> Iterator[RecipeFault]:
    known = {field.encode_name for field in _fields(struct)}
    known.add(struct.__struct_config__.tag_field or "")
    for name in part:
        if name not in known:
            text = (
                f"This field is not known. Known are {', '.join(sorted(known - {''}))}."
            )
            yield _fault(f"{pointer}/{escaped(str(name))}", text)


def _contradictions(recipe: Recipe) -> Iterator[RecipeFault]:
    """What each field allows and together makes no sense."""
    if len(addresses_of(recipe)) > MAX_ADDRESSES:
        text = f"At most {MAX_ADDRESSES} addresses may be named. Upload the others."
        yield _fault("", text)
    yield from _together(recipe.operations, "/operations")
    names: set[str] = set()
    for number, variant in enumerate(recipe.variants):
        pointer = f"/variants/{number}"
        if variant.name != variant.name.strip():  # `$` lets a line feed through
            yield _fault(
                f"{pointer}/name", "The name ends in a line feed. Leave it out."
            )
        if variant.name.lower() in names:
            yield _fault(f"{pointer}/name", "Another variant has this name.")
        names.add(variant.name.lower())
        yield from _together(variant.operations, f"{pointer}/operations")
        yield from _quality(variant.output, f"{pointer}/output")
        for name, said in output_faults(variant.output):
            yield _fault(f"{pointer}/output/{name}", said)


def _quality(output: AnyOutput, pointer: str) -> Iterator[RecipeFault]:
    if not isinstance(output, LossyOutput):
        return
    lossless = getattr(output, "lossless", False)
    if output.max_bytes is not None and output.ssim is not None:
        yield _fault(f"{pointer}/ssim", "Give max_bytes or ssim, not both.")
    for name in ("max_bytes", "ssim"):
        if lossless and getattr(output, name) is not None:
            yield _fault(
                f"{pointer}/{name}", "Lossless has no quality to choose. Leave one out."
            )


def _together(operations: list[AnyOperation], pointer: str) -> Iterator[RecipeFault]:
    for number, operation in enumerate(operations):
        for faults in (geometry_faults, layer_faults, look_faults):
            for place, text in faults(operation):
                yield _fault(f"{pointer}/{number}{place}", text)


def _said(error: msgspec.ValidationError, pointer: str) -> RecipeFault:
    """msgspec's own words, and its path as the rest of the pointer."""
    text, _, path = str(error).partition(" - at `$")
    inner = re.findall(r"\[(\d+)\]|\.([^.\[`]+)", path)
    return _fault(pointer + "".join(f"/{index or name}" for index, name in inner), text)


def _fault(pointer: str, message: str) -> RecipeFault:
    return RecipeFault(pointer=pointer, message=message)
