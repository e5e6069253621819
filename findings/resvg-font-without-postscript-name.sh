#!/bin/bash
# resvg-py 0.5: a font without a PostScript name draws nothing, and nobody is told.
#
# Seen with resvg-py 0.5.0: of two fonts that differ in the name of id 6 alone, the one
# that has it draws its square. With the other the text is left out and no error is
# raised; its debug log blames the family name, which is there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet resvg-py==0.5.0 fonttools==4.68.0 pillow==13.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io

import resvg_py
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
    '<text x="0" y="40" font-size="40" font-family="Square">A</text></svg>'
)


def square_font(path: str, names: dict[str, str]) -> None:
    pen = TTGlyphPen(None)
    for number, point in enumerate([(0, 0), (0, 1000), (1000, 1000), (1000, 0)]):
        pen.lineTo(point) if number else pen.moveTo(point)
    pen.closePath()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({65: "A"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "A": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "A": (1000, 0)})
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupNameTable(names)
    builder.setupOS2(sTypoAscender=1000, usWinAscent=1000)
    builder.setupPost()
    builder.save(path)


def black(path: str) -> int:
    drawn = resvg_py.svg_to_bytes(svg_string=SVG, font_files=[path], skip_system_fonts=True)
    alpha = Image.open(io.BytesIO(bytes(drawn))).convert("RGBA").getchannel("A")
    return sum(alpha.histogram()[200:])


both = {"familyName": "Square", "styleName": "Regular"}
square_font("with.ttf", both | {"psName": "Square-Regular"})
square_font("without.ttf", both)
seen = {name: black(f"{name}.ttf") for name in ("with", "without")}
print("pixels that are drawn:", seen)
assert seen["with"] > 1000 and seen["without"] == 0, "this has changed"
EOF
