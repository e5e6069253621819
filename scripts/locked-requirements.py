"""Print the registry's packages of a pdm.lock as requirements with hashes.

    python scripts/locked-requirements.py pdm.lock [GROUP...]

PDM looks each package up one after another, which takes a minute for this repository;
uv installs the same list in seconds, and refuses what does not have the lock's hash.
Our own packages are left out: they have a path in the lock, and PDM installs them.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path


def requirements(lock_file: Path, groups: set[str]) -> Iterator[str]:
    """The lock file's packages as pip has them, of these groups or of all."""
    for package in tomllib.loads(lock_file.read_text(encoding="utf-8"))["package"]:
        if "path" in package or (groups and groups.isdisjoint(package["groups"])):
            continue
        marker = f" ; {package['marker']}" if "marker" in package else ""
        hashes = "".join(f" --hash={file['hash']}" for file in package["files"])
        yield f"{package['name']}=={package['version']}{marker}{hashes}"


def main() -> None:
    """Print the requirements, sorted."""
    lock_file, *groups = sys.argv[1:]
    # A package and the same with extras are two entries of one requirement.
    for line in sorted(set(requirements(Path(lock_file), set(groups)))):
        print(line)


if __name__ == "__main__":
    main()
