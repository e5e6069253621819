#!/bin/bash
# simplejpeg 1.9: the inks of a CMYK JPEG come out inverted, beside Pillow's.
#
# Seen with simplejpeg 1.9.0 and Pillow 13.0.0: Pillow writes pure red as C=0 M=255
# Y=255 K=0, as Adobe's programs do with inverted numbers and an APP14 marker, and reads
# the same numbers back. simplejpeg, asked for CMYK, gives 255 minus each, and leaves
# the marker to its caller; nothing in its answer says that there was one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet simplejpeg==1.9.0 pillow==13.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io

import simplejpeg
from PIL import Image

file = io.BytesIO()
Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(file, "JPEG", quality=100)
pillow = Image.open(io.BytesIO(file.getvalue())).getpixel((0, 0))
other = tuple(simplejpeg.decode_jpeg(file.getvalue(), "CMYK")[0, 0].tolist())
print("Pillow", pillow, "simplejpeg", other)
assert pillow == (0, 255, 255, 0), "this has changed"
assert other == (255, 0, 0, 255), "this has changed"
EOF
