"""Fail where a message contract breaks the last release's readers or writers.

    python scripts/check-compatibility.py

The schemas of the messages in the work tree are compared with those of the last
release, each made from its own sources:

1. the newest tag ``v*`` that HEAD contains;
2. while there is none: the point where this branch left main (origin/main before
   main); on main itself, where that point is HEAD, the commit before it, so that a
   fresh clone of main still checks what the last commit did;
3. on a first commit, or where that commit has no messages: nothing is released yet.

A shallow clone hides tags and parents: fetch the whole history where this runs.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from compatibility import ADVICE, Schema, breaking_changes

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = "libs/contracts/src"
_TELL = """
import msgspec
from onemanage.contracts.registry import message_types
schemas = {name: msgspec.json.schema(kind) for name, kind in message_types().items()}
print(msgspec.json.encode(schemas).decode())
"""


def main() -> int:
    """Print what breaks the last release's contracts; the exit code."""
    if _git("rev-parse", "--git-dir") is None:
        print("no Git repository here, so no release to compare with", file=sys.stderr)
        return 2
    base = last_release()
    released = schemas_at(base) if base else {}
    if base is None or not released:
        shallow = _git("rev-parse", "--is-shallow-repository") == "true"
        note = (
            " (a shallow clone: fetch tags and history to be sure)" if shallow else ""
        )
        print(f"message contracts: nothing released yet{note}")
        return 0
    current = schemas_of(ROOT / CONTRACTS)
    breaks = breaking_changes(released, current)
    if breaks:
        print(f"Message contracts break those of {base}:", file=sys.stderr)
        print(*(f"  {line}" for line in breaks), sep="\n", file=sys.stderr)
        print(ADVICE, file=sys.stderr)
        return 1
    print(f"{len(current)} message contracts are compatible with {base}")
    return 0


def last_release() -> str | None:
    """The tag or commit to compare with, or None where nothing came before."""
    tags = _git("tag", "--list", "v*", "--merged", "HEAD", "--sort=-version:refname")
    if tags:
        return tags.splitlines()[0]
    head = _git("rev-parse", "--verify", "--quiet", "HEAD")
    for branch in ("origin/main", "main"):
        fork = _git("merge-base", "HEAD", branch)
        if fork is not None and fork != head:
            return fork
    return _git("rev-parse", "--verify", "--quiet", "HEAD~1")


def schemas_at(revision: str) -> dict[str, Schema]:
    """By the names of ``message_types``; empty where that commit has no messages."""
    archive = subprocess.run(
        ["git", "archive", "--format=tar", revision, "--", CONTRACTS],
        cwd=ROOT,
        capture_output=True,
    )
    if archive.returncode != 0:  # Git's answer for a path that is not in the tree.
        return {}
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tree:
            tree.extractall(folder, filter="data")
        return schemas_of(Path(folder) / CONTRACTS)


def schemas_of(sources: Path) -> dict[str, Schema]:
    """Of the messages that these sources define. They are imported by another Python."""
    told = subprocess.run(
        [sys.executable, "-c", _TELL],
        env={**os.environ, "PYTHONPATH": str(sources)},
        stdout=subprocess.PIPE,
        check=True,
    )
    schemas: dict[str, Schema] = json.loads(told.stdout)
    return schemas


def _git(*arguments: str) -> str | None:
    """What Git prints, or None where it refuses."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
