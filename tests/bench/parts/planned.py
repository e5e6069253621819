"""One plan of one file, in a process of its own: how long, how much memory.

    python -m tests.bench.parts.planned FILE SECONDS

The second plan counts for time, as a service's child has everything loaded. It prints
JSON: seconds of the clock and of the processor, rows seen, and the peak of resident memory in units of 10**6 bytes.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from onemanage.contracts.imports.plans import Plan
from onemanage.data_import.domain.planning.planned_file import PlannedFile
from onemanage.data_import.domain.planning.planning import make_plan


def planned(path: Path, seconds: float) -> Plan:
    return make_plan([PlannedFile("f", path, path.name)], seconds=seconds)


def _peak() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return int(fields["VmHWM"].split()[0]) * 1024 / 1e6


def main() -> None:
    path, seconds = Path(sys.argv[1]), float(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.csv"
        small.write_text("id,day,price\n1,2024-01-31,1.50\n2,2024-02-01,n/a\n")
        planned(small, seconds)
    started, cpu = time.perf_counter(), time.process_time()
    (findings,) = planned(path, seconds).findings
    made = {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "rows": findings.rows,
        "megabytes": _peak(),
    }
    print(json.dumps(made))


if __name__ == "__main__":
    main()
