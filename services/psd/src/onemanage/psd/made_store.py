"""What was made of parsed documents, in PostgreSQL: one row each, in Structs."""

from typing import Any

import msgspec
from sqlalchemy import delete, insert, tuple_
from sqlmodel import col, select

from onemanage.contracts.base import ListPlace
from onemanage.contracts.psd.diffs import DocumentDiff
from onemanage.contracts.psd.renditions import Rendition, RenditionPage
from onemanage.platform.database.sessions import Sessions
from onemanage.psd.models import DiffRow, RenditionRow


class RenditionStore:
    """Every read names its workspace."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def save(self, rendition: Rendition) -> None:
        """Saving again replaces what was there."""
        found = col(RenditionRow.rendition_id) == rendition.rendition_id
        async with self._sessions.begin() as session:
            await session.execute(delete(RenditionRow).where(found))
            await session.execute(insert(RenditionRow), [_values(rendition)])

    async def get(self, workspace_id: str, rendition_id: str) -> Rendition | None:
        """None where the workspace has none of this id."""
        async with self._sessions() as session:
            row = await session.get(RenditionRow, rendition_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return msgspec.convert(row.model_dump(), Rendition)

    async def of_document(
        self, workspace_id: str, document_id: str, limit: int, place: ListPlace | None
    ) -> RenditionPage:
        """Newest first, those that come after ``place``."""
        newest = (col(RenditionRow.created_at), col(RenditionRow.rendition_id))
        asked = (
            select(RenditionRow)
            .where(RenditionRow.workspace_id == workspace_id)
            .where(RenditionRow.document_id == document_id)
            .order_by(*(column.desc() for column in newest))
            .limit(limit + 1)
        )
        if place is not None:
            asked = asked.where(tuple_(*newest) < (place.created_at, place.id))
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
        items = [msgspec.convert(row.model_dump(), Rendition) for row in rows[:limit]]
        return RenditionPage(items=items, has_more=len(rows) > limit)


class DiffStore:
    """Every read names its workspace."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def save(self, diff: DocumentDiff) -> None:
        """Saving again replaces what was there."""
        found = col(DiffRow.diff_id) == diff.diff_id
        async with self._sessions.begin() as session:
            await session.execute(delete(DiffRow).where(found))
            await session.execute(insert(DiffRow), [_values(diff)])

    async def get(self, workspace_id: str, diff_id: str) -> DocumentDiff | None:
        """None where the workspace has none of this id."""
        async with self._sessions() as session:
            row = await session.get(DiffRow, diff_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return msgspec.convert(row.model_dump(), DocumentDiff)


def _values(made: Rendition | DocumentDiff) -> dict[str, Any]:
    """Columns: Structs within as JSON, the moment as it is."""
    plain: dict[str, Any] = msgspec.to_builtins(made)
    return plain | {"created_at": made.created_at}
