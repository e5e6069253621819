"""How much of a request's body may come, and how slowly.

Time is counted here and not where bytes come in, for only here it is known whether the
gateway waits for the client, or the client for the gateway.
"""

import asyncio

from starlette.requests import Request
from starlette.types import Message, Receive

from onemanage.gateway.http.problems import Problem
from onemanage.gateway.settings import EdgeSettings

BODY = "onemanage.body"
"""Where the request's scope holds its Body."""


def allow(request: Request, most: int, refusal: Problem) -> None:
    """Let this request's body have up to ``most`` bytes; above, raise ``refusal``."""
    body: Body | None = request.scope.get(BODY)
    if body is not None:  # or nobody counts
        body.most, body.refusal = most, refusal


class Body:
    """The body of one request, as it comes."""

    def __init__(
        self, receive: Receive, length: str | None, settings: EdgeSettings
    ) -> None:
        self._receive, self._settings = receive, settings
        self._declared = int(length or 0)
        self._size, self._waited, self._is_whole = 0, 0.0, False
        self.most = settings.max_json_bytes
        detail = f"The body may have {self.most} bytes at most; send less."
        self.refusal = Problem(413, "body_too_large", detail, max_bytes=self.most)
        self.refused: Problem | None = None

    @property
    def size(self) -> int:
        """Bytes of it that were read."""
        return self._size

    async def receive(self) -> Message:
        """Raises Problem, and remembers it: who calls may make something else of it."""
        if self._is_whole:
            return await self._receive()  # waits for the client to hang up
        if self._declared > self.most:
            raise self._refuse(self.refusal)
        message = await self._next()
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
            if self._size > self.most:
                raise self._refuse(self.refusal)
        return message

    async def _next(self) -> Message:
        """Only what the client takes is counted: whoever reads may take long."""
        clock = asyncio.get_running_loop().time
        begun = clock()
        try:
            async with asyncio.timeout(self._patience()):
                return await self._receive()
        except TimeoutError:
            raise self._refuse(self._too_slow()) from None
        finally:
            self._waited += clock() - begun

    def _patience(self) -> float:
        """Seconds until the next part must be here."""
        idle, rate = self._settings.idle_seconds, self._settings.min_body_rate
        if not rate:
            return idle
        return min(idle, max(0.0, idle + self._size / rate - self._waited))

    def _too_slow(self) -> Problem:
        idle, rate = self._settings.idle_seconds, self._settings.min_body_rate
        detail = (
            f"The body came too slowly: nothing for {idle:g} s, or less than {rate} "
            "bytes a second. Send it again over a better connection."
        )
        return Problem(408, "body_too_slow", detail, max_idle_seconds=idle)

    def _refuse(self, problem: Problem) -> Problem:
        self.refused = problem
        return problem
