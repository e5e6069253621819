"""What is older than a workspace keeps it is deleted, a little at a time.

The same deletions that users order, in the queue of what nobody has asked for. Whoever
orders the next follows the one before it, and is alone in that: two processes order it
once, and one that dies loses nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from onemanage.contracts.base import utc_now
from onemanage.contracts.deletion import FILE, OlderThan, Thing
from onemanage.gateway.deletion.kinds import BEFORE_A_FILE, SERVICES
from onemanage.gateway.deletion.retention_days import in_force
from onemanage.gateway.deletion.retention_store import RetentionStore, Run
from onemanage.gateway.deletion.steps import in_turn
from onemanage.gateway.deletion.store import Request
from onemanage.gateway.tasks import queues
from onemanage.gateway.tasks.dispatcher import Dispatcher

BATCH = 100
"""Things that one task deletes."""
_EVERY = timedelta(days=1)
_MOST_NEEDED = 5_000
"""Ids that tasks which have not ended name, and that stay."""


class Retention:
    """``sweep`` again and again; any number of processes may."""

    def __init__(
        self,
        store: RetentionStore,
        dispatcher: Dispatcher,
        installation: Mapping[str, int],
    ) -> None:
        self.store, self._dispatcher = store, dispatcher
        self.installation = installation

    async def sweep(self) -> int:
        """Order what is due of each workspace and kind; how many."""
        count = 0
        for workspace_id, own in await self.store.workspaces():
            days = in_force(own, self.installation)
            if not any(days.values()):
                continue
            runs = await self.store.runs(workspace_id)
            for kind, limit in days.items():
                run = runs.get(kind)
                if limit is not None and (run is None or _is_due(run)):
                    count += await self._order(workspace_id, kind, limit, run)
        return count

    async def _order(
        self, workspace_id: str, kind: str, days: int, last: Run | None
    ) -> bool:
        needed = await self.store.needed(workspace_id, _MOST_NEEDED)
        if len(needed) == _MOST_NEEDED:
            return False  # so much is going on that it has to wait
        if kind == FILE:
            ids = await self.store.old_files(workspace_id, days, BATCH)
            things = [Thing(kind=FILE, id=one) for one in set(ids) - set(needed)]
            if not things:
                return False
            command: dict[str, Any] = {"things": msgspec.to_builtins(things)}
        else:
            things = []
            before = utc_now() - timedelta(days=days)
            older = OlderThan(kind=kind, before=before, limit=BATCH, but=needed)
            command = {"older": msgspec.to_builtins(older)}
        tasks = in_turn(
            SERVICES[kind],
            BEFORE_A_FILE if kind == FILE else (),
            command | {"cascade": True},
            queues.automatic,
        )
        request = Request(
            key_hash=None,
            workspace_id=workspace_id,
            things=things,
            tasks=tasks,
            needles=[thing.id for thing in things],
            idempotency_key=None,
            fingerprint=b"",
            traceparent=None,
        )
        if not await self.store.order(request, kind, last.task_id if last else ""):
            return False
        for task in tasks:
            self._dispatcher.wake(task.subject, workspace_id)
        return True


def _is_due(last: Run) -> bool:
    """At once where it has found as much as it may take, else the next day."""
    is_old = last.ordered_at < utc_now() - _EVERY
    return last.has_ended and (last.deleted >= BATCH or is_old)
