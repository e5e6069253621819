"""The statements that accept a deletion: what is the gateway's own goes with them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from onemanage.contracts.deletion import FILE, Thing
from onemanage.contracts.imaging.deletion import BATCH, task_of_batch
from onemanage.contracts.registry import LANES, TASKS
from onemanage.gateway.pool import Connection
from onemanage.gateway.store import LOCK_WORKSPACE, Pool
from onemanage.gateway.tasks.store import TASK_COLUMNS, TaskRow, task_row

MOST_NAMED = 20
"""Tasks that a refusal names."""
SUBJECTS = sorted({task.subject(lane) for task in TASKS for lane in LANES})

# Who asks is looked up once more: a key that was revoked meanwhile deletes nothing.
_ACCEPT = f"""
INSERT INTO tasks (id, workspace_id, name, subject, command, traceparent,
                   idempotency_key, fingerprint, held, parent_id)
SELECT $1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10
WHERE $11::bytea IS NULL OR EXISTS (SELECT FROM callers WHERE key_hash = $11)
ON CONFLICT (workspace_id, idempotency_key) DO NOTHING
RETURNING {TASK_COLUMNS}
"""
_PRIOR = f"""
SELECT {TASK_COLUMNS} FROM tasks WHERE workspace_id = $1 AND idempotency_key = $2
"""

# Each part has an index of its own.
UNENDED = """
SELECT id, command FROM tasks WHERE subject = ANY($2) AND workspace_id = $1
AND state = 'queued' AND released_at IS NULL
UNION ALL
SELECT id, command FROM tasks WHERE subject = ANY($2) AND workspace_id = $1
AND state = 'queued' AND released_at IS NOT NULL
UNION ALL
SELECT id, command FROM tasks WHERE published_at IS NOT NULL
AND state IN ('queued', 'running') AND state = 'running'
AND workspace_id = $1 AND subject = ANY($2)
"""
"""Tasks of the workspace $1 in the queues $2."""

# What is automatic gives way: it finds that what it works on is gone, and takes back
# what it has made of it.
_BUSY = f"""
SELECT id FROM ({UNENDED}) AS unended
WHERE command::text LIKE ANY($3) AND id <> ALL($4) ORDER BY id LIMIT $5
"""
_TAKE_FILES = """
DELETE FROM files WHERE workspace_id = $1 AND id = ANY($2) RETURNING id
"""
_TAKE_BATCH = """
UPDATE tasks SET command = NULL, progress = NULL, result = NULL, pruned_at = now()
WHERE workspace_id = $1 AND (id = $2 OR parent_id = $2) AND pruned_at IS NULL
AND state NOT IN ('queued', 'running')
RETURNING id
"""
_IS_BATCH = """
SELECT EXISTS (SELECT FROM tasks WHERE workspace_id = $1 AND id = $2
               AND name = 'imaging.batch' AND pruned_at IS NULL)
"""


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """One task of a deletion, as it is going to stand in its row."""

    task_id: str
    name: str
    subject: str
    command: dict[str, Any]
    parent_id: str | None = None
    """The task that waits for this one."""
    held: bool = False
    """It waits for others."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Who deletes what: ``tasks`` begins with the one that is answered."""

    key_hash: bytes | None
    """None: the gateway itself does."""
    workspace_id: str
    things: Sequence[Thing]
    tasks: Sequence[Ordered]
    needles: Sequence[str]
    """Texts by which a task is known to need one of the things."""
    idempotency_key: str | None
    fingerprint: bytes
    traceparent: str | None


class InUse(Exception):
    """Tasks that have not ended need what is to be deleted, or are making it."""

    def __init__(self, task_ids: list[str]) -> None:
        super().__init__(", ".join(task_ids))
        self.task_ids = task_ids


class NotThere(Exception):
    """The gateway has none of this id."""


class Refused(Exception):
    """The key is good no more."""


class DeletionStore:
    """Every statement names its workspace."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def busy(self, workspace_id: str, needles: Sequence[str]) -> list[str]:
        """Tasks that have not ended and hold one of these texts in their order."""
        async with self._pool.acquire() as connection:
            return await _busy(connection, workspace_id, needles, [])

    async def missing(self, workspace_id: str, thing: Thing) -> bool:
        """Of what the gateway keeps itself; of all else it does not know."""
        if thing.kind == FILE:
            found = await self._pool.fetchval(
                "SELECT EXISTS (SELECT FROM files WHERE workspace_id = $1 AND id = $2)",
                workspace_id,
                thing.id,
            )
        elif thing.kind == BATCH:
            found = await self._pool.fetchval(
                _IS_BATCH, workspace_id, task_of_batch(thing.id)
            )
        else:
            return False
        return not found

    async def accept(self, request: Request) -> tuple[TaskRow | None, bool]:
        """The first task's row, and whether it is new: all is done, or nothing.

        None where the idempotency key's own row is not to be seen yet. Raises InUse,
        NotThere, Refused.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            first, *others = request.tasks
            row = await insert_task(connection, request, first, is_first=True)
            if row is None:
                return await prior_task(connection, request), False
            await take(connection, request)
            for task in others:
                await insert_task(connection, request, task)
        return row, True


async def insert_task(
    connection: Connection, request: Request, task: Ordered, *, is_first: bool = False
) -> TaskRow | None:
    """None where the idempotency key has made one before, or the caller's is good no
    more. The first one carries the idempotency key."""
    record = await connection.fetchrow(
        _ACCEPT,
        task.task_id,
        request.workspace_id,
        task.name,
        task.subject,
        msgspec.json.encode(task.command).decode(),
        request.traceparent,
        request.idempotency_key if is_first else None,
        request.fingerprint if is_first else None,
        task.held,
        task.parent_id,
        request.key_hash,
    )
    return None if record is None else task_row(record)


async def prior_task(connection: Connection, request: Request) -> TaskRow | None:
    """Of the same idempotency key. Raises Refused where there is none: the key is good
    no more."""
    if request.idempotency_key is None:
        raise Refused
    record = await connection.fetchrow(
        _PRIOR, request.workspace_id, request.idempotency_key
    )
    return None if record is None else task_row(record)


async def take(connection: Connection, request: Request) -> None:
    """The gateway's own rows, with which they are gone for readers. Raises NotThere, and
    InUse: nothing that needs them can be accepted from here on."""
    files = [thing.id for thing in request.things if thing.kind == FILE]
    if files:
        await connection.execute(LOCK_WORKSPACE, request.workspace_id)
        taken = await connection.fetch(_TAKE_FILES, request.workspace_id, files)
        if len(taken) < len(files):
            raise NotThere
    for thing in request.things:
        if thing.kind == BATCH:
            task_id = task_of_batch(thing.id)
            taken = await connection.fetch(
                _TAKE_BATCH, request.workspace_id, task_id, timeout=60
            )
            if task_id not in [record["id"] for record in taken]:
                raise NotThere
    own = [task.task_id for task in request.tasks]
    busy = await _busy(connection, request.workspace_id, request.needles, own)
    if busy:
        raise InUse(busy)


async def _busy(
    connection: Connection,
    workspace_id: str,
    needles: Sequence[str],
    but: Sequence[str],
) -> list[str]:
    patterns = [f"%{needle.replace('_', '\\_')}%" for needle in needles]
    records = await connection.fetch(
        _BUSY, workspace_id, SUBJECTS, patterns, but, MOST_NAMED
    )
    return [record["id"] for record in records]
