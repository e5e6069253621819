"""Write the API's description to standard output, as a gateway would tell it."""

import sys
from typing import Any

import msgspec

from onemanage.gateway.app import create_app
from onemanage.gateway.settings import GatewaySettings

_NOWHERE = "nowhere"
"""Nothing is connected to."""


def described() -> dict[str, Any]:
    """The document, without anything that it describes."""
    settings = GatewaySettings(
        nats_url=f"nats://{_NOWHERE}",
        database_url=f"postgresql://{_NOWHERE}",
        s3_endpoint=f"http://{_NOWHERE}",
        s3_bucket=_NOWHERE,
        s3_access_key_id=_NOWHERE,
        s3_secret_access_key=_NOWHERE,
        public_url=f"http://{_NOWHERE}",
        preview_signing_key="k" * 32,
    )
    document: dict[str, Any] = create_app(settings).openapi()
    return document


def main() -> None:
    """Print the document."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(described())))


if __name__ == "__main__":
    main()
