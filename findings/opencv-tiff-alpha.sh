#!/bin/bash
# OpenCV 4.14 and 5.0: of a TIFF "unchanged" is premultiplied, of the same picture as PNG not.
#
# Seen with opencv-python-headless 4.14.0.94 and 5.0.0.93, and Pillow 13.0.0: a TIFF whose
# alpha is not associated (ExtraSamples 2), 200, 30, 60 at alpha 128, is read with
# IMREAD_UNCHANGED as 100, 15, 30 at 128. The same picture as PNG comes as it was written,
# so what is read looks half as bright where nobody divides again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
cd "$folder"
cat >look.py <<'EOF'
import io

import cv2
import numpy
from PIL import Image


def read(kind):
    file = io.BytesIO()
    Image.new("RGBA", (4, 4), (200, 30, 60, 128)).save(file, kind)
    data = numpy.frombuffer(file.getvalue(), numpy.uint8)
    blue, green, red, alpha = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)[0, 0].tolist()
    return red, green, blue, alpha


tiff, png = read("TIFF"), read("PNG")
print(cv2.__version__, "TIFF", tiff, "PNG", png)
assert tiff == (100, 15, 30, 128), "this has changed"
assert png == (200, 30, 60, 128), "this has changed"
EOF
for version in 4.14.0.94 5.0.0.93; do
    "$folder/venv/bin/pip" install --quiet "opencv-python-headless==$version" pillow==13.0.0
    "$folder/venv/bin/python" look.py
done
