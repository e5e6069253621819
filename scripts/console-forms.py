"""Write the forms of the console's recipes from the contracts.

python scripts/console-forms.py             write them
python scripts/console-forms.py --check     write nothing; fail where they are stale

An operation that is added to the contracts has its form without another line; its words
in Chinese the compiler asks for (``Word`` is the key of that catalogue).
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from onemanage.contracts.imaging import backgrounds, outputs, recipes

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "services/console/src/pages/images/forms.ts"
_HEAD = """/** Made by scripts/console-forms.py of the contracts; not written by hand. */
import type { Form } from "./form-types";
"""

type Json = dict[str, Any]


def text() -> str:
    """The whole file."""
    made = {
        "OPERATIONS": _forms(recipes.AnyOperation, "op"),
        "OUTPUTS": _forms(outputs.AnyOutput, "format"),
        "FILLS": _forms(backgrounds.Fill, "type"),
    }
    parts: dict[str, type[msgspec.Struct]] = {
        "READING": recipes.Reading,
        "SHADOW": backgrounds.ContactShadow,
        "REFLECTION": backgrounds.Reflection,
        "PLACEMENT": backgrounds.Placement,
    }
    alone = {name: _fields(struct) for name, struct in parts.items()}
    lines = [_HEAD]
    for name, forms in made.items():
        body = "\n".join(f"  {json.dumps(each)}," for each in forms)
        lines.append(f"export const {name}: Form[] = [\n{body}\n];\n")
    for name, fields in alone.items():
        lines.append(f'export const {name}: Form["fields"] = {json.dumps(fields)};\n')
    every = [each for forms in made.values() for each in forms]
    words = sorted(_words(every, list(alone.values())))
    lines.append("/** All that forms say, as recipes call it. */")
    lines.append("export type Word =")
    lines += [f'  | "{word}"' for word in words]
    return "\n".join(lines) + ";\n"


def _forms(union: Any, tag: str) -> list[Json]:
    """One for each member, in its order."""
    members = get_args(union.__value__)
    return [
        {
            "tag": tag,
            "name": str(one.__struct_config__.tag),
            "fields": _fields(one),
        }
        for one in members
    ]


def _fields(struct: type[msgspec.Struct]) -> list[Json]:
    [schema], known = msgspec.json.schema_components([struct], ref_template="{name}")
    properties: Json = known[struct.__name__]["properties"]
    tag = struct.__struct_config__.tag_field
    return [
        _field(field.encode_name, properties[field.encode_name], known)
        for field in msgspec.structs.fields(struct)
        if field.encode_name != tag
    ]


def _field(name: str, schema: Json, known: Json) -> Json:
    options = [_resolved(one, known) for one in schema.get("anyOf", [schema])]
    is_optional = any(one.get("type") == "null" for one in options)
    real = [one for one in options if one.get("type") != "null"]
    told = {"name": name, **_kind(name, real)}
    if "default" in schema:
        told["default"] = schema["default"]
    if is_optional:
        told["optional"] = True
    return told


def _resolved(schema: Json, known: Json) -> Json:
    reference = schema.get("$ref")
    return known[reference] if reference else schema


def _kind(name: str, options: list[Json]) -> Json:
    """What is typed or chosen; ``json`` where that takes more than one field."""
    values = [value for one in options for value in one.get("enum", [])]
    if values and all("enum" in one for one in options):
        return {"kind": "choice", "values": values}
    one = options[0]
    kind = one.get("type")
    if len(options) > 1:
        return {"kind": "json"}
    if kind in ("integer", "number"):
        return {"kind": kind, **_range(one)}
    if kind == "boolean":
        return {"kind": "boolean"}
    if kind != "string":
        return {"kind": "json"}
    pattern = one.get("pattern", "")
    if pattern.startswith("^#"):
        return {"kind": "color", "alpha": "8}" in pattern}
    if pattern.startswith("^("):
        return {"kind": "choice", "values": pattern[2:-2].split("|")}
    if name == "file_id":
        return {"kind": "file"}
    if name == "text":
        return {"kind": "lines", "most": one["maxLength"]}
    return {"kind": "text"}


def _range(schema: Json) -> Json:
    names = {
        "minimum": "min",
        "maximum": "max",
        "exclusiveMinimum": "over",
        "exclusiveMaximum": "under",
    }
    return {short: schema[long] for long, short in names.items() if long in schema}


def _words(forms: list[Json], alone: list[list[Json]]) -> set[str]:
    found = {form["name"] for form in forms}
    for fields in [*(form["fields"] for form in forms), *alone]:
        for field in fields:
            found.add(field["name"])
            found |= {one for one in field.get("values", []) if isinstance(one, str)}
    return found


def main() -> None:
    """Write the forms, or fail where those that are committed are others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    wanted = text()
    if not parser.parse_args().check:
        PAGE.write_text(wanted, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != wanted:
        sys.exit(f"{PAGE.relative_to(ROOT)} is stale: python scripts/console-forms.py")


if __name__ == "__main__":
    main()
