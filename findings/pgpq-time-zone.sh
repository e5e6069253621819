#!/bin/bash
# pgpq 0.12: moments with a time zone are meant for a column without one.
#
# Seen with pgpq 0.12.0: of an Arrow column timestamp[us, tz=UTC] the encoder's own
# schema says TIMESTAMP, as of one without a zone. A table made from that schema holds
# UTC clock times that no longer say so; in a session of another zone they are read as
# local times.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet pgpq==0.12.0 pyarrow==26.0.1
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import pgpq
import pyarrow

named = [
    ("with_zone", pyarrow.timestamp("us", "UTC")),
    ("without", pyarrow.timestamp("us")),
]
encoder = pgpq.ArrowToPostgresBinaryEncoder(pyarrow.schema(named))
found = [column.data_type.ddl() for column in encoder.schema().columns]
print(found)
assert found == ["TIMESTAMP", "TIMESTAMP"], "this has changed"
EOF
