"""Many rows at once, written and read by the database's driver itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.exc import DBAPIError

from provenance.database.chunks import chunked
from provenance.database.naming import address

Row = dict[str, Any]
"""What is added to a table, by column."""

COPIED_FROM = 50
"""Rows from which on PostgreSQL's COPY is worth its round trips."""


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Adds the rows. All of them name the same columns in the same order, and hold values as the driver takes them."""
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(table.c[column].name) for column in rows[0])
    target = f"{address(connection, table.name)} ({names})"
    if connection.dialect.name == "postgresql" and len(rows) >= COPIED_FROM:
        _copy(connection, target, rows)
        return
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    statement = f"INSERT INTO {target} VALUES ({', '.join([mark] * len(rows[0]))})"  # noqa: S608 - names of ours only
    for chunk in chunked(rows):
        connection.exec_driver_sql(statement, [tuple(row.values()) for row in chunk])


def matching(
    connection: Connection, wanted: Sequence[Column[Any]], column: Column[Any], values: Iterable[Any]
) -> Iterator[tuple[Any, ...]]:
    """The wanted columns of all rows whose `column` holds one of the values, as the driver gives them; in no order."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(each.name) for each in wanted)
    query = f"SELECT {names} FROM {address(connection, column.table.name)} WHERE {quote(column.name)}"  # noqa: S608 - as above
    for chunk in chunked(values):
        if connection.dialect.name == "postgresql":
            found = connection.exec_driver_sql(query + " = ANY(%s)", (chunk,))
        else:
            found = connection.exec_driver_sql(f"{query} IN ({', '.join('?' * len(chunk))})", tuple(chunk))
        yield from map(tuple, found)


def _copy(connection: Connection, target: str, rows: Sequence[Row]) -> None:
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(tuple(row.values()))
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_of_sqlalchemy(connection, error) from None
    finally:
        cursor.close()


def _as_of_sqlalchemy(connection: Connection, error: Exception) -> Exception:
    """The driver's error as one of SQLAlchemy's, without the rows."""
    dialect = connection.dialect
    is_lost = dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]
    if is_lost:
        connection.invalidate()
    return DBAPIError.instance(
        "COPY",
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=dialect,
    )
