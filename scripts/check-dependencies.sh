#!/bin/sh
# Each lib and service declares exactly the packages that it imports.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
failed=0

for project in libs/*/pyproject.toml services/*/pyproject.toml infra/local/pyproject.toml; do
    project=$(dirname "$project")
    echo "$project"
    (cd "$project" && "$root/.venv/bin/deptry" --no-ansi src) || failed=1
done
exit "$failed"
