"""``client.merges``: a picture of each row of a table."""

from __future__ import annotations

from typing import Any

from onemanage.client import types
from onemanage.client._async import operations


class AsyncMerges(operations.AsyncMerges):
    """What each operation does, and stopping one."""

    async def cancel(self, merge_id: str) -> types.TaskOut[Any]:
        """Make no more of its rows; what is made stays.

        Raises Conflict where it has ended.
        """
        merge = await self.get(merge_id)
        return await self._client.tasks.cancel(merge.task_id)
