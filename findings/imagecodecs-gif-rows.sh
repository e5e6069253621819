#!/bin/bash
# imagecodecs 2026.10: a colour picture written as GIF becomes a film of its own rows.
#
# Seen with imagecodecs 2026.10.10 and Pillow 13.0.0: gif_encode takes an array of 32 rows,
# 48 columns and three colours for 32 frames of 48 rows and three columns, and says
# nothing. Its other encoders (PNG, WebP, AVIF, QOI) take the same array for the picture.
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

picture = numpy.full((32, 48, 3), (200, 30, 30), numpy.uint8)
film = Image.open(io.BytesIO(imagecodecs.gif_encode(picture)))
still = Image.open(io.BytesIO(imagecodecs.png_encode(picture)))
print("GIF", film.size, film.n_frames, "frames; PNG", still.size)
assert (film.size, film.n_frames) == ((3, 48), 32), "this has changed"
assert still.size == (48, 32), "this has changed"
EOF
