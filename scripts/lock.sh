#!/bin/bash
# Lock every project again. What is locked already stays, unless a pyproject.toml forbids it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/pdm.sh

for project in {libs,services}/*/pyproject.toml infra/local/pyproject.toml ./pyproject.toml; do
    project=$(dirname "$project")
    echo "Locking $project"
    groups=()
    [ "$project" != libs/client ] || groups=(--group :all) # its extras are for its users
    # From within: a project without a lock yet finds its siblings by relative paths.
    (VIRTUAL_ENV=$PWD/.venv && export VIRTUAL_ENV && cd "$project" \
        && "$pdm" lock --quiet --update-reuse "${groups[@]}")
    [ "$project" = . ] || rm -rf "$project/.pdm-python" "$project/.venv"
done
