"""The log, the index, and the words to search by."""

import sqlalchemy as sa
from alembic import op

from provenance.database.naming import schema_of
from provenance.operations import downgrading

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "provenance_entry",
    "provenance_words",
    "provenance_withdrawal",
    "provenance_sealed",
    "provenance_redaction",
    "provenance_relay",
    "provenance_record",
    "provenance_mention",
    "provenance_listing",
    "provenance_link",
    "provenance_evidence",
    "provenance_entity",
    "provenance_document_text",
    "provenance_document",
    "provenance_description",
    "provenance_commit",
    "provenance_comment_request",
    "provenance_claim",
    "provenance_attribute",
    "provenance_assessment",
    "provenance_assertion",
    "provenance_amendment",
    "provenance_agent",
    "provenance_accusation",
)
"""The tables of this revision, in an order in which they can be dropped."""

_SEARCH_ON_SQLITE = (
    (
        "CREATE VIRTUAL TABLE provenance_words_search USING fts5("
        "text, content='provenance_words', content_rowid='key', tokenize=\"unicode61 remove_diacritics 0\")"
    ),
    (
        "CREATE TRIGGER provenance_words_added AFTER INSERT ON provenance_words BEGIN"
        " INSERT INTO provenance_words_search(rowid, text) VALUES (new.key, new.text); END"
    ),
    (
        "CREATE TRIGGER provenance_words_removed AFTER DELETE ON provenance_words BEGIN"
        " INSERT INTO provenance_words_search(provenance_words_search, rowid, text)"
        " VALUES ('delete', old.key, old.text); END"
    ),
)


