"""One attempt to deliver: a POST to the address that a user named, and what came of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx
import msgspec
from loguru import logger

from onemanage.platform.process.outbound import (
    Network,
    NotAllowed,
    OutboundRefused,
)
from onemanage.platform.process.outbound_http import checked_request

GONE = 410
"""A receiver that answers this wants nothing more."""
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 2.0
"""For the body of an answer, which decides nothing."""
_MOST_READ = 4096
_MOST_KEPT = 2000
_MOST_TOLD = 300


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Of one attempt."""

    status: int | None = None
    """None where there was no answer."""
    answer: str | None = None
    """How its body begins."""
    error: str | None = None
    """Why the event is not delivered; None where it is."""
    milliseconds: int = 0


class Poster:
    """Connections are not kept: of two names with one address each is asked by itself."""

    def __init__(
        self, client: httpx.AsyncClient, seconds: float, allowed: Sequence[Network]
    ) -> None:
        self._client, self._seconds, self._allowed = client, seconds, allowed

    async def post(self, url: str, headers: Mapping[str, str], payload: str) -> Outcome:
        """Never raises for what an address or a receiver may do."""
        began = time.monotonic()
        found = await self._outcome(url, headers, payload)
        spent = int((time.monotonic() - began) * 1000)
        return msgspec.structs.replace(found, milliseconds=spent)

    async def _outcome(
        self, url: str, headers: Mapping[str, str], payload: str
    ) -> Outcome:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(url, headers, payload.encode())
        except (TimeoutError, httpx.TimeoutException):
            error = f"There was no answer within {self._seconds:g} seconds."
        except NotAllowed:
            error = (
                "The address leads to a network that is not public. Whoever runs "
                "OneManage can allow it by WEBHOOK_ALLOWED_NETWORKS."
            )
        except OutboundRefused as refused:
            error = f"Not sent: {refused}."
        except httpx.InvalidURL:
            error = "Not sent: the address cannot be used. Check how it is written."
        except httpx.HTTPError as failure:
            told = str(failure)[:_MOST_TOLD] or type(failure).__name__
            error = f"The connection failed: {told}"
        except Exception:  # whatever else libraries raise counts as an attempt, too
            logger.exception("A webhook could not be posted to")
            error = "Not sent: something went wrong inside OneManage."
        return Outcome(error=error)

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        request = await checked_request(
            self._client,
            "POST",
            httpx.URL(url),
            self._allowed,
            headers=headers,
            content=body,
        )
        response = await self._client.send(request, stream=True)
        try:
            kept = await _beginning(response)
        finally:
            await response.aclose()
        status = response.status_code
        return Outcome(status=status, answer=kept, error=_why_not(status))


@asynccontextmanager
async def open_poster(
    seconds: float, allowed: Sequence[Network]
) -> AsyncIterator[Poster]:
    """An attempt takes ``seconds`` at most, from the look-up of the name to the answer."""
    limit = httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
    unkept = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(
        timeout=limit, limits=unkept, trust_env=False
    ) as client:
        yield Poster(client, seconds, allowed)


async def _beginning(response: httpx.Response) -> str:
    """As it was sent: nothing is inflated."""
    body = b""
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) >= _MOST_READ:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass  # the status has said what there is to know
    return body.decode("utf-8", "replace").replace("\0", "\ufffd")[:_MOST_KEPT]


def _why_not(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return (
            f"The receiver answered {status}, a redirect, which is not followed. Give "
            "the webhook the address that it leads to."
        )
    if status == GONE:
        return "The receiver answered 410: it wants no more of this webhook."
    return f"The receiver answered {status}."
