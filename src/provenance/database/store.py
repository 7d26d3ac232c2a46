"""Store: the one door to a connection, for questions and for commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine

from provenance.database import revisions, transactions
from provenance.database.engines import in_schema
from provenance.database.transactions import PATIENT, Patience, translated_errors
from provenance.errors import AlreadyClosed, ReadOnlyDatabase

_T = TypeVar("_T")


class Store:
    """A ledger's database: an engine, or the connection of a caller's transaction, which is joined and left open.

    `schema` is the PostgreSQL schema that holds the ledger's tables; None is the connection's own default. The engine
    is disposed of at the end only if the store owns it. Migrations take tables of any revision, everybody else only
    this library's. `patience` is for the transactions that the store begins itself.
    """

    def __init__(
        self,
        target: Engine | Connection,
        *,
        schema: str | None = None,
        owns_engine: bool = False,
        is_read_only: bool = False,
        takes_any_revision: bool = False,
        patience: Patience = PATIENT,
    ) -> None:
        self._target = target
        self.schema = schema
        self._owns_engine = owns_engine
        self._is_read_only = is_read_only
        self._takes_any_revision = takes_any_revision
        self._patience = patience
        self._is_closed = False

    @property
    def engine(self) -> Engine:
        return self._target.engine

    @property
    def is_joined(self) -> bool:
        """Whether it is in a caller's transaction."""
        return isinstance(self._target, Connection)

    def close(self) -> None:
        self._is_closed = True
        if self._owns_engine and isinstance(self._target, Engine):
            self._target.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for questions, on which all statements see the same commits.

        Raises `WrongRevision` where the tables are another release's: the index is what this library makes of the log.
        """
        with self.read_log() as connection:
            self._check_revision(connection)
            yield connection

    @contextmanager
    def read_log(self, *, is_still: bool = False) -> Iterator[Connection]:
        """A connection for what reads the log alone, which every revision has.

        With `is_still` all statements see the same log. A connection of the store's own always does; in a caller's
        transaction, which may see each commit as it comes, the writers' lock is taken.
        """
        self.check_open()
        with translated_errors(is_joined=self.is_joined):
            if isinstance(self._target, Connection):
                with self._finding_tables(self._target) as connection:
                    if is_still:
                        transactions.lock_writers(connection, self.schema)
                    yield connection
            else:
                with self.read_committed() as connection:
                    yield connection

    @contextmanager
    def read_committed(self) -> Iterator[Connection]:
        """A connection of its own, also where a caller's transaction is joined: it sees what is committed."""
        with transactions.reading(self.engine) as new, self._finding_tables(new) as connection:
            yield connection

    def write(self, work: Callable[[Connection], _T], *, is_repeatable: bool = True) -> _T:
        """Does the work in one transaction under the writers' lock, and gives what the work gives.

        A caller's transaction is joined and left open. A transaction of the store's own is committed. Where another one
        was in its way all of the work is done again, unless `is_repeatable` is False.
        """
        self.check_writable()
        with translated_errors(is_joined=self.is_joined):
            if self.is_joined or not is_repeatable:
                return self._write_once(work)
            return transactions.repeated(partial(self._write_once, work), self._patience)

    def _write_once(self, work: Callable[[Connection], _T]) -> _T:
        with self._transaction() as opened, self._finding_tables(opened) as connection:
            # Another release may have changed the tables since the ledger was opened.
            self._check_revision(connection)
            return work(connection)

    def _transaction(self) -> AbstractContextManager[Connection]:
        if isinstance(self._target, Connection):
            return transactions.joined(self._target, schema=self.schema)
        return transactions.writing(self._target, self._patience, schema=self.schema)

    def _check_revision(self, connection: Connection) -> None:
        if not self._takes_any_revision:
            revisions.check_still_ours(connection)

    def check_open(self) -> None:
        if self._is_closed:
            raise AlreadyClosed("ledger")

    def check_writable(self) -> None:
        self.check_open()
        if self._is_read_only:
            raise ReadOnlyDatabase("the ledger was opened to be read", "open it without read_only=True")

    @contextmanager
    def _finding_tables(self, connection: Connection) -> Iterator[Connection]:
        """Directs the connection to the ledger's schema; a caller's connection is directed to theirs again at the
        end."""
        if self.schema is None:
            yield connection
            return
        before = connection.get_execution_options().get("schema_translate_map")
        in_schema(connection, self.schema)
        try:
            yield connection
        finally:
            connection.execution_options(schema_translate_map=before)
