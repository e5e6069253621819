#!/bin/bash
# Lock every project again. What is locked already stays, unless a pyproject.toml forbids it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/pdm.sh

for project in libs/* services/* infra/local .; do
    echo "Locking $project"
    VIRTUAL_ENV=$PWD/.venv "$pdm" lock --quiet --update-reuse --project "$project"
    [ "$project" = . ] || rm -rf "$project/.pdm-python" "$project/.venv"
done
