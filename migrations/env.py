"""Runs the ledger's migrations on the connection that the library hands over, inside its transaction."""

from alembic import context

from provenance.embedding import of_the_ledger
from provenance.index.tables import metadata
from provenance.log.tables import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=of_the_ledger,
    version_table=VERSION_TABLE,
    version_table_schema=context.config.attributes.get("schema"),
)
context.run_migrations()
