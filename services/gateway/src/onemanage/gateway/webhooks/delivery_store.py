"""The statements on deliveries: an event on its way to a webhook.

Any number of processes record and send at once. Of one event there is one row for each
webhook, whoever hears of it and however often; whoever sends holds the row by a lease.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import asyncpg
import msgspec
from msgspec import Meta

from onemanage.contracts.base import ListPlace, example_id, new_id
from onemanage.contracts.public import shows
from onemanage.gateway.store import Pool
from onemanage.gateway.webhooks.events import Occurrence
from onemanage.gateway.webhooks.posting import Outcome

type State = Literal["pending", "delivered", "failed"]

PER_WEBHOOK = 4
"""So many of a webhook at once; of one whose last attempt failed one."""
FAILING_AT_MOST = "5 days"
"""Without a success, after which a webhook is switched off."""
_FORGIVEN = "2 days"
"""Without any attempt, after which a failure is the first one again."""
_CLOCKS_APART = "1 minute"
_SWEPT_AT_ONCE = 1000


@shows(
    *("id", "webhook_id", "event_id", "type", "task_id", "state", "attempts", "status"),
    *("answer", "error", "milliseconds", "created_at", "last_attempt_at"),
    *("next_attempt_at", "ended_at"),
)
class DeliveryRow(msgspec.Struct, kw_only=True):
    """One event for one webhook, and what came of the last attempt."""

    id: Annotated[str, Meta(examples=[example_id("dlv")])]
    webhook_id: Annotated[str, Meta(examples=[example_id("whk")])]
    event_id: Annotated[
        UUID,
        Meta(
            description="The webhook-id of each attempt, for telling repeats.",
            examples=["23920517-229f-5143-82ea-e348302bf8cc"],
        ),
    ]
    type: Annotated[str, Meta(examples=["psd.parse_export.completed"])]
    task_id: Annotated[str | None, Meta(examples=[example_id("tsk")])]
    state: Annotated[State, Meta(description="failed: given up.")]
    attempts: Annotated[
        int, Meta(description="Since it was recorded, or asked for again.")
    ]
    status: Annotated[
        int | None,
        Meta(description="Of the answer; null where there was none.", examples=[200]),
    ]
    answer: Annotated[
        str | None, Meta(description="How it began.", examples=['{"ok":true}'])
    ]
    error: Annotated[
        str | None, Meta(description="Why the last attempt delivered nothing.")
    ]
    milliseconds: Annotated[int | None, Meta(examples=[83])]
    created_at: datetime
    last_attempt_at: datetime | None
    next_attempt_at: Annotated[
        datetime | None,
        Meta(description="Not before an earlier event of the task has arrived."),
    ]
    ended_at: datetime | None


class Due(msgspec.Struct, kw_only=True):
    """One that is to be sent now, held by ``lease``."""

    id: str
    lease: UUID
    webhook_id: str
    workspace_id: str
    event_id: UUID
    type: str
    payload: str
    attempts: int
    """Before this one."""
    url: str
    sealed_url: str | None
    sealed_secret: str
    previous_sealed_secret: str | None
    """None, too, where its time is over."""


class Switched(msgspec.Struct):
    """A webhook that a failure has switched off."""

    webhook_id: str
    reason: str


_COLUMNS = ", ".join(DeliveryRow.__struct_fields__)
_NEW_ID = "'dlv_' || replace(gen_random_uuid()::text, '-', '')"
_UNHELD = "state = 'pending' AND lease IS NULL"

# The rows of webhooks are locked so that none is deleted before its delivery is there.
# What follows an event that waits for its next attempt waits as long. OFFSET holds the
# planner to the index by task: for the latest it would walk through all that waits.
_RECORD = f"""
WITH heard AS (
    SELECT id FROM webhooks
    WHERE workspace_id = $1::varchar AND disabled_at IS NULL
      AND created_at <= $6::timestamptz + interval '{_CLOCKS_APART}'
      AND EXISTS (
          SELECT FROM unnest(events) AS pattern
          WHERE $3::varchar LIKE replace(replace(pattern, '_', '\\_'), '*', '%')
            AND ($3 NOT LIKE '%.progress' OR pattern LIKE '%.progress')
      )
    FOR KEY SHARE
)
INSERT INTO webhook_deliveries (id, webhook_id, workspace_id, event_id, type, task_id,
                                step, occurred_at, payload, next_attempt_at)
