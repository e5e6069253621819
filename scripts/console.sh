#!/bin/bash
# Build the console into .make/console/dist, unless what is there is of the same sources
# and the same description of the API. `types`: only what an editor and the checks need.
set -euo pipefail
cd "$(dirname "$0")/.."
place=.make/console
mkdir -p "$place"

# Two that build at once, as two tests do, would write the same files.
exec 9>"$place/lock"
flock 9

files() { git ls-files --cached --others --exclude-standard -- "$@" | tr '\n' '\0'; }
stamp() { xargs -0 sha256sum 2>/dev/null | sha256sum; }

# What the description follows from: to make it takes seconds, to look at this a tenth.
described=$(files services/gateway/src libs/contracts/src scripts/openapi.py | stamp)
if [ "$(cat "$place/described" 2>/dev/null)" != "$described" ]; then
    .venv/bin/python scripts/openapi.py >"$place/openapi.new"
    cmp --silent "$place/openapi.new" "$place/openapi.json" ||
        cp "$place/openapi.new" "$place/openapi.json"
    echo "$described" >"$place/described"
fi

build() { .venv/bin/python services/console/build.py "$place/openapi.json" "$place/dist" "$@"; }
if [ "${1:-}" = types ]; then
    build --types
    exit
fi
wanted=$(files services/console | stamp; sha256sum "$place/openapi.json")
if [ "$(cat "$place/built" 2>/dev/null)" = "$wanted" ] && [ -f "$place/dist/index.html" ]; then
    exit 0
fi
build
echo "$wanted" >"$place/built"
