#!/bin/bash
# Every test. What starts whole processes and watches how they live runs alone; the rest
# runs in as many processes as there are cores, each with servers of its own.
set -uo pipefail
cd "$(dirname "$0")/.."
alone=(infra tests/e2e tests/faults)
beside=(libs services tests/contract)
status=0

.venv/bin/python -m pytest -n auto --dist loadfile --durations 15 "${beside[@]}" || status=$?
.venv/bin/python -m pytest --durations 15 "${alone[@]}" || status=$?
exit "$status"
