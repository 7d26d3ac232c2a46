"""Versions of stories, and the terms and the language of assertions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEX = "ix_provenance_document_supersedes"


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("provenance_document", sa.Column("supersedes", key, nullable=True))
    op.add_column("provenance_document", sa.Column("change_note", sa.Text(), nullable=True))
    op.create_index(op.f(_INDEX), "provenance_document", ["supersedes"], unique=False)
    op.add_column("provenance_assertion", sa.Column("ground_rule", sa.String(length=32), nullable=True))
    op.add_column("provenance_assertion", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("provenance_assertion", sa.Column("translated", sa.Boolean(), nullable=True))
    op.add_column("provenance_assertion", sa.Column("translated_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_index(_INDEX, "provenance_document")
    for column in ("change_note", "supersedes"):
        op.drop_column("provenance_document", column)
    for column in ("translated_by", "translated", "language", "ground_rule"):
        op.drop_column("provenance_assertion", column)
