"""Hashes of a workspace's images in PostgreSQL, and the search for those that are near.

How it finds them is told in domain/analysis/duplicates.py.
"""

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from onemanage.contracts.imaging.images import (
    Asset,
    FindSimilar,
    SimilarImage,
    SimilarImages,
)
from onemanage.imaging.domain.analysis.duplicates import (
    CROP_LIMIT,
    asked_keys,
    parts,
    stored_keys,
)
from onemanage.platform.database.sessions import Sessions

_FORGET = text("DELETE FROM image_hashes WHERE file_id = :file_id")
_REMEMBER = text("""
    INSERT INTO image_hashes (workspace_id, file_id, part, hash, keys)
    SELECT :workspace_id, :file_id, (:part)::smallint, ('x' || (:hash)::text)::bit(256),
           (:keys)::integer[]
    """)
_COUNT = text("SELECT count(*) FROM assets WHERE workspace_id = :workspace_id")
_BY_INDEX = text("SET LOCAL enable_seqscan = off")
_SEARCH = text("""
    WITH asked AS MATERIALIZED (
        SELECT (ordinality - 1)::int AS part, ('x' || hash)::bit(256) AS hash
        FROM unnest((:hashes)::text[]) WITH ORDINALITY AS given (hash, ordinality)
    ), found AS MATERIALIZED (
        SELECT file_id, part, hash FROM image_hashes
        WHERE workspace_id = :workspace_id
          AND file_id <> :file_id
          AND keys && (:keys)::integer[]
    ), compared AS (
        SELECT found.file_id,
               bit_count(found.hash # asked.hash)::int AS distance,
               found.part = 0 AND asked.part = 0 AS whole
        FROM found CROSS JOIN asked
    ), kept AS (
        SELECT DISTINCT ON (file_id) file_id, distance, whole
        FROM compared
        WHERE distance <= CASE WHEN whole THEN (:whole_limit)::int ELSE (:crop_limit)::int END
        ORDER BY file_id, whole DESC, distance
    )
    SELECT file_id, assets.name, distance,
           CASE WHEN whole THEN 'whole' ELSE 'crop' END AS matched
    FROM kept JOIN assets USING (file_id)
    ORDER BY whole DESC, distance, file_id
    LIMIT (:limit)::int
    """)


async def forget(session: AsyncSession, file_id: str) -> None:
    """Within the transaction that forgets the asset."""
    await session.execute(_FORGET, {"file_id": file_id})


async def remember(session: AsyncSession, asset: Asset) -> None:
    """Within the transaction that saves the asset; what was there before goes."""
    await forget(session, asset.file_id)
    if asset.analysis.hash is None:
        return
    rows = [
        {
            "workspace_id": asset.workspace_id,
            "file_id": asset.file_id,
            "part": number,
            "hash": part,
            "keys": stored_keys(part),
        }
        for number, part in enumerate(parts(asset.analysis.hash))
    ]
    if rows:
        await session.execute(_REMEMBER, rows)


async def similar(
    sessions: Sessions, asset: Asset, query: FindSimilar
) -> SimilarImages:
    """Whole pictures that are near first; none of a picture in which there is too little
    to see for a hash to mean anything."""
    hashed = asset.analysis.hash
    workspace = {"workspace_id": asset.workspace_id}
    if hashed is None or not parts(hashed):
        async with sessions() as session:
            searched = await session.scalar(_COUNT, workspace)
        return SimilarImages(items=[], searched=searched or 0)
    given = {
        **workspace,
        "file_id": asset.file_id,
        "hashes": parts(hashed),
        "keys": asked_keys(hashed),
        "whole_limit": query.distance,
        "crop_limit": CROP_LIMIT,
        "limit": query.limit,
    }
    async with sessions() as session:
        searched = await session.scalar(_COUNT, workspace)
        # Of thousands of keys the planner expects that they are in every row.
        await session.execute(_BY_INDEX)
        rows = (await session.execute(_SEARCH, given)).mappings().all()
    return SimilarImages(
        items=[msgspec.convert(dict(row), SimilarImage) for row in rows],
        searched=searched or 0,
    )
