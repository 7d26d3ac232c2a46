"""PostgreSQL's statistics of the index, by which it plans statements. It renews them by itself, but only minutes after
a bulk load, and until then takes the tables to be nearly empty."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Table, func, select

from provenance.database.naming import address
from provenance.index import tables

FEWEST = 1_000
"""Records below which any plan will do."""

GROWTH = 2
"""How many times as many records as were counted there have to be."""


def renew(connection: Connection) -> None:
    """Has PostgreSQL count anew where the index has grown much."""
    if connection.dialect.name != "postgresql":
        return
    last = connection.execute(select(func.max(tables.record.c.key))).scalar() or 0
    if last >= max(FEWEST, GROWTH * _counted(connection)):
        for table in tables.INDEX_TABLES:
            connection.exec_driver_sql(f"ANALYZE {address(connection, table.name)}")


def renew_lists(connection: Connection, materialized: Iterable[Table]) -> None:
    """Has PostgreSQL count what is materialized. If it counted while many claims were stale, it takes most rows for
    marks of stale claims, and reads all rows to find the few that are left."""
    if connection.dialect.name == "postgresql":
        for table in materialized:
            connection.exec_driver_sql(f"ANALYZE {address(connection, table.name)}")


def _counted(connection: Connection) -> float:
    """How many records PostgreSQL counted last; -1 where it never did."""
    name = address(connection, tables.record.name)
    found = connection.exec_driver_sql(
        "SELECT reltuples FROM pg_class WHERE oid = CAST(%s AS regclass)", (name,)
    )
    return float(found.scalar_one())
