#!/bin/bash
# fastexcel 0.21: numbers read as text keep nine decimals.
#
# Seen with fastexcel 0.21.0: with dtypes="string", a cell of 2.5e-9 is "0.000000003",
# and 4e-10 is "0", without a warning; asked for floats the same cells are exact.
# Columns that mix numbers and words are read as text by themselves, so they lose digits
# too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet fastexcel==0.21.0 polars==2.1.0 xlsxwriter==3.3.1 pyarrow==26.0.1
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import io

import fastexcel
import xlsxwriter

NUMBERS = [2.5e-9, 4e-10]


def column(values, **options):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet("a").write_column(0, 0, ["n", *values])
    sheet = fastexcel.read_excel(file.getvalue()).load_sheet(0, **options)
    return sheet.to_polars()["n"].to_list()


as_text = column(NUMBERS, dtypes="string")
mixed = column([*NUMBERS, "none"])
as_floats = column(NUMBERS)
print(as_text, mixed, as_floats)
assert as_text == ["0.000000003", "0"], "this has changed"
assert mixed == [*as_text, "none"], "this has changed"
assert as_floats == NUMBERS, "this has changed"
EOF
