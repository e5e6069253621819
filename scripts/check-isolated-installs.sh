#!/bin/bash
# Install each service alone, from its own lock, into an empty environment; start it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/pdm.sh

# An address or a machine's path in a lock would bind everyone to it.
if grep -nE '(file|https?)://[^$]|"/' pdm.lock {libs,services}/*/pdm.lock infra/local/pdm.lock |
    grep -v 'file:///\${PROJECT_ROOT}' | grep -v ':summary = '; then
    echo "The locks above hold an address or an absolute path: lock again with make lock" >&2
    exit 1
fi

environments=$(mktemp -d)
trap 'rm -rf "$environments"' EXIT
for project in services/*; do
    service=$(basename "$project")
    environment=$environments/$service
    .venv/bin/python -m venv --without-pip "$environment"
    install "$environment" "$project" default --no-editable --prod
    for command in "$environment/bin/onemanage-$service"*; do
        "$command" --help >"$environments/help" 2>&1 || {
            cat "$environments/help" >&2
            echo "$(basename "$command") does not start from $project/pdm.lock alone" >&2
            exit 1
        }
        echo "$(basename "$command") starts from $project/pdm.lock alone"
    done
done
