#!/bin/bash
# imagecodecs 2026.10: a 16-bit picture that is written with 10 bits is nearly all white.
#
# Seen with imagecodecs 2026.10.10: bitspersample=10 says how the samples are to be read
# and does not convert them, and nothing refuses those that are larger. Of a ramp over
# all 16 bits, 63 of 64 steps come back from AVIF and JPEG XL as 1023. Without it JPEG XL
# keeps all 16 bits, and AVIF, which has none, refuses.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet imagecodecs==2026.10.10 numpy==2.5.5
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import imagecodecs
import numpy as np

ramp = np.linspace(0, 65535, 64).astype(np.uint16)
picture = np.repeat(np.tile(ramp, (16, 1))[..., None], 3, axis=2)
seen = {}
for name, level in (("avif", 100), ("jpegxl", None)):
    encode = getattr(imagecodecs, f"{name}_encode")
    decode = getattr(imagecodecs, f"{name}_decode")
    row = decode(encode(picture, level=level, bitspersample=10))[8, :, 0]
    seen[name] = (int(row.max()), int((row == 1023).sum()))
whole = imagecodecs.jpegxl_decode(imagecodecs.jpegxl_encode(picture))[8, -1, 0]
print("largest value, steps of 64 that have it:", seen, "without:", whole)
assert seen == {"avif": (1023, 63), "jpegxl": (1023, 63)}, "this has changed"
assert whole == 65535, "this has changed"
EOF
