"""The gateway's tables. Hot paths reach them by asyncpg, see store.py."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    MetaData,
    String,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

SCHEMA = "gateway"
metadata = MetaData(schema=SCHEMA)


class Base(SQLModel):
    metadata = metadata


def _time(*, optional: bool = False) -> Any:
    default = None if optional else text("now()")
    return Column(DateTime(timezone=True), nullable=optional, server_default=default)


def _moment() -> Any:
    return Column(DateTime(timezone=True), nullable=False)


def _texts(default: str) -> Any:
    return Column(ARRAY(String), nullable=False, server_default=default)


class Workspace(Base, table=True):
    """The tenant boundary."""

    __tablename__ = "workspaces"

    id: str = Field(primary_key=True)
    name: str
    created_at: datetime = Field(sa_column=_time())
    suspended_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    closed_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    """For good: it is being deleted, or was."""
    deletion_task_id: str | None = None
    emptied_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    """Nothing is left of it but its id."""


class User(Base, table=True):
    """A person, in all workspaces."""

    __tablename__ = "users"

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    """In small letters."""
    name: str
    password_hash: str
    operator: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    created_at: datetime = Field(sa_column=_time())


class Member(Base, table=True):
    """What a user may do in a workspace: owner, member or viewer."""

    __tablename__ = "members"

    workspace_id: str = Field(foreign_key="gateway.workspaces.id", primary_key=True)
    user_id: str = Field(foreign_key="gateway.users.id", primary_key=True, index=True)
    role: str
    created_at: datetime = Field(sa_column=_time())


class Invitation(Base, table=True):
    """``token_hash`` is the SHA-256 of a token that is good once."""

    __tablename__ = "invitations"

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="gateway.workspaces.id", index=True)
    token_hash: bytes = Field(unique=True)
    email: str
    role: str
    created_at: datetime = Field(sa_column=_time())
    expires_at: datetime = Field(sa_column=_moment())
    used_at: datetime | None = Field(default=None, sa_column=_time(optional=True))


class Session(Base, table=True):
    """``expires_at`` moves on with use, ``ends_at`` never; ``ended_at``: logged out."""

    __tablename__ = "sessions"

    id: str = Field(primary_key=True)
    token_hash: bytes = Field(unique=True)
    user_id: str = Field(foreign_key="gateway.users.id", index=True)
    workspace_id: str = Field(foreign_key="gateway.workspaces.id")
    address: str | None = None
    user_agent: str | None = None
    created_at: datetime = Field(sa_column=_time())
    last_used_at: datetime = Field(sa_column=_time())
    expires_at: datetime = Field(sa_column=_moment())
    ends_at: datetime = Field(sa_column=_moment())
    ended_at: datetime | None = Field(default=None, sa_column=_time(optional=True))


class LoginAttempt(Base, table=True):
    """How often an account or an address was given a wrong password. ``what`` is the
    SHA-256 of either."""

    __tablename__ = "login_attempts"

    what: bytes = Field(primary_key=True)
    failures: int
    last_at: datetime = Field(sa_column=_moment())


class ApiKey(Base, table=True):
    """``key_hash`` is the SHA-256 of the key; the key itself is kept nowhere."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(
            "api_keys_by_idempotency_key",
            "workspace_id",
            "idempotency_key",
            unique=True,
        ),
    )

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="gateway.workspaces.id", index=True)
    key_hash: bytes = Field(unique=True)
    name: str
    admin: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """May do what concerns the whole system, as replaying dead letters."""
    scopes: list[str] = Field(sa_column=_texts("{admin,read,write}"))
    networks: list[str] = Field(sa_column=_texts("{}"))
    begins_with: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: datetime = Field(sa_column=_time())
    last_used_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    expires_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    revoked_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    """In the future where it was rotated: both keys are good until then."""
    replaces: str | None = None
    idempotency_key: str | None = None


class BegunUpload(Base, table=True):
    """An object that no file's row refers to yet, or ever will if it takes too long."""

    __tablename__ = "uploads"

    object_key: str = Field(primary_key=True)
    begun_at: datetime = Field(
        sa_column=Column(
            DateTime(timezone=True),
            nullable=False,
            index=True,
            server_default=text("now()"),
        )
    )


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
    created_at: datetime = Field(sa_column=_time())
    announced_at: datetime | None = Field(default=None, sa_column=_time(optional=True))


class Preset(Base, table=True):
    """A recipe that a workspace has given a name. Any process may accept by it."""

    __tablename__ = "presets"

    workspace_id: str = Field(primary_key=True, foreign_key="gateway.workspaces.id")
    name: str = Field(primary_key=True)
    recipe: dict[str, Any] = Field(sa_type=JSONB)
    created_at: datetime = Field(sa_column=_time())
    updated_at: datetime = Field(sa_column=_time())


class RetentionRow(Base, table=True):
    """After how many days a workspace has what deleted, by kind; null: never."""

    __tablename__ = "retention"

    workspace_id: str = Field(primary_key=True, foreign_key="gateway.workspaces.id")
    days: dict[str, Any] = Field(sa_type=JSONB)
    updated_at: datetime = Field(sa_column=_time())


class RetentionRun(Base, table=True):
    """The last task that retention has ordered of a kind; the next one follows it."""

    __tablename__ = "retention_runs"

    workspace_id: str = Field(primary_key=True, foreign_key="gateway.workspaces.id")
    kind: str = Field(primary_key=True)
    task_id: str
    ordered_at: datetime = Field(sa_column=_time())


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
        Index(
            "tasks_ahead",
            "subject",
            "workspace_id",
            postgresql_where=text("state = 'queued' AND released_at IS NOT NULL"),
        ),
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
    created_at: datetime = Field(sa_column=_time())
    released_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    published_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    sequence: int | None = Field(default=None, sa_type=BigInteger)
    """Of its message in TASKS. None: sent by an earlier release, or not yet."""
    cancel_requested_at: datetime | None = Field(
        default=None, sa_column=_time(optional=True)
    )
    started_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    finished_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    pruned_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    """Since when command, progress and result are kept no more."""
