#!/bin/bash
# psd-tools 1.26: the colour of a new CMYK or RGBA document is not the one given.
#
# Seen with psd-tools 1.26.0: PSDImage.new("RGB", ..., color) has the colour that was
# given. In "CMYK" each ink is the opposite, so that red comes out as cyan with black;
# in "RGBA" the colours are 0 and only the alpha is kept.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet psd-tools==1.26.0
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
from psd_tools import PSDImage


def first(mode, colour):
    return PSDImage.new(mode, (4, 4), color=colour).topil().getpixel((0, 0))


found = (
    first("RGB", (10, 20, 30)),
    first("CMYK", (0, 255, 255, 0)),
    first("RGBA", (10, 20, 30, 40)),
)
print(found)
assert found == ((10, 20, 30), (255, 0, 0, 255), (0, 0, 0, 40)), "this has changed"
EOF
