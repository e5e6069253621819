#!/bin/bash
# Pillow 13: an MPO whose EXIF has a camera's directory alone is one picture, without EXIF.
#
# Seen with Pillow 13.0.0: save("MPO", append_images=…, exif=…) of an Image.Exif that has
# tags in its Exif directory and none of its own. Such an object is as long as an empty
# one, so its bytes are written and not counted, and the index of the pictures is put over
# them. The file opens as a JPEG of one frame and has no EXIF. The bytes of the same
# object, exif.tobytes(), give both.
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

from PIL import ExifTags, Image

exif = Image.Exif()
exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ISOSpeedRatings] = 200
first, second = Image.new("RGB", (64, 48), "red"), Image.new("RGB", (64, 48), "blue")


def seen(given: object) -> tuple[str | None, int, object]:
    file = io.BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second], exif=given)
    with Image.open(io.BytesIO(file.getvalue())) as found:
        camera = found.getexif().get_ifd(ExifTags.IFD.Exif)
        frames = getattr(found, "n_frames", 1)
        return found.format, frames, camera.get(ExifTags.Base.ISOSpeedRatings)


as_object, as_bytes = seen(exif), seen(exif.tobytes())
print("format, frames, ISO speed:", as_object, "by its bytes:", as_bytes)
assert as_bytes == ("MPO", 2, 200), "this has changed"
assert as_object == ("JPEG", 1, None), "this has changed"
EOF
