"""Versions of stories, and the terms and the language of assertions."""

import sqlalchemy as sa
from alembic import op

from provenance.database.naming import schema_of
from provenance.operations import downgrading

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEX = "ix_provenance_document_supersedes"
_COLUMNS = (
    ("provenance_document", "supersedes", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
    ("provenance_document", "change_note", sa.Text()),
    ("provenance_assertion", "ground_rule", sa.String(length=32)),
    ("provenance_assertion", "language", sa.Text()),
    ("provenance_assertion", "translated", sa.Boolean()),
    ("provenance_assertion", "translated_by", sa.Text()),
)


def upgrade() -> None:
    schema = schema_of(op.get_bind())  # ALTER TABLE needs it said; CREATE TABLE finds it by itself
    for table, name, kind in _COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True), schema=schema)
    op.create_index(op.f(_INDEX), "provenance_document", ["supersedes"], unique=False, schema=schema)


def downgrade() -> None:
    bind = op.get_bind()
    downgrading.take_back(bind, "0002")
    schema = schema_of(bind)
    op.drop_index(_INDEX, "provenance_document", schema=schema)
    for table, name, _ in reversed(_COLUMNS):
        op.drop_column(table, name, schema=schema)
