"""One source in, the files of all variants out. Runs in the sandbox's child."""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from onemanage.contracts.imaging.operations.colors import Colorize, Duotone
from onemanage.contracts.imaging.operations.geometry import (
    Crop,
    CropAspect,
    Flip,
    Resize,
    Rotate,
)
from onemanage.contracts.imaging.operations.look import Grayscale
from onemanage.contracts.imaging.operations.shapes import Background
from onemanage.contracts.imaging.operations.tones import Negate
from onemanage.contracts.imaging.outputs import (
    AnyOutput,
    AutoOutput,
    AvifOutput,
    BestOutput,
    Output,
)
from onemanage.contracts.imaging.recipes import AnyOperation, Recipe, Variant
from onemanage.imaging.domain.best import smallest
from onemanage.imaging.domain.encoders import ANIMATED, FIRST_ALONE, STILL_ALONE
from onemanage.imaging.domain.gain_maps import reading as gain_map_reading
from onemanage.imaging.domain.gain_maps.keeping import wants_gain, with_gain_said
from onemanage.imaging.domain.inputs import read_picture
from onemanage.imaging.domain.metadata.embedding import embedded
from onemanage.imaging.domain.metadata.kept import saying, wants_source
from onemanage.imaging.domain.metadata.told import Told, told_of
from onemanage.imaging.domain.operations import Context, carried_out
from onemanage.imaging.domain.operations.framing import aspect_box
from onemanage.imaging.domain.operations.geometry import crop_box, scaled_size
from onemanage.imaging.domain.outputs import (
    ENDINGS,
    MEDIA_TYPES,
    encode,
    format_of,
    resolved,
)
from onemanage.imaging.domain.picture import Limits, Picture
from onemanage.imaging.domain.results import VariantResult
from onemanage.imaging.domain.spaces import in_space, recolored, wants_wide


def make_variants(
    path: Path,
    recipe: Recipe,
    folder: Path,
    watermarks: Mapping[str, Path],
    weights: Path | None,
    report: Callable[[VariantResult], None],
) -> list[VariantResult]:
    """As ``run_recipe``; each is reported as soon as its file is whole."""
    made = []
    for variant in variants_of(path, recipe, folder, watermarks, weights):
        report(variant)
        made.append(variant)
    return made


def run_recipe(
    path: Path,
    recipe: Recipe,
    folder: Path,
    watermarks: Mapping[str, Path] | None = None,
    weights: Path | None = None,
    limits: Limits = Limits(),
) -> list[VariantResult]:
    """Write one file for each variant to ``folder``, in the order of the recipe.

    The source is decoded once, no larger than the most demanding variant needs.
    ``watermarks`` are files by the file id or address in the recipe, ``weights`` those
    of the network that finds subjects. Raises InvalidImage, and MemoryError where the
    process may not have what it takes.
    """
    return list(variants_of(path, recipe, folder, watermarks or {}, weights, limits))


def variants_of(
    path: Path,
    recipe: Recipe,
    folder: Path,
    watermarks: Mapping[str, Path],
    weights: Path | None,
    limits: Limits = Limits(),
) -> Iterator[VariantResult]:
    """As ``run_recipe``, one after the other."""
    context = Context(limits=limits, watermarks=watermarks, weights=weights)
    outputs = [variant.output for variant in recipe.variants]
    reading, is_still = recipe.reading, _is_still(recipe)
    if is_still:
        reading = msgspec.structs.replace(reading, animated=False)
    picture = read_picture(
        path,
        reading,
        limits,
        lambda width, height: least_scale(recipe, width, height),
        wants_wide(outputs),
    )
    context = replace(context, icc=picture.icc)
    if is_still and recipe.reading.animated and picture.source_frames > 1:
        picture = picture.warned(FIRST_ALONE)
    if any(map(wants_gain, outputs)):
        picture = gain_map_reading.beside(picture, path, limits)
    operations = recolored(recipe.operations, picture.icc)
    picture = carried_out(picture, operations, context, "/operations")
    told = told_for(path, outputs)
    folder.mkdir(parents=True, exist_ok=True)
    for number, variant in enumerate(recipe.variants):
        yield _made(picture, variant, f"/variants/{number}", context, folder, told)


def _is_still(recipe: Recipe) -> bool:
    """Whether one frame is enough, as no format that is wanted holds more."""
    able = (*ANIMATED, AutoOutput, BestOutput)
    return not any(isinstance(variant.output, able) for variant in recipe.variants)


def least_scale(recipe: Recipe, width: int, height: int) -> float:
    """The smallest scale at which a source of this size may be decoded, or drawn; over
    1 where it is to become larger."""
    chains = [[*recipe.operations, *variant.operations] for variant in recipe.variants]
    return max(_needed(chain, width, height) for chain in chains)


def _needed(operations: Sequence[AnyOperation], width: float, height: float) -> float:
    """By what the first resizing leaves; 1 where something before it counts pixels."""
    for operation in operations:
        match operation:
            case Resize(kernel="auto"):
                made = scaled_size(operation, width, height)
                return max(made[0] / width, made[1] / height)
            case Crop():
                box = crop_box(operation, width, height, (1.0, 1.0))
                width, height = min(width, box[0]), min(height, box[1])
            case CropAspect():
                width, height = aspect_box(operation, width, height)
            case Rotate() if operation.angle % 90 == 0:
                if operation.angle % 180:
                    width, height = height, width
            case Flip() | Grayscale() | Background() | Negate() | Duotone():
                pass  # as good before a mean as after it
            case Colorize(blend="normal"):
                pass
            case _:
                return 1.0
    return 1.0


def told_for(path: Path, outputs: Sequence[Output]) -> Told | None:
    """What the file says of itself, where one of the outputs may keep some of it."""
    return told_of(path) if any(map(wants_source, outputs)) else None


def _made(
    picture: Picture,
    variant: Variant,
    pointer: str,
    context: Context,
    folder: Path,
    told: Told | None,
) -> VariantResult:
    operations = recolored(variant.operations, picture.icc)
    done = carried_out(picture, operations, context, f"{pointer}/operations")
    if told is not None:
        done = done.warned(*told.warnings)
    where = f"{pointer}/output"
    return written(done, variant.name, variant.output, folder, where, told)


def written(
    picture: Picture,
    name: str,
    output: AnyOutput,
    folder: Path,
    where: str,
    told: Told | None = None,
) -> VariantResult:
    """One picture as a file in ``folder``; ``where`` is the output's JSON pointer, and
    ``told`` what the source has said of itself."""
    asked, output = output, resolved(output, picture)
    if isinstance(asked, AvifOutput) and output != asked:
        picture = picture.warned(STILL_ALONE)
    picture = in_space(picture, output)
    size = picture.width, picture.height
    picture = replace(picture, says=saying(output, told, size))
    if wants_gain(output):
        picture = with_gain_said(picture)
    if isinstance(output, BestOutput):
        data, output, done = smallest(picture, output, where)
    else:
        data, done = encode(picture, output, where)
    kind = format_of(output)
    data, said = embedded(data, output, done.says)
    file = folder / f"{name}.{ENDINGS.get(kind, kind)}"
    file.write_bytes(data)
    return VariantResult(
        name=name,
        path=file.name,
        media_type=MEDIA_TYPES[kind],
        width=done.width,
        height=done.height,
        frames=len(done.frames),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        crc32=zlib.crc32(data),
        warnings=done.warned(*said).warnings,
    )
