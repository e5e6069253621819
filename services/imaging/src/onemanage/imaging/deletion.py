"""Deleting what was made of images, and files: rows at once, then their objects.

Transformations may share images: those go with the last that shows them.
"""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from onemanage.contracts.base import artifacts_prefix
from onemanage.contracts.deletion import (
    FILE,
    MOST_DEPENDENTS,
    WORKSPACE,
    Deleted,
    Dependents,
    Thing,
)
from onemanage.contracts.files import file_prefix
from onemanage.contracts.imaging.deletion import (
    ANALYSIS,
    BACKGROUND,
    BATCH,
    TRANSFORMATION,
    DeleteFromImaging,
    FindImagingDependents,
    task_of_batch,
    tasks_in_batch,
)
from onemanage.contracts.imaging.quick import images_prefix
from onemanage.imaging.kept_images import discard_images
from onemanage.imaging.models import (
    AssetRow,
    BackgroundRow,
    HashRow,
    TransformationRow,
    tombstones,
)
from onemanage.imaging.shared_images import lock, shown_folders
from onemanage.platform.database.sessions import Sessions, none_of, one_of
from onemanage.platform.deletion.tombstones import (
    Grave,
    Tombstones,
    ids_of,
    refuse_dependents,
)
from onemanage.platform.sandbox.job import Report
from onemanage.platform.storage.storage import Storage

_KINDS: dict[str, tuple[Any, Any]] = {
    TRANSFORMATION: (TransformationRow, TransformationRow.transformation_id),
    BACKGROUND: (BackgroundRow, BackgroundRow.background_id),
    ANALYSIS: (AssetRow, AssetRow.file_id),
}
_OF_A_FILE = {
    TRANSFORMATION: col(TransformationRow.file_id),
    BACKGROUND: col(BackgroundRow.made)["file_id"].astext,
}

_SOURCES = (FILE, TRANSFORMATION, BACKGROUND)
"""Of which images are made at once, and kept without a row."""


class Deletion:
    """Of what imaging keeps. Safe to repeat from any point."""

    def __init__(self, storage: Storage, sessions: Sessions) -> None:
        self._sessions, self._storage = sessions, storage
        self._tombstones = Tombstones(sessions, storage, tombstones)
        self.sweep = self._tombstones.sweep

    async def delete(self, command: DeleteFromImaging, report: Report) -> Deleted:
        """Raises InvalidInput where something depends on it, and is not to go along."""
        forget = partial(_forget, command)
        done = await self._tombstones.carry_out(command, report, forget)
        # Who has looked at a file meanwhile may have said so since. Whoever says so
        # from here on finds that the file is gone.
        async with self._sessions.begin() as session:
            await _forget_analyses(session, command.workspace_id, ids_of(command, FILE))
        sources = [thing.id for thing in done.things if thing.kind in _SOURCES]
        await discard_images(self._storage, command.workspace_id, sources)
        for workspace_id in ids_of(command, WORKSPACE):
            await self._storage.delete_prefix(images_prefix(workspace_id))
        return done

    async def dependents(self, query: FindImagingDependents) -> Dependents:
        """Of files what was made of them."""
        files = [thing.id for thing in query.things if thing.kind == FILE]
        async with self._sessions() as session:
            items = [
                thing async for thing in _depending(session, query.workspace_id, files)
            ]
            unknown = [
                thing
                for thing in query.things
                if thing.kind in _KINDS
                and not await _things(
                    session,
                    query.workspace_id,
                    thing.kind,
                    col(_KINDS[thing.kind][1]) == thing.id,
                )
            ]
        return Dependents(items=items[:MOST_DEPENDENTS], unknown=unknown)


async def _forget(command: DeleteFromImaging, session: AsyncSession) -> list[Grave]:
    workspaces = ids_of(command, WORKSPACE)
    if workspaces:
        return await _forget_workspaces(session, workspaces)
    workspace_id, files = command.workspace_id, ids_of(command, FILE)
    wanted = {kind: ids_of(command, kind) for kind in _KINDS}
    if command.older is not None:
        wanted[command.older.kind] = await _older(session, command)
    if command.cascade:
        for kind, of_file in _OF_A_FILE.items():
            found = await _things(
                session, workspace_id, kind, one_of(of_file, files), limit=None
            )
            wanted[kind] += [thing.id for thing in found]
    else:
        async for thing in _depending(session, workspace_id, files):
            refuse_dependents([thing])
    graves = []
    for batch_id in ids_of(command, BATCH):
        graves += await _forget_batch(session, workspace_id, batch_id, wanted)
    graves += await _forget_transformations(
        session, workspace_id, wanted[TRANSFORMATION]
    )
    graves += await _forget_backgrounds(session, workspace_id, wanted[BACKGROUND])
    graves += await _forget_analyses(session, workspace_id, files + wanted[ANALYSIS])
    graves += [Grave(FILE, one, file_prefix(workspace_id, one)) for one in files]
    return graves


