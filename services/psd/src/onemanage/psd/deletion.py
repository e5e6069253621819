"""Deleting documents, what was made of them, and fonts: rows at once, then their objects."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, distinct, func, or_
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from onemanage.contracts.deletion import (
    FILE,
    MOST_DEPENDENTS,
    WORKSPACE,
    Deleted,
    Dependents,
    Thing,
)
from onemanage.contracts.psd.deletion import (
    DIFF,
    DOCUMENT,
    FONT,
    MERGE,
    RENDITION,
    TEMPLATE,
    DeleteFromPsd,
    FindPsdDependents,
)
from onemanage.contracts.psd.filling import RENDERS
from onemanage.platform.database.sessions import Sessions, none_of, one_of
from onemanage.platform.deletion.tombstones import (
    Grave,
    Tombstones,
    folder_of,
    ids_of,
    refuse_dependents,
)
from onemanage.platform.sandbox.job import Report
from onemanage.platform.storage.storage import Storage
from onemanage.psd.merges.deletion import forget_merges, forget_pictures_of
from onemanage.psd.models import (
    DiffRow,
    DocumentRow,
    FontRow,
    MergeRow,
    RenditionRow,
    TemplateRow,
    tombstones,
)

_KINDS: dict[str, tuple[Any, Any, Any]] = {
    DOCUMENT: (DocumentRow, DocumentRow.document_id, DocumentRow.manifest_key),
    RENDITION: (RenditionRow, RenditionRow.rendition_id, RenditionRow.manifest_key),
    DIFF: (DiffRow, DiffRow.diff_id, DiffRow.changes_key),
    TEMPLATE: (
        TemplateRow,
        TemplateRow.template_id,
        func.concat(
            RENDERS, TemplateRow.workspace_id, "/", TemplateRow.template_id, "/"
        ),
    ),
    MERGE: (MergeRow, MergeRow.merge_id, MergeRow.task_id),
    FONT: (FontRow, FontRow.font_id, FontRow.object_key),
}
"""Of each kind: its rows, their id, and a key in the folder of their objects."""


class Deletion:
    """Of what psd keeps. Safe to repeat from any point."""

    def __init__(self, storage: Storage, sessions: Sessions) -> None:
        self._sessions = sessions
        self._tombstones = Tombstones(sessions, storage, tombstones)
        self.sweep = self._tombstones.sweep
        self.leave_to_sweep = self._tombstones.leave_to_sweep

    async def delete(self, command: DeleteFromPsd, report: Report) -> Deleted:
        """Raises InvalidInput where something depends on it, and is not to go along."""
        forget = partial(_forget, command)
        return await self._tombstones.carry_out(command, report, forget)

    async def dependents(self, query: FindPsdDependents) -> Dependents:
        """Of documents what was made of them, of files their documents and fonts."""
        async with self._sessions() as session:
            items: list[Thing] = []
            for kind, which in _depending(query.workspace_id, query.things):
                items += await _things(session, kind, which)
            unknown = [
                thing
                for thing in query.things
                if thing.kind in _KINDS
                and not await _things(session, thing.kind, _is(query, thing))
            ]
            documents = one_of(
                col(DocumentRow.document_id), _ids([*query.things, *items], DOCUMENT)
            )
            keys = await session.scalars(
                select_columns(col(DocumentRow.manifest_key)).where(
                    _of_workspace(DocumentRow, query.workspace_id), documents
                )
            )
            folders = [folder_of(key) for key in keys]
        return Dependents(
            items=items[:MOST_DEPENDENTS], unknown=unknown, folders=folders
        )


async def _forget(command: DeleteFromPsd, session: AsyncSession) -> list[Grave]:
    workspaces = ids_of(command, WORKSPACE)
    if workspaces:
        return await _forget_workspaces(session, workspaces)
    if command.older is not None:
        return await _forget_older(command, session)
    if not command.cascade:
        for kind, which in _depending(command.workspace_id, command.things):
            refuse_dependents(await _things(session, kind, which))
    return await _forget_with_dependents(session, command.workspace_id, command.things)


async def _forget_with_dependents(
    session: AsyncSession, workspace_id: str, things: Sequence[Thing]
) -> list[Grave]:
    of_files = _of_workspace(DocumentRow, workspace_id) & one_of(
        col(DocumentRow.file_id), _ids(things, FILE)
    )
    documents = _ids(things, DOCUMENT) + [
        thing.id for thing in await _things(session, DOCUMENT, of_files, limit=None)
    ]
    wanted = [*things, *(Thing(kind=DOCUMENT, id=one) for one in documents)]
    graves = []
    for kind, which in _depending(workspace_id, wanted):
        graves += await _forget_rows(session, workspace_id, kind, which)
    for kind, (row, own_id, _) in _KINDS.items():
        ids = documents if kind == DOCUMENT else _ids(things, kind)
        which = _of_workspace(row, workspace_id) & one_of(col(own_id), ids)
        graves += await _forget_rows(session, workspace_id, kind, which)
    return graves


async def _forget_older(command: DeleteFromPsd, session: AsyncSession) -> list[Grave]:
    older = command.older
    assert older is not None  # it is asked for
    row, own_id, _ = _KINDS[older.kind]
    oldest = (
        select_columns(own_id)
        .where(_of_workspace(row, command.workspace_id))
        .where(col(row.created_at) < older.before)
        .where(none_of(col(own_id), older.but))
        .order_by(col(row.created_at))
        .limit(older.limit)
    )
    ids = (await session.scalars(oldest)).all()
    things = [Thing(kind=older.kind, id=one) for one in ids]
    return await _forget_with_dependents(session, command.workspace_id, things)


async def _forget_workspaces(
    session: AsyncSession, workspaces: list[str]
) -> list[Grave]:
    """How many went of each kind; the objects go with all of the workspace's."""
    graves = []
    for workspace_id in workspaces:
        await forget_pictures_of(session, workspace_id)
        for kind, (row, own_id, _) in _KINDS.items():
            of_it = _of_workspace(row, workspace_id)
            asked = select_columns(func.count(distinct(own_id))).where(of_it)
            count = await session.scalar(asked) or 0
            await session.execute(delete(row).where(of_it))
            if count:
                prefix = f"{RENDERS}{workspace_id}/" if kind == TEMPLATE else None
                graves.append(Grave(kind, workspace_id, prefix, count))
    return graves


