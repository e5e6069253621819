"""Server-sent events, followed over broken lines by ``Last-Event-ID``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from onemanage.client.errors import (
    ConnectionFailed,
    OneManageError,
    Timeout,
    UnexpectedAnswer,
)
from onemanage.client.events import EventGenerator, no_events, read_event
from onemanage.client.requests import Request
from onemanage.client.threads import sleep

if TYPE_CHECKING:
    from httpx_sse import ServerSentEvent

    from onemanage.client._sync.transport import Transport

_SILENCE_SECONDS = 35.0
"""The server says something every 15 seconds."""
_PAUSE_SECONDS = 2.0
"""Before coming again, where the server does not say otherwise."""
_NO_CONTENT = 204


class EventStream:
    """The events of a stream, one after another.

    A connection that breaks is begun again after what came last: of a workspace's events
    none is left out and none comes twice; a task's stream then begins with the task as
    it stands. The loop ends where the stream does: that of a task with the task, that
    of a workspace never.
    """

    def __init__(self, transport: Transport, request: Request) -> None:
        self._transport, self._request = transport, request
        self.last_event_id = request.headers.get("Last-Event-ID")
        """Of what came last; whoever gives it back goes on after it."""
        self.deadline: float | None = None
        """By time.monotonic(); Timeout is raised then."""
        self.most_in_vain = transport.settings.retries
        """Connections one after another on which nothing comes, and it gives up."""
        self._pause = _PAUSE_SECONDS
        self._is_over = False
        self._in_vain = 0

    def __iter__(self) -> EventGenerator:
        while not self._is_over:
            self._in_vain += 1
            pause = self._pause
            fault: OneManageError | None = None
            try:
                with self._connected() as told:
                    for event in told:
                        self._heed(event)
                        if event.data:
                            read = read_event(event)
                            pause = 0.0 if read.is_end else self._pause
                            yield read
            except httpx.HTTPError as error:
                fault = self._transport.fault(error, self._request)
            except (ConnectionFailed, Timeout) as error:
                fault = error
            if fault is not None and self._gives_up():
                raise fault
            if not self._is_over:
                sleep(pause)

    @contextmanager
    def _connected(self) -> Iterator[Iterator[ServerSentEvent]]:
        """What one connection brings, until it ends or breaks."""
        from httpx_sse import EventSource

        request, patience = self._next(), self._patience()
        with self._transport.stream(request, read_timeout=patience) as response:
            if response.status_code == _NO_CONTENT:
                self._is_over = True
                yield no_events()
                return
            kind = response.headers.get("Content-Type", "no type")
            if not kind.startswith("text/event-stream"):
                raise UnexpectedAnswer(f"This is no stream of events, but {kind}.")
            yield EventSource(response).iter_sse()

    def _patience(self) -> float:
        """How long nothing may come."""
        if self.deadline is None:
            return _SILENCE_SECONDS
        return min(_SILENCE_SECONDS, max(self.deadline - time.monotonic(), 0.001))

    def _gives_up(self) -> bool:
        is_late = self.deadline is not None and time.monotonic() >= self.deadline
        return is_late or self._in_vain > self.most_in_vain

    def _heed(self, told: ServerSentEvent) -> None:
        self._in_vain = 0
        if told.id:
            self.last_event_id = told.id
        if told.retry is not None:
            self._pause = told.retry / 1000
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise Timeout("The time for following events is over.")

    def _next(self) -> Request:
        headers = {
            **self._request.headers,
            "Accept": "text/event-stream",
            "Cache-Control": "no-store",
        }
        if self.last_event_id is not None:
            headers["Last-Event-ID"] = self.last_event_id
        return replace(self._request, headers=headers)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._request.path}>"
