"""Write what the subject registry says: an AsyncAPI document and the users of NATS.

    python scripts/contracts.py            write both
    python scripts/contracts.py --check    write nothing; fail where one is stale

Both are committed: a reader of another language finds every message with its JSON
Schema in the one, and the server of a deployment includes the other.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from asyncapi import asyncapi_document
from pretty_json import pretty

from onemanage.contracts import registry
from onemanage.platform.messaging.permissions import users_conf

ROOT = Path(__file__).resolve().parent.parent
ASYNCAPI = Path("docs/asyncapi.json")
NATS_USERS = Path("infra/local/src/onemanage/local/nats-users.conf")


def generated_files() -> dict[Path, str]:
    """Every generated file's text, by its path from the repository root."""
    return {ASYNCAPI: pretty(asyncapi_document()), NATS_USERS: users_conf()}


def stale_files(root: Path, files: Mapping[Path, str]) -> list[str]:
    """How the files under ``root`` differ from what they should be, one line each."""
    return sorted(
        f"{path}: {'is missing' if not (root / path).exists() else 'is out of date'}"
        for path, text in files.items()
        if not (root / path).exists()
        or (root / path).read_text(encoding="utf-8") != text
    )


def write_files(root: Path, files: Mapping[Path, str]) -> None:
    """Write them below ``root``, with their folders."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def main() -> int:
    """Write the generated files, or say which are stale; the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail on stale files"
    )
    files = generated_files()
    if not parser.parse_args().check:
        write_files(ROOT, files)
        print(f"wrote {ASYNCAPI} and {NATS_USERS}")
        return 0
    stale = stale_files(ROOT, files)
    if stale:
        print("The committed contracts differ from the registry:", file=sys.stderr)
        print(*(f"  {line}" for line in stale), sep="\n", file=sys.stderr)
        print("Run `make contracts` and commit what it writes.", file=sys.stderr)
        return 1
    count = len(registry.message_types())
    print(f"{ASYNCAPI} with {count} messages, {NATS_USERS}: as the registry says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
