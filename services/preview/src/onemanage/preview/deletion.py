"""Deleting previews: links at once, then their objects."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from onemanage.contracts.deletion import WORKSPACE, Deleted, Dependents
from onemanage.contracts.previews.deletion import (
    PREVIEW,
    DeleteFromPreview,
    FindPreviewDependents,
)
from onemanage.platform.deletion.tombstones import Grave, Tombstones, ids_of
from onemanage.platform.sandbox.job import Report
from onemanage.platform.storage.storage import Storage
from onemanage.preview.models import tombstones
from onemanage.preview.store import Store
from onemanage.preview.sweeper import collect


class Deletion:
    """Of what preview keeps. Safe to repeat from any point.

    Objects are garbage by their own keys, not by a prefix: one that was published anew
    has another.
    """

    def __init__(self, storage: Storage, store: Store) -> None:
        self._storage, self._store = storage, store
        self._tombstones = Tombstones(store.sessions, storage, tombstones)
        self.sweep = self._tombstones.sweep

    async def delete(self, command: DeleteFromPreview, report: Report) -> Deleted:
        """Take these previews away, whole. Safe to repeat."""
        forget = partial(self._forget, command)
        done = await self._tombstones.carry_out(command, report, forget)
        await collect(self._store, self._storage)
        return done

    async def dependents(self, query: FindPreviewDependents) -> Dependents:
        """None; only whether they are there is told."""
        unknown = [
            thing
            for thing in query.things
            if thing.kind == PREVIEW
            and await self._store.preview(query.workspace_id, thing.id) is None
        ]
        return Dependents(items=[], unknown=unknown)

    async def _forget(
        self, command: DeleteFromPreview, session: AsyncSession
    ) -> list[Grave]:
        graves = []
        for workspace_id in ids_of(command, WORKSPACE):
            gone = await self._store.take_away(session, workspace_id)
            if gone:
                graves.append(Grave(PREVIEW, workspace_id, count=len(gone)))
        ids = ids_of(command, PREVIEW)
        gone = await self._store.take_away(session, command.workspace_id, ids)
        return [*graves, *(Grave(PREVIEW, one) for one in gone)]
