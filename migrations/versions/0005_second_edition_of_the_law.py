"""What the second edition of the law asks for: redefinitions, versions and zones of documents, quotations in parts, the
language of mentions, embargoes, other names of agents, and both moments of each end of a window.

The index is derived anew, for its rows say more of what is recorded already.
"""

import sqlalchemy as sa
from alembic import op

from provenance.database.naming import address, schema_of
from provenance.operations import downgrading

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
rebuilds_index = True

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORD = sa.String(length=32)
_COLUMNS = (
    ("provenance_agent", "aliases", sa.Text()),
    ("provenance_agent", "description", sa.Text()),
    ("provenance_document", "version", sa.Text()),
    ("provenance_document", "zone", sa.Text()),
    ("provenance_claim", "as_of_lo_begins", sa.BigInteger()),
    ("provenance_claim", "as_of_hi_begins", sa.BigInteger()),
    ("provenance_claim", "valid_lo_ends", sa.BigInteger()),
    ("provenance_claim", "valid_hi_begins", sa.BigInteger()),
    ("provenance_assertion", "embargo_until", sa.BigInteger()),
    ("provenance_mention", "parts", sa.Text()),
    ("provenance_mention", "places", sa.Text()),
    ("provenance_mention", "language", sa.Text()),
    ("provenance_mention", "translated", sa.Boolean()),
    ("provenance_mention", "translated_by", sa.Text()),
)
_ITEMS = "ix_provenance_evidence_item"


def upgrade() -> None:
    schema = schema_of(op.get_bind())
    for table, name, kind in _COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True), schema=schema)
    op.create_index(op.f(_ITEMS), "provenance_evidence", ["item"], unique=False, schema=schema)
    op.create_table(
        "provenance_redefinition",
        sa.Column("key", _KEY, autoincrement=False, nullable=False),
        sa.Column("commit_seq", _KEY, nullable=False),
        sa.Column("attribute", _KEY, nullable=False),
        sa.Column("cardinality", _WORD, nullable=True),
        sa.Column("temporal", _WORD, nullable=True),
        sa.Column("value_type", _WORD, nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_redefinition")),
    )
    op.create_index(
        op.f("ix_provenance_redefinition_attribute"),
        "provenance_redefinition",
        ["attribute"],
        unique=False,
        schema=schema,
    )


def downgrade() -> None:
    bind = op.get_bind()
    downgrading.take_back(bind, "0004")
    schema = schema_of(bind)
    op.drop_table("provenance_redefinition", schema=schema)
    op.drop_index(_ITEMS, "provenance_evidence", schema=schema)
    for table, name, _ in reversed(_COLUMNS):
        op.drop_column(table, name, schema=schema)
    listing, claim = address(bind, "provenance_listing"), address(bind, "provenance_claim")
    op.execute(
        f"""INSERT INTO {listing} (list, nature, claim)
        SELECT 'unsettled', '', claim."key" FROM {claim} claim WHERE NOT EXISTS (
            SELECT 1 FROM {listing} marked WHERE marked.list = 'unsettled' AND marked.claim = claim."key"
        )"""  # noqa: S608 - names of ours
    )
