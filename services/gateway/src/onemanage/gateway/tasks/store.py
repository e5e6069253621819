"""The statements on task rows: accept, project, cancel, run again, read."""

from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from msgspec.structs import astuple

from onemanage.contracts.base import ListPlace
from onemanage.gateway.audit.entries import Fact
from onemanage.gateway.audit.store import given, writing
from onemanage.gateway.limits.metering import NOTHING, Used
from onemanage.gateway.store import NOT_CLOSED, Pool
from onemanage.gateway.tasks.queues import DELETION
from onemanage.gateway.tasks.rows import AHEAD as AHEAD  # said again for other rooms
from onemanage.gateway.tasks.rows import ENDED as ENDED
from onemanage.gateway.tasks.rows import NOT_ENDED
from onemanage.gateway.tasks.rows import TASK_COLUMNS as TASK_COLUMNS
from onemanage.gateway.tasks.rows import UNRELEASED
from onemanage.gateway.tasks.rows import WAITING as WAITING
from onemanage.gateway.tasks.rows import TaskRow as TaskRow
from onemanage.gateway.tasks.rows import task_row as task_row


class Acceptance(msgspec.Struct, kw_only=True):
    """What the one accepting statement found: who asked, and the row if there is one."""

    workspace_id: str | None
    has_source: bool
    is_new: bool
    is_full: bool
    """The workspace has as many that wait as it may."""
    task: TaskRow | None


# The order holds the planner to the index: among a million rows of one workspace it
# would look for another's, which are not there, by reading the whole table.
_ACCEPT = f"""
WITH caller AS (
    SELECT workspace_id FROM callers WHERE key_hash = $1
), source AS (
    SELECT f.* FROM files f JOIN caller USING (workspace_id) WHERE f.id = $2
), prior AS (
    SELECT * FROM tasks
    WHERE workspace_id = (SELECT workspace_id FROM caller) AND idempotency_key = $3
), turn AS (
    SELECT now() AS released_at FROM caller
    WHERE (SELECT id FROM tasks WHERE subject = $6
           AND workspace_id = caller.workspace_id AND {WAITING}
           ORDER BY created_at, id LIMIT 1) IS NULL
      AND (SELECT count(*) FROM (
               SELECT FROM tasks WHERE subject = $6
               AND workspace_id = caller.workspace_id AND {AHEAD} LIMIT $11
           ) AS ahead) < $11::bigint
), waiting AS (
    SELECT count(*) AS tasks FROM (
        SELECT id FROM tasks WHERE workspace_id = (SELECT workspace_id FROM caller)
        AND {NOT_ENDED} ORDER BY id LIMIT $12
    ) AS not_ended
), made AS (
    INSERT INTO tasks (id, workspace_id, name, subject, command, traceparent, resource,
                       idempotency_key, fingerprint, released_at)
    SELECT $4, workspace_id, $5, $6::varchar, $7::jsonb || coalesce(
               (SELECT jsonb_build_object('file_id', id, 'file_key', object_key,
                                          'file_name', name, 'file_sha256', sha256,
                                          'file_size', size)
                FROM source), '{{}}'),
           $8, $9, $3, $10, (SELECT released_at FROM turn)
    FROM caller
    WHERE NOT EXISTS (SELECT FROM prior)
      AND ($2::text IS NULL OR EXISTS (SELECT FROM source))
      AND ($12::bigint IS NULL OR (SELECT tasks FROM waiting) < $12)
    ON CONFLICT DO NOTHING
    RETURNING *
), audited AS (
    {writing(13, "made", 202)}
), found AS (
    SELECT {TASK_COLUMNS}, true AS is_new FROM made
    UNION ALL SELECT {TASK_COLUMNS}, false FROM prior
)
SELECT (SELECT workspace_id FROM caller) AS caller,
       $2::text IS NULL OR EXISTS (SELECT FROM source) AS has_source,
       $12 IS NOT NULL AND (SELECT tasks FROM waiting) >= $12 AS is_full, found.*
FROM (SELECT) AS nothing LEFT JOIN found ON true
"""

_ASKED_BEFORE = f"""
SELECT {TASK_COLUMNS} FROM tasks WHERE idempotency_key = $2 AND workspace_id = (
    SELECT workspace_id FROM callers WHERE key_hash = $1
)
"""

# Of a workspace that is deleted nothing comes back, however late it is told.
_THERE = """WHERE NOT EXISTS (
    SELECT FROM workspaces WHERE id = $2::varchar AND emptied_at IS NOT NULL
)"""

