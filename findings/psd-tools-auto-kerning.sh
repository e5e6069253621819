#!/bin/bash
# psd-tools 1.26: whether kerning is the font's own is asked by a name that no file has.
#
# Photoshop's engine data say /AutoKerning; CharacterStyle.auto_kerning reads AutoKern.
# Seen with psd-tools 1.26.0: text whose kerning was set by hand is told as kerned by
# its font.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet "psd-tools==1.26.0"
"$folder/venv/bin/python" - <<'EOF'
from psd_tools.api.typesetting import CharacterStyle

by_hand = CharacterStyle({"AutoKerning": False, "Kerning": 50}, ())
print(by_hand.auto_kerning, by_hand.kerning)
assert by_hand.auto_kerning is True, "this has changed"
EOF
