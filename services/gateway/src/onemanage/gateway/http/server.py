"""uvicorn, as the gateway runs it."""

import resource
from collections.abc import Callable
from socket import socket
from typing import Any

import uvicorn
from loguru import logger

from onemanage.gateway.http.protocol import EdgeConfig
from onemanage.gateway.settings import EdgeSettings

_OTHER_FILES = 256
"""Open files beside clients: the database, NATS, storage, libraries."""


class Server(uvicorn.Server):
    """Lets those go who wait for a task, before it waits for their connections."""

    def __init__(self, config: EdgeConfig, let_go: Callable[[], None]) -> None:
        super().__init__(config)
        self._let_go = let_go

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """End the streams first, so that their clients ask another process."""
        self._let_go()
        await super().shutdown(sockets)


def serve(
    app: Any, settings: EdgeSettings, host: str, port: int, let_go: Callable[[], None]
) -> None:
    """Until the process is told to stop. Raises SystemExit where it cannot start."""
    _allow_files(settings.max_connections + _OTHER_FILES)
    config = EdgeConfig(
        app, settings, host=host, port=port, timeout_graceful_shutdown=3
    )
    server = Server(config, let_go)
    server.run()
    if not server.started:
        raise SystemExit(3)


def _allow_files(needed: int) -> None:
    """A connection is an open file, and a process is given 1,024 where nobody asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    is_enough = hard == resource.RLIM_INFINITY or hard >= needed
    allowed = needed if is_enough else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if not is_enough:
        logger.warning(
            "Only {} open files are allowed; MAX_CONNECTIONS needs {}", hard, needed
        )
