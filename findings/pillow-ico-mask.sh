#!/bin/bash
# Pillow 13: an icon it writes of an opaque picture comes back with transparent rows.
#
# Seen with Pillow 13.0.0: of bitmaps in an ICO, rows of the mask end at four bytes, which
# its reader expects. Its writer ends them at one: 40 pixels take 5 bytes in place of 8.
# The reader then takes the last bytes of the picture for mask, and 600 of a white
# one are clear.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet pillow==13.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io

from PIL import Image

file = io.BytesIO()
image = Image.new("RGB", (40, 40), (255, 255, 255))
image.save(file, "ICO", sizes=[(40, 40)], bitmap_format="bmp")
data = file.getvalue()
picture = 22 + 40 + 40 * 40 * 3
back = Image.open(io.BytesIO(data)).convert("RGBA").getchannel("A")
clear = sum(level < 255 for level in back.tobytes())
print("bytes of mask", len(data) - picture, "clear pixels", clear)
assert len(data) - picture == 200, "this has changed"
assert clear == 600, "this has changed"
EOF
