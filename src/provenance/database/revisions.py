"""The revision of the tables: which one a database is at, and which one this library reads and writes."""

from __future__ import annotations

from sqlalchemy import Connection, column, inspect, select, table

from provenance.database.naming import VERSION_TABLE, address
from provenance.errors import NotALedger, WrongRevision
from provenance.version import __version__

REVISION = "0004"
"""The revision of the tables that this library reads and writes."""


def release() -> str:
    """This release and the revision of its tables, by which shadow tables say who derives them."""
    return f"{__version__} at {REVISION}"


def revision_of(connection: Connection, schema: str | None = None) -> str | None:
    """The revision of the ledger's tables; None where there are none."""
    if VERSION_TABLE not in inspect(connection).get_table_names(schema=schema):
        return None
    found = connection.execute(
        select(column("version_num")).select_from(table(VERSION_TABLE, schema=schema))
    ).scalar()
    return None if found is None else str(found)


def check(connection: Connection) -> None:
    """Refuses tables that are not, or no longer, of this library's revision."""
    found = connection.exec_driver_sql(
        f"SELECT version_num FROM {address(connection, VERSION_TABLE)}"  # noqa: S608 - a name of ours
    ).scalar()
    check_is_ours(None if found is None else str(found))


def check_revision(connection: Connection, schema: str | None = None) -> None:
    """Refuses tables of another revision, saying which side is behind, and databases without a ledger."""
    check_is_ours(revision_of(connection, schema))


def check_is_ours(found: str | None) -> None:
    if found is None:
        raise NotALedger(
            "the database holds no ledger",
            "call Ledger.install(engine) to add the ledger's tables beside its own",
        )
    if found != REVISION:
        raise WrongRevision(found, REVISION, is_database_newer=found > REVISION)
