#!/bin/bash
# Install each service alone, from its own lock, into an empty environment; start it.
# The client, too, which lives in other people's: with each Python that is at hand.
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
for project in services/*/pyproject.toml; do
    project=$(dirname "$project")
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

list=$environments/client.txt
.venv/bin/python scripts/locked-requirements.py libs/client/pdm.lock default cli >"$list"
for python in .venv/bin/python "$HOME"/.pyenv/versions/3.1[0-9].*/bin/python; do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || continue
    environment=$environments/client-$version
    [ ! -e "$environment" ] || continue
    "$python" -m venv --without-pip "$environment"
    "$uv" pip install --quiet --python "$environment" --no-deps --require-hashes \
        --requirements "$list"
    "$uv" pip install --quiet --python "$environment" --no-deps ./libs/client
    "$environment/bin/python" -W error -c '
from onemanage.client import AsyncOneManage, OneManage
print(OneManage(), AsyncOneManage())' >"$environments/said"
    for command in "$environment"/bin/onemanage; do
        [ ! -e "$command" ] || "$command" --help >"$environments/said"
    done
    echo "onemanage-client works on Python $version from libs/client/pdm.lock alone"
done
