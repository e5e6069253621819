"""Pictures that merges have their background taken away from, and that are no files.

psd names them, page by page; each is looked up here as images by address are, and all
get their tasks by one statement, with those of the files. Repeated until it has been
done: whoever dies in between leaves nothing, and of two processes one is first.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from loguru import logger

from onemanage.contracts.psd.merge_pictures import CutOutPage, ListCutOuts, cut_out_of
from onemanage.contracts.psd.merges import merge_of_task
from onemanage.gateway.images.addresses.planning import Planner
from onemanage.gateway.images.addresses.sources import Source
from onemanage.gateway.merges.pictures import NoPicture, named
from onemanage.gateway.store import Pool
from onemanage.gateway.tasks.held import CUT_OUT, TO_LOOK_UP
from onemanage.platform.messaging.nats import Client
from onemanage.platform.messaging.queries import QueryFailed, ask
from onemanage.platform.process.gather import gather_few

_EVERY_SECONDS = 1.0
_AT_ONCE = 8
"""Names that are looked up at a time."""
_PASSING = ("busy", "unavailable", "too_slow")
"""Of questions that have no answer now, and may have one in a moment."""


class CutOuts:
    """Of one process; ``wake`` tells whom tasks are there for now: subject, workspace."""

    def __init__(
        self,
        client: Client,
        pool: Pool,
        planner: Planner,
        wake: Callable[[str, str], None],
    ) -> None:
        self._client, self._pool, self._planner = client, pool, planner
        self._wake = wake

    async def run(self) -> None:
        """Look for merges that wait for theirs, until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:  # PostgreSQL is away: look again
                logger.warning("Cut-outs could not be looked for: {!r}", error)
            await asyncio.sleep(_EVERY_SECONDS)

    async def look(self) -> None:
        """Once. A merge whose pictures nobody can tell of now comes again."""
        for record in await self._pool.fetch(TO_LOOK_UP):
            merge = record["parent_id"], record["workspace_id"]
            try:
                await self._order(*merge)
            except Exception as error:  # psd or imaging is away: look again
                with logger.contextualize(task_id=merge[0], workspace_id=merge[1]):
                    logger.warning("Cut-outs could not be looked up: {!r}", error)

    async def _order(self, merge_task_id: str, workspace_id: str) -> None:
        async def look_up(name: str) -> dict[str, Any] | None:
            source = await self._source(workspace_id, name)
            if source is None:
                return None
            made = cut_out_of(merge_task_id, name).removeprefix("tsk_")
            return {"made": made, "source": _fields(name, source)}

        tasks = []
        async for names in self._names(merge_task_id, workspace_id):
            found = await gather_few(look_up, [(name,) for name in names], _AT_ONCE)
            tasks += [one for one in found if one is not None]
        given = msgspec.json.encode(tasks).decode()
        for row in await self._pool.fetch(CUT_OUT, merge_task_id, given, timeout=60):
            self._wake(row["subject"], row["workspace_id"])

    async def _source(self, workspace_id: str, name: str) -> Source | None:
        """None where there is none: its rows are told why when their chunk asks."""
        try:
            return await named(self._planner, workspace_id, name)
        except NoPicture:
            return None
        except QueryFailed as failed:
            if failed.code in _PASSING:
                raise
            return None

    async def _names(
        self, merge_task_id: str, workspace_id: str
    ) -> AsyncIterator[list[str]]:
        after, is_more = "", True
        while is_more:
            query = ListCutOuts(
                workspace_id=workspace_id,
                merge_id=merge_of_task(merge_task_id),
                after=after,
            )
            try:
                page = await ask(self._client, query, CutOutPage)
            except QueryFailed as failed:
                if failed.code in _PASSING:
                    raise
                return  # its chunks say why
            yield page.items
            is_more = page.has_more
            after = page.items[-1] if page.items else after


def _fields(name: str, source: Source) -> dict[str, Any]:
    """Of GenerateBackground."""
    quick = source.quick
    return {
        "file_id": source.file_id,
        "file_key": quick.object_key or "",
        "file_name": quick.name,
        "file_size": quick.size or 0,
        "source": None if source.is_outside else name,
        "url": quick.url,
        "sealed_url": quick.sealed_url,
    }
