"""``client.merges``: a picture of each row of a table."""

from __future__ import annotations

from typing import Any

from onemanage.client import types
from onemanage.client._sync import operations


class Merges(operations.Merges):
    """What each operation does, and stopping one."""

    def cancel(self, merge_id: str) -> types.TaskOut[Any]:
        """Make no more of its rows; what is made stays.

        Raises Conflict where it has ended.
        """
        merge = self.get(merge_id)
        return self._client.tasks.cancel(merge.task_id)
