"""What figures cost.

    make bench NAME=metrics

No-op tasks by this process's own processor time, with figures and a page asked for every
second, to the same without any counting; and the time of a page (parts/elastic_metrics.py).
"""

import tempfile
from pathlib import Path

import uvloop

from .parts import elastic_metrics, receiver, summary


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as folder:
        with receiver.quiet():
            found = uvloop.run(elastic_metrics.measure(Path(folder)))
    summary.say(
        "metrics",
        found,
        at_least=elastic_metrics.AT_LEAST,
        at_most=elastic_metrics.AT_MOST,
        places=4,
    )


if __name__ == "__main__":
    main()
