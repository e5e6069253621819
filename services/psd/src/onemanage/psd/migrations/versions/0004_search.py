"""Layers are found by name, text, font and colour.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SEARCHABLE = "lower(normalize(name || chr(10) || coalesce(text, ''), NFKC))"
_INDEXES = {
    "layers_by_searchable": "searchable public.gin_trgm_ops",
    "layers_by_fonts": "fonts",
    "layers_by_colors": "colors",
}

_FILL_WORKSPACE = """
    UPDATE psd.layers SET workspace_id = documents.workspace_id
    FROM psd.documents WHERE documents.document_id = layers.document_id
"""
_FILL_TERMS = """
    UPDATE psd.layers SET
        fonts = ARRAY(
            SELECT DISTINCT folded FROM (
                SELECT jsonb_array_elements_text(details -> 'fonts') AS font
                UNION
                SELECT jsonb_array_elements(details #> '{text,runs}') ->> 'family'
            ) AS used,
            lower(regexp_replace(normalize(font, NFKC), '[^[:alnum:]]', '', 'g'))
                AS folded
            WHERE folded <> ''
        ),
        colors = ARRAY(
            SELECT ('x' || lpad(substr(color, 2), 8, '0'))::bit(32)::int
            FROM jsonb_array_elements_text(details -> 'colors') AS color
        )
    WHERE details IS NOT NULL AND details <> 'null'
"""
"""As ``onemanage.psd.search.terms`` does it for layers that are saved from now on."""


def upgrade() -> None:
    op.add_column(
        "layers",
        sa.Column("searchable", sa.Text, sa.Computed(_SEARCHABLE, persisted=True)),
        schema="psd",
    )
    op.add_column("layers", sa.Column("workspace_id", sa.String), schema="psd")
    for name, item in (("fonts", sa.Text()), ("colors", sa.Integer())):
        op.add_column(
            "layers",
            sa.Column(name, ARRAY(item), nullable=False, server_default="{}"),
            schema="psd",
        )
    op.execute(_FILL_WORKSPACE)
    op.execute(_FILL_TERMS)
    op.create_index("layers_by_workspace", "layers", ["workspace_id"], schema="psd")
    for index, column in _INDEXES.items():
        op.create_index(
            index,
            "layers",
            [sa.text(column)],
            schema="psd",
            postgresql_using="gin",
        )


def downgrade() -> None:
    for index in ("layers_by_workspace", *_INDEXES):
        op.drop_index(index, "layers", schema="psd")
    for column in ("workspace_id", "searchable", "fonts", "colors"):
        op.drop_column("layers", column, schema="psd")
