"""Templates and fonts in PostgreSQL, as contract Structs in and out."""

import msgspec
from sqlalchemy import delete, exists, func
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from onemanage.contracts.base import ListPlace
from onemanage.contracts.psd.fonts import Font, FontPage
from onemanage.contracts.psd.templates import Template, TemplatePage
from onemanage.platform.database.newest import newest_first
from onemanage.platform.database.sessions import Sessions
from onemanage.psd.columns import columns_of
from onemanage.psd.models import FontRow, TemplateRow


class TemplateStore:
    """Every read names its workspace."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def save(self, template: Template, run: int) -> bool:
        """A revision: the first, or the one after that which is there.

        Saving again what the same task has saved replaces it. False where the revision
        before it is not there, or another task has made this one.
        """
        values = columns_of(template, "created_at", "changed_at") | {"run": run}
        statement = insert(TemplateRow).values(values)
        statement = statement.on_conflict_do_update(
            index_elements=["template_id", "revision"],
            set_={name: statement.excluded[name] for name in values},
            where=col(TemplateRow.task_id) == template.task_id,
        )
        of_it = col(TemplateRow.template_id) == template.template_id
        before = col(TemplateRow.revision) == template.revision - 1
        async with self._sessions.begin() as session:
            if template.revision > 1:
                asked = select(TemplateRow).where(of_it, before).with_for_update()
                if (await session.scalars(asked)).first() is None:
                    return False
            saved = await session.execute(
                statement.returning(col(TemplateRow.revision))
            )
            return saved.first() is not None

    async def get(
        self, workspace_id: str, template_id: str, revision: int | None = None
    ) -> Template | None:
        """The latest revision, or this one. None where the workspace has none such."""
        asked = (
            select(TemplateRow)
            .where(TemplateRow.workspace_id == workspace_id)
            .where(TemplateRow.template_id == template_id)
            .order_by(col(TemplateRow.revision).desc())
            .limit(1)
        )
        if revision is not None:
            asked = asked.where(TemplateRow.revision == revision)
        async with self._sessions() as session:
            row = (await session.scalars(asked)).first()
        return None if row is None else _template(row)

    async def page(
        self,
        workspace_id: str,
        limit: int,
        place: ListPlace | None,
        document_id: str | None,
    ) -> TemplatePage:
        """Newest first, those that come after ``place``, in their latest revision."""
        later = aliased(TemplateRow)
        is_old = exists().where(
            col(later.template_id) == col(TemplateRow.template_id),
            col(later.revision) > col(TemplateRow.revision),
        )
        columns = col(TemplateRow.created_at), col(TemplateRow.template_id)
        asked = (
            select(TemplateRow)
            .where(TemplateRow.workspace_id == workspace_id)
            .where(~is_old)
        )
        if document_id is not None:
            asked = asked.where(TemplateRow.document_id == document_id)
        asked = newest_first(asked, *columns, limit, place)
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
        items = [_template(row) for row in rows[:limit]]
        return TemplatePage(items=items, has_more=len(rows) > limit)

    async def discard(self, task_id: str, run: int) -> None:
        """Forget the revision that this run has made; the one before it is the latest
        again."""
        async with self._sessions.begin() as session:
            await session.execute(
                delete(TemplateRow)
                .where(col(TemplateRow.task_id) == task_id)
                .where(col(TemplateRow.run) == run)
            )


class FontStore:
    """Every read names its workspace."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def save(self, font: Font) -> Font:
        """What is kept: this, or what another task has kept of the same bytes."""
        values = columns_of(font, "created_at")
        statement = insert(FontRow).values(values)
        statement = statement.on_conflict_do_update(
            index_elements=["font_id"],
            set_={name: statement.excluded[name] for name in values},
            where=col(FontRow.task_id) == font.task_id,
        )
        async with self._sessions.begin() as session:
            await session.execute(statement)
            row = await session.get(FontRow, font.font_id)
        assert row is not None  # it is inserted, or was there
        return msgspec.convert(row.model_dump(), Font)

    async def get(self, workspace_id: str, font_id: str) -> Font | None:
        """None where the workspace has none of this id."""
        async with self._sessions() as session:
            row = await session.get(FontRow, font_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return msgspec.convert(row.model_dump(), Font)

    async def all(self, workspace_id: str) -> list[Font]:
        """The oldest first, so that the same name is the same font for ever."""
        asked = (
            select(FontRow)
            .where(FontRow.workspace_id == workspace_id)
            .order_by(col(FontRow.created_at), col(FontRow.font_id))
        )
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
        return [msgspec.convert(row.model_dump(), Font) for row in rows]

    async def count(self, workspace_id: str) -> int:
        """How many there are."""
        asked = select_columns(func.count()).where(
            col(FontRow.workspace_id) == workspace_id
        )
        async with self._sessions() as session:
            return await session.scalar(asked) or 0

    async def page(
        self, workspace_id: str, limit: int, place: ListPlace | None
    ) -> FontPage:
        """Newest first, those that come after ``place``."""
        columns = col(FontRow.created_at), col(FontRow.font_id)
        asked = select(FontRow).where(FontRow.workspace_id == workspace_id)
        asked = newest_first(asked, *columns, limit, place)
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
        items = [msgspec.convert(row.model_dump(), Font) for row in rows[:limit]]
        return FontPage(items=items, has_more=len(rows) > limit)


def _template(row: TemplateRow) -> Template:
    return msgspec.convert(row.model_dump(), Template)