# What a worker has said of a row proves that its command was published. What was used
# is counted by the statement that ends the row, so that an end that comes again counts
# nothing.
_PROJECT = f"""
WITH projected AS (
INSERT INTO tasks (id, workspace_id, name, state, run, attempt, progress, result,
                   error, started_at, finished_at, released_at, published_at)
SELECT $1, $2::varchar, $3, $4, $5, $6, $7, $8, $9, $10, $11, now(), now()
{_THERE}
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state,
    attempt = greatest(tasks.attempt, excluded.attempt),
    progress = CASE WHEN (tasks.progress->>'done')::bigint
                         >= (excluded.progress->>'done')::bigint
                    THEN tasks.progress
                    ELSE coalesce(excluded.progress, tasks.progress) END,
    result = excluded.result,
    error = excluded.error,
    published_at = coalesce(tasks.published_at, excluded.published_at),
    started_at = least(tasks.started_at, excluded.started_at),
    finished_at = excluded.finished_at
WHERE tasks.state NOT IN ('completed', 'failed', 'cancelled')
  AND tasks.workspace_id = excluded.workspace_id
  AND tasks.run = excluded.run
RETURNING {TASK_COLUMNS}
), counted AS (
    INSERT INTO usage_facts (workspace_id, day, task, rows_imported, pixels)
    SELECT workspace_id, (coalesce(finished_at, now()) AT TIME ZONE 'UTC')::date, name,
           $12, $13
    FROM projected WHERE state = 'completed'
)
SELECT * FROM projected
"""

# A waiting client's gateway projects the end at once, and may overtake the start.
_PROJECT_LATE_START = """
UPDATE tasks SET attempt = greatest(attempt, $4), started_at = least(started_at, $5)
WHERE id = $1 AND workspace_id = $2 AND run = $3
  AND (attempt < $4 OR started_at IS NULL OR started_at > $5)
"""

# Nothing is written where the row is there, not even a lock on it: this is the fact
# that every task begins with, and its row is mostly the gateway's own.
_PROJECT_ACCEPTED = f"""
INSERT INTO tasks (id, workspace_id, name, state, run, released_at, published_at)
SELECT $1, $2::varchar, $3, 'queued', $4, now(), now()
{_THERE}
ON CONFLICT (id) DO NOTHING
RETURNING {TASK_COLUMNS}
"""

_LOCK_HELD = """
SELECT FROM tasks WHERE workspace_id = $1 AND id = $2 AND held FOR UPDATE
"""

# A release holds the row's lock or has committed: either this sees it, or it sees this.
# A parent that is held goes together with its children, and theirs where they are held.
_CANCEL = f"""
WITH cancelled AS (
    UPDATE tasks SET
        state = CASE WHEN {UNRELEASED} THEN 'cancelled' ELSE state END,
        finished_at = CASE WHEN {UNRELEASED} THEN now() END,
        cancel_requested_at = coalesce(cancel_requested_at, now())
    WHERE workspace_id = $1 AND state IN ('queued', 'running')
      AND name NOT LIKE '%{DELETION}'
      AND (id = $2 OR parent_id = ANY(ARRAY(
          SELECT id FROM tasks WHERE id = $2 AND held
          UNION ALL
          SELECT step.id FROM tasks AS whole JOIN tasks AS step
              ON step.parent_id = whole.id AND step.held
          WHERE whole.id = $2 AND whole.held
      )))
    RETURNING {TASK_COLUMNS}
)
SELECT * FROM cancelled WHERE id = $2
"""

_REQUEST = f"""
INSERT INTO tasks (id, workspace_id, name, subject, command, traceparent)
SELECT $1, $2::varchar, $3, $4, $5, $6 WHERE {NOT_CLOSED}
ON CONFLICT (id) DO NOTHING
"""

_REQUEUE = f"""
UPDATE tasks SET
    state = 'queued', run = run + 1, attempt = 0,
    command = coalesce(command, $3), subject = coalesce($4, subject),
    traceparent = coalesce($5, traceparent),
    progress = NULL, result = NULL, error = NULL, released_at = NULL,
    published_at = NULL, sequence = NULL, cancel_requested_at = NULL,
    started_at = NULL, finished_at = NULL, pruned_at = NULL
WHERE id = $1 AND state = 'failed' AND run = coalesce($2, run)
  AND coalesce(command, $3) IS NOT NULL AND coalesce($4, subject) IS NOT NULL
  AND ($6::bigint IS NULL OR (SELECT count(*) FROM (
      SELECT FROM tasks AS other
      WHERE other.workspace_id = tasks.workspace_id AND {NOT_ENDED} LIMIT $6
  ) AS not_ended) < $6)
RETURNING {TASK_COLUMNS}
"""


def _acceptance(record: asyncpg.Record) -> Acceptance:
    return Acceptance(
        workspace_id=record["caller"],
        has_source=record["has_source"],
        is_new=bool(record["is_new"]),
        is_full=record["is_full"],
        task=None if record["id"] is None else task_row(record),
    )


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


