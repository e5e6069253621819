"""Merges, their rows and pictures in PostgreSQL, as contract Structs in and out."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from onemanage.contracts.base import ListPlace, utc_now
from onemanage.contracts.invalid_input import InvalidInput
from onemanage.contracts.psd.merge_pictures import MOST_NAME_CHARACTERS
from onemanage.contracts.psd.merges import (
    MOST_PICTURES,
    Merge,
    MergeCounts,
    MergedImage,
    MergedRow,
    MergedRowPage,
    MergePage,
    RowError,
)
from onemanage.platform.database.newest import newest_first
from onemanage.platform.database.sessions import Sessions
from onemanage.psd.domain.merges.prepared import PreparedRow
from onemanage.psd.models import MergedRowRow, MergeRow, PictureRow

type Add = Callable[[list[PreparedRow]], Awaitable[None]]

FILE_NAME = "^fil_[0-9a-f]{32}$"
_FEWEST_PICTURES, _CHUNKS = 4, 16
"""Of a chunk, and how many there are of few rows: so that every worker has some."""

# Of values that stand in several rows the first decides. What is there needs no chunk.
_NEEDED = """
SELECT picture_id, min(number) AS first FROM psd.merge_rows
WHERE merge_id = :merge AND picture_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM psd.pictures WHERE pictures.picture_id = merge_rows.picture_id
) GROUP BY picture_id
"""
_DIFFERENT = """
SELECT count(DISTINCT picture_id) FROM psd.merge_rows WHERE merge_id = :merge
"""
_DIVIDE = f"""
UPDATE psd.merge_rows AS row SET chunk = divided.chunk
FROM (
    SELECT picture_id, (row_number() OVER (ORDER BY first) - 1) / :size AS chunk
    FROM ({_NEEDED}) AS needed
) AS divided
WHERE row.merge_id = :merge AND row.picture_id = divided.picture_id
"""
_TODO = """
SELECT DISTINCT ON (picture_id) picture_id, number, cells
FROM psd.merge_rows AS row
WHERE merge_id = :merge AND chunk = :chunk AND error IS NULL AND NOT EXISTS (
    SELECT FROM psd.pictures WHERE pictures.picture_id = row.picture_id
) ORDER BY picture_id, number
"""
_COUNTS = """
SELECT count(*) AS rows, count(made.picture_id) AS completed,
       count(*) FILTER (WHERE made.picture_id IS NULL AND error IS NOT NULL) AS rejected,
       count(*) FILTER (WHERE made.picture_id IS NULL AND error IS NULL) AS waiting,
       count(DISTINCT made.picture_id) AS pictures
FROM psd.merge_rows AS row LEFT JOIN psd.pictures AS made USING (picture_id)
WHERE row.merge_id = :merge
"""
_ROWS = """
SELECT number, line, name, images, row.warnings, made.warnings AS more, error
FROM psd.merge_rows AS row LEFT JOIN psd.pictures AS made USING (picture_id)
WHERE row.merge_id = :merge AND number > :after {state} ORDER BY number LIMIT :limit
"""
_STATES = {
    "completed": "AND made.picture_id IS NOT NULL",
    "rejected": "AND made.picture_id IS NULL AND error IS NOT NULL",
    "waiting": "AND made.picture_id IS NULL AND error IS NULL",
}
_CELLS = """
SELECT number, cells FROM psd.merge_rows
WHERE merge_id = :merge AND number > :after ORDER BY number LIMIT :limit
"""
# As cells.py has it, a name is the cell without the white space around it; a cut-out is
# one already.
_CUT_OUTS = """
SELECT DISTINCT cell COLLATE "C" AS named
FROM psd.merge_rows, unnest(CAST(:places AS int[])) AS place,
     btrim(cells ->> place, :space) AS cell
WHERE merge_id = :merge AND chunk IS NOT NULL
  AND length(cell) BETWEEN 1 AND :longest AND NOT starts_with(cell, 'bgd_')
  AND (:with_files OR cell !~ :file) AND cell COLLATE "C" > :after
ORDER BY named LIMIT :limit
"""
_SPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""All that Python strips; what PostgreSQL takes for space depends on its locale."""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('pictures ' || :workspace, 0))"
"""Nobody deletes pictures of a workspace while a merge finds out which are there."""


