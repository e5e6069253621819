"""Write the reference in docs/imaging.md from the contracts, and its pictures.

    python scripts/imaging-docs.py             write the reference
    python scripts/imaging-docs.py --check     write nothing; fail where it is stale
    python scripts/imaging-docs.py --pictures  draw docs/images/imaging again

Descriptions are the contracts' own docstrings, limits those of their JSON Schemas.
"""

import argparse
import ast
import inspect
import re
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args

import msgspec
from imaging_samples import BACKGROUNDS, EXAMPLES, grade, scene, vase
from PIL import Image

from onemanage.contracts.imaging import (
    backgrounds,
    metadata,
    operations,
    outputs,
    parameters,
    recipes,
)
from onemanage.contracts.imaging.recipe_checks import check_recipe
from onemanage.imaging.domain.background.make import make_background
from onemanage.imaging.domain.background.network import installed_weights
from onemanage.imaging.domain.pipeline import run_recipe

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/imaging.md"
PICTURES = ROOT / "docs/images/imaging"
_STRUCTS = {
    one.__name__: one
    for module in iter_modules(operations.__path__, f"{operations.__name__}.")
    for one in vars(import_module(module.name)).values()
    if isinstance(one, type) and issubclass(one, msgspec.Struct)
}
OUTPUT = {"format": "webp", "quality": 72}


def page(text: str) -> str:
    """The page with every generated part as it should be."""
    for name, lines in {
        "operations": _operations(),
        "reading": _table(recipes.Reading),
        "outputs": _outputs(),
        "analyses": _analyses(),
        "parameters": _table(parameters.Parameter),
        "backgrounds": _backgrounds(),
    }.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        body = "\n".join([begin, "", *lines, "", end])
        before, _, rest = text.partition(begin)
        text = before + body + rest.partition(end)[2]
    return text


def _operations() -> Iterator[str]:
    for struct in get_args(recipes.AnyOperation.__value__):
        name = str(struct.__struct_config__.tag)
        yield f"### {name}"
        yield ""
        yield f"![{name}](images/imaging/{name}.webp)"
        yield ""
        yield from _description(struct)
        yield from _table(struct)
        yield ""
        yield "```json"
        yield msgspec.json.encode(EXAMPLES[name][-1]).decode()
        yield "```"
        yield ""
    yield from _values()


def _values() -> Iterator[str]:
    """What fields of operations hold besides numbers and text."""
    schemas, definitions = msgspec.json.schema_components(
        [recipes.AnyOperation], ref_template="{name}"
    )
    own = {one.__name__ for one in get_args(recipes.AnyOperation.__value__)}
    for name in _within(schemas[0], definitions):
        if name not in own:
            yield f"### {name}"
            yield ""
            yield from _description(_STRUCTS[name])
            yield from _table(_STRUCTS[name])
            yield ""


