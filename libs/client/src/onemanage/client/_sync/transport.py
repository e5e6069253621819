"""How requests get to the server and answers back, whatever the line does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import httpx

from onemanage.client import answers, retrying
from onemanage.client.errors import OneManageError, Problem
from onemanage.client.requests import Request, encoded
from onemanage.client.settings import Settings
from onemanage.client.sources import IN_MEMORY, Opened
from onemanage.client.straight import Straight, is_straight
from onemanage.client.threads import run

T = TypeVar("T")

_AGENT = "onemanage-client/0.1.0"
_NO_LIMIT = httpx.Limits(max_connections=100, max_keepalive_connections=32)


class Transport:
    """Sends requests of one client. ``http`` is closed with it where it was made here."""

    def __init__(self, settings: Settings, http: httpx.Client | None) -> None:
        self.settings = settings
        self._owns_http = http is None
        self._is_given = http is not None
        self._http = http or httpx.Client(
            limits=_NO_LIMIT, follow_redirects=False, trust_env=True
        )

    def with_settings(self, settings: Settings) -> Transport:
        """Another one over the same connections, which stay this one's."""
        other = Transport(settings, self._http)
        other._is_given = self._is_given
        return other

    @contextmanager
    def straight(self) -> Iterator[Transport]:
        """One that reads large answers faster; itself, where somebody else has said how
        requests get to the server."""
        if self._is_given or not is_straight(self.settings.url):
            yield self
            return
        with httpx.Client(transport=Straight(), trust_env=False) as http:
            yield Transport(self.settings, http)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more can be sent."""
        return self._http.is_closed

    def close(self) -> None:
        """Close the connections, where they are its own."""
        if self._owns_http:
            self._http.close()

    def send(self, request: Request) -> httpx.Response:
        """The whole answer, tried again where that may help. Raises OneManageError."""
        with self._attempts(request) as (attempts, opened):
            for attempt in attempts:
                with attempt:
                    return self._sent(request, opened)
        raise AssertionError("the last attempt returns or raises")

    def take_away(self, request: Request) -> None:
        """Send what deletes and answers nothing. Raises OneManageError.

        That it is there no more is as it should be where an attempt before this one may
        have deleted it, and its answer was lost. Likewise that nobody is let in any
        more, where it is what this client itself is let in by.
        """
        ends_itself = self._ends_itself(request)
        with self._attempts(request) as (attempts, opened):
            may_be_gone = False
            for attempt in attempts:
                with attempt:
                    try:
                        self._sent(request, opened)
                    except OneManageError as error:
                        if may_be_gone and retrying.is_gone(error, ends_itself):
                            return
                        may_be_gone = may_be_gone or retrying.may_be_done(error)
                        raise
                    return

    def _ends_itself(self, request: Request) -> bool:
        """Whether it ends the very key or session that this client is let in by.

        Asked beforehand: afterwards the server tells nobody why it lets him in no more.
        """
        if not retrying.ends_a_key(request):
            return False
        try:
            response = self.send(Request("GET", request.path))
        except Problem:  # which is told again, in answer to what was asked for
            return False
        return retrying.is_own(answers.decoded(response), self.settings.api_key)

    @contextmanager
    def stream(
        self, request: Request, *, read_timeout: float | None = None
    ) -> Iterator[httpx.Response]:
        """An answer whose body is still to be read. Tried again until it begins.

        While the body is read, ``fault`` tells what httpx raises.
        """
        response = self._begun(request, read_timeout)
        try:
            yield response
        finally:
            response.close()

    def put(self, url: str, chunks: Iterator[bytes], size: int) -> httpx.Response:
        """Bytes to an address that storage has signed: without the key. Tried once.

        Raises httpx.HTTPError.
        """
        return self._http.put(
            url,
            content=chunks,
            headers={"User-Agent": _AGENT, "Content-Length": str(size)},
            timeout=httpx.Timeout(self.settings.timeout or None),
        )

    def fault(self, error: httpx.HTTPError, request: Request) -> OneManageError:
        """What httpx raised while a stream was read, as this client says it."""
        return retrying.fault_of_line(error, request, self.settings.url)

    def _begun(self, request: Request, read_timeout: float | None) -> httpx.Response:
        with self._attempts(request) as (attempts, opened):
            for attempt in attempts:
                with attempt:
                    return self._opened(request, opened, read_timeout)
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _attempts(self, request: Request) -> Iterator[tuple[Any, Opened | None]]:
        """With the body opened, which is read anew for each attempt."""
        import stamina

        opened = None
        if isinstance(request.source, IN_MEMORY):
            opened = Opened(request.source)
        elif request.source is not None:
            opened = run(Opened, request.source)
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
                _call(opened, opened.close)

    def _sent(self, request: Request, opened: Opened | None) -> httpx.Response:
        response = self._opened(request, opened, None)
        try:
            response.read()
        except httpx.HTTPError as error:
            raise self.fault(error, request) from error
        finally:
            response.close()
        return response

    def _opened(
        self, request: Request, opened: Opened | None, read_timeout: float | None
    ) -> httpx.Response:
        """The answer as soon as its headers are there. Errors are raised."""
        wire = self._wire(request, opened, read_timeout)
        if opened is not None:
            _call(opened, opened.rewind)
        try:
            response = self._http.send(wire, stream=True)
            is_refused = answers.is_refusal(response, request.answered_with)
            if is_refused:
                response.read()
        except httpx.HTTPError as error:
            raise self.fault(error, request) from error
        if is_refused:
            response.close()
            raise answers.error_of(response)
        if response.has_redirect_location:
            response.close()
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


def _chunks(opened: Opened) -> Iterator[bytes]:
    while chunk := _call(opened, opened.read):
        yield chunk


def _call(opened: Opened, function: Callable[[], T]) -> T:
    """In a thread, where it may have to wait for a disk."""
    return function() if opened.is_quick else run(function)
