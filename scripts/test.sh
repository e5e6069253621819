#!/bin/bash
# Every test. Those of one process run in one more at once than there are cores, as each
# waits now and then, each with servers of its own, and beside them the faults, which
# mostly wait, and the console in its browser. Whole stacks come last, one a core.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0

# Servers make and delete thousands of files here, which in memory costs half.
gibibytes() { echo $((${1:-0} / 1024 / 1024)); }
memory=$(gibibytes "$(awk '/MemAvailable/ {print $2}' /proc/meminfo 2>/dev/null)")
shared=$(gibibytes "$(df -k --output=avail /dev/shm 2>/dev/null | tail -1)")
place=${TMPDIR:-/tmp}
if [ "$memory" -ge 8 ] && [ "$shared" -ge 4 ]; then
    place=/dev/shm
fi
TMPDIR=$(mktemp -d "$place/om.XXXXXX") || exit
chmod 755 "$TMPDIR" # PostgreSQL runs as another user than root
export TMPDIR

leave() {
    wait # for what runs beside, which stops by itself when we are interrupted
    if [ "$status" -ne 0 ]; then
        rm -rf .make/test-logs && mkdir .make/test-logs
        (cd "$TMPDIR" && find . -name '*.log' \
            -exec cp --parents {} "$OLDPWD/.make/test-logs" \;)
        echo "What the servers and services said is in .make/test-logs" >&2
    fi
    rm -rf "$TMPDIR"
}
trap leave EXIT
trap 'exit 130' INT

# A shell lets what it starts beside itself ignore Ctrl-C, and pytest would run on.
tests() { env --default-signal=INT .venv/bin/python -m pytest --durations 10 "$@"; }

beside() {
    local status=0
    tests tests/faults || status=$?
    tests tests/console || status=$?
    return "$status"
}

beside >.make/beside.txt 2>&1 &
beside=$!
cores=$(nproc)
tests -n $((cores + 1)) --dist loadfile libs services tests/contract || status=$?
# In their order: the longest files have few tests, and would begin last by number.
tests -n "$cores" --dist loadfile --no-loadscope-reorder infra tests/e2e || status=$?
wait "$beside" || status=$?
cat .make/beside.txt
exit "$status"
