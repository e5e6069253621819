"""What elastic compute costs, and how soon it is there.

    make bench NAME=elastic

Each of PARTS is a module of parts/ with ``measured(folder)``, which gives figures by
name, ``ratios(figures)``, and the targets AT_MOST or AT_LEAST of those. `PART` names one
of them alone.

- elastic_reconciler: one look at 1,000 groups that run and 3,000 that ended today, on
  real NATS and PostgreSQL: milliseconds of processor time of this process, and MB that
  it has grown by in fifty looks.
- elastic_workers: 400 tasks of 0.5 s on one worker that grows to four, beside four that
  were there from the start: the time of both, seconds until the last group has left
  beyond the time that it may idle, and how long groups ran for what they did.
"""

import json
import os
import tempfile
from pathlib import Path

from tests.bench.parts import elastic_reconciler, elastic_workers, summary

PARTS = {"reconciler": elastic_reconciler, "workers": elastic_workers}


def main() -> None:
    found: dict[str, float] = {}
    ratios: dict[str, float] = {}
    at_most: dict[str, float] = {}
    at_least: dict[str, float] = {}
    only = os.environ.get("PART")
    for name, part in PARTS.items():
        if only in (None, name):
            with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
                figures = part.measured(Path(folder))
            found |= figures
            ratios |= part.ratios(figures)
            at_most |= getattr(part, "AT_MOST", {})
            at_least |= getattr(part, "AT_LEAST", {})
    print(
        json.dumps({name: round(value, 2) for name, value in found.items()}, indent=2)
    )
    summary.say("elastic", ratios, at_most=at_most, at_least=at_least)


if __name__ == "__main__":
    main()
