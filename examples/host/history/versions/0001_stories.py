"""Stories and their sentences."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "story",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("headline", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
    )
    op.create_table(
        "sentence",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("assertion", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_sentence_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence")),
    )


def downgrade() -> None:
    op.drop_table("sentence")
    op.drop_table("story")
