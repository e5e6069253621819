#!/bin/bash
# Pillow 13: a BMP of a transparent picture has four bytes a pixel and loses its alpha.
#
# Seen with Pillow 13.0.0 and opencv-python-headless 4.14.0.94: an RGBA picture is written
# with 32 bits a pixel, the alpha in every fourth byte, under a header of 40 bytes that
# tells of no alpha. Neither Pillow itself nor OpenCV reads it again. OpenCV writes the
# longer header with a mask for alpha, and both read that.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet pillow==13.0.0 opencv-python-headless==4.14.0.94 numpy==2.5.5
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io

import cv2
import numpy as np
from PIL import Image

pixels = np.full((4, 4, 4), (10, 20, 30, 77), np.uint8)
file = io.BytesIO()
Image.fromarray(pixels).save(file, "BMP")
ours = file.getvalue()
theirs = cv2.imencode(".bmp", pixels)[1].tobytes()
seen = []
for data in (ours, theirs):
    header, bits = int.from_bytes(data[14:18], "little"), int.from_bytes(data[28:30], "little")
    back = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    start = int.from_bytes(data[10:14], "little")
    seen.append((header, bits, data[start + 3], Image.open(io.BytesIO(data)).mode, back.shape[2]))
print("header, bits, fourth byte, mode in Pillow, channels in OpenCV:", seen)
assert seen[0] == (40, 32, 77, "RGB", 3), "this has changed"
assert seen[1][1:] == (32, 77, "RGBA", 4), "this has changed"
EOF
