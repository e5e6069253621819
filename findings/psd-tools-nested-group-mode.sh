#!/bin/bash
# psd-tools 1.26: a group whose divider is of the nested kind loses its blend mode.
#
# Photoshop keeps kind and blend mode of groups deeper than five in a block "lsdk" in place
# of "lsct". Seen with psd-tools 1.26.0: the kind is taken from either block, so the tree
# is right; the mode from "lsct" alone, so a group that passes through is "normal", and
# what is in it no longer blends with what lies below: 200 becomes 0.
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
from psd_tools.constants import BlendMode, Tag
from psd_tools.psd.tagged_blocks import TaggedBlock

found = []
for tag in (Tag.SECTION_DIVIDER_SETTING, Tag.NESTED_SECTION_DIVIDER_SETTING):
    psd = PSDImage.new("RGB", (4, 4))
    psd.create_pixel_layer(Image.new("RGB", (4, 4), (200, 200, 200)), name="ground")
    group = psd.create_group(name="group")
    group.blend_mode = BlendMode.PASS_THROUGH
    layer = group.create_pixel_layer(Image.new("RGB", (4, 4)), name="black")
    layer.blend_mode = BlendMode.DIFFERENCE
    blocks = group._record.tagged_blocks
    setting = blocks.pop(Tag.SECTION_DIVIDER_SETTING).data
    blocks[tag] = TaggedBlock(key=tag, data=setting)
    psd.save("nested.psd")
    opened = PSDImage.open("nested.psd")
    pixel = opened.composite(force=True).convert("RGB").getpixel((0, 0))
    found.append((opened[1].kind, opened[1].blend_mode.name, pixel[0]))
print(found)
expected = [("group", "PASS_THROUGH", 200), ("group", "NORMAL", 0)]
assert found == expected, "this has changed"
EOF
