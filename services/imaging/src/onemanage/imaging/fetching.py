"""Images that are named by an address: fetched from public machines only, and capped."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import httpx

from onemanage.platform.process.outbound import (
    Network,
    NoSuchHost,
    NotAllowed,
    shown_address,
)
from onemanage.platform.process.outbound_http import NotHttp, checked_request
from onemanage.platform.process.sealing import NotSealed, unseal
from onemanage.platform.tasks import InvalidInput

_MAX_REDIRECTS = 5
_SILENCE = 10.0
"""Seconds without a byte."""
_OVERLOADED = (429, 500, 502, 503, 504)
"""Answers of a server that may have another one in a while."""
_PAUSES = (2.0, 8.0)
"""Seconds until who is patient asks once more."""


class MayPass(InvalidInput):
    """The server is slow, overloaded or away: in a while it may not be."""


class Fetcher:
    """Every redirect is judged like the first address.

    ``max_bytes`` caps the body as it is sent and as it is unpacked; ``seconds`` is for
    all of it, so that a server that drips is let go. Raises InvalidInput, which names
    the address as it may be shown.
    """

    def __init__(
        self,
        *,
        max_bytes: int,
        seconds: float,
        allowed: Sequence[Network] = (),
        sealing_key: str = "",
    ) -> None:
        self._max_bytes, self._seconds, self._allowed = max_bytes, seconds, allowed
        self._key = sealing_key

    async def fetch(
        self, url: str, path: Path, sealed: str | None = None, workspace_id: str = ""
    ) -> None:
        """What ``sealed`` holds where it is given, else what ``url`` says."""
        whole = self.whole(url, sealed, workspace_id)
        try:
            url = shown_address(url)
        except ValueError:
            text = "Not an address. Give one that begins with http:// or https://."
            raise InvalidInput("url.invalid", text) from None
        try:
            async with (
                asyncio.timeout(self._seconds),
                httpx.AsyncClient(timeout=_SILENCE, trust_env=False) as client,
            ):
                await self._follow(client, whole, url, path)
        except TimeoutError:
            text = (
                f"The address takes longer than {self._seconds:g} s. Upload the file."
            )
            raise MayPass("url.too_slow", text, url) from None
        except httpx.TimeoutException:
            text = f"The address sends nothing for {_SILENCE:g} s. Upload the file."
            raise MayPass("url.too_slow", text, url) from None
        except httpx.InvalidURL:
            text = "Not an address that can be fetched. Check how it is written."
            raise InvalidInput("url.invalid", text, url) from None
        except httpx.HTTPError as error:
            text = f"The address cannot be read: {type(error).__name__}. Check it."
            raise MayPass("url.unreachable", text, url) from None

    async def fetch_patiently(
        self, url: str, path: Path, sealed: str | None, workspace_id: str
    ) -> None:
        """The same for a task that nobody waits for: what may pass is given a while."""
        for pause in _PAUSES:
            try:
                return await self.fetch(url, path, sealed, workspace_id)
            except MayPass:
                await asyncio.sleep(pause)
        await self.fetch(url, path, sealed, workspace_id)

    def whole(self, url: str, sealed: str | None, workspace_id: str) -> str:
        """The address with its query. Raises InvalidInput where it cannot be opened."""
        return url if sealed is None else self._opened(sealed, workspace_id, url)

    def _opened(self, sealed: str, workspace_id: str, url: str) -> str:
        text = "The address can no longer be opened. Give it again."
        if not self._key:
            text = (
                "This server opens no sealed address: IMAGING_SEALING_KEY is not set."
            )
            raise InvalidInput("url.not_allowed", text, url)
        try:
            return unseal(self._key, sealed, workspace_id)
        except NotSealed:
            raise InvalidInput("url.invalid", text, url) from None

    async def _follow(
        self, client: httpx.AsyncClient, whole: str, url: str, path: Path
    ) -> None:
        here = httpx.URL(whole)
        for _ in range(_MAX_REDIRECTS + 1):
            request = await self._request(client, here, url)
            response = await client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return await self._save(response, path, url)
                here = here.join(response.headers["location"])
            finally:
                await response.aclose()
        text = f"The address redirects more than {_MAX_REDIRECTS} times. Give its end."
        raise InvalidInput("url.too_many_redirects", text, url)

    async def _request(
        self, client: httpx.AsyncClient, here: httpx.URL, url: str
    ) -> httpx.Request:
        try:
            accept = {"Accept": "image/*,*/*;q=0.5"}
            return await checked_request(
                client, "GET", here, self._allowed, headers=accept
            )
        except NotHttp:
            text = "Only http and https addresses without a password are fetched."
            raise InvalidInput("url.not_allowed", text, url) from None
        except NotAllowed:
            text = (
                "The address leads to a network that is not public. Whoever runs "
                "OneManage can allow it by IMAGING_ALLOWED_NETWORKS."
            )
            raise InvalidInput("url.not_allowed", text, url) from None
        except NoSuchHost as error:
            raise InvalidInput("url.unreachable", f"{error}.", url) from None

    async def _save(self, response: httpx.Response, path: Path, url: str) -> None:
        if response.status_code != 200:
            text = f"The address answers {response.status_code} and no image. Check it."
            kind = MayPass if response.status_code in _OVERLOADED else InvalidInput
            raise kind("url.no_image", text, url)
        size = 0
        with path.open("wb") as file:
            async for chunk in response.aiter_bytes(1 << 20):
                size += len(chunk)
                if size > self._max_bytes:
                    text = (
                        f"The image has more than {self._max_bytes} bytes. Send less."
                    )
                    raise InvalidInput("url.too_large", text, url)
                file.write(chunk)
