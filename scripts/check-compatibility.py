"""Fail where a message contract breaks the last release's readers or writers.

    python scripts/check-compatibility.py

The schemas in the work tree are compared with those of the last release:

1. the newest tag ``v*`` that HEAD contains;
2. while there is none: the point where this branch left main (origin/main before
   main); on main itself, where that point is HEAD, the commit before it, so that a
   fresh clone of main still checks what the last commit did;
3. on a first commit, or where that commit has no schemas: nothing is released yet.

A shallow clone hides tags and parents: fetch the whole history where this runs.
"""

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

from compatibility import ADVICE, Schema, breaking_changes

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = "libs/contracts/schemas"


def main() -> int:
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
    current = {
        path.relative_to(ROOT).as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in (ROOT / SCHEMAS).rglob("*.json")
    }
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
    """The committed schemas of ``revision``, by path; empty where it has none."""
    archive = subprocess.run(
        ["git", "archive", "--format=tar", revision, "--", SCHEMAS],
        cwd=ROOT,
        capture_output=True,
    )
    if archive.returncode != 0:  # Git's answer for a path that is not in the tree.
        return {}
    schemas: dict[str, Schema] = {}
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tree:
        for member in tree.getmembers():
            file = tree.extractfile(member)
            if file is not None and member.name.endswith(".json"):
                schemas[member.name] = json.load(file)
    return schemas


def _git(*arguments: str) -> str | None:
    """What Git prints, or None where it refuses."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
