"""The statements that bring committed rows out: whose turn it is, what is still unsaid.

Any number of processes work on them at once. Turns are given by rows that nobody else
has locked, and what is in flight is counted without a lock: two processes at once may
give a workspace a few turns more than its window, never the same turn twice.
"""

from collections.abc import Sequence

import msgspec

from onemanage.contracts.base import ErrorInfo
from onemanage.gateway.store import FILE_COLUMNS, FileRow, Pool
from onemanage.gateway.tasks.held import CUT_OUT, FAN_OUT, FINISH
from onemanage.gateway.tasks.rows import (
    AHEAD,
    TASK_COLUMNS,
    UNPUBLISHED,
    WAITING,
    TaskRow,
    task_row,
)

_RELEASE = f"""
WITH released AS (
    UPDATE tasks SET released_at = now()
    FROM (
        SELECT id AS next_id FROM tasks
        WHERE subject = $1 AND workspace_id = $2 AND {WAITING}
        ORDER BY created_at, id
        LIMIT greatest(0, $3::bigint - (
            SELECT count(*) FROM (
                SELECT FROM tasks
                WHERE subject = $1 AND workspace_id = $2 AND {AHEAD} LIMIT $3
            ) AS ahead
        ))
        FOR UPDATE SKIP LOCKED
    ) AS next WHERE id = next_id
    RETURNING {TASK_COLUMNS}
)
SELECT * FROM released ORDER BY created_at, id
"""

# All that is automatic shares one window, which shrinks to a share of it while anybody
# waits for their turn in the lane. A workspace's own has none then. Those with the
# fewest ahead come first, and chance decides between them, so that none is last again
# and again. The orders hold the planner to the indexes.
_RELEASE_AUTOMATIC = f"""
WITH RECURSIVE workspaces AS (
    (SELECT workspace_id FROM tasks WHERE subject = $1 AND {WAITING}
     ORDER BY workspace_id LIMIT 1)
    UNION ALL
    SELECT following.* FROM workspaces, LATERAL (
        SELECT workspace_id FROM tasks
        WHERE subject = $1 AND {WAITING} AND workspace_id > workspaces.workspace_id
        ORDER BY workspace_id LIMIT 1
    ) AS following
), room AS (
    SELECT greatest(0, CASE WHEN (
        SELECT id FROM tasks WHERE subject = $2 AND {WAITING}
        ORDER BY workspace_id, created_at, id LIMIT 1
    ) IS NULL THEN $3::bigint ELSE $4::bigint END - (
        SELECT count(*) FROM (
            SELECT FROM tasks WHERE subject = $1 AND {AHEAD} LIMIT $3
        ) AS ahead
    )) AS free
), chosen AS (
    SELECT id FROM workspaces, LATERAL (
        SELECT id, row_number() OVER (ORDER BY created_at, id) + (
            SELECT count(*) FROM tasks WHERE subject = $1 AND {AHEAD}
            AND workspace_id = workspaces.workspace_id
        ) AS place
        FROM (
            SELECT id, created_at FROM tasks WHERE subject = $1 AND {WAITING}
            AND workspace_id = workspaces.workspace_id
            ORDER BY created_at, id LIMIT (SELECT free FROM room)
        ) AS oldest
    ) AS next
    WHERE (
        SELECT id FROM tasks WHERE subject = $2 AND {WAITING}
        AND workspace_id = workspaces.workspace_id ORDER BY created_at, id LIMIT 1
    ) IS NULL
    ORDER BY place, random() LIMIT (SELECT free FROM room)
), released AS (
    UPDATE tasks SET released_at = now()
    FROM (
        SELECT id AS next_id FROM tasks
        WHERE id = ANY(ARRAY(SELECT id FROM chosen)) AND {WAITING}
        FOR UPDATE SKIP LOCKED
    ) AS next WHERE id = next_id
    RETURNING {TASK_COLUMNS}
)
SELECT * FROM released ORDER BY created_at, id
"""

# A loose index scan: one probe for each pair, however many rows it has.
_STALLED = f"""
WITH RECURSIVE pairs AS (
    (SELECT subject, workspace_id FROM tasks WHERE {WAITING} AND subject IS NOT NULL
     ORDER BY subject, workspace_id LIMIT 1)
    UNION ALL
    SELECT following.* FROM pairs, LATERAL (
        SELECT subject, workspace_id FROM tasks
        WHERE {WAITING}
          AND (subject, workspace_id) > (pairs.subject, pairs.workspace_id)
        ORDER BY subject, workspace_id LIMIT 1
    ) AS following
)
SELECT subject, workspace_id FROM pairs
WHERE NOT EXISTS (
    SELECT FROM tasks
    WHERE (subject, workspace_id) = (pairs.subject, pairs.workspace_id) AND {AHEAD}
)
"""

_UNPUBLISHED = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE {UNPUBLISHED}
  AND coalesce(finished_at, released_at) < now() - interval '2 s'
  AND id <> ALL($2)