SELECT {_NEW_ID}, id, $1, $2, $3, $4::varchar, $5, $6, $7, coalesce((
    SELECT max(next_attempt_at) FROM (
        SELECT next_attempt_at FROM webhook_deliveries AS before
        WHERE before.webhook_id = heard.id AND before.task_id = $4
          AND before.state = 'pending' AND before.lease IS NULL AND NOT before.by_hand
        OFFSET 0
    ) AS of_task
), now())
FROM heard
ON CONFLICT (webhook_id, event_id) DO NOTHING
RETURNING webhook_id
"""
_ASK = f"""
INSERT INTO webhook_deliveries (id, webhook_id, workspace_id, event_id, type, step,
                                payload, by_hand)
SELECT $3, id, workspace_id, $4, $5, $6, $7, true
FROM webhooks WHERE workspace_id = $1 AND id = $2 AND disabled_at IS NULL
FOR KEY SHARE
RETURNING {_COLUMNS}
"""
_AGAIN = f"""
UPDATE webhook_deliveries SET
    by_hand = by_hand OR state <> 'pending', state = 'pending', attempts = 0,
    next_attempt_at = now(), ended_at = NULL
WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3
  AND (lease IS NULL OR next_attempt_at <= now())
RETURNING {_COLUMNS}
"""
_IN_HAND = (
    "SELECT count(*) FROM webhook_deliveries AS held WHERE held.webhook_id = w.id "
    "AND held.lease IS NOT NULL AND held.next_attempt_at > now()"
)
# A later event of a task waits until the earlier ones have ended. Where there is not
# room for all, each webhook's first goes before any other's second, and chance decides
# among those. Webhooks that nothing waits for are passed over by the index.
_TAKE = f"""
WITH RECURSIVE waited_for AS (
    (SELECT webhook_id FROM webhook_deliveries WHERE state = 'pending'
     ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT following.* FROM waited_for, LATERAL (
        SELECT webhook_id FROM webhook_deliveries
        WHERE state = 'pending' AND webhook_id > waited_for.webhook_id
        ORDER BY webhook_id LIMIT 1
    ) AS following
), due AS (
    SELECT found.id, w.url, w.sealed_url, w.sealed_secret,
           CASE WHEN w.previous_secret_until > now() THEN w.previous_sealed_secret END
               AS previous_sealed_secret
    FROM waited_for JOIN webhooks AS w ON w.id = waited_for.webhook_id
    CROSS JOIN LATERAL (
        SELECT d.id, d.next_attempt_at FROM webhook_deliveries AS d
        WHERE d.webhook_id = w.id AND d.state = 'pending'
          AND d.next_attempt_at <= now()
          AND (d.by_hand OR NOT EXISTS (
              SELECT FROM webhook_deliveries AS before
              WHERE before.webhook_id = d.webhook_id AND before.task_id = d.task_id
                AND before.state = 'pending' AND NOT before.by_hand
                AND (before.step, before.occurred_at, before.number)
                    < (d.step, d.occurred_at, d.number)
          ))
        ORDER BY d.next_attempt_at, d.number
        LIMIT greatest(0, (
            CASE WHEN w.failing_since IS NULL THEN {PER_WEBHOOK} ELSE 1 END
        ) - ({_IN_HAND}))
        FOR UPDATE SKIP LOCKED
    ) AS found
    WHERE w.disabled_at IS NULL AND NOT EXISTS (
        SELECT FROM workspaces WHERE id = w.workspace_id AND suspended_at IS NOT NULL
    )
    ORDER BY row_number() OVER (PARTITION BY w.id ORDER BY found.next_attempt_at),
             random()
    LIMIT $1
)
UPDATE webhook_deliveries AS d
SET lease = $2, next_attempt_at = now() + make_interval(secs => $3)
FROM due WHERE d.id = due.id
RETURNING d.id, d.lease, d.webhook_id, d.workspace_id, d.event_id, d.type, d.payload,
          d.attempts, due.url, due.sealed_url, due.sealed_secret,
          due.previous_sealed_secret
"""
_TELL = "last_attempt_at = now(), status = $3, answer = $4, milliseconds = $5"
_DELIVERED = f"""
WITH told AS (
    UPDATE webhook_deliveries SET
        state = 'delivered', attempts = attempts + 1, lease = NULL,
        next_attempt_at = NULL, ended_at = now(), error = NULL, {_TELL}
    WHERE id = $1 AND lease = $2
    RETURNING webhook_id, task_id
), following AS (
    UPDATE webhook_deliveries AS d SET next_attempt_at = now() FROM told
    WHERE d.webhook_id = told.webhook_id AND d.task_id = told.task_id
      AND d.state = 'pending' AND d.lease IS NULL AND d.next_attempt_at > now()
)
UPDATE webhooks SET failing_since = NULL, last_failed_at = NULL FROM told
WHERE id = told.webhook_id AND failing_since IS NOT NULL
"""
_FAILING_SINCE = (
    f"CASE WHEN last_failed_at > now() - interval '{_FORGIVEN}' "
    "THEN coalesce(failing_since, now()) ELSE now() END"
)
_FAILED = f"""
WITH told AS (
    UPDATE webhook_deliveries SET
        state = CASE WHEN $7::float8 IS NULL THEN 'failed' ELSE 'pending' END,
        attempts = attempts + 1, lease = NULL,
        next_attempt_at = now() + make_interval(secs => $7),
        ended_at = CASE WHEN $7::float8 IS NULL THEN now() END, error = $6, {_TELL}
    WHERE id = $1 AND lease = $2
    RETURNING webhook_id, task_id, next_attempt_at, by_hand
), following AS (
    UPDATE webhook_deliveries AS d
    SET next_attempt_at = coalesce(told.next_attempt_at, now()) FROM told
    WHERE d.webhook_id = told.webhook_id AND d.task_id = told.task_id
      AND d.state = 'pending' AND d.lease IS NULL AND NOT d.by_hand
      AND NOT told.by_hand
), failing AS (
    SELECT w.id, {_FAILING_SINCE} AS since,
           CASE WHEN $8 THEN 'gone'
                WHEN {_FAILING_SINCE} < now() - interval '{FAILING_AT_MOST}'
                THEN 'failing' END AS reason
    FROM webhooks AS w JOIN told ON w.id = told.webhook_id
    FOR NO KEY UPDATE OF w
), switched AS (
    UPDATE webhooks AS w SET
        failing_since = since, last_failed_at = now(),
        disabled_at = coalesce(disabled_at, CASE WHEN reason IS NOT NULL THEN now() END),
        disabled_reason = coalesce(disabled_reason, reason)
    FROM failing WHERE w.id = failing.id
    RETURNING w.id AS webhook_id, reason, disabled_at = now() AS is_switched
)
SELECT webhook_id, reason FROM switched WHERE is_switched
"""
_SWEEP = f"""
DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY(
    SELECT d.id FROM webhook_deliveries AS d JOIN webhooks AS w ON w.id = d.webhook_id
    WHERE d.created_at < now() - make_interval(secs => $1)
      AND (d.state <> 'pending' OR w.disabled_at IS NOT NULL)
    LIMIT {_SWEPT_AT_ONCE} FOR UPDATE OF d SKIP LOCKED
)) RETURNING id
"""


class DeliveryStore:
    """Reads of users name their workspace."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def record(
        self, workspace_id: str, what: Occurrence, occurred_at: datetime
    ) -> int:
        """A delivery for each webhook that asks for it; how many are new.

        Webhooks that are switched off, or were made after it, do not.
        """
        new = await self._pool.fetch(
            _RECORD,
            workspace_id,
            what.event_id,
            what.type,
            what.task_id,
            what.step,
            occurred_at,
            what.payload,
        )
        return len(new)

    async def ask(
        self, workspace_id: str, webhook_id: str, what: Occurrence
    ) -> DeliveryRow | None:
        """Of an event for this webhook alone; None where it is not there, or is off."""
        record = await self._pool.fetchrow(
            _ASK,
            workspace_id,
            webhook_id,
            new_id("dlv"),
            what.event_id,
            what.type,
            what.step,
            what.payload,
        )
        return _row(record)

    async def again(
        self, workspace_id: str, webhook_id: str, delivery_id: str
    ) -> DeliveryRow | None:
        """Make it due now, with all its attempts before it; one that is being sent at
        this moment stays as it is. None where there is none.
        """
        key = workspace_id, webhook_id, delivery_id
        record = await self._pool.fetchrow(_AGAIN, *key)
        return await self.get(*key) if record is None else _row(record)

    async def get(
        self, workspace_id: str, webhook_id: str, delivery_id: str
    ) -> DeliveryRow | None:
        """None where the workspace has no such delivery."""
        record = await self._pool.fetchrow(
            f"SELECT {_COLUMNS} FROM webhook_deliveries "
            "WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3",
            workspace_id,
            webhook_id,
            delivery_id,
        )
        return _row(record)

    async def page(
        self,
        workspace_id: str,
        webhook_id: str,
        limit: int,
        before: ListPlace | None,
        state: State | None,
    ) -> list[DeliveryRow]:
        """The newest first."""
        records = await self._pool.fetch(
            f"SELECT {_COLUMNS} FROM webhook_deliveries "
            "WHERE workspace_id = $1 AND webhook_id = $2 "
            "AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::text)) "
            "AND ($5::text IS NULL OR state = $5) "
            "ORDER BY created_at DESC, id DESC LIMIT $6",
            workspace_id,
            webhook_id,
            before.created_at if before else None,
            before.id if before else None,
            state,
            limit,
        )
        return [DeliveryRow(**record) for record in records]

    async def take(self, most: int, seconds: float) -> Sequence[Due]:
        """Up to ``most`` that are to be sent now; nobody else is given them for so long."""
        records = await self._pool.fetch(_TAKE, most, uuid4(), seconds)
        return [Due(**record) for record in records]

    async def delivered(self, due: Due, outcome: Outcome) -> None:
        """Nothing changes where the lease has been lost to another process."""
        await self._pool.execute(_DELIVERED, *_told(due, outcome))

    async def failed(
        self, due: Due, outcome: Outcome, pause: float | None, is_gone: bool
    ) -> Switched | None:
        """To be tried again after ``pause`` seconds, or, where None, never by itself.

        What is told of the webhook where this has switched it off.
        """
        told = *_told(due, outcome), outcome.error, pause, is_gone
        record = await self._pool.fetchrow(_FAILED, *told)
        return None if record is None else Switched(**record)

    async def sweep(self, older_than: float) -> int:
        """Forget what ended, or waits for a webhook that is off, and is so many seconds
        old; how many.
        """
        count = 0
        while gone := await self._pool.fetch(_SWEEP, older_than):
            count += len(gone)
        return count


def _told(due: Due, outcome: Outcome) -> tuple[Any, ...]:
    return (
        *(due.id, due.lease),
        *(outcome.status, outcome.answer, outcome.milliseconds),
    )


def _row(record: asyncpg.Record | None) -> DeliveryRow | None:
    return None if record is None else DeliveryRow(**record)
