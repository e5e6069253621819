#!/bin/bash
# puremagic 2.2.0: the media type of a JPEG 2000 picture is that of a JPEG.
#
# Seen with puremagic 2.2.0 and Pillow 13.0.0: a picture that Pillow has just written as
# JP2 has the right ending, .jp2, and the type image/jpeg, which nothing but the first
# guess has: the next ones are image/jp2. No reader of JPEG can read it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet puremagic==2.2.0 pillow==13.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io

import puremagic
from PIL import Image

file = io.BytesIO()
Image.new("RGB", (16, 16), "teal").save(file, "JPEG2000")
data = file.getvalue()
found = [
    (each.extension, each.mime_type) for each in puremagic.magic_string(data)
]
print(puremagic.from_string(data, mime=True), found)
assert puremagic.from_string(data, mime=True) == "image/jpeg", "this has changed"
assert found[0] == (".jp2", "image/jpeg"), "this has changed"
assert "image/jp2" in {kind for _, kind in found[1:]}, "this has changed"
EOF
