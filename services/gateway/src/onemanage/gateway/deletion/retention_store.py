"""The statements on retention: how long a workspace keeps what, and what is due."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from onemanage.contracts.registry import TASKS
from onemanage.gateway.deletion.store import (
    SUBJECTS,
    UNENDED,
    InUse,
    NotThere,
    Request,
    insert_task,
    take,
)
from onemanage.gateway.pool import Connection
from onemanage.gateway.store import Pool
from onemanage.gateway.tasks import queues

_SET = """
INSERT INTO retention (workspace_id, days) VALUES ($1, $2)
ON CONFLICT (workspace_id) DO UPDATE SET days = excluded.days, updated_at = now()
"""
_RUNS = """
SELECT kind, task_id, ordered_at,
       coalesce(state NOT IN ('queued', 'running'), true) AS has_ended,
       coalesce((result -> 'counts' ->> kind)::bigint, 0) AS deleted
FROM retention_runs LEFT JOIN tasks ON id = task_id
WHERE retention_runs.workspace_id = $1
"""
# Whoever is not the first to follow the run before changes nothing.
_FOLLOW = """
INSERT INTO retention_runs (workspace_id, kind, task_id) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, kind) DO UPDATE SET task_id = $3, ordered_at = now()
WHERE retention_runs.task_id = $4
RETURNING task_id
"""
_OLD_FILES = """
SELECT id FROM files WHERE workspace_id = $1
AND created_at < now() - make_interval(days => $2) ORDER BY created_at, id LIMIT $3
"""
_NEEDED = f"""
SELECT DISTINCT (regexp_matches(command::text, '"([a-z]{{3}}_[0-9a-f]{{32}})"', 'g'))[1]
FROM ({UNENDED}) AS unended LIMIT $3
"""
_QUEUES = [*SUBJECTS, *sorted({queues.automatic(task.name) for task in TASKS})]


class Run(msgspec.Struct, frozen=True):
    """The last task that retention has ordered of one kind."""

    kind: str
    task_id: str
    ordered_at: datetime
    has_ended: bool
    deleted: int


class _Behind(Exception):
    """Another process was quicker."""


class RetentionStore:
    """``days`` by kind; None: for ever, whatever the installation says."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def get(self, workspace_id: str) -> dict[str, int | None]:
        """What the workspace has said itself."""
        found = await self._pool.fetchval(
            "SELECT days FROM retention WHERE workspace_id = $1", workspace_id
        )
        return _read(found)

    async def set(self, workspace_id: str, days: Mapping[str, int | None]) -> None:
        """In place of what it had said."""
        text = msgspec.json.encode(dict(days)).decode()
        await self._pool.execute(_SET, workspace_id, text)

    async def workspaces(self) -> list[tuple[str, dict[str, int | None]]]:
        """All that are open, with what they have said."""
        records = await self._pool.fetch(
            "SELECT id, days FROM workspaces LEFT JOIN retention ON workspace_id = id "
            "WHERE closed_at IS NULL ORDER BY id"
        )
        return [(record["id"], _read(record["days"])) for record in records]

    async def runs(self, workspace_id: str) -> dict[str, Run]:
        """By kind."""
        records = await self._pool.fetch(_RUNS, workspace_id)
        return {record["kind"]: Run(**record) for record in records}

    async def old_files(self, workspace_id: str, days: int, limit: int) -> list[str]:
        """The oldest first."""
        records = await self._pool.fetch(_OLD_FILES, workspace_id, days, limit)
        return [record["id"] for record in records]

    async def needed(self, workspace_id: str, limit: int) -> list[str]:
        """Ids in the orders of tasks that have not ended."""
        records = await self._pool.fetch(
            _NEEDED, workspace_id, _QUEUES, limit, timeout=60
        )
        return [record[0] for record in records]

    async def order(self, request: Request, kind: str, after: str) -> bool:
        """All tasks, if the last run is still ``after``: all is written, or nothing."""
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await _order(connection, request, kind, after)
        except (_Behind, InUse, NotThere):
            return False
        return True


async def _order(
    connection: Connection, request: Request, kind: str, after: str
) -> None:
    first = request.tasks[0]
    followed = await connection.fetchval(
        _FOLLOW, request.workspace_id, kind, first.task_id, after
    )
    if followed is None:
        raise _Behind
    for task in request.tasks:
        await insert_task(connection, request, task)
    await take(connection, request)


def _read(text: str | None) -> dict[str, int | None]:
    return {} if text is None else msgspec.json.decode(text, type=dict[str, int | None])
