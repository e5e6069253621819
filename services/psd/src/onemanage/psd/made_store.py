"""What was made of parsed documents, in PostgreSQL: one row each, in Structs."""

import msgspec
from sqlalchemy import delete, insert
from sqlmodel import col, select

from onemanage.contracts.base import ListPlace
from onemanage.contracts.psd.diffs import DocumentDiff
from onemanage.contracts.psd.renditions import Rendition, RenditionPage
from onemanage.platform.database.newest import newest_first
from onemanage.platform.database.sessions import Sessions
from onemanage.psd.columns import columns_of
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
            await session.execute(
                insert(RenditionRow), [columns_of(rendition, "created_at")]
            )

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
        columns = col(RenditionRow.created_at), col(RenditionRow.rendition_id)
        asked = (
            select(RenditionRow)
            .where(RenditionRow.workspace_id == workspace_id)
            .where(RenditionRow.document_id == document_id)
        )
        asked = newest_first(asked, *columns, limit, place)
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
            await session.execute(insert(DiffRow), [columns_of(diff, "created_at")])

    async def get(self, workspace_id: str, diff_id: str) -> DocumentDiff | None:
        """None where the workspace has none of this id."""
        async with self._sessions() as session:
            row = await session.get(DiffRow, diff_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return msgspec.convert(row.model_dump(), DocumentDiff)