async def _forget_rows(
    session: AsyncSession, workspace_id: str, kind: str, which: ColumnElement[bool]
) -> list[Grave]:
    if kind == MERGE:
        return await forget_merges(session, workspace_id, which)
    row, own_id, key = _KINDS[kind]
    gone = await session.execute(delete(row).where(which).returning(own_id, key))
    folders = {one: folder_of(object_key) for one, object_key in gone}
    return [Grave(kind, one, folder) for one, folder in folders.items()]


def _depending(
    workspace_id: str, things: Sequence[Thing]
) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """Kinds, and which of them were made of these by an order of their own."""
    files, documents = _ids(things, FILE), _ids(things, DOCUMENT)
    templates = _ids(things, TEMPLATE)
    if files:
        of_them = one_of(col(DocumentRow.file_id), files)
        yield DOCUMENT, _of_workspace(DocumentRow, workspace_id) & of_them
        of_them = one_of(col(FontRow.file_id), files)
        yield FONT, _of_workspace(FontRow, workspace_id) & of_them
    if documents:
        of_them = one_of(col(RenditionRow.document_id), documents)
        yield RENDITION, _of_workspace(RenditionRow, workspace_id) & of_them
        either = or_(
            one_of(col(DiffRow.before_document_id), documents),
            one_of(col(DiffRow.after_document_id), documents),
        )
        yield DIFF, _of_workspace(DiffRow, workspace_id) & either
        of_them = one_of(col(TemplateRow.document_id), documents)
        merged = select_columns(col(TemplateRow.template_id)).where(
            _of_workspace(TemplateRow, workspace_id), of_them
        )
        # Before the templates, by which they are found.
        which = col(MergeRow.template_id).in_(merged)
        yield MERGE, _of_workspace(MergeRow, workspace_id) & which
        yield TEMPLATE, _of_workspace(TemplateRow, workspace_id) & of_them
    if templates:
        of_them = one_of(col(MergeRow.template_id), templates)
        yield MERGE, _of_workspace(MergeRow, workspace_id) & of_them


async def _things(
    session: AsyncSession,
    kind: str,
    which: ColumnElement[bool],
    limit: int | None = MOST_DEPENDENTS,
) -> list[Thing]:
    row, own_id, _ = _KINDS[kind]
    oldest = func.min(col(row.created_at))
    asked = select_columns(own_id).where(which).group_by(own_id).order_by(oldest)
    found = await session.scalars(asked.limit(limit))
    return [Thing(kind=kind, id=one) for one in found]


def _is(query: FindPsdDependents, thing: Thing) -> ColumnElement[bool]:
    row, own_id, _ = _KINDS[thing.kind]
    found: ColumnElement[bool] = col(own_id) == thing.id
    return _of_workspace(row, query.workspace_id) & found


def _of_workspace(row: Any, workspace_id: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = col(row.workspace_id) == workspace_id
    return found


def _ids(things: Sequence[Thing], kind: str) -> list[str]:
    return [thing.id for thing in things if thing.kind == kind]