ORDER BY created_at LIMIT $1
"""

_SHARE = 4


class Outbox:
    """What is committed and not out yet. Two seconds are left to who committed it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def release(
        self, subject: str, workspace_id: str, window: int
    ) -> list[TaskRow]:
        """Give their turn to the oldest of those that wait, as far as there is room."""
        records = await self._pool.fetch(_RELEASE, subject, workspace_id, window)
        return [task_row(record) for record in records]

    async def release_automatic(
        self, subject: str, yields_to: str, window: int
    ) -> list[TaskRow]:
        """Give their turn to the oldest of an automatic queue, as far as there is room.

        Every workspace has its part of the window, but for those that have others
        waiting on ``yields_to``.
        """
        share = max(1, window // _SHARE)
        records = await self._pool.fetch(
            _RELEASE_AUTOMATIC, subject, yields_to, window, share
        )
        return [task_row(record) for record in records]

    async def stalled(self) -> list[tuple[str, str]]:
        """Subject and workspace where rows wait and none is ahead of them.

        Where one is ahead, its start gives the next their turn.
        """
        records = await self._pool.fetch(_STALLED)
        return [(record["subject"], record["workspace_id"]) for record in records]

    async def fan_out(self) -> set[tuple[str, str]]:
        """Write the rows of chunks of merges that were looked through, and before that
        of their cut-outs, where all are of files; their subject and workspace."""
        records = [
            *await self._pool.fetch(CUT_OUT, None, "[]", timeout=60),
            *await self._pool.fetch(FAN_OUT, timeout=60),
        ]
        return {(record["subject"], record["workspace_id"]) for record in records}

    async def finished_held(self) -> list[tuple[str, str]]:
        """Let those wait for their turn whose tasks have all ended; their subject and
        workspace. Found by looking, so that whoever dies in between loses nothing."""
        records = await self._pool.fetch(FINISH)
        return [(record["subject"], record["workspace_id"]) for record in records]

    async def unpublished(self, limit: int, but: Sequence[str] = ()) -> list[TaskRow]:
        """Rows released, or cancelled before that, and not confirmed; oldest first.

        ``but``: ids of those that are of no use now.
        """
        records = await self._pool.fetch(_UNPUBLISHED, limit, but)
        return [task_row(record) for record in records]

    async def mark_published(
        self,
        task_id: str,
        run: int,
        sequence: int | None = None,
        is_heavy: bool = False,
    ) -> TaskRow | None:
        """``sequence``: of the message in TASKS, where there is one.

        The row as it stands now; None where it said so already, or has a later run.
        """
        record = await self._pool.fetchrow(
            "UPDATE tasks SET published_at = now(), "
            "sequence = coalesce($3, sequence), heavy = $4 "
            "WHERE id = $1 AND run = $2 AND (published_at IS NULL "
            f"OR sequence IS DISTINCT FROM $3) RETURNING {TASK_COLUMNS}",
            task_id,
            run,
            sequence,
            is_heavy,
        )
        return None if record is None else task_row(record)

    async def sent(self, after: str, limit: int, age: float) -> list[TaskRow]:
        """Rows by id that were published ``age`` seconds ago and have not ended."""
        records = await self._pool.fetch(
            f"SELECT {TASK_COLUMNS} FROM tasks WHERE published_at IS NOT NULL "
            "AND state IN ('queued', 'running') AND id > $1 AND sequence IS NOT NULL "
            "AND published_at < now() - make_interval(secs => $3) "
            "ORDER BY id LIMIT $2",
            after,
            limit,
            age,
        )
        return [task_row(record) for record in records]

    async def fail(self, task_id: str, run: int, error: ErrorInfo) -> None:
        """End a row of which no event can be told."""
        await self._pool.execute(
            "UPDATE tasks SET state = 'failed', error = $3, finished_at = now(), "
            "published_at = now() WHERE id = $1 AND run = $2 AND state = 'queued'",
            task_id,
            run,
            msgspec.json.encode(error).decode(),
        )

    async def to_cancel(self, limit: int) -> list[TaskRow]:
        """Tasks that were to stop two seconds ago and have not; oldest first."""
        records = await self._pool.fetch(
            f"SELECT {TASK_COLUMNS} FROM tasks "
            "WHERE cancel_requested_at < now() - interval '2 s' "
            "AND state IN ('queued', 'running') ORDER BY cancel_requested_at LIMIT $1",
            limit,
        )
        return [task_row(record) for record in records]

    async def unannounced_files(self, limit: int) -> list[FileRow]:
        """Those that were stored some time ago, oldest first."""
        records = await self._pool.fetch(
            f"SELECT {FILE_COLUMNS} FROM files WHERE announced_at IS NULL "
            "AND created_at < now() - interval '2 s' ORDER BY created_at LIMIT $1",
            limit,
        )
        return [FileRow(**record) for record in records]

    async def mark_announced(self, file_id: str) -> None:
        """Its event has been stored by the stream."""
        await self._pool.execute(
            "UPDATE files SET announced_at = now() WHERE id = $1", file_id
        )

    async def forget_idempotency_keys(self) -> None:
        """They stand for 24 hours."""
        for table in ("tasks", "files"):
            await self._pool.execute(
                f"UPDATE {table} SET idempotency_key = NULL "
                "WHERE idempotency_key IS NOT NULL "
                "AND created_at < now() - interval '24 h'"
            )
        await self._pool.execute(
            "DELETE FROM answers WHERE created_at < now() - interval '24 h'"
        )
