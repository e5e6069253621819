#!/bin/bash
# filetype 1.2.0 and puremagic 2.2.0 do not tell apart what we must tell apart.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install -q filetype==1.2.0 puremagic==2.2.0
"$folder/venv/bin/python" - <<'PY'
import io
import sys
import zipfile

import filetype
import puremagic


def by_filetype(data: bytes) -> str | None:
    return filetype.guess_mime(data)


def by_puremagic(data: bytes) -> str | None:
    try:
        found = puremagic.magic_string(data)
    except ValueError:
        return None
    return (found[0].mime_type or found[0].extension) if found else None


def brands(*names: bytes) -> bytes:
    size = (16 + 4 * len(names)).to_bytes(4, "big")
    return size + b"ftyp" + names[0] + bytes(4) + b"".join(names) + bytes(200)


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 100)
    return out.getvalue()


WANTED = {
    "JPEG XL": (bytes.fromhex("ff0a") + bytes(60), "image/jxl"),
    "BigTIFF": (b"II+\0\x08" + bytes(60), "image/tiff"),
    "SVG": (b'<?xml version="1.0"?>\n<svg xmlns="x"/>', "image/svg+xml"),
    "AVIF, mif1 first": (brands(b"mif1", b"avif", b"miaf"), "image/avif"),
    "AVIF sequence": (brands(b"avis", b"msf1"), "image/avif"),
    "HEIC, mif1 first": (brands(b"mif1", b"heic", b"miaf"), "image/heic"),
    "HEIC sequence": (brands(b"hevc", b"msf1"), "image/heic"),
    "Parquet": (b"PAR1" + bytes(200), "application/vnd.apache.parquet"),
    "Arrow": (b"ARROW1\0\0" + bytes(200), "application/vnd.apache.arrow.file"),
    "ZIP of CSV": (zipped("a.csv", "b.csv"), "application/zip"),
    "XLSB": (
        zipped("[Content_Types].xml", "xl/workbook.bin"),
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    ),
}
wrong = {"filetype": 0, "puremagic": 0}
for name, (data, wanted) in WANTED.items():
    told = {"filetype": by_filetype(data), "puremagic": by_puremagic(data)}
    for library, found in told.items():
        wrong[library] += found != wanted
    print(f"{name}: {told}")
print(f"wrong of {len(WANTED)}: {wrong}")
sys.exit(min(wrong.values()) < 4)
PY
