"""What the house asks of each function of services and libraries.

    python scripts/functions.py

It is short, counted without its docstring; and where others may call it, it has one.
Migrations are not asked: they are read once, from the top. Nor are overloads, nor what
is made for the client: a method for each operation, and the twin of its async source.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

MOST_LINES = 40
SOURCES = ("libs/*/src", "services/*/src", "infra/local/src", "scripts")

_LEFT_OUT = ("/migrations/", "/client/_sync/", "/client/_async/operations.py")

type Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def faults(path: Path) -> Iterator[str]:
    """A line for each."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTION):
            count = lines_of(node)
            if count > MOST_LINES:
                text = f"{count} lines, at most {MOST_LINES} are allowed"
                yield f"{path}:{node.lineno} {node.name}: {text}"
    for node in public_functions(tree):
        if ast.get_docstring(node) is None:
            yield f"{path}:{node.lineno} {node.name}: no docstring"


def lines_of(function: Function) -> int:
    """From ``def`` to the end, less the docstring."""
    count = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        count -= (first.end_lineno or first.lineno) - first.lineno + 1
    return count


def public_functions(where: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """Those of the module and of its public classes, by their names."""
    for node in where.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node)
        elif isinstance(node, _FUNCTION) and not node.name.startswith("_"):
            if not any(_name(one) == "overload" for one in node.decorator_list):
                yield node


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def main() -> None:
    """Print them, and exit with 1, where there are any."""
    found = [
        line
        for pattern in SOURCES
        for folder in sorted(Path().glob(pattern))
        for path in sorted(folder.rglob("*.py"))
        if not any(part in path.as_posix() for part in _LEFT_OUT)
        for line in faults(path)
    ]
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
