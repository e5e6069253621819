"""Tile pyramids in PostgreSQL, as contract Structs in and out."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, and_, delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from onemanage.contracts.base import utc_now
from onemanage.contracts.previews.tiles import TilePyramid
from onemanage.platform.database.sessions import Sessions, one_of
from onemanage.preview.garbage import discard
from onemanage.preview.models import GarbageRow, PyramidRow

_FIELDS = TilePyramid.__struct_fields__


class PyramidStore:
    """Every read names its workspace."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def get(self, workspace_id: str, pyramid_id: str) -> TilePyramid | None:
        """None where the workspace has none of this id."""
        async with self._sessions() as session:
            row = await session.get(PyramidRow, pyramid_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return TilePyramid(**{name: getattr(row, name) for name in _FIELDS})

    async def keep(self, workspace_id: str, pyramid: TilePyramid) -> None:
        """In place of one of the same id, whose object is garbage then."""
        async with self._sessions.begin() as session:
            # Two at once would not see each other's objects and leave one behind.
            lock = func.hashtext(pyramid.pyramid_id)
            await session.execute(select(func.pg_advisory_xact_lock(lock)))
            before = await session.get(PyramidRow, pyramid.pyramid_id)
            if before is not None and before.object_key != pyramid.object_key:
                await discard(session, [before.object_key], utc_now())
            await session.execute(
                delete(GarbageRow).where(
                    col(GarbageRow.object_key) == pyramid.object_key
                )
            )
            row = msgspec.structs.asdict(pyramid) | {"workspace_id": workspace_id}
            await session.execute(
                insert(PyramidRow)
                .values(row)
                .on_conflict_do_update(index_elements=["pyramid_id"], set_=row)
            )

    async def discard_of(self, workspace_id: str, owner_ids: Sequence[str]) -> None:
        """Those of what is gone are garbage now."""
        async with self._sessions.begin() as session:
            of_them = one_of(col(PyramidRow.owner_id), owner_ids)
            await take_pyramids_away(session, workspace_id, of_them)


async def take_pyramids_away(
    session: AsyncSession, workspace_id: str, which: ColumnElement[bool]
) -> None:
    """These are garbage, within the transaction of whoever says so."""
    gone = await session.execute(
        delete(PyramidRow)
        .where(and_(col(PyramidRow.workspace_id) == workspace_id, which))
        .returning(col(PyramidRow.object_key))
    )
    await discard(session, gone.scalars().all(), utc_now())
