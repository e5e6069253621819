"""What goes into the slots of a template, as the command line says it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

from onemanage.client.cli.exits import CommandError, Exit, UsageError
from onemanage.client.cli.text import shown

Values = dict[str, Any]
_SOURCES = {
    "fil_": "file_id",
    "doc_": "document_id",
    "tsf_": "transformation_id",
    "bgd_": "background_id",
    "http://": "url",
    "https://": "url",
}
"""How a picture that the server can find begins, and what the server calls it."""


async def values_of(
    client: Any, slots: Sequence[Any], said: Sequence[str], file: Optional[Path]
) -> Values:
    """Those of the file, with those that were said in their place.

    Files that picture slots name are uploaded. Raises UsageError for a slot that the
    template has not.
    """
    values = {} if file is None else json_object(file)
    kinds = {slot.name: slot.kind for slot in slots}
    for one in said:
        name, sign, value = one.partition("=")
        if not sign:
            raise UsageError(f"--set {shown(one)} is no name=value.")
        if name not in kinds:
            there = ", ".join(map(shown, kinds)) or "none"
            raise UsageError(f"There is no slot {shown(name)}. There are: {there}.")
        values[name] = await _value(client, name, kinds[name], value)
    return values


async def _value(client: Any, name: str, kind: str, said: str) -> Any:
    if kind == "visibility":
        if said not in ("true", "false"):
            raise UsageError(f"{shown(name)} is shown or not: true or false.")
        return said == "true"
    if kind != "picture":
        return said
    for begin, field in _SOURCES.items():
        if said.startswith(begin):
            return {field: said}
    path = Path(said)
    if not path.is_file():
        raise CommandError(
            f"{shown(name)}={shown(said)}: no such file. A picture is a file, an id as"
            " fil_…, doc_…, tsf_… or bgd_…, or an address.",
            Exit.NOT_FOUND,
            code="no_such_file",
        )
    return {"file_id": (await client.files.upload(path)).id}


def json_object(path: Path, hint: str = "") -> dict[str, Any]:
    """An object of a JSON file. Raises CommandError; ``hint`` is what to name else."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CommandError(
            f"{shown(path)} is not there.{hint}", Exit.NOT_FOUND, code="no_such_file"
        ) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{shown(path)} is no JSON: {shown(error)}") from error
    if not isinstance(told, dict):
        raise UsageError(f"{shown(path)} is no object of JSON.")
    return told


def pairs(option: str, said: Sequence[str], form: str) -> dict[str, str]:
    """``name=value``, each. Raises UsageError."""
    found = {}
    for one in said:
        name, sign, value = one.partition("=")
        if not (sign and name and value):
            raise UsageError(f"{option} {shown(one)} is no {form}.")
        found[name] = value
    return found