def _within(part: Any, definitions: dict[str, Any]) -> list[str]:
    """Names of the objects in a schema, each once, in their order."""
    found: dict[str, None] = {}

    def walk(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                walk(one)
        elif isinstance(part, dict):
            name = part.get("$ref")
            if name and name not in found:
                if definitions[name].get("type") == "object":
                    found[name] = None
                walk(definitions[name])
            walk([value for key, value in part.items() if key != "discriminator"])

    walk(part)
    return list(found)


def _outputs() -> Iterator[str]:
    """What several have once, then what each has of its own."""
    yield "What every format takes:"
    yield ""
    yield from _table(outputs.Output)
    yield ""
    yield "What JPEG, WebP, AVIF, JPEG XL and `auto` take besides:"
    yield ""
    yield from _table(outputs.LossyOutput, outputs.Output)
    yield ""
    for struct in get_args(outputs.AnyOutput.__value__):
        yield f"### {struct.__struct_config__.tag}"
        yield ""
        yield from _description(struct)
        is_lossy = issubclass(struct, outputs.LossyOutput)
        yield from _table(struct, outputs.LossyOutput if is_lossy else outputs.Output)
        yield ""


def _analyses() -> Iterator[str]:
    for struct in (
        metadata.Shot,
        metadata.Description,
        metadata.Place,
        metadata.VideoStreams,
    ):
        yield f"### {struct.__name__}"
        yield ""
        yield from _description(struct)
        yield from _table(struct)
        yield ""


def _backgrounds() -> Iterator[str]:
    yield from _table(backgrounds.BackgroundSpec)
    for struct in get_args(backgrounds.Fill.__value__):
        yield ""
        yield f"### fill: {struct.__struct_config__.tag}"
        yield ""
        yield from _description(struct)
        yield from _table(struct)
    for name in ("ContactShadow", "Reflection", "Placement"):
        struct = getattr(backgrounds, name)
        yield ""
        yield f"### {name}"
        yield ""
        yield from _description(struct)
        yield from _table(struct)


def _description(struct: type[msgspec.Struct]) -> Iterator[str]:
    """Of structs that say something of their own."""
    if "__doc__" in vars(struct) and (said := _prose(struct.__doc__ or "")):
        yield said
        yield ""


def _table(
    struct: type[msgspec.Struct], base: type[msgspec.Struct] | None = None
) -> Iterator[str]:
    """Fields, without those that are as in the base."""
    schema = msgspec.json.schema(struct)
    definitions = schema["$defs"]
    own = definitions[schema["$ref"].rpartition("/")[2]]
    tag = struct.__struct_config__.tag_field
    fields = {k: v for k, v in own["properties"].items() if k != tag}
    if base is not None:
        told = {one.name: one.default for one in msgspec.structs.fields(base)}
        same = {
            one.name
            for one in msgspec.structs.fields(struct)
            if one.name in told and told[one.name] == one.default
        }
        fields = {k: v for k, v in fields.items() if k not in same}
    if not fields:
        return
    needed = own.get("required", [])
    said = _said(struct)
    yield "| field | takes | default | meaning |"
    yield "|---|---|---|---|"
    for name, part in fields.items():
        default = "needed" if name in needed else _code(part.get("default"))
        takes = _takes(part, definitions)
        yield f"| `{name}` | {takes} | {default} | {said.get(name, '')} |"


def _takes(part: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        target = definitions[name]
        return name if target.get("type") == "object" else _takes(target, definitions)
    if "anyOf" in part:
        kinds = [_takes(one, definitions) for one in part["anyOf"]]
        return " or ".join(kind for kind in kinds if kind != "null") or "null"
    if "enum" in part:
        return ", ".join(_code(one) for one in part["enum"])
    if part.get("type") == "array":
        return f"list of {_takes(part['items'], definitions)}"
    if "pattern" in part:
        return _pattern(part["pattern"])
    low = part.get("minimum", part.get("exclusiveMinimum"))
    high = part.get("maximum", part.get("exclusiveMaximum"))
    kind = str(part.get("type", "any"))
    if low is not None and high is not None:
        above = "over " if "exclusiveMinimum" in part else ""
        return f"{kind}, {above}{low:,} to {high:,}"
    return f"{kind}, from {low:,}" if low is not None else kind


def _pattern(pattern: str) -> str:
    words = re.fullmatch(r"\^\(([a-z|]+)\)\$", pattern)
    if words:
        return ", ".join(_code(word) for word in words.group(1).split("|"))
    if pattern.startswith("^https"):
        return "address"
    if "[0-9]{0,4}:" in pattern:
        return "`16:9`, any two numbers"
    if "0-9a-fA-F]{8}" in pattern:
        return "`#rrggbb` or `#rrggbbaa`"
    return "`#rrggbb`" if "0-9a-fA-F" in pattern else "text"


def _code(value: Any) -> str:
    return f"`{msgspec.json.encode(value).decode()}`".replace('"', "").replace("|", "/")


def _said(struct: type[msgspec.Struct]) -> dict[str, str]:
    """What stands below each field in the source; of its bases too."""
    found: dict[str, str] = {}
    bases = struct.__mro__[: struct.__mro__.index(msgspec.Struct)]
    for base in reversed(bases):
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(node, ast.ClassDef)
        for field, below in zip(node.body, node.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                if isinstance(below.value, ast.Constant):
                    name = ast.unparse(field.target)
                    found[name] = _prose(str(below.value.value)).replace("|", "/")
    return found


def _prose(text: str) -> str:
    """A docstring as Markdown on one line."""
    lines = textwrap.dedent(text).replace("``", "`").split()
    return " ".join(lines)


def draw() -> None:
    """Make the pictures of the page anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, mark = folder / "scene.png", folder / "mark.png"
        Image.fromarray(scene()).save(source)
        Image.fromarray(vase()).save(mark)
        table = folder / "grade.cube"
        table.write_text(grade(), encoding="utf-8")
        files = {"fil_logo": mark, "fil_grade": table}
        for operation, steps in {"source": [], **EXAMPLES}.items():
            variant = {"name": operation, "output": OUTPUT}
            recipe = check_recipe({"operations": steps, "variants": [variant]})
            run_recipe(source, recipe, folder / "out", files, installed_weights())
        for fill, spec in BACKGROUNDS.items():
            job = {**spec, "output": OUTPUT, "with_mask": False}
            out = folder / fill
            out.mkdir()
            made = msgspec.convert(job, backgrounds.BackgroundSpec)
            make_background(mark, made, {"fil_scene": source}, out)
            (out / "image.webp").rename(folder / "out" / f"background-{fill}.webp")
        for file in (folder / "out").iterdir():
            shutil.copy(file, PICTURES / file.name)


def main() -> int:
    """Write the page, or say that it is stale; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--pictures", action="store_true")
    arguments = parser.parse_args()
    if arguments.pictures:
        draw()
    text = PAGE.read_text(encoding="utf-8")
    fresh = page(text)
    if not arguments.check:
        PAGE.write_text(fresh, encoding="utf-8")
    elif fresh != text:
        print("docs/imaging.md is stale: run scripts/imaging-docs.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
