#!/bin/bash
# imagecodecs 2026.10: WebP cannot be written at its own largest side.
#
# WebP, and libwebp with it, takes sides up to 16,383 pixels. Seen with imagecodecs
# 2026.10.10: webp_encode takes 16,382 and calls the shape or type of an array of 16,383
# invalid, while webp_decode reads such a picture that Pillow 13.0.0 has written.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet imagecodecs==2026.10.10 numpy==2.5.5 pillow==13.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io

import imagecodecs
import numpy as np
from PIL import Image


def written(width: int) -> str:
    try:
        imagecodecs.webp_encode(np.zeros((2, width, 3), np.uint8))
    except Exception as error:
        return str(error)
    return "written"


by_pillow = io.BytesIO()
Image.new("RGB", (16_383, 2)).save(by_pillow, "WEBP")
read = imagecodecs.webp_decode(by_pillow.getvalue()).shape
seen = {width: written(width) for width in (16_382, 16_383)}
print("written:", seen, "read:", read)
assert seen[16_382] == "written", "this has changed"
assert "invalid data shape" in seen[16_383], "this has changed"
assert read == (2, 16_383, 3), "this has changed"
EOF
