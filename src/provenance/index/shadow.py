"""Shadow tables: the tables of the index once more, which a rebuild fills while the index goes on answering.

They exist while a rebuild lasts, or waits to be resumed. On a connection on which they stand in, every statement that
names a table of the index reads or writes its shadow table instead; the tables of the log stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, Text, delete, event, insert, inspect, select, text
from sqlalchemy.sql.elements import conv

from provenance.database.naming import NAMING_CONVENTION, PREFIX, STAND_INS, Key, schema_of
from provenance.index.tables import INDEX_TABLES

NEXT = PREFIX + "next_"

_metadata = MetaData(naming_convention=NAMING_CONVENTION)
progress = Table(
    NEXT + "progress",
    _metadata,
    Column("made_by", Text, nullable=False),
    Column("head", Key, nullable=False),
    Column("done", Key, nullable=False),
)
"""One row: the release that derives the rows, the log's last entry when it began or resumed, and the last entry whose
rows are there."""


def _shadow_of(table: Table) -> Table:
    made = table.to_metadata(_metadata, name=_NAMES[table.name])
    parts: list[Any] = [*made.indexes, *made.constraints]
    for part in parts:
        if part.name is not None and NEXT not in part.name:  # some are copied with the name of their model
            part.name = conv(part.name.replace(PREFIX, NEXT, 1))
    return made


@cache
def _shadows() -> dict[Table, Table]:
    return {table: _shadow_of(table) for table in INDEX_TABLES}


_NAMES = {table.name: table.name.replace(PREFIX, NEXT, 1) for table in INDEX_TABLES}
_NAMED = re.compile(rf"\b({'|'.join(_NAMES)})\b")


def can_be_made(connection: Connection) -> bool:
    """Whether the connection's role may make tables; on PostgreSQL one that only records may not."""
    if connection.dialect.name != "postgresql":
        return True
    query = text("SELECT has_schema_privilege(coalesce(:schema, current_schema()), 'CREATE')")
    return bool(connection.execute(query, {"schema": schema_of(connection)}).scalar())


def is_there(connection: Connection) -> bool:
    return inspect(connection).has_table(progress.name, schema=schema_of(connection))


def create(connection: Connection) -> None:
    _metadata.create_all(connection, tables=[progress, *_shadows().values()], checkfirst=False)


def drop(connection: Connection) -> None:
    """Drops those that exist."""
    _metadata.drop_all(connection, tables=[progress, *_shadows().values()])


@contextmanager
def standing_in(connection: Connection) -> Iterator[None]:
    event.listen(connection, "before_cursor_execute", _renamed, retval=True)
    connection.execution_options(**{STAND_INS: _NAMES})
    try:
        yield
    finally:
        connection.execution_options(**{STAND_INS: {}})
        event.remove(connection, "before_cursor_execute", _renamed)


def _renamed(_: object, __: object, statement: str, parameters: Any, *___: object) -> tuple[str, Any]:
    """Renames the tables in a statement. What people wrote is in its parameters, and never renamed."""
    return _NAMED.sub(lambda found: _NAMES[found[0]], statement), parameters


def switch(connection: Connection) -> None:
    """Puts the rows of the shadow tables into the index in the place of its own. Rows are copied and no table is
    renamed: renaming would wait for readers and let new ones wait, and would change the names of indexes."""
    for table in reversed(INDEX_TABLES):
        connection.execute(delete(table))
    for table, shadow in _shadows().items():
        names = table.columns.keys()
        rows = select(*(shadow.c[name] for name in names)).order_by(*shadow.primary_key)
        connection.execute(insert(table).from_select(names, rows))
