"""What the rooms changed for whoever works in the house, and for whoever uses it.

    make bench NAME=house

This tree beside the commit before its rooms were made, both cloned and installed anew:
seconds of `make test` (its tests counted), source lines written by hand, lines of
committed schemas, seconds and CPU seconds until the stack is ready, seconds to accept
an upload, from an upload to its result, and of the memory of all processes. Ratios are
new to old. `TESTS=0` leaves the tests out, which take half an hour.
"""

import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from onemanage.local.sample import build_poster

from .parts import summary
from .parts.started import Started, started

BEFORE = "46efd1a"
"""The commit before: the last one with contracts and gateway as flat modules."""
ROUNDS = 5
UPLOADS = 16
"""Of a round."""

AT_MOST = {
    "tests": 0.5,
    "source_lines": 0.92,
    "schema_lines": 0.3,
    "ready": 0.6,
    "accept_p50": 1.03,
    "latency_p50": 1.03,
    "memory": 1.03,
}
_ROOT = Path(__file__).parents[2]
_SOURCES = re.compile(r"^(libs|services|infra|scripts)/.*\.(py|sh)$|^scripts/[^.]+$")
_NOT_SOURCES = re.compile(r"/tests?/|/migrations/|testing")
_SCHEMAS = re.compile(r"schemas/.*\.json$|asyncapi\.json$|/examples/")
_EMPTY = re.compile(r"^\s*(#.*)?$")


def cloned(commit: str, folder: Path) -> Path:
    """A clone of this repository at a commit, with what it needs installed."""
    where = folder / commit
    run("git", "clone", "--quiet", str(_ROOT), str(where))
    run("git", "-C", str(where), "checkout", "--quiet", commit)
    run("make", "-C", str(where), "bootstrap")
    return where


def run(*command: str) -> str:
    """What it prints. Raises CalledProcessError."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def lines(tree: Path) -> dict[str, int]:
    """Lines of source, neither empty nor comment, and of committed schemas."""
    names = run("git", "-C", str(tree), "ls-files").splitlines()
    sources = schemas = 0
    for name in names:
        if _SOURCES.search(name) and not _NOT_SOURCES.search(name):
            text = (tree / name).read_text(encoding="utf-8")
            sources += sum(not _EMPTY.match(line) for line in text.splitlines())
        elif _SCHEMAS.search(name):
            schemas += len((tree / name).read_bytes().splitlines())
    return {"source_lines": sources, "schema_lines": schemas}


def tested(tree: Path) -> dict[str, float]:
    """Seconds that `make test` takes, and how many tests pass in it."""
    begun = time.monotonic()
    told = run("make", "-C", str(tree), "test")
    seconds = time.monotonic() - begun
    return {
        "tests": seconds,
        "passed": sum(map(int, re.findall(r"(\d+) passed", told))),
    }


def visited(stack: Started, poster: bytes) -> dict[str, float]:
    """Medians of seconds to accept an upload, and to have its result."""
    accepted, latency = [], []
    for _ in range(UPLOADS):
        accepted.append(stack.upload(poster, "respond-async"))
        stack.settle()
        latency.append(stack.upload(poster, "wait=30"))
        stack.settle()
    return {
        "accept_p50": statistics.median(accepted),
        "latency_p50": statistics.median(latency),
    }


def used(trees: list[Path], poster: bytes) -> list[dict[str, float]]:
    """Of each tree, in turns, so that what else the machine does falls on all."""
    rounds: list[list[dict[str, float]]] = [[] for _ in trees]
    for _ in range(ROUNDS):
        for tree, found in zip(trees, rounds, strict=True):
            with started(tree) as stack:
                one = {"ready": stack.ready_seconds, "ready_cpu": stack.cpu_seconds()}
                one |= visited(stack, poster)
                one["memory"] = stack.memory_bytes()
                found.append(one)
    return [
        {name: statistics.median(one[name] for one in found) for name in found[0]}
        for found in rounds
    ]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as name:
        folder = Path(name)
        now = run("git", "-C", str(_ROOT), "rev-parse", "HEAD").strip()
        trees = [cloned(BEFORE, folder), cloned(now, folder)]
        poster = folder / "poster.psd"
        build_poster(poster)
        found: list[dict[str, float]] = [
            {**lines(tree), **one}
            for tree, one in zip(trees, used(trees, poster.read_bytes()), strict=True)
        ]
        if os.environ.get("TESTS") != "0":
            found = [one | tested(tree) for one, tree in zip(found, trees, strict=True)]
    before, after = found
    for figure in before:
        print(f"{figure:<14} {before[figure]:14.3f} {after[figure]:14.3f}")
    ratios = {name: after[name] / before[name] for name in AT_MOST if name in before}
    summary.say("house", ratios, at_most=AT_MOST, places=3)


if __name__ == "__main__":
    main()
