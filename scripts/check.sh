#!/bin/bash
# Everything that can be said without running the system. All of it is said, then judged.
set -uo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
sources=(libs services infra tests scripts conftest.py)
failed=()

check() {
    local name=$1
    shift
    local output
    if output=$("$@" 2>&1); then
        echo "ok      $name"
    else
        echo "FAILED  $name"
        echo "$output"
        failed+=("$name")
    fi
}

made_for_client='libs/client/(src/onemanage/client/(types|_(a)?sync/operations)|tests/every_method).py$'
long_files() {
    local long
    long=$(git ls-files --cached --others --exclude-standard '*.py' |
        grep -vE "$made_for_client" | xargs wc -l |
        awk '$2 != "total" && $1 > 400 {print $2 ": " $1 " lines, at most 400"}')
    echo "$long"
    [ -z "$long" ]
}

check black black --check --quiet --diff "${sources[@]}"
check isort isort --check-only --quiet --diff "${sources[@]}"
check mypy mypy --no-error-summary "${sources[@]}"
check "the client on Python 3.10" mypy --no-error-summary --python-version 3.10 \
    libs/client/src
check "the client by pyright" basedpyright --project libs/client
check "what is made for the client" python scripts/client.py --check
check dependencies scripts/check-dependencies.sh
check imports lint-imports --no-logo
check contracts python scripts/contracts.py --check
check "the API's description" scripts/redocly/lint.sh
check "the imaging reference" python scripts/imaging-docs.py --check
check "the command's reference" python scripts/command-docs.py --check
check "contracts of the last release" python scripts/check-compatibility.py
check "length of files" long_files
check "functions" python scripts/functions.py
check "the console's forms" python scripts/console-forms.py --check
check "the console" scripts/check-console.sh
check containers scripts/check-containers.sh

if [ "${#failed[@]}" -gt 0 ]; then
    echo "Failed: ${failed[*]}" >&2
    exit 1
fi
