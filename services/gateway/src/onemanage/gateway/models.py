"""The gateway's tables. Hot paths reach them by asyncpg, see store.py.

Those of access/, images/addresses/ and webhooks/ stand there.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from onemanage.gateway.columns import Base, count, json_object, moment, texts, time

NOT_ENDED = "state IN ('queued', 'running') AND subject NOT LIKE '%.automatic'"
"""Of tasks that somebody has asked for."""
AHEAD = "state = 'queued' AND released_at IS NOT NULL"
"""Of tasks that have had their turn and have not started."""


class Workspace(Base, table=True):
    """The tenant boundary."""

    __tablename__ = "workspaces"

    id: str = Field(primary_key=True)
    name: str
    created_at: datetime = Field(sa_column=time())
    suspended_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    limits: dict[str, Any] = Field(sa_column=json_object())
    """Of its own, by name (limits/limits.py); null where it has no such limit."""
    stored_bytes: int = Field(sa_column=count())
    """Of its files. Triggers of ``files`` keep it."""
    closed_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    """For good: it is being deleted, or was."""
    deletion_task_id: str | None = None
    emptied_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    """Nothing is left of it but its id."""


class Answer(Base, table=True):
    """What was answered to an Idempotency-Key, of a request that orders no task.
    ``sealed`` is null while it is being carried out, which nobody else sees."""

    __tablename__ = "answers"
    __table_args__ = (Index("answers_by_age", "created_at"),)

    workspace_id: str = Field(foreign_key="gateway.workspaces.id", primary_key=True)
    idempotency_key: str = Field(primary_key=True)
    fingerprint: bytes
    """A keyed hash of the request."""
    sealed: str | None = None
    created_at: datetime = Field(sa_column=time())


class BegunUpload(Base, table=True):
    """An object that no file's row refers to yet, or ever will if it takes too long."""

    __tablename__ = "uploads"
    __table_args__ = (
        Index(
            "uploads_by_slot",
            "workspace_id",
            "slot",
            unique=True,
            postgresql_where=text("slot IS NOT NULL"),
        ),
    )

    object_key: str = Field(primary_key=True)
    workspace_id: str | None = None
    """None: by an earlier release. So ``alive_at``."""
    slot: int | None = None
    """From 1, of the uploads that the workspace may have at the same moment. None: there
    was no such limit, or it has ended."""
    alive_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    """When its gateway last said so."""
    begun_at: datetime = Field(
        sa_column=Column(
            DateTime(timezone=True),
            nullable=False,
            index=True,
            server_default=text("now()"),
        )
    )


