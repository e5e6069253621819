#!/bin/bash
# standardwebhooks 1.1: sign() reads the hour of any time zone as if it were UTC's.
#
# Seen with standardwebhooks 1.1.0: the same moment, given in UTC and at +02:00, is
# signed in two ways. The one at +02:00 is refused by verify() of the same library when
# the webhook-timestamp header holds the moment's true Unix seconds; it fits the seconds
# of two hours later. Naive times are read as UTC, too, not as local time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.12 "$HOME"/.pyenv/versions/3.12*/bin/python; do
    "$python" -m venv "$folder/venv" 2>/dev/null && break
done
"$folder/venv/bin/pip" install --quiet standardwebhooks==1.1.0
cd "$folder"
"$folder/venv/bin/python" - <<'EOF'
import base64
import datetime as dt

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

hook = Webhook("whsec_" + base64.b64encode(b"a secret of an example").decode())
utc = dt.datetime.now(dt.UTC).replace(microsecond=0)
berlin = utc.astimezone(dt.timezone(dt.timedelta(hours=2)))
assert utc == berlin
body = '{"ok": true}'


def verified(signature):
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(utc.timestamp())),
        "webhook-signature": signature,
    }
    try:
        return hook.verify(body, headers)
    except WebhookVerificationError as error:
        return str(error)


by_utc, by_berlin = (hook.sign("msg_1", one, body) for one in (utc, berlin))
print("signed at UTC:   ", verified(by_utc))
print("signed at +02:00:", verified(by_berlin))
assert verified(by_utc) == {"ok": True}
assert verified(by_berlin) == "No matching signature found"
later = utc + dt.timedelta(hours=2)
assert by_berlin == hook.sign("msg_1", later, body)
assert by_utc == hook.sign("msg_1", utc.replace(tzinfo=None), body)
EOF
