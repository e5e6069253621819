#!/bin/bash
# alibabacloud-tea-openapi 0.4: between two tries an async call holds up the whole loop.
#
# Seen with alibabacloud-tea-openapi 0.4.6 under alibabacloud-eci20180808: where a server
# answers 503 and the runtime says to try again after a second, the _async call sleeps by
# time.sleep. A ticker beside it, which should tick each tenth of a second, stands still.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet alibabacloud-eci20180808==2.1.0 \
    alibabacloud-tea-openapi==0.4.6
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'EOF'
import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from alibabacloud_eci20180808 import client, models
from alibabacloud_tea_openapi import models as openapi
from alibabacloud_tea_util import models as util
from darabonba.policy.retry import RetryOptions

asked = []


class Busy(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked.append(time.monotonic())
        body = json.dumps({"Code": "Busy", "Message": "later", "RequestId": "1"})
        self.send_response(503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


async def main(port: int) -> float:
    """The longest that the loop stood still, in seconds."""
    again = {
        "maxAttempts": 2,
        "errorCode": ["Busy"],
        "backoff": {"policy": "Fixed", "period": 1000},
    }
    config = openapi.Config(
        access_key_id="id",
        access_key_secret="secret",
        region_id="cn-hangzhou",
        endpoint=f"127.0.0.1:{port}",
        protocol="http",
        retry_options=RetryOptions({"retryable": True, "retryCondition": [again]}),
    )
    request = models.DescribeContainerGroupsRequest(region_id="cn-hangzhou")
    calling = asyncio.create_task(
        client.Client(config).describe_container_groups_with_options_async(
            request, util.RuntimeOptions()
        )
    )
    longest, last = 0.0, time.monotonic()
    while not calling.done():
        await asyncio.sleep(0.1)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert calling.exception() is not None
    return longest


server = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
threading.Thread(target=server.serve_forever, daemon=True).start()
still = asyncio.run(main(server.server_port))
print(f"asked {len(asked)} times, the loop stood still for {still:.1f} s")
assert len(asked) > 1 and still > 0.9, "this has changed"
EOF
