#!/bin/bash
# imagecodecs 2026.10: a BMP of gray with alpha is written, and cannot be read.
#
# Seen with imagecodecs 2026.10.10 and Pillow 13.0.0: bmp_encode takes an array of two
# channels without a word, and what it gives is refused by its own decoder and by Pillow.
# webp_encode and qoi_encode refuse the same array; PNG has it whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet imagecodecs==2026.10.10 pillow==13.0.0 numpy==2.4.1
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io

import imagecodecs
import numpy
from PIL import Image

picture = numpy.full((32, 48, 2), (90, 200), numpy.uint8)
written = bytes(imagecodecs.bmp_encode(picture))


def outcome(read):
    try:
        read()
    except Exception as error:
        return type(error).__name__
    return "read"


found = (
    outcome(lambda: imagecodecs.bmp_decode(written)),
    outcome(lambda: Image.open(io.BytesIO(written)).load()),
    outcome(lambda: imagecodecs.qoi_encode(picture)),
)
print(len(written), "bytes;", *found)
assert found == ("BmpError", "OSError", "ValueError"), "this has changed"
whole = imagecodecs.png_decode(imagecodecs.png_encode(picture))
assert (whole == picture).all(), "this has changed"
EOF
