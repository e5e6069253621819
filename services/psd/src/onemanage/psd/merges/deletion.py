"""Deleting merges: rows at once, and such pictures as no other merge shows."""

from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from onemanage.contracts.psd.deletion import MERGE
from onemanage.contracts.psd.merges import merge_prefix, picture_prefix
from onemanage.platform.database.sessions import one_of
from onemanage.platform.deletion.tombstones import Grave
from onemanage.psd.merges.store import lock_pictures
from onemanage.psd.models import MergedRowRow, MergeRow, PictureRow

_PARTS = "merge_parts"
"""Of a merge some of whose pictures stay: counted with it."""


async def forget_merges(
    session: AsyncSession, workspace_id: str, which: ColumnElement[bool]
) -> list[Grave]:
    """A picture stays where a row of another merge shows it, wherever it lies."""
    await lock_pictures(session, workspace_id)
    ids = list(await session.scalars(select(col(MergeRow.merge_id)).where(which)))
    if not ids:
        return []
    shown = await session.scalars(
        select(col(MergedRowRow.picture_id))
        .where(one_of(col(MergedRowRow.merge_id), ids))
        .where(col(MergedRowRow.picture_id).is_not(None))
        .distinct()
    )
    pictures = [one for one in shown if one is not None]
    await session.execute(delete(MergeRow).where(one_of(col(MergeRow.merge_id), ids)))
    gone = await session.execute(
        delete(PictureRow)
        .where(one_of(col(PictureRow.picture_id), pictures))
        .where(~exists().where(col(MergedRowRow.picture_id) == PictureRow.picture_id))
        .returning(col(PictureRow.picture_id), col(PictureRow.merge_id))
    )
    lost = [(picture_id, merge_id) for picture_id, merge_id in gone]
    shared = await _shared(session, ids)
    return [
        *(_grave(workspace_id, merge_id, merge_id in shared) for merge_id in ids),
        *(
            Grave(_PARTS, one, picture_prefix(workspace_id, merge_id, one), count=0)
            for one, merge_id in lost
            if merge_id in shared or merge_id not in ids
        ),
    ]


async def _shared(session: AsyncSession, ids: list[str]) -> set[str]:
    """Those in whose folders pictures stay."""
    found = await session.scalars(
        select(col(PictureRow.merge_id))
        .where(one_of(col(PictureRow.merge_id), ids))
        .distinct()
    )
    return set(found)


def _grave(workspace_id: str, merge_id: str, is_shared: bool) -> Grave:
    folder = merge_prefix(workspace_id, merge_id)
    return Grave(MERGE, merge_id, f"{folder}files/" if is_shared else folder)


async def forget_pictures_of(session: AsyncSession, workspace_id: str) -> None:
    """Of a workspace that goes as a whole."""
    which: Any = col(PictureRow.workspace_id) == workspace_id
    await session.execute(delete(PictureRow).where(which))
