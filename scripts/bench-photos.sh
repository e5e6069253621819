#!/bin/bash
# Fetch the photos that `make bench NAME=background` puts behind its products.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/pdm.sh

[ ! -d .make/photos ] || exit 0
wheel=$(mktemp -d)
trap 'rm -rf "$wheel"' EXIT
"$uv" pip install --quiet --python .venv --target "$wheel" --no-deps \
    --require-hashes --requirements tests/bench/photos.txt
mkdir -p .make/photos/skimage
mv "$wheel/skimage/data" .make/photos/skimage/data
