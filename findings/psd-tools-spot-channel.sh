#!/bin/bash
# psd-tools 1.26: the only spot channel of a document is taken for its transparency.
#
# A merged image may have a channel past its colours that is no alpha: DisplayInfo (1077)
# says by a kind of 2 that it is a spot channel, and the file has no channel ids (1053)
# and no layers. Seen with psd-tools 1.26.0: topil() gives RGBA, so that the image is
# clear where there is ink, here all of it; with ids it is not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet "psd-tools==1.26.0"
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import struct

from psd_tools import PSDImage

RED = struct.pack(">5H", 0, 65535, 0, 0, 0)
SPOT = struct.pack(">I", 1) + RED + struct.pack(">HB", 0, 2)


def block(key: int, data: bytes) -> bytes:
    return struct.pack(">4sHHI", b"8BIM", key, 0, len(data)) + data + bytes(len(data) % 2)


found = []
for resources in (block(1077, SPOT), block(1077, SPOT) + block(1053, struct.pack(">I", 3))):
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 4, 1, 1, 8, 3)
    body = bytes(4) + struct.pack(">I", len(resources)) + resources + bytes(4)
    with open("spot.psd", "wb") as file:
        file.write(head + body + b"\0\0" + bytes([10, 20, 30, 0]))
    image = PSDImage.open("spot.psd").topil()
    found.append((image.mode, image.getpixel((0, 0))))
print(found)
assert found == [("RGBA", (10, 20, 30, 0)), ("RGB", (10, 20, 30))], "this has changed"
EOF
