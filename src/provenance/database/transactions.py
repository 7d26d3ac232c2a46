"""Transactions: whole or not at all, whatever other writers do. What goes wrong is raised as an error of the library.

A transaction of the ledger's own is repeated, here and nowhere else, where the database gave way to another one or
lost its connection before COMMIT. In a caller's transaction nothing is repeated: only the caller knows all of it.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from attrs import frozen
from sqlalchemy import Connection, Engine, RootTransaction, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from provenance.errors import (
    ConcurrentCommit,
    DatabaseFailed,
    DatabaseRefused,
    LedgerBusy,
    NotALedger,
    OutcomeUnknown,
    ProvenanceError,
    ReadOnlyDatabase,
)

_T = TypeVar("_T")

BUSY_TIMEOUT = 30_000
"""Milliseconds that a writer waits for another: longer than any single commit of the library's own."""


@frozen(kw_only=True)
class Patience:
    """How long a transaction of the ledger's own waits for others, and how often it is repeated.

    On SQLite each connection has its own time to wait for a lock, which `engines.add_hooks` sets to `BUSY_TIMEOUT`.
    """

    for_a_lock: int = BUSY_TIMEOUT
    """Milliseconds on PostgreSQL."""

    attempts: int = 8
    """How often the transaction is tried before its error is the caller's."""

    altogether: float = BUSY_TIMEOUT / 1_000
    """Seconds after which it is not tried again: who has waited for a lock all that time has waited enough."""

    first_pause: float = 0.01
    longest_pause: float = 1.0
    """Seconds between two attempts, doubling from the first: a commit takes some milliseconds, a restart some
    seconds."""


PATIENT = Patience()

_EXPECTING_MUCH = text(
    "SELECT set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),"
    " set_config('random_page_cost', '1.1', true)"
)
"""Compiling such a statement, or starting a process that helps with it, takes PostgreSQL longer than answering it. Its
default cost of a page is that of a disk whose head has to move, for which it would rather read whole tables."""

_WRITERS_LOCK = 0x70726F76
"""The first key of PostgreSQL's advisory lock for writers: "prov" in ASCII. The second is that of the ledger's schema:
the writers of two ledgers in one database do not wait for one another."""

_LOCK_WRITERS = text("SELECT pg_advisory_xact_lock(:key, hashtext(coalesce(:schema, current_schema())))")

_GAVE_WAY = ("SQLITE_BUSY_SNAPSHOT", "40001", "40P01")
"""The codes of a stale snapshot, a serialization failure and a deadlock: another transaction was faster."""

_WAITED = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03")
"""How the codes begin where another transaction holds a lock for too long."""

_REFUSED = ("SQLITE_BUSY", "40", "23")
"""How the codes begin where a database refuses a COMMIT by a decision of its own, and stores nothing of it."""

_SPOILT = ("SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN")
"""How the codes begin of errors that a connection may go on having because of the moment at which it was opened."""

_RAISED: tuple[tuple[tuple[str, ...], type[DatabaseRefused], str, str], ...] = (
    (_GAVE_WAY, ConcurrentCommit, "another commit came in between", "roll back, and repeat {whole}"),
    (_WAITED, LedgerBusy, "another writer holds the ledger", "roll back, and repeat {whole}"),
    (
        ("SQLITE_NOTADB",),
        NotALedger,
        "the file is not a database",
        "give the path of a ledger, or of a new file",
    ),
    (
        ("SQLITE_READONLY", "25006"),
        ReadOnlyDatabase,
        "the database is read-only",
        "open a copy that can be written",
    ),
)
"""What is raised in the place of a database's error, by the beginning of its code. SQLITE_CORRUPT and SQLITE_CANTOPEN
are not here: a disk that fails has these codes too, when SQLite reads a page or opens the -wal file. `engines.opening`
looks into the latter."""

