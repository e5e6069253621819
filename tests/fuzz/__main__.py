"""Real documents, hurt at random, each exported in the sandbox that the worker uses.

    make fuzz [COUNT=2000] [SEED=1]

No input may hang its child, exhaust its memory, kill it, or raise anything but an
InvalidDocument that says what is wrong and where. The documents are those of
../shared/corpus (or CORPUS), where it is present, and some that are made here. Inputs
that fail are kept in .onemanage/fuzz by seed and number; `--number` repeats one.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from onemanage.platform.sandbox.sandbox import Sandbox, open_sandbox
from tests.fuzz import outcomes
from tests.fuzz.documents import documents
from tests.fuzz.job import export
from tests.fuzz.mutations import mutated
from tests.fuzz.outcomes import Outcome

MEMORY_LIMIT = 1 << 30
TIMEOUT = 10.0
AT_ONCE = 2
KEPT = Path(".onemanage/fuzz")
_MADE_SHARE = 0.25
_RENDERED = 3
"""One in so many is rendered as well, whatever image it embeds."""


@dataclass(frozen=True, slots=True)
class Input:
    number: int
    document: str
    mutations: str
    data: bytes


def make_input(sources: dict[str, bytes], seed: int, number: int) -> Input:
    """The same for the same seed and number, given the same documents."""
    chance = np.random.default_rng([seed, number])
    made = [name for name in sources if name.startswith("made/")]
    real = [name for name in sources if not name.startswith("made/")] or made
    names = made if chance.random() < _MADE_SHARE else real
    name = names[int(chance.integers(len(names)))]
    data, mutations = mutated(sources[name], chance)
    return Input(number, name, mutations, data)


async def fuzz(
    sources: dict[str, bytes], seed: int, numbers: range
) -> list[tuple[Input, Outcome]]:
    """The outcomes of all; only inputs with a violation keep their data."""
    found: list[tuple[Input, Outcome]] = []
    waiting: Iterator[int] = iter(numbers)

    async def work(sandbox: Sandbox, folder: Path) -> None:
        for number in waiting:
            one = make_input(sources, seed, number)
            outcome = await run(sandbox, folder, one)
            if outcome.violation:
                keep(one, outcome, seed)
            found.append((one, outcome))

    with tempfile.TemporaryDirectory(prefix="onemanage-fuzz-") as temporary:
        async with (
            open_sandbox(
                memory_limit=MEMORY_LIMIT, preload=["onemanage.psd.domain.export"]
            ) as sandbox,
            asyncio.TaskGroup() as group,
        ):
            for number in range(AT_ONCE):
                group.create_task(work(sandbox, Path(temporary) / f"{number}"))
    return found


async def run(sandbox: Sandbox, folder: Path, one: Input) -> Outcome:
    out = folder / "out"
    out.mkdir(parents=True)
    source = folder / "source"
    source.write_bytes(one.data)
    renders = one.number % _RENDERED == 0
    try:
        return outcomes.exported(
            await sandbox.run(
                export, source, out, renders, timeout=TIMEOUT, folders=[folder]
            )
        )
    except Exception as error:  # whatever it is, it is an outcome and is counted
        return outcomes.failed(error)
    finally:
        shutil.rmtree(folder)


def keep(one: Input, outcome: Outcome, seed: int) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    suffix = Path(one.document).suffix or ".psd"
    path = KEPT / f"seed{seed}-{one.number:06}{suffix}"
    path.write_bytes(one.data)
    print(
        f"{path}: {outcome.kind}: {one.document} after {one.mutations}:\n"
        f"    {outcome.violation.strip()}",
        flush=True,
    )


def say(found: list[tuple[Input, Outcome]]) -> dict[str, int]:
    """Print how each mutation ended; the outcomes of all together."""
    kinds = Counter(outcome.kind for _, outcome in found)
    order = [kind for kind, _ in kinds.most_common()]
    print(f"\n{'':26}" + "".join(f"{kind:>24}" for kind in order))
    by_mutation: dict[str, Counter[str]] = {}
    for one, outcome in found:
        for name in set(one.mutations.split("+")):
            by_mutation.setdefault(name, Counter())[outcome.kind] += 1
    for name in sorted(by_mutation):
        counts = by_mutation[name]
        print(f"{name:26}" + "".join(f"{counts[kind]:24}" for kind in order))
    print(f"{'all inputs':26}" + "".join(f"{kinds[kind]:24}" for kind in order))
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
    sources = documents()
    real = sum(not name.startswith("made/") for name in sources)
    print(f"{len(sources)} documents, {real} of them from the corpus", flush=True)
    begun = time.monotonic()
    found = asyncio.run(fuzz(sources, options.seed, numbers))
    kinds = say(found)
    print(f"{len(found)} inputs in {time.monotonic() - begun:.0f} s")
    violations = sum(bool(outcome.violation) for _, outcome in found)
    line = {
        "fuzz": "psd",
        "count": len(found),
        "seed": options.seed,
        "outcomes": kinds,
        "violations": violations,
        "holds": not violations,
    }
    print(json.dumps(line))
    sys.exit(bool(violations))


if __name__ == "__main__":
    main()
