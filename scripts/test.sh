#!/bin/bash
# Every test. Those of one process run two at a time, each with servers of its own, and
# beside them the faults, which mostly wait. The whole stack comes last, and alone.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0
mkdir -p .make

# Servers make and delete thousands of files here, which in memory costs half.
gibibytes() { echo $((${1:-0} / 1024 / 1024)); }
memory=$(gibibytes "$(awk '/MemAvailable/ {print $2}' /proc/meminfo 2>/dev/null)")
shared=$(gibibytes "$(df -k --output=avail /dev/shm 2>/dev/null | tail -1)")
if [ "$memory" -ge 8 ] && [ "$shared" -ge 4 ]; then
    TMPDIR=$(mktemp -d /dev/shm/om.XXXXXX)
    chmod 755 "$TMPDIR" # PostgreSQL runs as another user than root
    export TMPDIR
fi

leave() {
    if [ "$status" -ne 0 ]; then
        rm -rf .make/test-logs && mkdir -p .make/test-logs
        (cd "${TMPDIR:-/tmp}" && find . -path '*pytest-*' -name '*.log' \
            -exec cp --parents {} "$OLDPWD/.make/test-logs" \;)
        echo "What the servers and services said is in .make/test-logs" >&2
    fi
    case ${TMPDIR:-} in /dev/shm/om.*) rm -rf "$TMPDIR" ;; esac
}
trap leave EXIT

tests() { .venv/bin/python -m pytest --durations 10 "$@"; }

tests tests/faults >.make/faults.txt 2>&1 &
faults=$!
tests -n 2 --dist loadfile libs services tests/contract || status=$?
wait "$faults" || status=$?
cat .make/faults.txt
tests infra tests/e2e || status=$?
exit "$status"
