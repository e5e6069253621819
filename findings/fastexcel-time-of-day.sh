#!/bin/bash
# fastexcel 0.21: a time of day is a moment of 1899, while a duration is a duration.
#
# Seen with fastexcel 0.21.0: noon in the format hh:mm comes as 1899-12-31 12:00, a
# datetime; 36 hours in [h]:mm come as a duration. The day numbers 59 and 60, which
# Excel shows as 28 and 29 February 1900, are both 28 February.
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


def cells(values, shown):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        style = book.add_format({"num_format": shown})
        sheet = book.add_worksheet("a")
        sheet.write(0, 0, "t")
        for row, value in enumerate(values, 1):
            sheet.write(row, 0, value, style)
    read = fastexcel.read_excel(file.getvalue()).load_sheet(0).to_polars()["t"]
    return [str(value) for value in read.to_list()]


noon, long = cells([0.5], "hh:mm"), cells([1.5], "[h]:mm")
days = cells([59, 60, 61], "yyyy-mm-dd")
print(noon, long, days)
assert noon == ["1899-12-31 12:00:00"], "this has changed"
assert long == ["1 day, 12:00:00"], "this has changed"
assert [day[:10] for day in days] == ["1900-02-28", "1900-02-28", "1900-03-01"], (
    "this has changed"
)
EOF
