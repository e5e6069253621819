"""Write what of the Python client follows from the API's description.

    python scripts/client.py [--check]

Types, a method for each operation, a use of each for tests, the sync twins and the table
in docs/client.md. With ``--check`` nothing is written; it fails where a file is
otherwise than it would be made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import isort
import openapi
from black import Mode, format_str
from black.mode import TargetVersion
from client_code import docs, operations, sync, types, uses
from client_code.schema import Description

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "libs/client/src/onemanage/client"
TESTS = ROOT / "libs/client/tests"
_BY_HAND = "every_method_by_hand"
_MODE = Mode(target_versions={TargetVersion.PY310})
_ISORT = isort.Config(profile="black", known_first_party=["onemanage"])


def formatted(text: str) -> str:
    """As ``make fmt`` would leave it."""
    return format_str(isort.code(text, config=_ISORT), mode=_MODE)


def made() -> Iterator[tuple[Path, str]]:
    """Each file and its text. The twin is of what is on the disk, or made just now."""
    description = Description(openapi.described())
    found = operations.signatures(description)
    yield PACKAGE / "types.py", formatted(types.module(description))
    methods = formatted(operations.module(found))
    yield PACKAGE / "_async/operations.py", methods
    yield TESTS / "every_method.py", formatted(uses.module(found))
    by_hand = (TESTS / f"{_BY_HAND}.py").read_text(encoding="utf-8")
    yield TESTS / f"{_BY_HAND}_sync.py", formatted(sync.twin(by_hand))
    guide = ROOT / "docs/client.md"
    yield guide, docs.page(guide.read_text(encoding="utf-8"), found, PACKAGE / "_async")
    for path in sorted((PACKAGE / "_async").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name == "operations.py":
            text = methods
        yield PACKAGE / "_sync" / path.name, formatted(sync.twin(text))


def main() -> None:
    """Write, or compare."""
    checks = sys.argv[1:] == ["--check"]
    other = []
    for path, text in made():
        there = path.read_text(encoding="utf-8") if path.exists() else None
        if there == text:
            continue
        other.append(str(path.relative_to(ROOT)))
        if not checks:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    left = {path.name for path in (PACKAGE / "_sync").glob("*.py")}
    left -= {path.name for path in (PACKAGE / "_async").glob("*.py")}
    if checks and (other or left):
        sys.exit(f"Run python scripts/client.py: {', '.join([*other, *left])}")
    for name in left:
        (PACKAGE / "_sync" / name).unlink()


if __name__ == "__main__":
    main()