class Todo(msgspec.Struct, frozen=True):
    """A picture that is to be made."""

    picture_id: str
    number: int
    """Of the first row that wants it."""
    cells: list[str | None]


class MergeStore:
    """Every read names its workspace, or a merge that was read by it."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def save(
        self, merge: Merge, fill: Callable[[Add], Awaitable[object]]
    ) -> bool:
        """The merge with the rows that ``fill`` adds, divided into chunks: all or
        nothing. False where another attempt has saved it."""
        values = msgspec.to_builtins(merge) | {"created_at": merge.created_at}
        del values["counts"]
        async with self._sessions.begin() as session:
            saved = await session.execute(
                insert_or(MergeRow)
                .values(values)
                .on_conflict_do_nothing()
                .returning(col(MergeRow.merge_id))
            )
            if saved.first() is None:
                return False

            async def add(rows: list[PreparedRow]) -> None:
                if rows:
                    plain = [_prepared(merge.merge_id, row) for row in rows]
                    await session.execute(insert(MergedRowRow), plain)

            await fill(add)
            await _divide(session, merge)
        return True

    async def get(self, workspace_id: str, merge_id: str) -> Merge | None:
        """As it stands. None where the workspace has none of this id."""
        async with self._sessions() as session:
            row = await session.get(MergeRow, merge_id)
            if row is None or row.workspace_id != workspace_id:
                return None
            return await _merge(session, row)

    async def known(self, workspace_id: str, merge_id: str) -> Merge:
        """Without its counts, which take long of many rows. Raises InvalidInput where
        it is gone."""
        async with self._sessions() as session:
            row = await session.get(MergeRow, merge_id)
        if row is None or row.workspace_id != workspace_id:
            text = "The merge is not there any more."
            raise InvalidInput("merge.gone", text, merge_id)
        return msgspec.convert(row.model_dump() | {"counts": MergeCounts()}, Merge)

    async def page(
        self, workspace_id: str, template_id: str, limit: int, place: ListPlace | None
    ) -> MergePage:
        """Newest first, those that come after ``place``."""
        columns = col(MergeRow.created_at), col(MergeRow.merge_id)
        asked = (
            select(MergeRow)
            .where(MergeRow.workspace_id == workspace_id)
            .where(MergeRow.template_id == template_id)
        )
        asked = newest_first(asked, *columns, limit, place)
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
            items = [await _merge(session, row) for row in rows[:limit]]
        return MergePage(items=items, has_more=len(rows) > limit)

    async def todo(self, merge_id: str, chunk: int) -> list[Todo]:
        """Pictures of the chunk that are neither made nor rejected, in their order."""
        async with self._sessions() as session:
            found = await session.execute(
                text(_TODO), {"merge": merge_id, "chunk": chunk}
            )
            items = [msgspec.convert(dict(row), Todo) for row in found.mappings()]
        return sorted(items, key=lambda one: one.number)

    async def cut_outs(
        self,
        merge: Merge,
        columns: Sequence[str],
        limit: int,
        after: str = "",
        with_files: bool = True,
    ) -> list[str]:
        """What these columns name where pictures are to be made, in its order."""
        given = {
            "merge": merge.merge_id,
            "places": [merge.columns.index(column) for column in columns],
            "space": _SPACE,
            "longest": MOST_NAME_CHARACTERS,
            "file": FILE_NAME,
            "with_files": with_files,
            "after": after,
            "limit": limit,
        }
        async with self._sessions() as session:
            return list(await session.scalars(text(_CUT_OUTS), given))

    async def made(
        self,
        merge: Merge,
        picture_id: str,
        images: Sequence[MergedImage],
        warnings: Sequence[str],
    ) -> None:
        """All images of the picture are stored. Twice is once."""
        row = PictureRow(
            picture_id=picture_id,
            workspace_id=merge.workspace_id,
            merge_id=merge.merge_id,
            images=msgspec.to_builtins(list(images)),
            warnings=list(warnings),
            created_at=utc_now(),
        )
        async with self._sessions.begin() as session:
            statement = insert_or(PictureRow).values(row.model_dump())
            await session.execute(statement.on_conflict_do_nothing())

    async def rejected(self, merge_id: str, picture_id: str, error: RowError) -> None:
        """Of all rows that want it."""
        async with self._sessions.begin() as session:
            await session.execute(
                update(MergedRowRow)
                .where(col(MergedRowRow.merge_id) == merge_id)
                .where(col(MergedRowRow.picture_id) == picture_id)
                .values(error=msgspec.to_builtins(error))
            )

    async def reject_waiting(self, merge_id: str, error: RowError) -> None:
        """Those of which nothing comes any more."""
        there = select(PictureRow.picture_id).where(
            col(PictureRow.picture_id) == col(MergedRowRow.picture_id)
        )
        async with self._sessions.begin() as session:
            await session.execute(
                update(MergedRowRow)
                .where(col(MergedRowRow.merge_id) == merge_id)
                .where(col(MergedRowRow.error).is_(None), ~there.exists())
                .values(error=msgspec.to_builtins(error))
            )

    async def rows(
        self, merge_id: str, after: int, limit: int, state: str | None = None
    ) -> MergedRowPage:
        """In their order, those behind ``after``."""
        asked = _ROWS.format(state=_STATES.get(state or "", ""))
        given = {"merge": merge_id, "after": after, "limit": limit + 1}
        async with self._sessions() as session:
            found = (await session.execute(text(asked), given)).mappings().all()
        items = [_row(dict(row)) for row in found[:limit]]
        return MergedRowPage(items=items, has_more=len(found) > limit)

    async def cells(
        self, merge_id: str, after: int, limit: int
    ) -> dict[int, list[str | None]]:
        """By the numbers of rows."""
        given = {"merge": merge_id, "after": after, "limit": limit}
        async with self._sessions() as session:
            found = await session.execute(text(_CELLS), given)
            return {number: cells for number, cells in found}

    async def finish(self, merge: Merge) -> None:
        """What it has come to."""
        sheet = msgspec.to_builtins(merge.contact_sheet)
        async with self._sessions.begin() as session:
            await session.execute(
                update(MergeRow)
                .where(col(MergeRow.merge_id) == merge.merge_id)
                .values(
                    finished_at=merge.finished_at,
                    contact_sheet=sheet,
                    manifest_key=merge.manifest_key,
                    rejects_key=merge.rejects_key,
                )
            )

    async def discard(self, workspace_id: str, merge_id: str) -> None:
        """Forget one that is not to be, with its rows. No picture of it is there."""
        async with self._sessions.begin() as session:
            await session.execute(
                delete(MergeRow)
                .where(col(MergeRow.merge_id) == merge_id)
                .where(col(MergeRow.workspace_id) == workspace_id)
            )


async def lock_pictures(session: AsyncSession, workspace_id: str) -> None:
    """Until the transaction ends."""
    await session.execute(text(_LOCK), {"workspace": workspace_id})


async def _divide(session: AsyncSession, merge: Merge) -> None:
    own = {"merge": merge.merge_id}
    await lock_pictures(session, merge.workspace_id)
    needed: int = await session.scalar(
        text(f"SELECT count(*) FROM ({_NEEDED}) AS needed"), own
    )
    all_of_them: int = await session.scalar(text(_DIFFERENT), own)
    size = chunk_size(needed)
    await session.execute(text(_DIVIDE), own | {"size": size})
    await session.execute(
        update(MergeRow)
        .where(col(MergeRow.merge_id) == merge.merge_id)
        .values(
            pictures=all_of_them,
            reused=all_of_them - needed,
            chunks=-(-needed // size),
        )
    )


def chunk_size(pictures: int) -> int:
    """How many of them one task makes."""
    return min(MOST_PICTURES, max(_FEWEST_PICTURES, -(-pictures // _CHUNKS)))


async def _merge(session: AsyncSession, row: MergeRow) -> Merge:
    counts = await session.execute(text(_COUNTS), {"merge": row.merge_id})
    told = msgspec.convert(dict(counts.mappings().one()), MergeCounts)
    return msgspec.convert(row.model_dump() | {"counts": told}, Merge)


def _prepared(merge_id: str, row: PreparedRow) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(row)
    return plain | {"merge_id": merge_id}


def _row(found: dict[str, Any]) -> MergedRow:
    more, images = found.pop("more"), found.pop("images")
    found["warnings"] = [*found["warnings"], *(more or [])]
    if images is not None:
        return msgspec.convert(
            found | {"state": "completed", "images": images, "error": None}, MergedRow
        )
    state = "waiting" if found["error"] is None else "rejected"
    return msgspec.convert(found | {"state": state}, MergedRow)
