#!/bin/bash
# pdqhash 0.2.8 has no wheel for Linux and no types: who installs it needs a C++ compiler.
# Compiled, it gives the bits and the quality of our domain/analysis/pdq.py, faster.
# Needs .venv (`make bootstrap`), a compiler, and `DOCUMENTS`, a folder of PSD documents.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
for machine in x86_64 aarch64; do
    if "$folder/venv/bin/pip" download -q --no-deps --only-binary :all: \
        --python-version 312 --platform "manylinux_2_28_$machine" \
        --platform "manylinux2014_$machine" -d "$folder" pdqhash 2>/dev/null; then
        echo "There is a wheel for $machine by now"
        exit 1
    fi
    echo "no wheel for $machine"
done
"$folder/venv/bin/pip" install -q --no-deps --target "$folder/only" pdqhash==0.2.8
[ ! -e "$folder/only/pdqhash/py.typed" ] && echo "no types"
.venv/bin/python - "$folder/only" "$DOCUMENTS" <<'PY'
import statistics, sys, time
from pathlib import Path

import numpy as np
from psd_tools import PSDImage

from onemanage.imaging.domain.analysis.pdq import SIDE, pdq
from onemanage.imaging.domain.analysis.shrink import luma, shrunk

sys.path.append(sys.argv[1])
import pdqhash

images = []
for path in sorted(Path(sys.argv[2]).rglob("*.ps[db]")):
    try:
        image = PSDImage.open(path).topil()
    except Exception:  # some documents are damaged on purpose
        continue
    if image is not None and 64 <= min(image.size) <= max(image.size) <= 6000:
        pixels = shrunk(np.asarray(image.convert("RGB")), SIDE)
        images.append(np.ascontiguousarray(pixels))
    if len(images) == 60:
        break
same, ratios, large = 0, [], 0
for image in images:
    bits, quality = pdqhash.compute(image)
    own = "".join(f"{byte:02x}" for byte in np.packbits(bits.astype(bool)))
    same += (own, quality) == pdq(luma(image))
    if max(image.shape) < 400:
        continue
    large += 1
    for _ in range(9):
        began = time.process_time()
        pdq(luma(image))
        middle = time.process_time()
        pdqhash.compute(image)
        ratios.append((middle - began) / (time.process_time() - middle))
print(f"same bits and quality: {same} of {len(images)}")
print(f"ours / theirs, CPU, {large} of 400 pixels and more: {statistics.median(ratios):.2f}")
sys.exit(same != len(images))
PY
