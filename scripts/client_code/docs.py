"""The table of methods in docs/client.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from client_code.signature import Signature
from client_code.sync import twin

BEGIN = "<!-- Made by scripts/client.py: from here -->"
END = "<!-- to here -->"
_HAND = "by several requests"


def page(text: str, found: list[Signature], source: Path) -> str:
    """The page with its table made anew. ``source`` is the folder of the async source."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{_tables(found, source)}\n{END}{after}"


def _tables(found: list[Signature], source: Path) -> str:
    rows: dict[str, list[str]] = {}
    for resource, row in _by_hand(source):
        rows.setdefault(resource, []).append(row)
    for one in sorted(found, key=lambda each: each.resource):
        rows.setdefault(one.resource.partition(".")[0], []).append(_row(one))
    parts = []
    for resource, lines in sorted(rows.items()):
        head = f"### client.{resource}\n\n| method | gives | what |\n|---|---|---|"
        parts.append("\n".join([head, *lines, ""]))
    return "\n".join(parts)


def _row(one: Signature) -> str:
    needed = [each.name for each in one.of("path")]
    if one.source:
        needed.append("source")
    others = [each for each in one.parameters if each.place != "path"]
    needed += [f"{each.name}=" for each in others if each.is_required]
    more = any(not each.is_required for each in others) or one.waits or one.once
    call = _call(f"{one.resource}.{one.method}", needed, bool(more))
    http = f"`{one.http_method} {one.path}`"
    return f"| {call} | {_gives(one)} | {_first(one.about)} {http} |"


def _gives(one: Signature) -> str:
    match one.kind:
        case "pages":
            return f"`{_short(one.item)}`, one after another"
        case "content":
            return "`Content`"
        case "events":
            return "`Event`, one after another"
        case "either":
            return f"`{_short(one.answer)}`, or `{_short(one.later)}`"
        case "json":
            return f"`{_short(one.answer)}`"
    return ""


def _by_hand(source: Path) -> Iterator[tuple[str, str]]:
    """Resource and row of each method that was written."""
    for path in sorted(source.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and _extends(node):
                for method in _methods(node):
                    yield path.stem, _written(path.stem, method)


def _extends(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).startswith("operations.") for base in node.bases)


def _methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for method in node.body:
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        overload = any(ast.unparse(one) == "overload" for one in method.decorator_list)
        if not method.name.startswith("_") and not overload:
            yield method


def _written(resource: str, method: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    given = method.args
    positional = given.args[1:]
    needed = [one.arg for one in positional[: len(positional) - len(given.defaults)]]
    needed += [one.arg for one in positional if one.arg == "source"][: not needed]
    pairs = list(zip(given.kwonlyargs, given.kw_defaults, strict=True))
    needed += [f"{one.arg}=" for one, default in pairs if default is None]
    if "to" in (one.arg for one, default in pairs if default is not None):
        needed.append("to=")
    more = any(default is not None for _, default in pairs)
    call = _call(f"{resource}.{method.name}", needed, more)
    answer = twin(ast.unparse(method.returns)).strip() if method.returns else ""
    told = _first(ast.get_docstring(method) or "")
    return f"| {call} | `{_short(answer)}` | {told} *{_HAND}* |"


def _call(name: str, needed: list[str], more: bool) -> str:
    given = ", ".join([*needed, *(["…"] if more else [])])
    return f"`{name}({given})`"


def _first(text: str) -> str:
    """The first sentence, on one line."""
    line = " ".join(text.split("\n\n")[0].split()).replace("|", "\\|")
    found = re.match(r".*?[.:;](?= [A-Z0-9]|$)", line)
    return (found[0] if found else line).rstrip(":;")


def _short(annotation: str) -> str:
    return annotation.replace("types.", "").replace("|", "\\|")
