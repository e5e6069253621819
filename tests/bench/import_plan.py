"""How long a plan takes, and how much memory, beside what others do in the same run.

    make bench NAME=import_plan

Ours is the whole plan: encoding, dialect and header, a type for each column from all of
its values, how many do not fit and the first line with one, the first rows. The peers
name columns and types from all rows: DuckDB's `read_csv` with `sample_size = -1`, and
polars' `scan_csv` with `try_parse_dates`. Neither knows most of the forms in the wide
tables; there they say text. A ratio is their time by ours. Times are the median of
rounds in processes of their own, where everything is loaded; those of 1,000 columns are
of three tables, and the slowest counts.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from .parts import plan_peers, summary
from .parts.import_inputs import write_csv
from .parts.peer_environment import PeerEnvironment
from .parts.plan_inputs import COLUMNS, KINDS, write_wide

ROWS = 100_000
LONG = 1_000_000
TIMES = 8
ROUNDS = 5
AT_MOST = {"seconds_long": 0.5, "seconds_wide": 2.0, "growth": 1.1}
_ALL = "100000"
"""Seconds that a plan may take here, where all rows are to be seen."""


def ours(path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.parts.planned", str(path), _ALL]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def beside(path: Path, peers: PeerEnvironment, what: str) -> dict[str, float]:
    """Seconds of each; only ours where a peer cannot."""
    taken: dict[str, list[float]] = {"ours": []}
    cpu = []
    for _ in range(ROUNDS):
        mine = ours(path)
        taken["ours"].append(mine["seconds"])
        cpu.append(mine["cpu"])
        for name in plan_peers.SIDES:
            if (seconds := peers.seconds(name, str(path))) is not None:
                taken.setdefault(name, []).append(seconds)
    found = {name: statistics.median(each) for name, each in taken.items()}
    told = "  ".join(f"{name} {seconds:.2f} s" for name, seconds in found.items())
    told += f"  ours on the processor {statistics.median(cpu):.2f} s"
    print(f"{what:26} {told}", flush=True)
    return found


def peak(folder: Path, rows: int) -> float:
    """Of memory, in units of 10**6 bytes."""
    path = folder / "long.csv"
    module = "tests.bench.parts.import_inputs"
    # Elsewhere, for what that takes is not the plan's.
    subprocess.run([sys.executable, "-m", module, str(path), str(rows)], check=True)
    found = ours(path)
    assert found["rows"] == rows
    told = f"{found['seconds']:.1f} s  {found['megabytes']:.0f} MB"
    print(f"{rows:>9,} rows {'':12} {told}", flush=True)
    return found["megabytes"]


def measure(folder: Path) -> dict[str, float]:
    peers = PeerEnvironment(folder / "peers", plan_peers.PACKAGES, plan_peers.__file__)
    tables = {"long": write_csv(folder / "100k.csv", ROWS)}
    tables |= {
        name: write_wide(folder / f"{name}.csv", kinds) for name, kinds in KINDS.items()
    }
    found: dict[str, float] = {}
    for name, path in tables.items():
        what = f"{ROWS:,} rows" if name == "long" else f"{COLUMNS:,} columns, {name}"
        taken = beside(path, peers, what)
        mine = taken.pop("ours")
        found |= {f"{peer}_{name}": other / mine for peer, other in taken.items()}
        found[f"seconds_{name}"] = mine
    found["seconds_wide"] = max(found.pop(f"seconds_{name}") for name in KINDS)
    one, many = peak(folder, LONG), peak(folder, LONG * TIMES)
    return {**found, "growth": many / one, "megabytes": many}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        found = measure(Path(folder))
    summary.say("import_plan", found, at_most=AT_MOST)


if __name__ == "__main__":
    main()
