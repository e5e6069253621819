"""The tables of people and keys."""

from datetime import datetime

from sqlalchemy import false
from sqlmodel import Field

from onemanage.gateway.columns import Base, moment, texts, time


class User(Base, table=True):
    """A person, in all workspaces."""

    __tablename__ = "users"

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    """In small letters."""
    name: str
    password_hash: str
    operator: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    created_at: datetime = Field(sa_column=time())


class Member(Base, table=True):
    """What a user may do in a workspace: owner, member or viewer."""

    __tablename__ = "members"

    workspace_id: str = Field(foreign_key="gateway.workspaces.id", primary_key=True)
    user_id: str = Field(foreign_key="gateway.users.id", primary_key=True, index=True)
    role: str
    created_at: datetime = Field(sa_column=time())


class Invitation(Base, table=True):
    """``token_hash`` is the SHA-256 of a token that is good once."""

    __tablename__ = "invitations"

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="gateway.workspaces.id", index=True)
    token_hash: bytes = Field(unique=True)
    email: str
    role: str
    created_at: datetime = Field(sa_column=time())
    expires_at: datetime = Field(sa_column=moment())
    used_at: datetime | None = Field(default=None, sa_column=time(optional=True))


class Session(Base, table=True):
    """``expires_at`` moves on with use, ``ends_at`` never; ``ended_at``: logged out."""

    __tablename__ = "sessions"

    id: str = Field(primary_key=True)
    token_hash: bytes = Field(unique=True)
    user_id: str = Field(foreign_key="gateway.users.id", index=True)
    workspace_id: str = Field(foreign_key="gateway.workspaces.id")
    address: str | None = None
    user_agent: str | None = None
    created_at: datetime = Field(sa_column=time())
    last_used_at: datetime = Field(sa_column=time())
    expires_at: datetime = Field(sa_column=moment())
    ends_at: datetime = Field(sa_column=moment())
    ended_at: datetime | None = Field(default=None, sa_column=time(optional=True))


class LoginAttempt(Base, table=True):
    """How often an account or an address was given a wrong password. ``what`` is the
    SHA-256 of either."""

    __tablename__ = "login_attempts"

    what: bytes = Field(primary_key=True)
    failures: int
    last_at: datetime = Field(sa_column=moment())


class SignInCode(Base, table=True):
    """``code_hash`` is the SHA-256 of a code that is good once."""

    __tablename__ = "sign_in_codes"

    code_hash: bytes = Field(primary_key=True)
    user_id: str = Field(foreign_key="gateway.users.id")
    workspace_id: str = Field(foreign_key="gateway.workspaces.id")
    expires_at: datetime = Field(sa_column=moment())


class ApiKey(Base, table=True):
    """``key_hash`` is the SHA-256 of the key; the key itself is kept nowhere."""

    __tablename__ = "api_keys"

    id: str = Field(primary_key=True)
    workspace_id: str = Field(foreign_key="gateway.workspaces.id", index=True)
    key_hash: bytes = Field(unique=True)
    name: str
    admin: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """May do what concerns the whole system, as replaying dead letters."""
    scopes: list[str] = Field(sa_column=texts("{admin,read,write}"))
    networks: list[str] = Field(sa_column=texts("{}"))
    begins_with: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created_at: datetime = Field(sa_column=time())
    last_used_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    expires_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    revoked_at: datetime | None = Field(default=None, sa_column=time(optional=True))
    """In the future where it was rotated: both keys are good until then."""
    replaces: str | None = None