class TaskStore:
    """Task rows; every read names its workspace, but for those of an operator."""

    def __init__(self, pool: Pool) -> None:
        self.pool = self._pool = pool

    async def accept(
        self,
        key_hash: bytes,
        *,
        task_id: str,
        name: str,
        subject: str,
        window: int,
        command: dict[str, Any],
        file_id: str | None = None,
        resource: str | None = None,
        traceparent: str | None = None,
        idempotency_key: str | None = None,
        fingerprint: bytes | None = None,
        most: int | None = None,
        audit: Fact | None = None,
    ) -> Acceptance:
        """Authenticate, look for the idempotency key, write the row and its entry in the
        audit: one statement.

        The row is released at once where its workspace has none waiting, and fewer
        than ``window`` released and not started, on ``subject``. There is none where
        the workspace has ``most`` that have not ended; as many more may come in as are
        accepted at the same moment.
        """
        record = await self._pool.fetchrow(
            _ACCEPT,
            key_hash,
            file_id,
            idempotency_key,
            task_id,
            name,
            subject,
            _json(command),
            traceparent,
            resource,
            fingerprint,
            window,
            most,
            *given(audit),
        )
        assert record is not None  # it selects from one row, whatever is found
        return _acceptance(record)

    async def asked_before(
        self, key_hash: bytes, idempotency_key: str
    ) -> TaskRow | None:
        """The row that this idempotency key made in the workspace of the API key."""
        record = await self._pool.fetchrow(_ASKED_BEFORE, key_hash, idempotency_key)
        return None if record is None else task_row(record)

    async def request(
        self,
        *,
        task_id: str,
        workspace_id: str,
        name: str,
        subject: str,
        command: dict[str, Any],
        traceparent: str | None = None,
    ) -> None:
        """Write the row of a task that follows from a fact, where it is not there.

        It waits for its turn on ``subject``.
        """
        key = task_id, workspace_id, name, subject
        await self._pool.execute(_REQUEST, *key, _json(command), traceparent)

    async def project(
        self,
        *,
        task_id: str,
        workspace_id: str,
        name: str,
        state: str,
        run: int = 1,
        attempt: int = 0,
        progress: Any = None,
        result: Any = None,
        error: Any = None,
        started_at: datetime | None = None,
        finished_at: datetime | None = None,
        used: Used = NOTHING,
    ) -> TaskRow | None:
        """Apply one fact, in any order, any number of times. ``used`` by what has
        completed is counted once.

        None where it is no news: the run has ended, the row is at another run, or it
        is there and this fact only says so.
        """
        key = task_id, workspace_id, name
        if state == "queued":
            record = await self._pool.fetchrow(_PROJECT_ACCEPTED, *key, run)
            return None if record is None else task_row(record)
        told = _json(progress), _json(result), _json(error), started_at, finished_at
        record = await self._pool.fetchrow(
            _PROJECT, *key, state, run, attempt, *told, used.rows, used.pixels
        )
        if record is not None:
            return task_row(record)
        if started_at is not None:
            await self._pool.execute(
                _PROJECT_LATE_START, task_id, workspace_id, run, attempt, started_at
            )
        return None

    async def cancel(self, workspace_id: str, task_id: str) -> TaskRow | None:
        """The row as it stands then; None where there is none.

        What has not been released is cancelled by this alone. What has been is only
        asked to stop (``cancel_requested_at``). What has ended stays as it ended. A
        batch takes all of its tasks along.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            # Who is just adding children to it comes before, and they are seen then.
            await connection.execute(_LOCK_HELD, workspace_id, task_id)
            record = await connection.fetchrow(_CANCEL, workspace_id, task_id)
        if record is None:
            return await self.get(workspace_id, task_id)
        return task_row(record)

    async def requeue(
        self,
        task_id: str,
        command: dict[str, Any] | None = None,
        subject: str | None = None,
        *,
        run: int | None = None,
        traceparent: str | None = None,
        most: int | None = None,
    ) -> TaskRow | None:
        """Make a failed task wait for its turn again, as its next run.

        None where it is not failed, or not at ``run`` where that is given, or its
        workspace has ``most`` that have not ended. ``command``
        is for rows that have none. ``subject`` is where it goes now; one that stays
        without a command or a subject is not queued.
        """
        record = await self._pool.fetchrow(
            _REQUEUE, task_id, run, _json(command), subject, traceparent, most
        )
        return None if record is None else task_row(record)

    async def get(self, workspace_id: str, task_id: str) -> TaskRow | None:
        """None where the workspace has no task of this id."""
        record = await self._pool.fetchrow(
            f"SELECT {TASK_COLUMNS} FROM tasks WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            task_id,
        )
        return None if record is None else task_row(record)

    async def page(
        self, workspace_id: str, limit: int, before: ListPlace | None
    ) -> list[TaskRow]:
        """Newest first."""
        records = await self._pool.fetch(
            f"SELECT {TASK_COLUMNS} FROM tasks WHERE workspace_id = $1 "
            "AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3)) "
            "ORDER BY created_at DESC, id DESC LIMIT $4",
            workspace_id,
            *(astuple(before) if before else (None, None)),
            limit,
        )
        return [task_row(record) for record in records]

    async def of_any_workspace(self, task_ids: list[str]) -> dict[str, TaskRow]:
        """By id, for operators."""
        records = await self._pool.fetch(
            f"SELECT {TASK_COLUMNS} FROM tasks WHERE id = ANY($1)", task_ids
        )
        return {record["id"]: task_row(record) for record in records}