def upgrade() -> None:  # noqa: PLR0915 - one statement a table or index
    op.create_table(
        "provenance_accusation",
        sa.Column(
            "claim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "agent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.PrimaryKeyConstraint("claim", "agent", name=op.f("pk_provenance_accusation")),
    )
    op.create_index(op.f("ix_provenance_accusation_agent"), "provenance_accusation", ["agent"], unique=False)
    op.create_table(
        "provenance_agent",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("described", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("naming", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("name_folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("known_to_desk", sa.Boolean(), nullable=False),
        sa.Column("speaks_for", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_agent")),
    )
    op.create_index(
        op.f("ix_provenance_agent_name_folded"), "provenance_agent", ["name_folded"], unique=False
    )
    op.create_index(op.f("ix_provenance_agent_speaks_for"), "provenance_agent", ["speaks_for"], unique=False)
    op.create_table(
        "provenance_amendment",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("replacement", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_amendment")),
    )
    op.create_index(op.f("ix_provenance_amendment_target"), "provenance_amendment", ["target"], unique=False)
    op.create_table(
        "provenance_assertion",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("described", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stance", sa.String(length=32), nullable=False),
        sa.Column("certainty", sa.String(length=32), nullable=True),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("said_lo", sa.BigInteger(), nullable=True),
        sa.Column("said_hi", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_assertion")),
    )
    op.create_index(op.f("ix_provenance_assertion_agent"), "provenance_assertion", ["agent"], unique=False)
    op.create_index(op.f("ix_provenance_assertion_claim"), "provenance_assertion", ["claim"], unique=False)
    op.create_index(
        "ix_provenance_assertion_denied",
        "provenance_assertion",
        ["claim"],
        unique=False,
        sqlite_where=sa.text("stance = 'deny'"),
        postgresql_where=sa.text("stance = 'deny'"),
    )
    op.create_table(
        "provenance_assessment",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("against", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_assessment")),
    )
    op.create_index(op.f("ix_provenance_assessment_claim"), "provenance_assessment", ["claim"], unique=False)
    op.create_table(
        "provenance_attribute",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("described", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("cardinality", sa.String(length=32), nullable=False),
        sa.Column("temporal", sa.String(length=32), nullable=False),
        sa.Column("value_type", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_attribute")),
    )
    op.create_index(op.f("ix_provenance_attribute_name"), "provenance_attribute", ["name"], unique=False)
    op.create_table(
        "provenance_claim",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("described", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("nature", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("attribute", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("scope", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True),
        sa.Column("entity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("lo", sa.Text(), nullable=True),
        sa.Column("hi", sa.Text(), nullable=True),
        sa.Column("pad", sa.Text(), nullable=True),
        sa.Column("as_of_lo", sa.BigInteger(), nullable=True),
        sa.Column("as_of_hi", sa.BigInteger(), nullable=True),
        sa.Column("valid_lo", sa.BigInteger(), nullable=True),
        sa.Column("valid_hi", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_claim")),
    )
    op.create_index(op.f("ix_provenance_claim_entity"), "provenance_claim", ["entity"], unique=False)
    op.create_index(
        op.f("ix_provenance_claim_subject_attribute_scope"),
        "provenance_claim",
        ["subject", "attribute", "scope"],
        unique=False,
    )
    op.create_table(
        "provenance_comment_request",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("accused", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("deadline", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_comment_request")),
    )
    op.create_index(
        op.f("ix_provenance_comment_request_claim"), "provenance_comment_request", ["claim"], unique=False
    )
    op.create_table(
        "provenance_commit",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_provenance_commit")),
        sa.UniqueConstraint("hash", name=op.f("uq_provenance_commit_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_provenance_commit_previous")),
        sa.UniqueConstraint("request_key", name=op.f("uq_provenance_commit_request_key")),
    )
    op.create_table(
        "provenance_description",
        sa.Column(
            "record",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "commit_seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record", "commit_seq", name=op.f("pk_provenance_description")),
    )
    op.create_table(
        "provenance_document",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("described", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outlet", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("publisher_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text_digest", sa.LargeBinary(), nullable=True),
        sa.Column("published_lo", sa.BigInteger(), nullable=True),
        sa.Column("published_hi", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_document")),
    )
    op.create_index(op.f("ix_provenance_document_outlet"), "provenance_document", ["outlet"], unique=False)
    op.create_index(op.f("ix_provenance_document_url"), "provenance_document", ["url"], unique=False)
    op.create_table(
        "provenance_document_text",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_provenance_document_text")),
    )
    op.create_table(
        "provenance_entity",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "name_folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_entity")),
    )
    op.create_index(
        op.f("ix_provenance_entity_name_folded"), "provenance_entity", ["name_folded"], unique=False
    )
    op.create_table(
        "provenance_evidence",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assertion", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("noted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_evidence")),
    )
    op.create_index(
        op.f("ix_provenance_evidence_assertion"), "provenance_evidence", ["assertion"], unique=False
    )
    op.create_table(
        "provenance_link",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("valid_lo", sa.BigInteger(), nullable=True),
        sa.Column("valid_hi", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_link")),
    )
    op.create_index(
        op.f("ix_provenance_link_source_kind"), "provenance_link", ["source", "kind"], unique=False
    )
    op.create_index(
        op.f("ix_provenance_link_target_kind"), "provenance_link", ["target", "kind"], unique=False
    )
    op.create_table(
        "provenance_listing",
        sa.Column("list", sa.String(length=32), nullable=False),
        sa.Column("nature", sa.String(length=32), nullable=False),
        sa.Column(
            "claim", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.PrimaryKeyConstraint("list", "nature", "claim", name=op.f("pk_provenance_listing")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_provenance_listing_claim"), "provenance_listing", ["claim"], unique=False)
    op.create_table(
        "provenance_mention",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("described", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("assertion", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("cue", sa.Text(), nullable=True),
        sa.Column("quote_type", sa.String(length=32), nullable=True),
        sa.Column("distanced", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_mention")),
    )
    op.create_index(
        op.f("ix_provenance_mention_assertion"), "provenance_mention", ["assertion"], unique=False
    )
    op.create_index(op.f("ix_provenance_mention_document"), "provenance_mention", ["document"], unique=False)
    op.create_table(
        "provenance_record",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("entry_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_record")),
        sa.UniqueConstraint("id", name=op.f("uq_provenance_record_id")),
    )
    op.create_index(op.f("ix_provenance_record_entry_seq"), "provenance_record", ["entry_seq"], unique=False)
    op.create_table(
        "provenance_relay",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_relay")),
        sa.UniqueConstraint(
            "source", "target", "stated", name=op.f("uq_provenance_relay_source_target_stated")
        ),
    )
    op.create_index(op.f("ix_provenance_relay_target"), "provenance_relay", ["target"], unique=False)
    op.create_table(
        "provenance_redaction",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_redaction")),
    )
    op.create_index(op.f("ix_provenance_redaction_target"), "provenance_redaction", ["target"], unique=False)
    op.create_table(
        "provenance_sealed",
        sa.Column("handle", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_provenance_sealed")),
    )
    op.create_table(
        "provenance_withdrawal",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_withdrawal")),
    )
    op.create_index(
        op.f("ix_provenance_withdrawal_target"), "provenance_withdrawal", ["target"], unique=False
    )
    op.create_table(
        "provenance_words",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_provenance_words")),
    )
    op.create_table(
        "provenance_entry",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("commit_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commit_seq"], ["provenance_commit.seq"], name=op.f("fk_provenance_entry_commit_seq")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_provenance_entry")),
    )
    op.create_index(op.f("ix_provenance_entry_commit_seq"), "provenance_entry", ["commit_seq"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_provenance_words_search",
            "provenance_words",
            [sa.text("to_tsvector('simple', text)")],
            postgresql_using="gin",
        )
    else:
        for statement in _SEARCH_ON_SQLITE:
            op.execute(statement)


def downgrade() -> None:
    bind = op.get_bind()
    downgrading.check_keeps_all(bind, downgrading.BASE)
    if bind.dialect.name == "sqlite":
        op.execute("DROP TABLE provenance_words_search")
    for table in _TABLES:
        op.drop_table(table, schema=schema_of(bind))