async def _forget_batch(
    session: AsyncSession,
    workspace_id: str,
    batch_id: str,
    wanted: dict[str, list[str]],
) -> list[Grave]:
    """Its images are wanted from here on; its contact sheet goes with it."""
    task_id = task_of_batch(batch_id)
    task_ids = list(tasks_in_batch(task_id))
    for kind in _OF_A_FILE:
        made_in_it = one_of(col(_KINDS[kind][0].task_id), task_ids)
        found = await _things(session, workspace_id, kind, made_in_it, limit=None)
        wanted[kind] += [thing.id for thing in found]
    return [Grave(BATCH, batch_id, f"artifacts/{workspace_id}/{task_id}/")]


async def _forget_transformations(
    session: AsyncSession, workspace_id: str, ids: Sequence[str]
) -> list[Grave]:
    these = _of_workspace(TransformationRow, workspace_id) & one_of(
        col(TransformationRow.transformation_id), ids
    )
    keys = await session.scalars(
        select_columns(col(TransformationRow.key)).where(these).distinct()
    )
    found = sorted(keys.all())
    for key in found:  # nobody takes over, meanwhile, what is about to go
        await lock(session, workspace_id, key)
    gone = await session.execute(
        delete(TransformationRow)
        .where(these)
        .returning(
            col(TransformationRow.transformation_id), col(TransformationRow.made)
        )
    )
    rows = gone.all()
    left = _of_workspace(TransformationRow, workspace_id) & one_of(
        col(TransformationRow.key), found
    )
    others = await session.scalars(
        select_columns(col(TransformationRow.made)).where(left)
    )
    shown = {folder for made in others for folder in shown_folders(made)}
    graves = []
    for transformation_id, made in rows:
        folder = next(iter(shown_folders(made) - shown), None)
        shown |= shown_folders(made)
        graves.append(Grave(TRANSFORMATION, transformation_id, folder))
    return graves


async def _forget_backgrounds(
    session: AsyncSession, workspace_id: str, ids: Sequence[str]
) -> list[Grave]:
    row = BackgroundRow
    gone = await session.execute(
        delete(row)
        .where(_of_workspace(row, workspace_id), one_of(col(row.background_id), ids))
        .returning(col(row.background_id), col(row.task_id), col(row.run))
    )
    return [
        Grave(BACKGROUND, one, artifacts_prefix(workspace_id, task_id, run))
        for one, task_id, run in gone
    ]


async def _forget_analyses(
    session: AsyncSession, workspace_id: str, file_ids: Sequence[str]
) -> list[Grave]:
    gone = await session.scalars(
        delete(AssetRow)
        .where(_of_workspace(AssetRow, workspace_id))
        .where(one_of(col(AssetRow.file_id), file_ids))
        .returning(col(AssetRow.file_id))
    )
    found = list(gone.all())
    await session.execute(delete(HashRow).where(one_of(col(HashRow.file_id), found)))
    return [Grave(ANALYSIS, one) for one in found]


async def _forget_workspaces(
    session: AsyncSession, workspaces: list[str]
) -> list[Grave]:
    """How many went of each kind; and every object, of all services: theirs went
    before."""
    graves = []
    for workspace_id in workspaces:
        await session.execute(
            delete(HashRow).where(_of_workspace(HashRow, workspace_id))
        )
        for kind, (row, _) in _KINDS.items():
            gone = await session.execute(
                delete(row).where(_of_workspace(row, workspace_id))
            )
            count: int = gone.rowcount  # type: ignore[attr-defined]  # a DELETE has it
            if count:
                graves.append(Grave(kind, workspace_id, count=count))
        for room in ("artifacts", "files", "previews", "images"):
            graves.append(
                Grave(f"{room} of", workspace_id, f"{room}/{workspace_id}/", 0)
            )
    return graves


async def _older(session: AsyncSession, command: DeleteFromImaging) -> list[str]:
    older = command.older
    assert older is not None  # it is asked for
    row, own_id = _KINDS[older.kind]
    found = await session.scalars(
        select_columns(own_id)
        .where(_of_workspace(row, command.workspace_id))
        .where(col(row.created_at) < older.before)
        .where(none_of(col(own_id), older.but))
        .order_by(col(row.created_at))
        .limit(older.limit)
    )
    return list(found.all())


async def _depending(
    session: AsyncSession, workspace_id: str, files: Sequence[str]
) -> AsyncIterator[Thing]:
    """What was made of these files by orders of their own."""
    if files:
        for kind, of_file in _OF_A_FILE.items():
            which = one_of(of_file, files)
            for thing in await _things(session, workspace_id, kind, which):
                yield thing


async def _things(
    session: AsyncSession,
    workspace_id: str,
    kind: str,
    which: ColumnElement[bool],
    limit: int | None = MOST_DEPENDENTS,
) -> list[Thing]:
    row, own_id = _KINDS[kind]
    found = await session.scalars(
        select_columns(own_id)
        .where(_of_workspace(row, workspace_id), which)
        .order_by(col(row.created_at))
        .limit(limit)
    )
    return [Thing(kind=kind, id=one) for one in found]


def _of_workspace(row: Any, workspace_id: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = col(row.workspace_id) == workspace_id
    return found
