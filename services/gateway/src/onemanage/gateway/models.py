"""The gateway's tables. Hot paths reach them by asyncpg, see store.py."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Index, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

SCHEMA = "gateway"
metadata = MetaData(schema=SCHEMA)


class Base(SQLModel):
    metadata = metadata


def _time(*, optional: bool = False) -> Any:
    default = None if optional else text("now()")
    return Column(DateTime(timezone=True), nullable=optional, server_default=default)


class Workspace(Base, table=True):
    """The tenant boundary."""

    __tablename__ = "workspaces"

    id: str = Field(primary_key=True)
    name: str
    created_at: datetime = Field(sa_column=_time())


class ApiKey(Base, table=True):
    """``key_hash`` is the SHA-256 of the key; the key itself is kept nowhere."""

    __tablename__ = "api_keys"

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="gateway.workspaces.id", index=True)
    key_hash: bytes = Field(unique=True)
    name: str
    created_at: datetime = Field(sa_column=_time())
    revoked_at: datetime | None = Field(default=None, sa_column=_time(optional=True))


class File(Base, table=True):
    """A whole file in object storage. ``announced_at`` is set once its event is out."""

    __tablename__ = "files"
    __table_args__ = (
        Index("files_by_workspace", "workspace_id", "created_at", "id"),
        Index(
            "files_by_idempotency_key", "workspace_id", "idempotency_key", unique=True
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


class Task(Base, table=True):
    """One job: outbox of its command, and projection of its events.

    A row that is queued and has no ``published_at`` is still to be sent.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("tasks_by_workspace", "workspace_id", "created_at", "id"),
        Index(
            "tasks_by_idempotency_key", "workspace_id", "idempotency_key", unique=True
        ),
        Index(
            "tasks_unpublished",
            "created_at",
            postgresql_where=text("published_at IS NULL AND state = 'queued'"),
        ),
    )

    id: str = Field(primary_key=True)
    workspace_id: str
    name: str
    state: str = Field(sa_column_kwargs={"server_default": "queued"})
    """queued, running, completed, failed or cancelled."""
    lane: str | None = None
    command: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    """Its own fields; ids are filled in when it is sent. None: sent by a service."""
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
    published_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    started_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
    finished_at: datetime | None = Field(default=None, sa_column=_time(optional=True))
