#!/bin/bash
# Everything that can be said without running the system. All of it is said, then judged.
# As many checks run at once as there are cores; those that take longest begin first.
set -uo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
sources=(libs services infra tests scripts conftest.py)
said=$(mktemp -d)
set -m # each has its own group of processes, to be ended with it
leave() {
    local job
    for job in $(jobs -rp); do
        kill -TERM -- "-$job" 2>/dev/null || true # it may have ended by now
    done
    rm -rf "$said"
}
trap leave EXIT
trap 'exit 130' INT TERM
cores=$(nproc)
names=()

check() {
    local name=$1
    shift
    names+=("$name")
    while [ "$(jobs -rp | wc -l)" -ge "$cores" ]; do
        wait -n || true # it is judged below
    done
    { "$@" >"$said/$name" 2>&1 && touch "$said/$name.passed"; } &
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

check mypy mypy --no-error-summary "${sources[@]}"
check black black --workers 1 --check --quiet --diff "${sources[@]}"
check "the console" scripts/check-console.sh
check "what is made for the client" python scripts/client.py --check
check "the client on Python 3.10" mypy --no-error-summary --python-version 3.10 \
    libs/client/src
check isort isort --check-only --quiet --diff "${sources[@]}"
check "the client by pyright" basedpyright --project libs/client
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
check containers scripts/check-containers.sh
wait

failed=()
for name in "${names[@]}"; do
    if [ -e "$said/$name.passed" ]; then
        echo "ok      $name"
    else
        echo "FAILED  $name"
        cat "$said/$name"
        failed+=("$name")
    fi
done
if [ "${#failed[@]}" -gt 0 ]; then
    echo "Failed: ${failed[*]}" >&2
    exit 1
fi