class ResumableUpload(Base, table=True):
    """An upload in parts. ``id``, ``file_id`` and ``task_id`` are given at its start;
    the file and the task come about when it is completed."""

    __tablename__ = "resumable_uploads"
    __table_args__ = (
        Index("resumable_uploads_by_workspace", "workspace_id", "created_at", "id"),
        Index(
            "resumable_uploads_by_idempotency_key",
            "workspace_id",
            "idempotency_key",
            unique=True,
        ),
        Index(
            "resumable_uploads_open",
            "expires_at",
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "resumable_uploads_to_clear",
            "ended_at",
            postgresql_where=text(
                "cleared_at IS NULL AND state IN ('failed', 'aborted', 'expired')"
            ),
        ),
        Index("resumable_uploads_ended", "ended_at"),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(
        sa_column=Column(
            String,
            ForeignKey("gateway.workspaces.id", ondelete="CASCADE"),
            nullable=False,
        )
    )
    name: str
    size: int = Field(sa_type=BigInteger)
    sha256: str | None = None
    media_type: str | None = None
    """What the client says that they must be."""
    part_size: int = Field(sa_type=BigInteger)
    object_key: str
    storage_id: str | None = None
    """What storage calls it; None until it has been begun there."""
    file_id: str
    task_id: str
    state: str = Field(sa_column_kwargs={"server_default": "open"})
    """open, completed, failed, aborted or expired."""
    error: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    """Why it failed: an ErrorInfo."""
    idempotency_key: str | None = None
    created_at: datetime = Field(sa_column=time())
    expires_at: datetime = Field(sa_column=moment())
    ended_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    cleared_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    """When nothing of it was left in storage, where it did not become a file."""


class File(Base, table=True):
    """A whole file in object storage. ``announced_at`` is set once its event is out."""

    __tablename__ = "files"
    __table_args__ = (
        Index("files_by_workspace", "workspace_id", "created_at", "id"),
        Index(
            "files_by_idempotency_key", "workspace_id", "idempotency_key", unique=True
        ),
        Index(
            "files_with_idempotency_key",
            "created_at",
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index(
            "files_unannounced",
            "created_at",
            postgresql_where=text("announced_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="gateway.workspaces.id")
    name: str
    size: int = Field(sa_type=BigInteger)
    sha256: str
    media_type: str
    object_key: str
    idempotency_key: str | None = None
    created_at: datetime = Field(sa_column=time())
    announced_at: datetime | None = Field(default=None, sa_column=time(optional=True))


class Usage(Base, table=True):
    """What a workspace has used in a day of UTC."""

    __tablename__ = "usage"

    workspace_id: str = Field(
        sa_column=Column(
            String,
            ForeignKey("gateway.workspaces.id", ondelete="CASCADE"),
            primary_key=True,
        )
    )
    day: date = Field(primary_key=True)
    requests: int = Field(sa_column=count())
    uploads: int = Field(sa_column=count())
    uploaded_bytes: int = Field(sa_column=count())
    stored_bytes: int = Field(sa_column=count())
    """As it stood when something was last counted."""
    tasks: dict[str, Any] = Field(sa_column=json_object())
    """How many have completed, by name."""
    rows_imported: int = Field(sa_column=count())
    pixels: int = Field(sa_column=count())


class UsageFact(Base, table=True):
    """What is still to be added to ``usage``: many who count never wait for one row."""

    __tablename__ = "usage_facts"

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, Identity(always=True), primary_key=True),
    )
    workspace_id: str
    day: date
    task: str | None = None
    """The name of one that has completed."""
    requests: int = Field(sa_column=count())
    uploads: int = Field(sa_column=count())
    uploaded_bytes: int = Field(sa_column=count())
    rows_imported: int = Field(sa_column=count())
    pixels: int = Field(sa_column=count())


class Preset(Base, table=True):
    """A recipe that a workspace has given a name. Any process may accept by it."""

    __tablename__ = "presets"

    workspace_id: str = Field(primary_key=True, foreign_key="gateway.workspaces.id")
    name: str = Field(primary_key=True)
    recipe: dict[str, Any] = Field(sa_type=JSONB)
    parameters: dict[str, Any] = Field(sa_column=json_object())
    """What may be said for the places of the recipe, by name."""
    extends: list[str] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "[]"})
    """Presets that go before it, by name."""
    created_at: datetime = Field(sa_column=time())
    updated_at: datetime = Field(sa_column=time())


class RetentionRow(Base, table=True):
    """After how many days a workspace has what deleted, by kind; null: never."""

    __tablename__ = "retention"

    workspace_id: str = Field(primary_key=True, foreign_key="gateway.workspaces.id")
    days: dict[str, Any] = Field(sa_type=JSONB)
    updated_at: datetime = Field(sa_column=time())


class RetentionRun(Base, table=True):
    """The last task that retention has ordered of a kind; the next one follows it."""

    __tablename__ = "retention_runs"

    workspace_id: str = Field(primary_key=True, foreign_key="gateway.workspaces.id")
    kind: str = Field(primary_key=True)
    task_id: str
    ordered_at: datetime = Field(sa_column=time())


class Task(Base, table=True):
    """One job: outbox of its command, and projection of its events.

    A queued row waits for its turn until ``released_at``, and is sent by
    ``published_at``. A cancelled row without ``published_at`` never had its turn; its
    events are still to be published.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("tasks_by_workspace", "workspace_id", "created_at", "id"),
        Index(
            "tasks_by_idempotency_key", "workspace_id", "idempotency_key", unique=True
        ),
        Index(
            "tasks_with_idempotency_key",
            "created_at",
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index(
            "tasks_waiting",
            "subject",
            "workspace_id",
            "created_at",
            "id",
            postgresql_where=text("state = 'queued' AND released_at IS NULL"),
        ),
        Index("tasks_ahead", "subject", "workspace_id", postgresql_where=text(AHEAD)),
        Index(
            "tasks_unpublished",
            "created_at",
            postgresql_where=text(
                "published_at IS NULL AND (state = 'cancelled' "
                "OR (state = 'queued' AND released_at IS NOT NULL))"
            ),
        ),
        Index(
            "tasks_sent",
            "id",
            postgresql_where=text(
                "published_at IS NOT NULL AND state IN ('queued', 'running')"
            ),
        ),
        Index(
            "tasks_not_ended",
            "workspace_id",
            "id",
            postgresql_where=text(NOT_ENDED),
        ),
        Index(
            "tasks_by_parent",
            "parent_id",
            "created_at",
            "id",
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
        Index(
            "tasks_not_ended_by_parent",
            "parent_id",
            postgresql_where=text(
                "parent_id IS NOT NULL AND state IN ('queued', 'running')"
            ),
        ),
        Index(
            "tasks_unpruned",
            "finished_at",
            postgresql_where=text("pruned_at IS NULL AND finished_at IS NOT NULL"),
        ),
        Index("tasks_heavy", "subject", postgresql_where=text(f"heavy AND {AHEAD}")),
        Index("tasks_held", "id", postgresql_where=text("held AND state = 'queued'")),
        Index(
            "tasks_to_cancel",
            "cancel_requested_at",
            postgresql_where=text(
                "cancel_requested_at IS NOT NULL AND state IN ('queued', 'running')"
            ),
        ),
    )

    id: str = Field(primary_key=True)
    parent_id: str | None = None
    """The task of the batch that it is part of."""
    held: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """It has children, and its turn comes when all of them have ended."""
    heavy: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """By its task's own rule, as it was sent; false before that."""
    workspace_id: str
    name: str
    state: str = Field(sa_column_kwargs={"server_default": "queued"})
    """queued, running, completed, failed or cancelled."""
    subject: str | None = None
    """The queue it waits in (queues.py), as tasks.psd.low. None: sent by a
    service itself, as in earlier releases."""
    run: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    command: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    """Its own fields; ids are filled in when it is sent. None as above."""
    traceparent: str | None = None
    resource: str | None = None
    """Path of what the task makes, as /v1/psd/documents/doc_…"""
    idempotency_key: str | None = None
    fingerprint: bytes | None = None
    """SHA-256 of the request that the idempotency key stands for."""
    attempt: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    progress: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    result: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    error: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    created_at: datetime = Field(sa_column=time())
    released_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    published_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    sequence: int | None = Field(default=None, sa_type=BigInteger)
    """Of its message in TASKS. None: sent by an earlier release, or not yet."""
    cancel_requested_at: datetime | None = Field(
        default=None, sa_column=time(optional=True)
    )
    started_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    finished_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    pruned_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    """Since when command, progress and result are kept no more."""
