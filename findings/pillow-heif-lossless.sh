#!/bin/bash
# pillow-heif 1.8: quality=-1 is called lossless, and pixels change.
#
# Seen with pillow-heif 1.8.1: quality=-1 asks libheif for lossless coding. Pure red
# comes back as 254, since RGB still passes through YCbCr, and of a 16-bit grey picture
# only ten bits are kept: values differ by up to 48.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet pillow-heif==1.8.1 pillow==13.0.0 numpy==2.5.5
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io

import numpy
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()


def there_and_back(image):
    file = io.BytesIO()
    image.save(file, "HEIF", quality=-1)
    return Image.open(io.BytesIO(file.getvalue()))


red = there_and_back(Image.new("RGB", (64, 64), (255, 0, 0))).getpixel((9, 9))
ramp = numpy.arange(64 * 64, dtype=numpy.uint16).reshape(64, 64) * 16
back = numpy.asarray(there_and_back(Image.fromarray(ramp))).astype(int)
off = int(abs(back - ramp).max())
print("red", red, "16 bit, off by", off)
assert red == (254, 0, 0), "this has changed"
assert off == 48, "this has changed"
EOF
