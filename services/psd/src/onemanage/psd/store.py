"""Documents and layers in PostgreSQL, as contract Structs in and out."""

import msgspec
from sqlalchemy import delete, insert
from sqlalchemy import select as select_columns
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from onemanage.contracts.base import ListPlace
from onemanage.contracts.psd.documents import Document, DocumentPage, Layer, LayerPage
from onemanage.contracts.psd.search import FoundLayer, FoundLayers, SearchLayers
from onemanage.platform.database.newest import newest_first
from onemanage.platform.database.sessions import Sessions
from onemanage.psd import search
from onemanage.psd.made_store import DiffStore, RenditionStore
from onemanage.psd.merges.store import MergeStore
from onemanage.psd.models import (
    DiffRow,
    DocumentRow,
    FontRow,
    LayerRow,
    RenditionRow,
)
from onemanage.psd.template_store import FontStore, TemplateStore

_BRIEF = [
    getattr(LayerRow, name) for name in Layer.__struct_fields__ if name != "details"
]


class Store:
    """Every read names its workspace; what belongs to another is not there."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = self._sessions = sessions
        self.renditions, self.diffs = RenditionStore(sessions), DiffStore(sessions)
        self.templates, self.fonts = TemplateStore(sessions), FontStore(sessions)
        self.merges = MergeStore(sessions)

    async def save(self, document: Document, layers: list[Layer]) -> None:
        """All of it or nothing; saving again replaces what was there."""
        own = msgspec.structs.asdict(document) | {
            "composite": msgspec.to_builtins(document.composite)
        }
        rows = [
            {
                "document_id": document.document_id,
                "workspace_id": document.workspace_id,
                **msgspec.to_builtins(layer),
                **search.terms(layer.details),
            }
            for layer in layers
        ]
        async with self._sessions.begin() as session:
            found = col(DocumentRow.document_id) == document.document_id
            await session.execute(delete(DocumentRow).where(found))
            await session.execute(insert(DocumentRow), [own])
            if rows:
                await session.execute(insert(LayerRow), rows)

    async def discard(self, task_id: str, prefix: str) -> None:
        """Forget what the task has made if its artifacts lie under ``prefix``."""
        async with self._sessions.begin() as session:
            for row, key in (
                (DocumentRow, DocumentRow.manifest_key),
                (RenditionRow, RenditionRow.manifest_key),
                (DiffRow, DiffRow.changes_key),
                (FontRow, FontRow.object_key),
            ):
                await session.execute(
                    delete(row)
                    .where(col(row.task_id) == task_id)
                    .where(col(key).startswith(prefix, autoescape=True))
                )

    async def document(self, workspace_id: str, document_id: str) -> Document | None:
        """None where the workspace has none of this id."""
        async with self._sessions() as session:
            row = await session.get(DocumentRow, document_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return msgspec.convert(row.model_dump(), Document)

    async def documents(
        self, workspace_id: str, limit: int, place: ListPlace | None
    ) -> DocumentPage:
        """Newest first, those that come after ``place``."""
        columns = col(DocumentRow.created_at), col(DocumentRow.document_id)
        asked = select(DocumentRow).where(DocumentRow.workspace_id == workspace_id)
        asked = newest_first(asked, *columns, limit, place)
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
        items = [msgspec.convert(row.model_dump(), Document) for row in rows[:limit]]
        return DocumentPage(items=items, has_more=len(rows) > limit)

    async def layers(self, document_id: str, limit: int, after: int) -> LayerPage:
        """From the bottom up, those above layer ``after``; without their details."""
        asked = (
            select_columns(*_BRIEF)
            .where(col(LayerRow.document_id) == document_id)
            .where(col(LayerRow.layer_id) > after)
            .order_by(col(LayerRow.layer_id))
            .limit(limit + 1)
        )
        async with self._sessions() as session:
            rows = (await session.execute(asked)).mappings().all()
        items = [msgspec.convert(dict(row), Layer) for row in rows[:limit]]
        return LayerPage(items=items, has_more=len(rows) > limit)

    async def layer(self, document_id: str, layer_id: int) -> Layer | None:
        """None where the document has no such layer."""
        async with self._sessions() as session:
            row = await session.get(LayerRow, (document_id, layer_id))
        return None if row is None else msgspec.convert(row.model_dump(), Layer)

    async def search(self, query: SearchLayers) -> FoundLayers:
        """Best first. Raises InvalidSearch where it asks for what cannot be."""
        asked = search.statement(query, _BRIEF)
        async with self._sessions() as session:
            await session.execute(search.settings())
            try:
                rows = (await session.execute(asked)).mappings().all()
            except DBAPIError as error:
                if search.took_too_long(error):
                    raise search.InvalidSearch(search.TOO_LONG) from error
                raise
        items = [
            msgspec.convert(
                {**row, "layer": msgspec.convert(dict(row), Layer)}, FoundLayer
            )
            for row in rows[: query.limit]
        ]
        return FoundLayers(items=items, has_more=len(rows) > query.limit)
