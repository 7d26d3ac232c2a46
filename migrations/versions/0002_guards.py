"""The guards that keep the log append-only."""

from alembic import op

from provenance.log import guards

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    guards.put_up(op.get_bind())


def downgrade() -> None:
    guards.take_down(op.get_bind())
