"""Several connections at once that bring the pieces of one large download."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import httpx

from onemanage.client.at_once import async_each
from onemanage.client.progress import Progress
from onemanage.client.ranges import Damaged, part_of, pause_after
from onemanage.client.requests import Request
from onemanage.client.spreading import Changed, Piece, Spread
from onemanage.client.threads import async_run_out, async_sleep

if TYPE_CHECKING:
    from onemanage.client._async.transport import AsyncTransport

CHUNK_BYTES = 256 * 1024
"""At a time, of each connection; memory has some of it more than once."""


@dataclass
class AsyncLanes:
    """Those of one download of the bytes that ``etag`` tells from others."""

    transport: AsyncTransport
    request: Request
    etag: str
    spread: Spread
    progress: Progress

    async def run(self, at_once: int) -> None:
        """All pieces. Raises Changed, NotWritable, Damaged, and what the line does."""
        await async_each(self._pieces(), self._bring, at_once, self.progress.stop)
        await async_run_out(self.spread.finish)

    async def _pieces(self) -> AsyncIterator[Piece]:
        while (piece := self.spread.next()) is not None:
            yield piece

    async def _bring(self, piece: Piece) -> None:
        """All of it, over as many connections as it takes."""
        failures = 0
        while piece.at < piece.end:
            before = piece.at
            try:
                await self._some(piece)
            except httpx.HTTPError as error:
                failures = 1 if piece.at > before else failures + 1
                pause = pause_after(failures, self.transport.settings.retries)
                if pause is None:
                    raise self.transport.fault(error, self.request) from error
                await async_sleep(pause)
            else:
                if piece.at == before:
                    raise Damaged(f"{self.request.path} ends at byte {before:,}.")

    async def _some(self, piece: Piece) -> None:
        """What one answer brings."""
        headers = {
            **self.request.headers,
            "Accept-Encoding": "identity",
            "Range": f"bytes={piece.at}-{piece.end - 1}",
            "If-Range": self.etag,
        }
        request = replace(self.request, headers=headers)
        async with self.transport.stream(request) as response:
            part = part_of(response)
            if response.status_code != 206 or part.etag != self.etag:
                raise Changed
            if part.first != piece.at:
                raise Damaged(
                    f"{self.request.path} gave bytes from {part.first:,} on, and those "
                    f"from {piece.at:,} on were asked for. Download it again."
                )
            async for chunk in response.aiter_raw(CHUNK_BYTES):
                await async_run_out(self.spread.take, piece, chunk)
                self.progress.add(len(chunk))