_WRITES: dict[str, dict[str, Any]] = {
    "sqlite": {"provenance_writes": True},
    # The writers' lock puts commits in a row; each has to see the one before it, which a snapshot taken while waiting
    # for the lock does not. It also makes transactions of an AUTOCOMMIT engine.
    "postgresql": {"isolation_level": "READ COMMITTED"},
}
_READS: dict[str, dict[str, Any]] = {
    # A question takes several statements, and all of them have to see the same commits. The transaction is not made
    # read-only: the pool would reset its connection to writable, over a server's own read-only default.
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection on which all statements see the same commits. It waits for no writer, and no writer for it."""
    with engine.connect() as connection:
        yield connection.execution_options(**_READS.get(engine.dialect.name, {}))


@contextmanager
def writing(
    engine: Engine, patience: Patience = PATIENT, *, schema: str | None = None
) -> Iterator[Connection]:
    """One transaction under the lock of the schema's writers, committed at the block's end."""
    with engine.connect() as connection:
        connection.execution_options(**_WRITES.get(engine.dialect.name, {}))
        with _dropping_spoilt(connection), connection.begin() as transaction:
            _limit_waiting(connection, patience.for_a_lock)
            lock_writers(connection, schema)
            yield connection
            _commit(transaction)


@contextmanager
def _dropping_spoilt(connection: Connection) -> Iterator[None]:
    """Keeps a connection that will fail again out of the pool: where the disk fails for a moment SQLite opens a file
    read-only, and it stays so."""
    try:
        yield
    except DBAPIError as error:
        if _code(error).startswith(_SPOILT):
            connection.invalidate()
        raise


@contextmanager
def joined(connection: Connection, *, schema: str | None = None) -> Iterator[Connection]:
    """A savepoint under the lock of the schema's writers in a caller's transaction, which is left open and keeps the
    lock."""
    lock_writers(connection, schema)
    with connection.begin_nested():
        yield connection


def _limit_waiting(connection: Connection, milliseconds: int) -> None:
    """Ends the waiting for other writers in this transaction; on SQLite the connection has its own limit."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config('lock_timeout', :ms, true)"), {"ms": str(milliseconds)})


def lock_writers(connection: Connection, schema: str | None) -> None:
    """Waits for the other writers of a schema, by default the connection's own; the lock lasts to the transaction's
    end. SQLite has it from BEGIN IMMEDIATE; in a caller's transaction that began as a reader's, the first write takes
    it."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_WRITERS, {"key": _WRITERS_LOCK, "schema": schema})


def expect_much(connection: Connection) -> None:
    """Has PostgreSQL plan the rest of the transaction for statements about many rows of many tables."""
    if connection.dialect.name == "postgresql":
        connection.execute(_EXPECTING_MUCH)


def _commit(transaction: RootTransaction) -> None:
    try:
        transaction.commit()
    except DBAPIError as error:
        if _code(error).startswith(_REFUSED):
            raise
        raise OutcomeUnknown(_kind(error)) from None


def repeated(work: Callable[[], _T], patience: Patience = PATIENT) -> _T:
    """Does the work, one transaction of the ledger's own, again where another was in its way; gives what it gives."""
    until = time.monotonic() + patience.altogether
    for attempt in range(1, patience.attempts):
        try:
            return work()
        except (DBAPIError, ConcurrentCommit) as error:
            if not _is_passing(error) or time.monotonic() > until:
                raise
        longest = min(patience.longest_pause, patience.first_pause * 2**attempt)
        time.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - keeps writers apart, and nothing secret
    return work()


def _is_passing(error: DBAPIError | ConcurrentCommit) -> bool:
    """Whether the same work may succeed next time: another commit came in between, or the database gave way."""
    if isinstance(error, ConcurrentCommit):
        return True
    return error.connection_invalidated or _code(error).startswith((*_GAVE_WAY, *_WAITED))


@contextmanager
def translated_errors(*, is_joined: bool = False) -> Iterator[None]:
    """No exception of SQLAlchemy or a driver leaves the library: they carry statements and parameters."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        translated = _translated(error, "all of your transaction" if is_joined else "the whole commit")
    except UnicodeDecodeError:  # by sqlite3, when what it complains of has no readable name
        translated = NotALedger("the file is not a database", "give the path of a ledger, or of a new file")
    else:
        return
    raise translated from None


def _translated(error: Exception, whole: str) -> ProvenanceError:
    if isinstance(error, NoConnectionFree):
        return LedgerBusy("all connections of the engine's pool are in use", f"repeat {whole}")
    code = _code(error)
    for codes, kind, reason, remedy in _RAISED:
        if code.startswith(codes):
            return kind(reason, remedy.format(whole=whole))
    return DatabaseFailed(_kind(error))


def _code(error: Exception) -> str:
    """The database's own code of the error: "SQLITE_BUSY", or an SQLSTATE such as "40001"; "" where it gave none."""
    cause = getattr(error, "orig", error)
    return getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""


def _kind(error: Exception) -> str:
    return _code(error) or type(getattr(error, "orig", error)).__name__
