"""Previews in PostgreSQL, as contract Structs in and out; and what is to be deleted."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, delete, func, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from onemanage.contracts.base import utc_now
from onemanage.contracts.previews.previews import Preview, PreviewPage, PreviewPlace
from onemanage.platform.database.sessions import Sessions, none_of, one_of
from onemanage.preview.garbage import discard
from onemanage.preview.models import GarbageRow, PreviewRow, PyramidRow
from onemanage.preview.pyramid_store import PyramidStore, take_pyramids_away

_UPLOAD_GRACE = timedelta(hours=1)
_FIELDS = Preview.__struct_fields__


def _preview(row: PreviewRow) -> Preview:
    return Preview(**{name: getattr(row, name) for name in _FIELDS})


def object_name(task_id: str, run: int, ending: str = "webp") -> str:
    """The last part of the key of what one run of a task writes."""
    return f"{_run_name(task_id, run)}{ending}"


def _run_name(task_id: str, run: int) -> str:
    return f"{task_id}.{run}."


class Store:
    """Every read names its workspace and sees the living only."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = self._sessions = sessions
        self.pyramids = PyramidStore(sessions)

    async def announce_objects(self, keys: Iterable[str]) -> None:
        """Before they are written: garbage in an hour, unless ``publish`` takes them."""
        async with self._sessions.begin() as session:
            await discard(session, keys, utc_now() + _UPLOAD_GRACE)

    async def publish(self, workspace_id: str, previews: list[Preview]) -> None:
        """Make these the previews of their document or data set.

        What they replace is garbage, and so are a data set's others: columns may have
        gone.
        """
        if not previews:
            return
        async with self._sessions.begin() as session:
            # Two at once would not see each other's objects and leave some behind.
            dataset_id = previews[0].dataset_id
            lock = func.hashtext(dataset_id or previews[0].document_id)
            await session.execute(select(func.pg_advisory_xact_lock(lock)))
            ids = [preview.preview_id for preview in previews]
            asked = select(PreviewRow.object_key).where(
                one_of(col(PreviewRow.preview_id), ids)
            )
            if dataset_id is not None:
                others = _of_dataset(workspace_id, dataset_id)
                gone = await session.execute(
                    delete(PreviewRow)
                    .where(others, none_of(col(PreviewRow.preview_id), ids))
                    .returning(col(PreviewRow.object_key))
                )
                await discard(session, gone.scalars().all(), utc_now())
            keys = {preview.object_key for preview in previews}
            replaced = set((await session.scalars(asked)).all()) - keys
            await discard(session, replaced, utc_now())
            await session.execute(
                delete(GarbageRow).where(one_of(col(GarbageRow.object_key), keys))
            )
            await _upsert(session, workspace_id, previews)

    async def preview(self, workspace_id: str, preview_id: str) -> Preview | None:
        """None where the workspace has none of this id, or it has expired."""
        async with self._sessions() as session:
            row = await session.get(PreviewRow, preview_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return _preview(row) if row.expires_at > utc_now() else None

    async def previews(
        self,
        workspace_id: str,
        document_id: str | None,
        limit: int,
        place: PreviewPlace | None,
        dataset_id: str | None = None,
    ) -> PreviewPage:
        """By document; its composite first, then its layers from the bottom up.

        By data set; its rows first, then its columns.
        """
        order = (
            col(PreviewRow.document_id),
            func.coalesce(PreviewRow.layer_id, 0),
            func.coalesce(PreviewRow.dataset_id, ""),
            col(PreviewRow.position),
        )
        key = tuple_(*order)
        asked = (
            select(PreviewRow)
            .where(PreviewRow.workspace_id == workspace_id)
            .where(PreviewRow.expires_at > utc_now())
            .order_by(*order)
            .limit(limit + 1)
        )
        if document_id is not None:
            asked = asked.where(PreviewRow.document_id == document_id)
        if dataset_id is not None:
            asked = asked.where(PreviewRow.dataset_id == dataset_id)
        if place is not None:
            asked = asked.where(key > msgspec.structs.astuple(place))
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
        return PreviewPage(
            items=[_preview(row) for row in rows[:limit]], has_more=len(rows) > limit
        )

    async def expired(self, limit: int) -> list[tuple[str, Preview]]:
        """Workspace and preview of links that have died and still have a row."""
        asked = (
            select(PreviewRow)
            .where(PreviewRow.expires_at <= utc_now())
            .order_by(col(PreviewRow.expires_at))
            .limit(limit)
        )
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
        return [(row.workspace_id, _preview(row)) for row in rows]

    async def forget(self, previews: Iterable[Preview]) -> None:
        """Rows to garbage, unless one was renewed meanwhile and has another object."""
        keys = [preview.object_key for preview in previews]
        async with self._sessions.begin() as session:
            gone = await session.execute(
                delete(PreviewRow)
                .where(one_of(col(PreviewRow.object_key), keys))
                .where(col(PreviewRow.expires_at) <= utc_now())
                .returning(col(PreviewRow.object_key))
            )
            await discard(session, gone.scalars().all(), utc_now())

    async def discard_run(self, workspace_id: str, task_id: str, run: int) -> None:
        """What this run announced or published is garbage now."""
        name = f"/{_run_name(task_id, run)}"
        async with self._sessions.begin() as session:
            gone = await session.execute(
                delete(PreviewRow)
                .where(col(PreviewRow.workspace_id) == workspace_id)
                .where(col(PreviewRow.object_key).contains(name, autoescape=True))
                .returning(col(PreviewRow.object_key))
            )
            await discard(session, gone.scalars().all(), utc_now())
            of_it = col(PyramidRow.object_key).contains(name, autoescape=True)
            await take_pyramids_away(session, workspace_id, of_it)
            await session.execute(
                update(GarbageRow)
                .where(col(GarbageRow.object_key).contains(name, autoescape=True))
                .values(delete_after=utc_now())
            )

    async def discard_dataset(self, workspace_id: str, dataset_id: str) -> None:
        """All its previews are garbage now."""
        async with self._sessions.begin() as session:
            gone = await session.execute(
                delete(PreviewRow)
                .where(_of_dataset(workspace_id, dataset_id))
                .returning(col(PreviewRow.object_key))
            )
            await discard(session, gone.scalars().all(), utc_now())

    async def discard_documents(
        self, workspace_id: str, document_ids: Sequence[str]
    ) -> None:
        """All previews of these are garbage now."""
        async with self._sessions.begin() as session:
            of_them = one_of(col(PreviewRow.document_id), document_ids)
            await _take_away(session, workspace_id, of_them)

    async def take_away(
        self,
        session: AsyncSession,
        workspace_id: str,
        preview_ids: Sequence[str] | None = None,
    ) -> list[str]:
        """These, or all of the workspace, are garbage; the ids of those that were
        there."""
        if preview_ids is None:
            await take_pyramids_away(session, workspace_id, true())
            return await _take_away(session, workspace_id, true())
        these = one_of(col(PreviewRow.preview_id), preview_ids)
        return await _take_away(session, workspace_id, these)

    async def garbage(self, limit: int) -> list[str]:
        """Keys of at most so many objects that are due to be deleted."""
        asked = (
            select(GarbageRow.object_key)
            .where(GarbageRow.delete_after <= utc_now())
            .limit(limit)
        )
        async with self._sessions() as session:
            return list((await session.scalars(asked)).all())

    async def collected(self, keys: Iterable[str]) -> None:
        """Forget these keys: their objects are gone."""
        async with self._sessions.begin() as session:
            found = one_of(col(GarbageRow.object_key), keys)
            await session.execute(delete(GarbageRow).where(found))


def _of_dataset(workspace_id: str, dataset_id: str) -> Any:
    return and_(
        col(PreviewRow.workspace_id) == workspace_id,
        col(PreviewRow.dataset_id) == dataset_id,
    )


async def _take_away(
    session: AsyncSession, workspace_id: str, which: ColumnElement[bool]
) -> list[str]:
    gone = await session.execute(
        delete(PreviewRow)
        .where(col(PreviewRow.workspace_id) == workspace_id, which)
        .returning(col(PreviewRow.preview_id), col(PreviewRow.object_key))
    )
    rows = gone.all()
    await discard(session, [row.object_key for row in rows], utc_now())
    return [row.preview_id for row in rows]


async def _upsert(
    session: AsyncSession, workspace_id: str, previews: Sequence[Preview]
) -> None:
    rows = [
        {**msgspec.structs.asdict(preview), "workspace_id": workspace_id}
        for preview in previews
    ]
    statement = insert(PreviewRow)
    changed = {name: statement.excluded[name] for name in _FIELDS}
    # Rows beside the statement, not in it: a document may have 8,000 layers, and so many
    # do not fit into the parameters of one.
    await session.execute(
        statement.on_conflict_do_update(index_elements=["preview_id"], set_=changed),
        rows,
    )
