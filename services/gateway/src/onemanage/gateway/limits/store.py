"""The statements on limits and usage.

Whoever counts writes a fact; ``roll_up`` adds facts to their day. So many who count at
once never wait for the one row of their workspace.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from onemanage.contracts.public import shows_all
from onemanage.gateway.limits.limits import Own
from onemanage.gateway.limits.standing import STANDING, TODAY, standing
from onemanage.gateway.store import GIVEN_UP_AFTER, Pool
from onemanage.gateway.tasks.rows import NOT_ENDED

KEPT_DAYS = 400
_AT_ONCE = 10_000


@shows_all
class UsageDay(msgspec.Struct, kw_only=True):
    """What was used in one day of UTC."""

    day: Annotated[date, Meta(examples=["2026-01-31"])]
    requests: int
    uploads: int
    uploaded_bytes: int
    stored_bytes: Annotated[
        int, Meta(description="As it stood when something was last counted.")
    ]
    tasks: Annotated[
        dict[str, int],
        Meta(
            description="That have completed, by name.",
            examples=[{"psd.parse_export": 12}],
        ),
    ]
    rows_imported: int
    pixels: int


@shows_all
class UsedNow(msgspec.Struct, kw_only=True):
    """What counts against the limits at this moment."""

    uploads: int
    stored_bytes: int
    tasks_waiting: int
    rows_day: Annotated[int, Meta(description="Today, in UTC.")]
    rows_month: Annotated[int, Meta(description="In this calendar month of UTC.")]
    pixels_day: int
    pixels_month: int


_DAY = ", ".join(UsageDay.__struct_fields__)

# In one transaction the facts are gone and the days have them. Two who do it at once
# take different facts, and write days in the same order. A workspace that is gone has
# no days.
_ROLL_UP = f"""
WITH taken AS (
    DELETE FROM usage_facts WHERE id IN (
        SELECT id FROM usage_facts ORDER BY id LIMIT {_AT_ONCE} FOR UPDATE SKIP LOCKED
    ) RETURNING *
), named AS (
    SELECT workspace_id, day, jsonb_object_agg(task, count) AS tasks FROM (
        SELECT workspace_id, day, task, count(*) FROM taken
        WHERE task IS NOT NULL GROUP BY workspace_id, day, task
    ) AS counted GROUP BY workspace_id, day
), added AS (
    SELECT workspace_id, day, sum(requests) AS requests, sum(uploads) AS uploads,
           sum(uploaded_bytes) AS uploaded_bytes, sum(rows_imported) AS rows_imported,
           sum(pixels) AS pixels
    FROM taken GROUP BY workspace_id, day
), written AS (
    INSERT INTO usage ({_DAY}, workspace_id)
    SELECT day, requests, uploads, uploaded_bytes,
           CASE WHEN day = {TODAY} THEN w.stored_bytes ELSE 0 END,
           coalesce(tasks, '{{}}'), rows_imported, pixels, workspace_id
    FROM added JOIN workspaces w ON w.id = workspace_id AND w.emptied_at IS NULL
    LEFT JOIN named USING (workspace_id, day)
    ORDER BY workspace_id, day
    ON CONFLICT (workspace_id, day) DO UPDATE SET
        requests = usage.requests + excluded.requests,
        uploads = usage.uploads + excluded.uploads,
        uploaded_bytes = usage.uploaded_bytes + excluded.uploaded_bytes,
        stored_bytes = CASE WHEN usage.day = {TODAY} THEN excluded.stored_bytes
                            ELSE usage.stored_bytes END,
        tasks = (
            SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM (
                SELECT key, sum(value::bigint) AS value FROM (
                    SELECT * FROM jsonb_each_text(usage.tasks)
                    UNION ALL SELECT * FROM jsonb_each_text(excluded.tasks)
                ) AS either GROUP BY key
            ) AS both_together
        ),
        rows_imported = usage.rows_imported + excluded.rows_imported,
        pixels = usage.pixels + excluded.pixels
)
SELECT count(*) FROM taken
"""
_NOW = f"""
SELECT w.stored_bytes, {STANDING} AS standing,
       (SELECT count(*) FROM uploads WHERE workspace_id = w.id
        AND alive_at > now() - interval '{GIVEN_UP_AFTER}') AS uploads,
       (SELECT count(*) FROM tasks WHERE workspace_id = w.id AND {NOT_ENDED})
           AS tasks_waiting
FROM workspaces w WHERE w.id = $1
"""


class LimitStore:
    """Limits of workspaces, and what they use."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def own(self, workspace_id: str) -> Own | None:
        """Limits that the workspace has of its own. None where there is no such one."""
        return _own(
            await self._pool.fetchval(
                "SELECT limits FROM workspaces WHERE id = $1", workspace_id
            )
        )

    async def set_own(self, workspace_id: str, own: Own) -> Own | None:
        """In place of those it had. None where there is no such workspace."""
        return _own(
            await self._pool.fetchval(
                "UPDATE workspaces SET limits = $2 WHERE id = $1 RETURNING limits",
                workspace_id,
                msgspec.json.encode(own).decode(),
            )
        )

    async def count(
        self, requests: Mapping[str, int], pixels: Mapping[str, int]
    ) -> None:
        """Requests, and pixels worked, by workspace, as facts of today."""
        workspaces = sorted({*requests, *pixels})
        await self._pool.execute(
            "INSERT INTO usage_facts (workspace_id, day, requests, pixels) "
            f"SELECT workspace_id, {TODAY}, requests, pixels "
            "FROM unnest($1::text[], $2::bigint[], $3::bigint[]) "
            "AS given (workspace_id, requests, pixels)",
            workspaces,
            [requests.get(one, 0) for one in workspaces],
            [pixels.get(one, 0) for one in workspaces],
        )

    async def roll_up(self) -> None:
        """Add all facts that there are to their days."""
        while await self._pool.fetchval(_ROLL_UP) == _AT_ONCE:
            pass

    async def forget(self) -> int:
        """Days of more than 400 days ago; how many."""
        gone = await self._pool.fetch(
            f"DELETE FROM usage WHERE day < {TODAY} - {KEPT_DAYS} RETURNING day"
        )
        return len(gone)

    async def days(self, workspace_id: str, first: date, last: date) -> list[UsageDay]:
        """The oldest first; of a day in which nothing was used there is none."""
        records = await self._pool.fetch(
            f"SELECT {_DAY} FROM usage WHERE workspace_id = $1 "
            "AND day BETWEEN $2 AND $3 ORDER BY day",
            workspace_id,
            first,
            last,
        )
        return [
            UsageDay(**dict(record) | {"tasks": msgspec.json.decode(record["tasks"])})
            for record in records
        ]

    async def now(self, workspace_id: str) -> UsedNow:
        """Of a workspace that is there."""
        record = await self._pool.fetchrow(_NOW, workspace_id)
        assert record is not None  # somebody of it asks
        return UsedNow(
            uploads=record["uploads"],
            stored_bytes=record["stored_bytes"],
            tasks_waiting=record["tasks_waiting"],
            **msgspec.structs.asdict(standing(record["standing"]).worked),
        )


def _own(text: str | None) -> Own | None:
    return None if text is None else msgspec.json.decode(text)
