"""What each service's image holds above its base, in megabytes, without an engine.

    make bench NAME=images

Each service is installed alone from its lock, as infra/Dockerfile does it, slimmed by
infra/slim.py, which compiles it too, with binutils and patchelf at hand. Ratios are to the
figures before there was a slim.py, found in the same way at commit 0e3e622e: each
service's, and that of all.
"""

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from tests.bench.parts import summary

ROOT = Path(__file__).resolve().parents[2]
BEFORE = {
    "gateway": 169.9,
    "preview": 159.9,
    "psd": 641.7,
    "imaging": 715.3,
    "data-import": 798.3,
}
"""Megabytes at 0e3e622e."""
AT_MOST = {**dict.fromkeys(BEFORE, 0.6), "all": 0.6}
INSTALL = """\
set -euo pipefail
. scripts/pdm.sh
.venv/bin/python -m venv --without-pip "$1"
UV_LINK_MODE=copy install "$1" "services/$2" default --no-editable --prod
[ ! -f "services/$2/weights.txt" ] || scripts/weights.sh "$1"
.venv/bin/python infra/slim.py "$1"
"""
LARGEST = 12


def main() -> None:
    """Print megabytes by service and package; then the ratios."""
    if not (shutil.which("strip") and shutil.which("patchelf")):
        raise SystemExit("this needs: apt-get install binutils patchelf")
    found = {}
    with tempfile.TemporaryDirectory(prefix="onemanage-images-") as folder:
        for service in BEFORE:
            environment = Path(folder) / service
            command = ("bash", "-c", INSTALL, "bash", str(environment), service)
            subprocess.run(command, cwd=ROOT, check=True)
            packages = sizes(environment)
            found[service] = packages.total() / 1e6
            print(f"{service}: {found[service]:.0f} MB, before {BEFORE[service]:.0f}")
            for name, size in packages.most_common(LARGEST):
                print(f"  {size / 1e6:6.1f}  {name}")
    ratios = {service: size / BEFORE[service] for service, size in found.items()}
    ratios["all"] = sum(found.values()) / sum(BEFORE.values())
    summary.say("images", ratios, at_most=AT_MOST)


def sizes(environment: Path) -> Counter[str]:
    """Bytes of each package; a file of several names counts once."""
    (packages,) = environment.glob("lib/python3.*/site-packages")
    found: Counter[str] = Counter()
    seen = set()
    for folder, _, names in os.walk(environment):
        for name in names:
            path = Path(folder, name)
            told = path.lstat()
            if told.st_ino not in seen:
                seen.add(told.st_ino)
                found[_package(path, packages)] += told.st_size
    return found


def _package(path: Path, packages: Path) -> str:
    if not path.is_relative_to(packages):
        return "(elsewhere)"
    return path.relative_to(packages).parts[0].removesuffix(".libs")


if __name__ == "__main__":
    main()
