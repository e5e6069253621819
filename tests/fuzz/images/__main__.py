"""Images of twenty-eight kinds, hurt at random, each worked on as imaging's worker does.

    make fuzz WHAT=images [COUNT=2000] [SEED=1]

No input may hang its child, exhaust its memory, kill it, or raise anything but an
InvalidImage that says what is wrong. Inputs that fail are kept in .onemanage/fuzz by
seed and number; `--number` repeats one.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from onemanage.imaging.errors import InvalidImage
from onemanage.platform.sandbox.errors import (
    SandboxCrashed,
    SandboxMemoryExceeded,
    SandboxTimeout,
)
from onemanage.platform.sandbox.sandbox import Sandbox, open_sandbox
from tests.fuzz.images.files import files
from tests.fuzz.images.job import Done, work
from tests.fuzz.images.mutations import mutated

MEMORY_LIMIT = 3 << 29
"""Address space; the libraries and the network map most of it without using it."""
MOST = 1 << 30
"""Bytes of memory that a child may use of that."""
TIMEOUT = 20.0
KEPT = Path(".onemanage/fuzz")


@dataclass(frozen=True, slots=True)
class Input:
    number: int
    kind: str
    mutations: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: str
    seconds: float
    violation: str = ""
    peak: int = 0
    """Bytes, of those whose child lived to tell."""


def make_input(sources: dict[str, bytes], seed: int, number: int) -> Input:
    """The same for the same seed and number."""
    chance = np.random.default_rng([seed, number])
    kind = list(sources)[number % len(sources)]
    data, mutations = mutated(sources[kind], chance, list(sources.values()))
    return Input(number, kind, mutations, data)


async def fuzz(seed: int, numbers: range) -> list[tuple[Input, Outcome]]:
    sources = files()
    found: list[tuple[Input, Outcome]] = []
    waiting: Iterator[int] = iter(numbers)
    with tempfile.TemporaryDirectory(prefix="onemanage-fuzz-") as temporary:
        async with open_sandbox(
            memory_limit=MEMORY_LIMIT, preload=["tests.fuzz.images.job"]
        ) as sandbox:
            for number in waiting:
                one = make_input(sources, seed, number)
                outcome = await run(sandbox, Path(temporary) / "job", one)
                if outcome.violation:
                    keep(one, outcome, seed)
                found.append((one, outcome))
    return found


async def run(sandbox: Sandbox, folder: Path, one: Input) -> Outcome:
    out = folder / "out"
    out.mkdir(parents=True)
    source = folder / "source"
    source.write_bytes(one.data)
    begun, peak = time.monotonic(), 0
    try:
        done = await sandbox.run(
            work, source, out, one.number, timeout=TIMEOUT, folders=[folder]
        )
        kind, violation = _of_done(done)
        peak = done.peak
    except Exception as error:  # whatever it is, it is an outcome and is counted
        kind, violation = _of_error(error)
    finally:
        shutil.rmtree(folder)
    return Outcome(kind, time.monotonic() - begun, violation, peak)


def _of_done(done: Done) -> tuple[str, str]:
    if done.missing:
        return "made, incomplete", done.missing
    if done.peak > MOST:
        return "made with too much", f"the child used {done.peak >> 20} MiB"
    return ("made with warnings" if done.warnings else "made whole"), ""


def _of_error(error: Exception) -> tuple[str, str]:
    match error:
        case InvalidImage():
            lacks = "" if len(error.message.split()) > 2 else "the message says nothing"
            return f"refused {error.code}", lacks
        case SandboxTimeout():
            return "hang", str(error)
        case SandboxMemoryExceeded():
            return "out of memory", str(error)
        case SandboxCrashed():
            return "crash", str(error)
    text = "".join(traceback.format_exception_only(error))
    return f"raised {type(error).__name__}", text


def keep(one: Input, outcome: Outcome, seed: int) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"image-seed{seed}-{one.number:06}.{one.kind.partition('-')[0]}"
    path.write_bytes(one.data)
    print(
        f"{path}: {outcome.kind}: {one.kind} after {one.mutations}:\n"
        f"    {outcome.violation.strip()}",
        flush=True,
    )


def say(found: list[tuple[Input, Outcome]]) -> dict[str, int]:
    """Print how each format ended; the outcomes of all together."""
    kinds = Counter(outcome.kind for _, outcome in found)
    for kind in sorted({one.kind for one, _ in found}):
        counts = Counter(outcome.kind for one, outcome in found if one.kind == kind)
        told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
        print(f"{kind:18}{told}")
    return dict(kinds.most_common())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, help="this input alone")
    options = parser.parse_args()
    numbers = range(options.count)
    if options.number is not None:
        numbers = range(options.number, options.number + 1)
    begun = time.monotonic()
    found = asyncio.run(fuzz(options.seed, numbers))
    kinds = say(found)
    slowest = max(found, key=lambda pair: pair[1].seconds)
    print(f"{len(found)} inputs in {time.monotonic() - begun:.0f} s")
    violations = sum(bool(outcome.violation) for _, outcome in found)
    line = {
        "fuzz": "images",
        "count": len(found),
        "seed": options.seed,
        "outcomes": kinds,
        "slowest_seconds": round(slowest[1].seconds, 2),
        "slowest": f"{slowest[0].number} {slowest[0].kind}",
        "peak_mib": max(outcome.peak for _, outcome in found) >> 20,
        "violations": violations,
        "holds": not violations,
    }
    print(json.dumps(line))
    sys.exit(bool(violations))


if __name__ == "__main__":
    main()
