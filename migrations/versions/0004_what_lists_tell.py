"""Tables for what a refresh materializes: the support of every claim, conflicts and circles.

All claims are marked stale, because these tables are still empty. An index that no query used is dropped.
"""

import sqlalchemy as sa
from alembic import op

from provenance.database.naming import address, schema_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UNUSED = "ix_provenance_record_entry_seq"
_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "provenance_standing",
        sa.Column("claim", _KEY, autoincrement=False, nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("lo", sa.BigInteger(), nullable=False),
        sa.Column("hi", sa.BigInteger(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("plain_assertions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("claim", name=op.f("pk_provenance_standing")),
    )
    op.create_table(
        "provenance_finding",
        sa.Column("matter", _KEY, autoincrement=False, nullable=False),
        sa.Column("a", _KEY, autoincrement=False, nullable=False),
        sa.Column("b", _KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("a_assertion", _KEY, nullable=False),
        sa.Column("b_assertion", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("matter", "a", "b", "kind", name=op.f("pk_provenance_finding")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "provenance_circle",
        sa.Column("claim", _KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agent", _KEY, nullable=True),
        sa.Column("assertions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("claim", "kind", "place", name=op.f("pk_provenance_circle")),
        sqlite_with_rowid=False,
    )
    bind = op.get_bind()
    op.drop_index(_UNUSED, "provenance_record", schema=schema_of(bind))
    listing, claim = address(bind, "provenance_listing"), address(bind, "provenance_claim")
    op.execute(
        f"""INSERT INTO {listing} (list, nature, claim)
        SELECT 'unsettled', '', claim."key" FROM {claim} claim WHERE NOT EXISTS (
            SELECT 1 FROM {listing} marked WHERE marked.list = 'unsettled' AND marked.claim = claim."key"
        )"""  # noqa: S608 - names of ours
    )


def downgrade() -> None:
    op.create_index(
        op.f(_UNUSED), "provenance_record", ["entry_seq"], unique=False, schema=schema_of(op.get_bind())
    )
    op.drop_table("provenance_circle")
    op.drop_table("provenance_finding")
    op.drop_table("provenance_standing")
