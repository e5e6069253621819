"""Merges, their rows, and the pictures that rows share.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _required(kind: object, *names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, kind, nullable=False) for name in names]  # type: ignore[arg-type]  # a class or an instance


def _optional(kind: object, *names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, kind) for name in names]  # type: ignore[arg-type]  # a class or an instance


def _indexed(table: str, **columns: list[str]) -> None:
    for name, of in columns.items():
        op.create_index(f"{table}_by_{name}", table, of, schema="psd")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "merges",
        sa.Column("merge_id", sa.String, primary_key=True),
        *_required(sa.String, "workspace_id", "task_id", "template_id"),
        *_required(sa.Integer, "template_revision"),
        *_required(JSONB, "spec", "columns", "slots"),
        *_required(sa.Integer, "pictures", "reused", "chunks"),
        *_optional(sa.String, "repeats", "rejects_of"),
        *_required(moment, "created_at"),
        *_optional(moment, "finished_at"),
        *_optional(JSONB, "contact_sheet"),
        *_optional(sa.String, "manifest_key", "rejects_key"),
        schema="psd",
    )
    _indexed(
        "merges",
        template=["template_id", "created_at", "merge_id"],
        workspace=["workspace_id", "created_at", "merge_id"],
    )
    op.create_table(
        "merge_rows",
        sa.Column(
            "merge_id",
            sa.String,
            sa.ForeignKey("psd.merges.merge_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *_required(sa.BigInteger, "line"),
        *_required(sa.String, "name"),
        *_required(JSONB, "cells"),
        *_optional(sa.String, "picture_id"),
        *_optional(sa.Integer, "chunk"),
        *_required(JSONB, "warnings"),
        *_optional(JSONB, "error"),
        schema="psd",
    )
    _indexed("merge_rows", chunk=["merge_id", "chunk"], picture=["picture_id"])
    op.create_table(
        "pictures",
        sa.Column("picture_id", sa.String, primary_key=True),
        *_required(sa.String, "workspace_id", "merge_id"),
        *_required(JSONB, "images", "warnings"),
        *_required(moment, "created_at"),
        schema="psd",
    )
    _indexed("pictures", merge=["merge_id"])


def downgrade() -> None:
    for table in ("pictures", "merge_rows", "merges"):
        op.drop_table(table, schema="psd")
