"""Runs the ledger's migrations on the connection that the library hands over, inside its transaction."""

from alembic import context

from provenance.database.embedding import of_the_ledger
from provenance.database.naming import VERSION_TABLE
from provenance.index.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=of_the_ledger,
    version_table=VERSION_TABLE,
    version_table_schema=context.config.attributes.get("schema"),
)
context.run_migrations()
