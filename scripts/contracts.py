"""Write what the subject registry says: JSON Schemas, an AsyncAPI document, NATS users.

    python scripts/contracts.py            write all that is generated
    python scripts/contracts.py --check    write nothing; fail where it is stale

All are committed: a reader of another language finds every message there, and
scripts/check-compatibility.py compares the schemas with those of the last release.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from asyncapi import asyncapi_document

from onemanage.contracts import registry
from onemanage.platform.permissions import users_conf

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = Path("libs/contracts/schemas")
ASYNCAPI = Path("docs/asyncapi.json")
NATS_USERS = Path("infra/local/src/onemanage/local/nats-users.conf")
SCHEMA_BASE = "https://onemanage.dev/schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def generated_files() -> dict[Path, str]:
    """Every generated file's text, by its path from the repository root."""
    files = {
        SCHEMAS / f"{name}.json": _json(_schema(name, message))
        for name, message in registry.message_types().items()
    }
    files[ASYNCAPI] = _json(asyncapi_document())
    files[NATS_USERS] = users_conf()
    return files


def stale_files(root: Path, files: Mapping[Path, str]) -> list[str]:
    """How the files under ``root`` differ from what they should be, one line each."""
    complaints = [
        f"{path}: {'is missing' if not (root / path).exists() else 'is out of date'}"
        for path, text in files.items()
        if not (root / path).exists()
        or (root / path).read_text(encoding="utf-8") != text
    ]
    complaints += [
        f"{path}: is no message of the registry" for path in _orphans(root, files)
    ]
    return sorted(complaints)


def write_files(root: Path, files: Mapping[Path, str]) -> None:
    for path in _orphans(root, files):
        (root / path).unlink()
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _orphans(root: Path, files: Mapping[Path, str]) -> list[Path]:
    """Schema files of messages that the registry no longer names."""
    present = (path.relative_to(root) for path in (root / SCHEMAS).rglob("*.json"))
    return sorted(path for path in present if path not in files)


def _schema(name: str, message: type[msgspec.Struct]) -> dict[str, Any]:
    identity = {"$schema": DIALECT, "$id": f"{SCHEMA_BASE}/{name}.json"}
    return identity | msgspec.json.schema(message)


def _json(document: Mapping[str, Any]) -> str:
    """Sorted keys: the same registry gives the same bytes everywhere."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail on stale files"
    )
    files = generated_files()
    if not parser.parse_args().check:
        write_files(ROOT, files)
        print(f"wrote {len(files) - 2} schemas, {ASYNCAPI} and {NATS_USERS}")
        return 0
    stale = stale_files(ROOT, files)
    if stale:
        print("The committed contracts differ from the registry:", file=sys.stderr)
        print(*(f"  {line}" for line in stale), sep="\n", file=sys.stderr)
        print("Run `make contracts` and commit what it writes.", file=sys.stderr)
        return 1
    print(f"{len(files) - 2} schemas, {ASYNCAPI}, {NATS_USERS}: as the registry says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
