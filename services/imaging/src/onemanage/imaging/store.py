"""What imaging has made and seen, in PostgreSQL, as contract Structs in and out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from sqlalchemy import Delete, delete
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from onemanage.contracts.base import ListPlace
from onemanage.contracts.imaging.images import (
    Asset,
    BackgroundImage,
    FindSimilar,
    SimilarImages,
    Transformation,
    TransformationPage,
)
from onemanage.imaging import hashes
from onemanage.imaging.models import AssetRow, BackgroundRow, TransformationRow
from onemanage.imaging.shared_images import lock
from onemanage.platform.database.newest import newest_first
from onemanage.platform.database.sessions import Sessions


class Store:
    """Every read names its workspace; what belongs to another is not there."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = self._sessions = sessions

    @asynccontextmanager
    async def alone(self, workspace_id: str, key: str) -> AsyncIterator["Alone"]:
        """Only one at a time, of all processes, is in here for this key; what is saved
        inside is committed at its end, and nothing of it where that is an error."""
        async with self._sessions.begin() as session:
            await lock(session, workspace_id, key)
            yield Alone(session, workspace_id, key)

    async def transformation(
        self, workspace_id: str, transformation_id: str
    ) -> Transformation | None:
        """None where the workspace has none of this id."""
        async with self._sessions() as session:
            row = await session.get(TransformationRow, transformation_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return msgspec.convert(row.made, Transformation)

    async def transformations(
        self,
        workspace_id: str,
        file_id: str | None,
        limit: int,
        place: ListPlace | None,
    ) -> TransformationPage:
        """Newest first, those that come after ``place``."""
        asked = select(TransformationRow).where(
            TransformationRow.workspace_id == workspace_id
        )
        if file_id is not None:
            asked = asked.where(TransformationRow.file_id == file_id)
        asked = newest_first(
            asked,
            col(TransformationRow.created_at),
            col(TransformationRow.transformation_id),
            limit,
            place,
        )
        async with self._sessions() as session:
            rows = (await session.scalars(asked)).all()
        items = [msgspec.convert(row.made, Transformation) for row in rows[:limit]]
        return TransformationPage(items=items, has_more=len(rows) > limit)

    async def save_background(self, made: BackgroundImage, run: int) -> None:
        """Write its row; one of an earlier run gives way."""
        values = {"background_id": made.background_id, **_common(made, run)}
        await self._upsert(BackgroundRow, "background_id", values)

    async def background(
        self, workspace_id: str, background_id: str
    ) -> BackgroundImage | None:
        """None where the workspace has none of this id."""
        async with self._sessions() as session:
            row = await session.get(BackgroundRow, background_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return msgspec.convert(row.made, BackgroundImage)

    async def save_asset(self, asset: Asset) -> None:
        """Write its row, and its hashes for the search of similar ones."""
        values = msgspec.structs.asdict(asset) | {
            "analysis": msgspec.to_builtins(asset.analysis)
        }
        async with self._sessions.begin() as session:
            await session.execute(_upserting(AssetRow, "file_id", values))
            await hashes.remember(session, asset)

    async def forget_asset(self, asset: Asset) -> None:
        """And its hashes, where it is still the one that this task has saved."""
        async with self._sessions.begin() as session:
            gone = await session.scalars(
                delete(AssetRow)
                .where(col(AssetRow.file_id) == asset.file_id)
                .where(col(AssetRow.task_id) == asset.task_id)
                .returning(col(AssetRow.file_id))
            )
            if gone.first() is not None:
                await hashes.forget(session, asset.file_id)

    async def similar(self, asset: Asset, query: FindSimilar) -> SimilarImages:
        """What lies within the distance of this one, nearest first."""
        return await hashes.similar(self._sessions, asset, query)

    async def asset(self, workspace_id: str, file_id: str) -> Asset | None:
        """None where the workspace has none of this file."""
        async with self._sessions() as session:
            row = await session.get(AssetRow, file_id)
        if row is None or row.workspace_id != workspace_id:
            return None
        return msgspec.convert(row.model_dump(), Asset)

    async def discard(self, task_id: str, run: int) -> bool:
        """Forget what this run of the task has made; False where others have taken over
        its images, so that these have to stay."""
        kept = False
        for row in await self._made_by(task_id, run):
            async with self.alone(row.workspace_id, row.key) as alone:
                kept |= await alone.is_reused(row.transformation_id)
                await alone.forget(task_id, run)
        async with self._sessions.begin() as session:
            await session.execute(_forgetting(BackgroundRow, task_id, run))
        return not kept

    async def _made_by(self, task_id: str, run: int) -> list[TransformationRow]:
        asked = (
            select(TransformationRow)
            .where(TransformationRow.task_id == task_id)
            .where(TransformationRow.run == run)
        )
        async with self._sessions() as session:
            return list((await session.scalars(asked)).all())

    async def _upsert(self, row: Any, key: str, values: dict[str, Any]) -> None:
        async with self._sessions.begin() as session:
            await session.execute(_upserting(row, key, values))


class Alone:
    """With the transformations of one key, which nobody else reads to save one, saves or
    forgets meanwhile."""

    def __init__(self, session: AsyncSession, workspace_id: str, key: str) -> None:
        self._session, self._workspace_id, self._key = session, workspace_id, key

    async def made_before(self) -> Transformation | None:
        """The oldest: its images are its own."""
        asked = (
            select(TransformationRow)
            .where(TransformationRow.workspace_id == self._workspace_id)
            .where(TransformationRow.key == self._key)
            .order_by(col(TransformationRow.created_at))
            .limit(1)
        )
        row = (await self._session.scalars(asked)).first()
        return None if row is None else msgspec.convert(row.made, Transformation)

    async def save(self, made: Transformation, run: int) -> None:
        """Saving again replaces what was there."""
        values = {
            "transformation_id": made.transformation_id,
            "file_id": made.file_id,
            "key": made.key,
            **_common(made, run),
        }
        await self._session.execute(
            _upserting(TransformationRow, "transformation_id", values)
        )

    async def is_reused(self, transformation_id: str) -> bool:
        """Whether others show its images."""
        asked = (
            select(TransformationRow.transformation_id)
            .where(TransformationRow.workspace_id == self._workspace_id)
            .where(TransformationRow.key == self._key)
            .where(
                col(TransformationRow.made)["reused_from"].astext == transformation_id
            )
            .limit(1)
        )
        return (await self._session.scalars(asked)).first() is not None

    async def forget(self, task_id: str, run: int) -> None:
        """What this run of the task has saved."""
        await self._session.execute(_forgetting(TransformationRow, task_id, run))


def _forgetting(row: Any, task_id: str, run: int) -> Delete:
    return delete(row).where(col(row.task_id) == task_id).where(col(row.run) == run)


def _upserting(row: Any, key: str, values: dict[str, Any]) -> Insert:
    statement = insert(row).values(values)
    others = {name: statement.excluded[name] for name in values if name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=others)


def _common(made: Transformation | BackgroundImage, run: int) -> dict[str, Any]:
    return {
        "workspace_id": made.workspace_id,
        "task_id": made.task_id,
        "run": run,
        "made": msgspec.to_builtins(made),
        "created_at": made.created_at,
    }
