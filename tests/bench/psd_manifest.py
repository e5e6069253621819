"""How soon the tree and all details of a large document are known.

    make bench NAME=psd_manifest

From the file to the encoded manifest: what an event with the first result needs. The
document is made here, over 280 MB; it is in the page cache. Beside it, in the same
run, psd-tools' open alone, and ag-psd without image data where node is there. Each
side runs in a process of its own and says the seconds after its imports, the least of
three; a ratio is to its target, or of psd-tools' seconds by ours.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from psd_tools import PSDImage

from onemanage.psd.domain.details import (
    Surroundings,
    document_details,
    layer_details,
)
from onemanage.psd.domain.document import Limits
from onemanage.psd.domain.layers import tree, values
from onemanage.psd.domain.read import open_document, quiet
from onemanage.psd.domain.render import unsupported
from tests.bench.parts import summary
from tests.bench.parts.psd_inputs import MEGABYTE, of_size
from tests.bench.parts.psd_peers import AgPsd
from tests.bench.psd_export import peak

MEGABYTES = 280
ROUNDS = 3
AT_MOST = {"seconds": 1.0}


def manifest(path: Path) -> None:
    """All that a manifest holds but images."""
    with quiet():
        document = open_document(path, Limits())
        nodes = tree(document)
        ids = {id(node.layer): node.layer_id for node in nodes}
        around = Surroundings.of(document)
        for node in nodes:
            found = values(node), layer_details(node.layer, ids, around)
            msgspec.json.encode((*found, unsupported(node.layer)))
        msgspec.json.encode(document_details(document, nodes))


def opened(path: Path) -> None:
    with quiet():
        PSDImage.open(path)


SIDES: dict[str, Callable[[Path], None]] = {"ours": manifest, "psd-tools": opened}


def run_side(name: str, path: Path) -> None:
    wall, cpu = time.monotonic(), time.process_time()
    SIDES[name](path)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    print(json.dumps([wall, cpu, peak()]))


def side(name: str, path: Path) -> list[float]:
    """Wall seconds, CPU seconds, megabytes."""
    module = "tests.bench.psd_manifest"
    command = [sys.executable, "-m", module, "--side", name, str(path)]
    rounds = []
    for _ in range(ROUNDS):
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        rounds.append(json.loads(done.stdout))
    best: list[float] = min(rounds)
    print(
        f"{name:<10} {best[0]:6.3f} s  CPU {best[1]:6.3f} s  memory {best[2]:5.0f} MB",
        flush=True,
    )
    return best


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", nargs=2, metavar=("SIDE", "FILE"))
    options = parser.parse_args()
    if options.side:
        run_side(options.side[0], Path(options.side[1]))
        return
    with tempfile.TemporaryDirectory(prefix="onemanage-bench-") as temporary:
        folder = Path(temporary)
        path = of_size(folder / "large.psd", MEGABYTES)
        path.read_bytes()
        print(f"{path.stat().st_size / MEGABYTE:.0f} MB")
        ours, theirs = side("ours", path), side("psd-tools", path)
        peer = AgPsd(folder / "ag-psd")
        if seconds := peer.manifest(path):
            print(f"{'ag-psd':<10} CPU {seconds:.3f} s, image data skipped")
    if peer.missing:
        print(peer.missing)
    found = {"seconds": ours[0], "psd_tools_open_by_ours": theirs[0] / ours[0]}
    summary.say("psd_manifest", found, at_most=AT_MOST, places=3)


if __name__ == "__main__":
    main()
