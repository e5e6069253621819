#!/bin/bash
# onnxruntime 1.32: importing it writes files and asks who is listening.
#
# Seen with the wheel of onnxruntime 1.32.0 for Linux: the import alone, with no model
# and no session, leaves files in TMPDIR or below HOME, for telemetry is switched on.
# With ORT_DISABLE_TELEMETRY=1 in the environment before the import, there are none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet onnxruntime==1.32.0
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import os
import subprocess
import sys
from pathlib import Path


def left_behind(name, **more):
    folder = Path.cwd() / name
    places = {key: str(folder / key) for key in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    for place in places.values():
        Path(place).mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-c", "import onnxruntime"],
        env={"PATH": os.environ["PATH"], **places, **more},
        check=True,
    )
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


plain, told = left_behind("plain"), left_behind("told", ORT_DISABLE_TELEMETRY="1")
print(plain, told)
assert plain, "this has changed"
assert not told, "this has changed"
EOF
