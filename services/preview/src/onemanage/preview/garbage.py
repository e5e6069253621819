"""Objects that nothing refers to any more, or not yet."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from onemanage.preview.models import GarbageRow


async def discard(
    session: AsyncSession, keys: Iterable[str], delete_after: datetime
) -> None:
    """They are garbage from then on, unless they are taken out before."""
    rows = [{"object_key": key, "delete_after": delete_after} for key in keys]
    if rows:
        statement = insert(GarbageRow)
        changed = {"delete_after": statement.excluded.delete_after}
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["object_key"], set_=changed
            ),
            rows,
        )
