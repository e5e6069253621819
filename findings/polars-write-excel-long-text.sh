#!/bin/bash
# polars 2.1: write_excel cuts text after 32,767 characters and says nothing.
#
# Seen with polars 2.1.0 and XlsxWriter 3.3.1: a cell of Excel holds 32,767 characters.
# XlsxWriter refuses a longer one by a return value; polars writes the first 32,767 and
# neither raises nor warns, so that a text of 40,000 comes back shorter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet polars==2.1.0 xlsxwriter==3.3.1 fastexcel==0.21.0 pyarrow==26.0.1
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io
import warnings

import polars

warnings.simplefilter("error")
file = io.BytesIO()
polars.DataFrame({"text": ["x" * 40_000]}).write_excel(file)
back = polars.read_excel(file, engine="calamine")["text"][0]
print(len(back))
assert len(back) == 32_767, "this has changed"
EOF
