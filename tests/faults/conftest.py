"""A stage for each test, on the session's servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onemanage.platform.messaging.nats import Client
from onemanage.testing.fixtures import Servers

from .processes import Stage, stage


@pytest.fixture
async def actors(
    nats: Client, servers: Servers, tmp_path: Path
) -> AsyncIterator[Stage]:
    """Starts workers and handlers, on streams that are empty."""
    # The handlers are those of two services, so no one service's rights would do.
    async with stage(
        tmp_path, servers.nats_url_of("psd"), handlers_url=servers.nats_url
    ) as made:
        yield made
