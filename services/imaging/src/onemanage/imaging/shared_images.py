"""Images that several transformations show, because they were asked for the same."""

import hashlib
from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from onemanage.platform.deletion.tombstones import folder_of


async def lock(session: AsyncSession, workspace_id: str, key: str) -> None:
    """Until the transaction ends, nobody else makes, takes over or deletes what has
    this key."""
    digest = hashlib.sha256(f"{workspace_id}:{key}".encode()).digest()
    number = int.from_bytes(digest[:8], signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(number)))


def shown_folders(made: dict[str, Any]) -> set[str]:
    """Prefixes of the images of a Transformation as JSON: one, or none."""
    return {folder_of(image["object_key"]) for image in made["variants"]}
