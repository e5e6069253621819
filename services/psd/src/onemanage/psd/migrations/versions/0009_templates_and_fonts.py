"""Templates of documents, and the fonts that their text is set in.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _required(kind: object, *names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, kind, nullable=False) for name in names]  # type: ignore[arg-type]  # a class or an instance


def _indexed(table: str, **columns: list[str]) -> None:
    for name, of in columns.items():
        op.create_index(f"{table}_by_{name}", table, of, schema="psd")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "templates",
        sa.Column("template_id", sa.String, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        *_required(sa.String, "document_id", "workspace_id", "task_id"),
        *_required(sa.Integer, "run"),
        *_required(sa.String, "file_id", "file_key", "file_name", "file_sha256"),
        sa.Column("name_encoding", sa.String),
        *_required(sa.String, "name"),
        *_required(JSONB, "slots", "changes"),
        *_required(sa.Integer, "width", "height"),
        *_required(moment, "created_at", "changed_at"),
        *_required(JSONB, "warnings"),
        schema="psd",
    )
    _indexed(
        "templates",
        workspace=["workspace_id", "created_at", "template_id"],
        document=["document_id"],
        task=["task_id"],
    )
    op.create_table(
        "fonts",
        sa.Column("font_id", sa.String, primary_key=True),
        *_required(sa.String, "workspace_id", "task_id", "file_id", "name", "format"),
        *_required(JSONB, "faces"),
        *_required(sa.BigInteger, "size"),
        *_required(sa.String, "sha256", "object_key", "object_sha256"),
        *_required(moment, "created_at"),
        *_required(JSONB, "warnings"),
        schema="psd",
    )
    _indexed(
        "fonts",
        workspace=["workspace_id", "created_at", "font_id"],
        task=["task_id"],
        file=["file_id"],
    )


def downgrade() -> None:
    op.drop_table("fonts", schema="psd")
    op.drop_table("templates", schema="psd")
