"""Whether made files are understood: ours, DuckDB's read_csv and polars, side by side.

    make bench NAME=import_understanding

A grid of files as banks, shops, offices, laboratories and spreadsheets write them, with
every value known (parts/understanding_*.py). Each is planned, and its rows are cast as
the import would load them. A value is right; or said to be doubtful, by a warning or
because its row is rejected; or kept as the text it is; or silently wrong, which none
may be. A file is right where all its values and names are. Files that nobody could
tell without asking are not counted among the right ones.

SEED chooses the files, EACH how many there are of a kind; ONLY is a part of the names of
groups and kinds to look at, and SHOW=1 prints each file that is not right.
"""

import os
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from .parts import summary
from .parts.understanding_files import Case, Kind
from .parts.understanding_grid import KINDS
from .parts.understanding_judge import (
    KEPT,
    RIGHT,
    SAID,
    SILENT,
    Loaded,
    Verdict,
    judged,
)
from .parts.understanding_readers import Refused, by_duckdb, by_polars, ours

AT_LEAST = 0.97
EACH = 2
_READS = {"ours": ("text", "excel", "json"), "duckdb": ("text",)}
_READS["polars"] = _READS["ours"]

type Reader = Callable[[Case, Path], Loaded]


def files(seed: int, each: int, only: str) -> Iterator[tuple[Kind, Case]]:
    for kind in KINDS:
        if only in f"{kind.group}: {kind.name}":
            for number in range(each):
                chance = random.Random(f"{seed} {kind.group} {kind.name} {number}")
                yield kind, kind.make(chance)


def verdict(read: Reader, case: Case, path: Path) -> Verdict:
    try:
        return judged(case, read(case, path))
    except Refused as why:
        return judged(case, None, str(why))


class Tally:
    """Of one reader: the worst of each file, by group and by kind."""

    def __init__(self) -> None:
        self.groups: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.kinds: defaultdict[Kind, list[Verdict]] = defaultdict(list)
        self.values: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.seconds = 0.0

    def add(self, kind: Kind, case: Case, found: Verdict) -> None:
        self.values.update(found.values)
        self.kinds[kind].append(found)
        if case.asks:
            self.asked[found.worst] += 1
        else:
            self.groups[kind.group][found.worst] += 1

    @property
    def worst(self) -> Counter[str]:
        return sum(self.groups.values(), Counter())

    @property
    def silent(self) -> int:
        return self.worst[SILENT] + self.asked[SILENT]

    @property
    def ms_each(self) -> float:
        return self.seconds / max(1, sum(map(len, self.kinds.values()))) * 1e3

    @property
    def share(self) -> float:
        return self.worst[RIGHT] / max(1, self.worst.total())


def measure(seed: int, each: int, only: str, show: bool) -> dict[str, Tally]:
    readers: dict[str, Reader] = {"ours": ours, "duckdb": by_duckdb()}
    readers["polars"] = by_polars
    tallies = {name: Tally() for name in readers}
    with tempfile.TemporaryDirectory() as folder:
        for number, (kind, case) in enumerate(files(seed, each, only)):
            path = Path(folder) / f"{number}-{Path(case.name).name}"
            path.write_bytes(case.data)
            for name, read in readers.items():
                if case.reads_as not in _READS[name]:
                    continue
                started = time.process_time()
                found = verdict(read, case, path)
                tallies[name].seconds += time.process_time() - started
                tallies[name].add(kind, case, found)
                if show and name == "ours" and found.worst != RIGHT:
                    print(f"{found.worst}: {kind.group}: {kind.name}: {found.example}")
            path.unlink()
    return tallies


def print_groups(tallies: dict[str, Tally]) -> None:
    print(f"{'':16}{'':>6}   ours{'':24} duckdb{'':9} polars")
    print(
        f"{'group':16}{'files':>6}   {'right':>6}{'said':>6}{'kept':>6}{'silent':>7}"
        f"    {'right':>6}{'silent':>7}   {'right':>6}{'silent':>7}"
    )
    ours_, *others = tallies.values()
    for group, found in ours_.groups.items():
        line = f"{group:16}{found.total():>6}   {found[RIGHT]:>6}{found[SAID]:>6}"
        line += f"{found[KEPT]:>6}{found[SILENT]:>7}  "
        for other in others:
            theirs = other.groups[group]
            line += f"  {theirs[RIGHT]:>6}{theirs[SILENT]:>7} "
        print(line)


def print_kinds(tally: Tally) -> None:
    """Those with a file that is not right."""
    for kind, found in tally.kinds.items():
        bad = [one for one in found if one.worst != RIGHT]
        if bad:
            worst = Counter(one.worst for one in bad)
            told = ", ".join(f"{name} {many}" for name, many in worst.items())
            example = max(bad, key=lambda one: one.worst == SILENT).example
            print(f"{kind.group}: {kind.name}: {told} of {len(found)}; {example}")


def main() -> None:
    seed, each = int(os.environ.get("SEED", "7")), int(os.environ.get("EACH", EACH))
    only, show = os.environ.get("ONLY", ""), bool(os.environ.get("SHOW"))
    tallies = measure(seed, each, only, show)
    print_kinds(tallies["ours"])
    print()
    print_groups(tallies)
    ours_ = tallies["ours"]
    found = {name: one.share for name, one in tallies.items()}
    found |= {f"silent_files_{name}": one.silent for name, one in tallies.items()}
    summary.say(
        "import_understanding",
        found,
        at_least={"ours": AT_LEAST},
        at_most={"silent_files_ours": 0},
        places=4,
        seed=seed,
        kinds=len(ours_.kinds),
        files=sum(map(len, ours_.kinds.values())),
        values=ours_.values.total(),
        silent_values=ours_.values[SILENT],
        left_open=dict(ours_.asked),
        ms_each={name: round(one.ms_each, 1) for name, one in tallies.items()},
    )


if __name__ == "__main__":
    main()
