"""Secrets of webhooks, and what they sign: Standard Webhooks, by its own library.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

_SECRET_BYTES = 32


def new_secret() -> str:
    """``whsec_`` and 256 random bits in base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def signed_headers(
    keys: Sequence[str], event_id: str, at: datetime, payload: str
) -> dict[str, str]:
    """Id, moment and one signature for each of the secrets. ``at`` is in UTC."""
    signatures = [Webhook(key).sign(event_id, at, payload) for key in keys]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
