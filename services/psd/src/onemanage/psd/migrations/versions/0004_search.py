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
    "layers_by_font": "fonts",
    "layers_by_color": "colors",
}

_FILL = """
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
    for name, item in (("fonts", sa.Text()), ("colors", sa.Integer())):
        op.add_column(
            "layers",
            sa.Column(name, ARRAY(item), nullable=False, server_default="{}"),
            schema="psd",
        )
    op.execute(_FILL)
    for index, column in _INDEXES.items():
        op.create_index(
            index,
            "layers",
            [sa.text(column)],
            schema="psd",
            postgresql_using="gin",
        )


def downgrade() -> None:
    for index in _INDEXES:
        op.drop_index(index, "layers", schema="psd")
    for column in ("searchable", "fonts", "colors"):
        op.drop_column("layers", column, schema="psd")
