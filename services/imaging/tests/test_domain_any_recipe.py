"""Operations with fields that chance decides, within what the contract allows.

Whatever it is: a picture comes out, or a refusal that points at the operation.
"""

import random
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
import pytest

from onemanage.contracts.imaging.recipe_checks import InvalidRecipe, check_recipe
from onemanage.contracts.imaging.recipes import AnyOperation
from onemanage.imaging.domain.picture import Limits, Picture, Pixels
from onemanage.imaging.errors import InvalidImage

from . import samples
from .samples import photo, treated
from .test_domain_tones import with_holes

STRUCTS = {
    str(struct.__struct_config__.tag): struct
    for struct in get_args(AnyOperation.__value__)
}
KEEPS_SIZE = ("look", "tones", "colors", "effects", "regions")
"""Modules of operations after which a picture is as large as it was."""
MOVES_ALPHA = (
    "blur",
    "color_matrix",
    "make_transparent",
    "median",
    "obscure",
    "pixelate",
)
ROUNDS = 12


class Chance:
    """JSON of operations, by their schemas."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def operation(self, name: str) -> dict[str, Any]:
        """One that fits the contract, also in what its fields are together."""
        for _ in range(500):
            made = {**self._object(STRUCTS[name]), "op": name}
            try:
                check_recipe({"operations": [made]})
            except InvalidRecipe as error:
                for fault in error.faults:
                    assert fault.pointer.startswith("/operations/0/")
                continue
            return made
        raise AssertionError(f"nothing that chance makes of {name} fits")

    def picture(self) -> Picture:
        width, height = self._random.choice([(1, 1), (1, 9), (23, 1), (41, 30)])
        frame = photo(width, height, seed=self._random.randrange(99))
        kind = self._random.choice(["plain", "gray", "alpha", "clear", "animated"])
        if kind == "gray":
            frame[:] = frame[:, :, :1]
        if kind == "alpha":
            frame = with_holes(frame)
        if kind == "clear":
            frame = np.zeros((height, width, 4), np.uint8)
        if kind == "animated":
            frames = frame, frame[::-1].copy(), 255 - frame
            return Picture(frames=frames, durations=(50, 50, 50))
        return Picture(frames=(frame,))

    def _object(self, struct: type[msgspec.Struct]) -> dict[str, Any]:
        schema = msgspec.json.schema(struct)
        self._definitions = schema["$defs"]
        return dict(self._value(schema, struct.__name__))

    def _value(self, schema: dict[str, Any], name: str) -> Any:
        if "$ref" in schema:
            found = self._definitions[schema["$ref"].rpartition("/")[2]]
            return self._value(found, name)
        if "anyOf" in schema:
            return self._value(self._random.choice(schema["anyOf"]), name)
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "object":
            return self._fields(schema)
        if kind == "array":
            least, most = schema.get("minItems", 0), schema.get("maxItems", 4)
            count = self._random.randint(least, min(most, max(least, 5)))
            state = self._random.getstate()
            made = []
            for number in range(count):
                if number and schema["items"].get("type") == "array":
                    self._random.setstate(state)  # rows of one length
                made.append(self._value(schema["items"], name))
            return made
        return self._plain(schema, name)

    def _fields(self, schema: dict[str, Any]) -> dict[str, Any]:
        needed = schema.get("required", [])
        made = {}
        for name, part in schema["properties"].items():
            free = part.get("type") == "string" and "pattern" not in part
            if name in needed or not (free or self._random.random() < 0.3):
                made[name] = self._value(part, name)
        return made

    def _plain(self, schema: dict[str, Any], name: str) -> Any:
        kind = schema.get("type")
        if kind == "boolean":
            return self._random.random() < 0.5
        if kind == "string":
            pattern = schema.get("pattern")
            if pattern is None:
                return name
            texts = f"#{self._random.randrange(1 << 24):06x}", "4:3", "1:7", name
            fitting = [text for text in texts if re.search(pattern, text)]
            return self._random.choice(fitting) if fitting else None
        if kind in ("integer", "number"):
            low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
            high = schema.get("maximum", schema.get("exclusiveMaximum", 100))
            # Ends, and what is small, are where things go wrong.
            ends = [low, high, min(high, low + 1), min(high, max(low, 3))]
            if "exclusiveMinimum" in schema:
                ends[0] = min(high, low + 0.001)
            value = self._random.choice([*ends, self._random.uniform(low, high)])
            return int(value) if kind == "integer" else value
        return None


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    mark = samples.saved(folder / "mark", with_holes(photo(9, 8)), "PNG")
    table = folder / "table"
    table.write_text("LUT_1D_SIZE 2\n0 0.1 0\n1 1 0.9\n", encoding="utf-8")
    return {"file_id": mark, "lut": table}


def given(operation: dict[str, Any], files: dict[str, Path]) -> dict[str, Path]:
    if operation["op"] == "lut":
        return {"file_id": files["lut"]}
    return files


@pytest.mark.parametrize("name", STRUCTS)
def test_an_operation_makes_a_picture_or_says_why_not(
    name: str, files: dict[str, Path]
) -> None:
    for seed in range(ROUNDS):
        chance = Chance(seed)
        operation, picture = chance.operation(name), chance.picture()
        before = [frame.copy() for frame in picture.frames]
        try:
            found = treated(
                picture,
                operation,
                watermarks=given(operation, files),
                limits=Limits(pixels=4_000_000),
            )
        except InvalidImage as error:
            assert str(error.where).startswith("/operations/0"), operation
            continue
        _check(found, picture, operation)
        for frame, old in zip(picture.frames, before, strict=True):
            assert np.array_equal(frame, old), f"{operation} changed what it was given"


def _check(found: Picture, picture: Picture, operation: dict[str, Any]) -> None:
    assert len(found.frames) == len(picture.frames), operation
    assert len({frame.shape for frame in found.frames}) == 1, operation
    for frame, old in zip(found.frames, picture.frames, strict=True):
        assert frame.dtype == np.uint8 and frame.ndim == 3, operation
        assert frame.shape[2] in (3, 4) and frame.size > 0, operation
        if STRUCTS[operation["op"]].__module__.rpartition(".")[2] in KEEPS_SIZE:
            assert frame.shape[:2] == old.shape[:2], operation
            if operation["op"] not in MOVES_ALPHA:
                assert np.array_equal(frame[:, :, 3:], old[:, :, 3:]), operation


@pytest.mark.parametrize("seed", range(20))
def test_operations_follow_each_other_in_any_order(
    seed: int, files: dict[str, Path]
) -> None:
    chance = Chance(seed)
    names = [name for name in STRUCTS if name != "lut"]
    pixels: Picture | Pixels = chance.picture()
    for name in random.Random(seed).sample(names, 8):
        try:
            pixels = treated(
                pixels,
                chance.operation(name),
                watermarks=files,
                limits=Limits(pixels=200_000),
            )
        except InvalidImage as error:
            assert str(error.where).startswith("/operations/0"), name
