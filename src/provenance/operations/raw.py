"""Reading a database that may have been tampered with: raw tuples of whatever types it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Table

from provenance.database.naming import address
from provenance.operations.reports import Faults

FETCHED = 2_000
"""Rows fetched at a time: some megabytes."""

RawRow = tuple[Any, ...]


class Reading:
    """A connection to a database that may fail at any statement, and the list of faults on which that is noted."""

    def __init__(self, connection: Connection, faults: Faults) -> None:
        self.connection = connection
        self.faults = faults
        self._open: list[CursorResult[Any]] = []

    @property
    def is_sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    def address(self, table: Table) -> str:
        return address(self.connection, table.name)

    def pages(self, statement: str) -> Iterator[list[RawRow]]:
        """The rows of a query, a page at a time; on PostgreSQL from a cursor on the server."""
        options = {"stream_results": True, "max_row_buffer": FETCHED}
        result = self.connection.exec_driver_sql(statement, execution_options=options)
        self._open.append(result)
        if self.is_sqlite:
            cursor: Any = result.cursor  # the driver's own gives the same rows twice as fast
            while page := cursor.fetchmany(FETCHED):
                yield page
        else:
            for part in result.partitions(FETCHED):
                yield [tuple(row) for row in part]

    def rows(self, statement: str) -> Iterator[RawRow]:
        for page in self.pages(statement):
            yield from page

    def attempt(self, place: str, step: Callable[[], None]) -> None:
        """Takes the step. An error becomes a fault at this place; the faults that the step had found before stay, and
        the next step can be taken."""
        try:
            with self.connection.begin_nested():
                try:
                    step()
                finally:  # before the savepoint goes, and PostgreSQL's cursors with it
                    while self._open:
                        self._open.pop().close()
        except Exception as error:  # noqa: BLE001 - a database that was tampered with may fail in any way
            self.faults.add(place, f"cannot be read ({type(error).__name__})")


@contextmanager
def as_it_lies(connection: Connection) -> Iterator[None]:
    """Lets SQLite give text that is not UTF-8, as lone surrogates instead of an error."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    before = driver.text_factory
    driver.text_factory = _text
    try:
        yield
    finally:
        driver.text_factory = before


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
