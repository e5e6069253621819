"""Functions of services and libraries that are longer than the house allows.

    python scripts/long_functions.py

Counted without the docstring. Migrations are not: they are read once, from the top.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

MOST_LINES = 40
SOURCES = ("libs/*/src", "services/*/src", "infra/local/src")


def long_functions(path: Path) -> Iterator[str]:
    """A line for each."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            count = lines_of(node)
            if count > MOST_LINES:
                yield f"{path}:{node.lineno} {node.name}: {count} lines"


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From ``def`` to the end, less the docstring."""
    count = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        count -= (first.end_lineno or first.lineno) - first.lineno + 1
    return count


def main() -> None:
    found = [
        line
        for pattern in SOURCES
        for folder in sorted(Path().glob(pattern))
        for path in sorted(folder.rglob("*.py"))
        if "migrations" not in path.parts
        for line in long_functions(path)
    ]
    if found:
        sys.exit("\n".join([*found, f"at most {MOST_LINES} are allowed"]))


if __name__ == "__main__":
    main()
