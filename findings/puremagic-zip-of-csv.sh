#!/bin/bash
# puremagic 2.2.0: a ZIP of two CSV files is a Word document.
#
# An archive that Python's zipfile has just written, of two small CSV files, is told to be
# application/vnd.openxmlformats-officedocument.wordprocessingml.document, before any
# other guess; its own members are not looked at. filetype 1.2.0 says application/zip.
# Who routes uploads by the first guess hands spreadsheets' exports to a text processor.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install -q filetype==1.2.0 puremagic==2.2.0
"$folder/venv/bin/python" - <<'PY'
import io
import zipfile

import filetype
import puremagic

out = io.BytesIO()
with zipfile.ZipFile(out, "w") as archive:
    archive.writestr("orders.csv", "id,total\n1,9.50\n")
    archive.writestr("customers.csv", "id,name\n1,Example\n")
first = puremagic.magic_string(out.getvalue())[0]
other = filetype.guess_mime(out.getvalue())
print(f"puremagic {first.mime_type} {first.extension}, filetype {other}")
assert first.extension == ".docx", first
assert other == "application/zip", other
PY
