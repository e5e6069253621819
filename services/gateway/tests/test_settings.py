"""A setting that is wrong ends the process in a sentence."""

import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from .edge_samples import settings


def test_a_wrong_owner_api_key_is_told_in_a_sentence_without_the_key() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "NATS_URL": "nats://nowhere",
        "DATABASE_URL": "postgresql://nobody@nowhere/none",
        "S3_ENDPOINT": "http://nowhere",
        "S3_BUCKET": "none",
        "S3_ACCESS_KEY_ID": "id",
        "S3_SECRET_ACCESS_KEY": "secret",
        "PUBLIC_URL": "http://nowhere",
        "PREVIEW_SIGNING_KEY": "k" * 32,
        "OWNER_API_KEY": "om_live_mistyped",
    }

    done = subprocess.run(
        [sys.executable, "-m", "onemanage.gateway.app"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "OWNER_API_KEY: " in done.stderr
    assert "This is not an API key" in done.stderr
    assert "Traceback" not in done.stderr and "mistyped" not in done.stderr


@pytest.mark.parametrize("given", ["files.example", "s3://bucket", "https:///path"])
def test_where_clients_reach_storage_has_to_be_an_address(given: str) -> None:
    with pytest.raises(ValidationError, match="is no address"):
        settings(s3_public_endpoint=given)
