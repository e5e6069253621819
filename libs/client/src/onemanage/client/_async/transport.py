"""How requests get to the server and answers back, whatever the line does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import httpx

from onemanage.client import answers, retrying
from onemanage.client.errors import OneManageError, Problem
from onemanage.client.requests import Request, encoded
from onemanage.client.settings import Settings
from onemanage.client.sources import IN_MEMORY, Opened
from onemanage.client.straight import Straight, is_straight
from onemanage.client.threads import async_run

T = TypeVar("T")

_AGENT = "onemanage-client/0.1.0"
_NO_LIMIT = httpx.Limits(max_connections=100, max_keepalive_connections=32)


class AsyncTransport:
    """Sends requests of one client. ``http`` is closed with it where it was made here."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient | None) -> None:
        self.settings = settings
        self._owns_http = http is None
        self._is_given = http is not None
        self._http = http or httpx.AsyncClient(
            limits=_NO_LIMIT, follow_redirects=False, trust_env=True
        )

    def with_settings(self, settings: Settings) -> AsyncTransport:
        """Another one over the same connections, which stay this one's."""
        other = AsyncTransport(settings, self._http)
        other._is_given = self._is_given
        return other

    @asynccontextmanager
    async def straight(self) -> AsyncIterator[AsyncTransport]:
        """One that reads large answers faster; itself, where somebody else has said how
        requests get to the server."""
        if self._is_given or not is_straight(self.settings.url):
            yield self
            return
        async with httpx.AsyncClient(transport=Straight(), trust_env=False) as http:
            yield AsyncTransport(self.settings, http)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more can be sent."""
        return self._http.is_closed

    async def close(self) -> None:
        """Close the connections, where they are its own."""
        if self._owns_http:
            await self._http.aclose()

    async def send(self, request: Request) -> httpx.Response:
        """The whole answer, tried again where that may help. Raises OneManageError."""
        async with self._attempts(request) as (attempts, opened):
            async for attempt in attempts:
                with attempt:
                    return await self._sent(request, opened)
        raise AssertionError("the last attempt returns or raises")

    async def take_away(self, request: Request) -> None:
        """Send what deletes and answers nothing. Raises OneManageError.

        That it is there no more is as it should be where an attempt before this one may
        have deleted it, and its answer was lost. Likewise that nobody is let in any
        more, where it is what this client itself is let in by.
        """
        ends_itself = await self._ends_itself(request)
        async with self._attempts(request) as (attempts, opened):
            may_be_gone = False
            async for attempt in attempts:
                with attempt:
                    try:
                        await self._sent(request, opened)
                    except OneManageError as error:
                        if may_be_gone and retrying.is_gone(error, ends_itself):
                            return
                        may_be_gone = may_be_gone or retrying.may_be_done(error)
                        raise
                    return

    async def _ends_itself(self, request: Request) -> bool:
        """Whether it ends the very key or session that this client is let in by.

        Asked beforehand: afterwards the server tells nobody why it lets him in no more.
        """
        if not retrying.ends_a_key(request):
            return False
        try:
            response = await self.send(Request("GET", request.path))
        except Problem:  # which is told again, in answer to what was asked for
            return False
        return retrying.is_own(answers.decoded(response), self.settings.api_key)

    @asynccontextmanager
    async def stream(
        self, request: Request, *, read_timeout: float | None = None
    ) -> AsyncIterator[httpx.Response]:
        """An answer whose body is still to be read. Tried again until it begins.

        While the body is read, ``fault`` tells what httpx raises.
        """
        response = await self._begun(request, read_timeout)
        try:
            yield response
        finally:
            await response.aclose()

    async def put(
        self, url: str, chunks: AsyncIterator[bytes], size: int
    ) -> httpx.Response:
        """Bytes to an address that storage has signed: without the key. Tried once.

        Raises httpx.HTTPError.
        """
        return await self._http.put(
            url,
            content=chunks,
            headers={"User-Agent": _AGENT, "Content-Length": str(size)},
            timeout=httpx.Timeout(self.settings.timeout or None),
        )

    def fault(self, error: httpx.HTTPError, request: Request) -> OneManageError:
        """What httpx raised while a stream was read, as this client says it."""
        return retrying.fault_of_line(error, request, self.settings.url)

    async def _begun(
        self, request: Request, read_timeout: float | None
    ) -> httpx.Response:
        async with self._attempts(request) as (attempts, opened):
            async for attempt in attempts:
                with attempt:
                    return await self._opened(request, opened, read_timeout)
        raise AssertionError("the last attempt returns or raises")

    @asynccontextmanager
    async def _attempts(
        self, request: Request
    ) -> AsyncIterator[tuple[Any, Opened | None]]:
        """With the body opened, which is read anew for each attempt."""
        import stamina

        opened = None
        if isinstance(request.source, IN_MEMORY):
            opened = Opened(request.source)
        elif request.source is not None:
            opened = await async_run(Opened, request.source)
        again = opened is None or opened.can_be_sent_again
        attempts = stamina.retry_context(
            on=partial(retrying.pause_before, request=request, can_be_sent_again=again),
            attempts=self.settings.retries + 1,
            timeout=None,
            wait_initial=retrying.FIRST_PAUSE,
            wait_max=retrying.LONGEST_PAUSE,
            wait_jitter=retrying.FIRST_PAUSE,
        )
        try:
            yield attempts, opened
        finally:
            if opened is not None:
                await _call(opened, opened.close)

    async def _sent(self, request: Request, opened: Opened | None) -> httpx.Response:
        response = await self._opened(request, opened, None)
        try:
            await response.aread()
        except httpx.HTTPError as error:
            raise self.fault(error, request) from error
        finally:
            await response.aclose()
        return response

    async def _opened(
        self, request: Request, opened: Opened | None, read_timeout: float | None
    ) -> httpx.Response:
        """The answer as soon as its headers are there. Errors are raised."""
        wire = self._wire(request, opened, read_timeout)
        if opened is not None:
            await _call(opened, opened.rewind)
        try:
            response = await self._http.send(wire, stream=True)
            is_refused = answers.is_refusal(response, request.answered_with)
            if is_refused:
                await response.aread()
        except httpx.HTTPError as error:
            raise self.fault(error, request) from error
        if is_refused:
            await response.aclose()
            raise answers.error_of(response)
        if response.has_redirect_location:
            await response.aclose()
            raise answers.redirected(response)
        return response

    def _wire(
        self, request: Request, opened: Opened | None, read_timeout: float | None
    ) -> httpx.Request:
        settings = self.settings
        headers = {"User-Agent": _AGENT, **request.headers}
        if settings.api_key is not None:
            headers["Authorization"] = f"Bearer {settings.api_key}"
        content: Any = None
        if opened is not None:
            content = _chunks(opened)
            headers.setdefault("Content-Type", "application/octet-stream")
            if opened.size is not None:
                headers["Content-Length"] = str(opened.size)
        elif request.json is not None:
            content = encoded(request.json)
            headers["Content-Type"] = "application/json"
        timeout = httpx.Timeout(settings.timeout or None)
        if read_timeout is not None:
            timeout.read = read_timeout
        return self._http.build_request(
            request.method,
            settings.url + request.path,
            params=tuple(request.parameters()) or None,
            headers=headers,
            content=content,
            timeout=timeout,
        )


async def _chunks(opened: Opened) -> AsyncIterator[bytes]:
    while chunk := await _call(opened, opened.read):
        yield chunk


async def _call(opened: Opened, function: Callable[[], T]) -> T:
    """In a thread, where it may have to wait for a disk."""
    return function() if opened.is_quick else await async_run(function)
