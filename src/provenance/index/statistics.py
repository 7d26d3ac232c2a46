"""What PostgreSQL knows of the index when it plans a statement. It counts by itself, but minutes after a bulk load, and
until then takes the tables to be nearly empty."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from provenance.database.naming import address
from provenance.index import tables

FEWEST = 1_000
"""Records of which any plan will do."""

GROWTH = 2
"""How many times as many records there have to be as were counted."""


def renew(connection: Connection) -> None:
    """Has PostgreSQL count anew where the index has grown much."""
    if connection.dialect.name != "postgresql":
        return
    last = connection.execute(select(func.max(tables.record.c.key))).scalar() or 0
    if last >= max(FEWEST, GROWTH * _counted(connection)):
        for table in tables.INDEX_TABLES:
            connection.exec_driver_sql(f"ANALYZE {address(connection, table.name)}")


def renew_lists(connection: Connection) -> None:
    """Has it count what settling keeps. Counted while much was unsettled, it takes that for what most rows are, and
    reads all of them to find the few."""
    if connection.dialect.name == "postgresql":
        for table in (tables.listing, tables.standing, tables.conflict, tables.circle):
            connection.exec_driver_sql(f"ANALYZE {address(connection, table.name)}")


def _counted(connection: Connection) -> float:
    """Records when they were last counted; -1 where they never were."""
    name = address(connection, tables.record.name)
    found = connection.exec_driver_sql(
        "SELECT reltuples FROM pg_class WHERE oid = CAST(%s AS regclass)", (name,)
    )
    return float(found.scalar_one())
