#!/bin/bash
# psd-tools 1.26: a curve that was drawn with the pencil is read, and cannot be composed.
#
# A curves adjustment holds points, or for each channel a table of 256 levels. Seen with
# psd-tools 1.26.0: both are read from the file; composite() takes the numbers of a table
# for points and raises a TypeError, for the whole document. Without the "Crv " marker
# that follows them in most files, points and tables alike change nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet "psd-tools[composite]==1.26.0"
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Tag
from psd_tools.psd.adjustments import Curves, CurvesExtraItem, CurvesExtraMarker
from psd_tools.psd.tagged_blocks import TaggedBlock

table, points = list(range(255, -1, -1)), [(255, 0), (0, 255)]
found = []
for is_map, marked in ((False, True), (True, True), (False, False), (True, False)):
    curve = table if is_map else points
    marker = CurvesExtraMarker(version=4, items=[CurvesExtraItem(0, curve)])
    psd = PSDImage.new("RGB", (4, 4))
    psd.create_pixel_layer(Image.new("RGB", (4, 4), (40, 40, 40)), name="ground")
    layer = psd.create_pixel_layer(Image.new("RGBA", (1, 1)), name="curves")
    record = layer._record
    record.right, record.bottom = record.left, record.top
    for channel in layer._channels:
        channel.data = b""
    data = Curves(is_map, 1, 1, [curve], marker if marked else None)
    record.tagged_blocks[Tag.CURVES] = TaggedBlock(key=Tag.CURVES, data=data)
    psd.save("curves.psd")
    opened = PSDImage.open("curves.psd")
    try:
        image = opened.composite(force=True).convert("RGB")
        found.append(image.getpixel((0, 0))[0])
    except Exception as error:
        found.append(type(error).__name__)
print(found)
assert found == [215, "TypeError", 40, 40], "this has changed"
EOF
