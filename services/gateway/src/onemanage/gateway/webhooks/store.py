"""The statements on webhooks themselves: made, read, changed, given a new secret."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import asyncpg
import msgspec
from msgspec import Meta

from onemanage.contracts.base import ListPlace, example_id
from onemanage.contracts.public import shows
from onemanage.gateway.pool import newest
from onemanage.gateway.store import Pool

type Reason = Literal["asked", "gone", "failing"]

MOST_WEBHOOKS = 20
"""Of a workspace, so that all of it together cannot take every place of the sender."""


@shows(
    *("id", "url", "description", "events", "created_at", "updated_at"),
    *("previous_secret_until", "failing_since", "disabled_at", "disabled_reason"),
)
class WebhookRow(msgspec.Struct, kw_only=True):
    """Where events of a workspace are sent to, without the secrets."""

    id: Annotated[str, Meta(examples=[example_id("whk")])]
    workspace_id: str
    url: Annotated[
        str,
        Meta(
            description="Without its query, which may hold a secret.",
            examples=["https://example.com/hooks/onemanage"],
        ),
    ]
    sealed_url: str | None
    description: Annotated[str | None, Meta(examples=["The shop"])]
    events: Annotated[list[str], Meta(examples=[["psd.*.completed", "*.failed"]])]
    created_at: datetime
    updated_at: datetime
    previous_secret_until: Annotated[
        datetime | None,
        Meta(description="Until then the secret before this one signs, too."),
    ]
    failing_since: Annotated[
        datetime | None,
        Meta(
            description="No attempt has succeeded since then; null: the last one did."
        ),
    ]
    disabled_at: Annotated[
        datetime | None, Meta(description="Since when nothing is sent; null: it is.")
    ]
    disabled_reason: Annotated[
        Reason | None,
        Meta(
            description="asked: by a request; gone: the receiver answered 410; failing: "
            "no attempt had succeeded for five days."
        ),
    ]


class NewWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """One that is about to be stored."""

    id: str
    url: str
    sealed_url: str | None
    description: str | None
    events: Sequence[str]
    sealed_secret: str


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """None: as it is."""

    url: str | None = None
    sealed_url: str | None = None
    """Goes with ``url``."""
    description: str | None = None
    events: Sequence[str] | None = None
    enabled: bool | None = None


class TooManyWebhooks(Exception):
    """The workspace has as many as it may."""


_COLUMNS = ", ".join(WebhookRow.__struct_fields__)
_OWN = "workspace_id = $1 AND id = $2"
_ADD = f"""
INSERT INTO webhooks (id, workspace_id, url, sealed_url, description, events,
                      sealed_secret)
SELECT $2, $1::varchar, $3, $4, $5, $6, $7
WHERE (SELECT count(*) FROM webhooks WHERE workspace_id = $1) < {MOST_WEBHOOKS}
RETURNING {_COLUMNS}
"""
# What waits is sent at once when it is enabled: its receiver is ready now.
_CHANGE = f"""
WITH changed AS (
    UPDATE webhooks SET
        url = coalesce($3, url),
        sealed_url = CASE WHEN $3::varchar IS NULL THEN sealed_url ELSE $4 END,
        description = coalesce($5, description),
        events = coalesce($6, events),
        disabled_at = CASE WHEN $7 THEN NULL
                           WHEN NOT $7 THEN coalesce(disabled_at, now())
                           ELSE disabled_at END,
        disabled_reason = CASE WHEN $7 THEN NULL
                               WHEN NOT $7 THEN coalesce(disabled_reason, 'asked')
                               ELSE disabled_reason END,
        failing_since = CASE WHEN $7 THEN NULL ELSE failing_since END,
        last_failed_at = CASE WHEN $7 THEN NULL ELSE last_failed_at END,
        updated_at = now()
    WHERE {_OWN}
    RETURNING {_COLUMNS}
), due AS (
    UPDATE webhook_deliveries SET next_attempt_at = now()
    WHERE $7 AND webhook_id = (SELECT id FROM changed)
      AND state = 'pending' AND lease IS NULL AND next_attempt_at > now()
)
SELECT * FROM changed
"""
_ROTATE = f"""
UPDATE webhooks SET
    previous_sealed_secret = sealed_secret, sealed_secret = $3,
    previous_secret_until = now() + make_interval(secs => $4), updated_at = now()
WHERE {_OWN}
RETURNING {_COLUMNS}
"""


class WebhookStore:
    """Every read names its workspace; what belongs to another is not there."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, workspace_id: str, new: NewWebhook) -> WebhookRow:
        """The new row. Raises TooManyWebhooks."""
        record = await self._pool.fetchrow(
            _ADD,
            workspace_id,
            new.id,
            new.url,
            new.sealed_url,
            new.description,
            new.events,
            new.sealed_secret,
        )
        if record is None:
            raise TooManyWebhooks
        return WebhookRow(**record)

    async def get(self, workspace_id: str, webhook_id: str) -> WebhookRow | None:
        """None where the workspace has no webhook of this id."""
        record = await self._pool.fetchrow(
            f"SELECT {_COLUMNS} FROM webhooks WHERE {_OWN}", workspace_id, webhook_id
        )
        return _row(record)

    async def page(
        self, workspace_id: str, limit: int, before: ListPlace | None
    ) -> list[WebhookRow]:
        """The newest first."""
        records = await newest(
            self._pool, _COLUMNS, "webhooks", workspace_id, limit, before
        )
        return [WebhookRow(**record) for record in records]

    async def change(
        self, workspace_id: str, webhook_id: str, changes: Changes
    ) -> WebhookRow | None:
        """The row as it is then; None where there is none."""
        record = await self._pool.fetchrow(
            _CHANGE,
            workspace_id,
            webhook_id,
            changes.url,
            changes.sealed_url,
            changes.description,
            changes.events,
            changes.enabled,
        )
        return _row(record)

    async def rotate(
        self, workspace_id: str, webhook_id: str, sealed_secret: str, overlap: float
    ) -> WebhookRow | None:
        """The secret so far signs beside the new one for ``overlap`` seconds.

        One that was before it signs no more. None where there is no such webhook.
        """
        record = await self._pool.fetchrow(
            _ROTATE, workspace_id, webhook_id, sealed_secret, overlap
        )
        return _row(record)

    async def delete(self, workspace_id: str, webhook_id: str) -> bool:
        """With all that was or is to be delivered; False where there was none."""
        done = await self._pool.fetchval(
            f"DELETE FROM webhooks WHERE {_OWN} RETURNING id", workspace_id, webhook_id
        )
        return done is not None


def _row(record: asyncpg.Record | None) -> WebhookRow | None:
    return None if record is None else WebhookRow(**record)
