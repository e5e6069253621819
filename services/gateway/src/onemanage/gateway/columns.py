"""Kinds of columns, and what all tables of the gateway belong to."""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, MetaData, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import SQLModel

SCHEMA = "gateway"
metadata = MetaData(schema=SCHEMA)


class Base(SQLModel):
    metadata = metadata


def time(*, optional: bool = False) -> Any:
    """A moment that is now where nothing is said, or null where it is optional."""
    default = None if optional else text("now()")
    return Column(DateTime(timezone=True), nullable=optional, server_default=default)


def moment() -> Any:
    """A moment that must be said."""
    return Column(DateTime(timezone=True), nullable=False)


def json_object() -> Any:
    """JSON; an empty object where nothing is said."""
    return Column(JSONB, nullable=False, server_default="{}")


def count() -> Any:
    """Zero where nothing is said."""
    return Column(BigInteger, nullable=False, server_default="0")


def texts(default: str) -> Any:
    """An array of texts; ``default`` as PostgreSQL writes one."""
    return Column(ARRAY(String), nullable=False, server_default=default)
