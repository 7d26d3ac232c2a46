"""The content system's own migrations. That a ledger lives in the same database takes one argument."""

from alembic import context
from models import Base

from provenance.database.embedding import beside_ledger

with context.config.attributes["engine"].begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=beside_ledger(),  # what begins with provenance_ is the ledger's
    )
    context.run_migrations()
