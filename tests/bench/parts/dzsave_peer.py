"""libvips' dzsave on one picture, in an environment that has pyvips; prints JSON."""

import json
import shutil
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any


def peak() -> float:
    """Megabytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("the process has no VmHWM")


def main(source: str, suffix: str, out: str, runs: str) -> None:
    pyvips: Any = import_module("pyvips")  # which is in that environment alone

    def work() -> None:
        shutil.rmtree(out, ignore_errors=True)
        image = pyvips.Image.new_from_file(source, access="sequential")
        image.dzsave(out, layout="iiif3", tile_size=512, overlap=0, suffix=suffix)

    base = peak()
    work()
    begun = time.process_time()
    for _ in range(int(runs)):
        work()
    cpu = (time.process_time() - begun) / int(runs)
    shutil.rmtree(out)
    print(json.dumps({"cpu": cpu, "base": base, "peak": peak()}))


if __name__ == "__main__":
    main(*sys.argv[2:])
