"""Engines: how a ledger connects to a database, and which databases it takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from provenance.database.transactions import BUSY_TIMEOUT, translated_errors
from provenance.errors import (
    DatabaseFailed,
    InvalidValue,
    MissingHooks,
    NotALedger,
    UnsupportedDatabase,
    how_to_install,
)
from provenance.values.fields import text as text_of

OLDEST_SQLITE = (3, 40)
OLDEST_POSTGRESQL = (15,)
MAX_SCHEMA_NAME = 63
"""Characters of a schema's name: PostgreSQL cuts longer names short (NAMEDATALEN - 1)."""


def engine_for(target: str | Path) -> Engine:
    """An engine for a path (SQLite) or a database URL, with the library's connection hooks."""
    if not isinstance(target, str | Path):
        raise InvalidValue(
            "target", f"a {type(target).__name__}", "a path, a database URL, an Engine, Connection or Session"
        )
    text_of("target", str(target))
    try:
        url = make_url(str(target)) if "://" in str(target) else URL.create("sqlite", database=str(target))
        if url.get_backend_name() == "postgresql" and "+" not in url.drivername:
            url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(url, hide_parameters=True)
        if _is_in_a_read_only_folder(file_of(engine)):
            engine = create_engine(url, hide_parameters=True, poolclass=NullPool)
            event.listen(engine, "do_connect", _connect_in_a_read_only_folder)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError):  # a port that is no number
        raise UnsupportedDatabase(
            "no database can be reached by this address",
            "give a path, an sqlite:/// URL or a postgresql+psycopg:// URL; for PostgreSQL "
            + how_to_install("postgres"),
        ) from None
    return add_hooks(engine)


def _is_in_a_read_only_folder(file: Path | None) -> bool:
    return file is not None and is_there(file) and not os.access(file.parent, os.W_OK)


def is_there(file: Path) -> bool:
    """Whether there is a file. Never raises, as `Path.exists` does where the path is wrong: SQLite will say so."""
    return os.access(file, os.F_OK)


def _connect_in_a_read_only_folder(
    dialect: Any, _: object, arguments: list[str], options: dict[str, Any]
) -> Any:
    """Connects to a WAL database whose folder cannot be written. SQLite cannot make its -shm file there, and so reads
    the database only if it is told that nobody writes it.

    Every connection looks anew: while somebody else writes, the -shm and -wal files are there, and must be used.
    """
    path = arguments[0]
    if options.get("uri") or any(is_there(Path(path + ending)) for ending in ("-wal", "-journal")):
        return None
    return dialect.connect(f"file:{quote(path)}?immutable=1", uri=True, **options)


def add_hooks(engine: Engine) -> Engine:
    """Gives an SQLite engine what whole transactions need: an explicit BEGIN, foreign keys, a sync at every COMMIT.

    Python's sqlite3 otherwise opens transactions late, and leaves half a schema behind when a migration fails.
    """
    if engine.dialect.name == "sqlite" and not has_hooks(engine):
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
        event.listen(engine, "reset", _on_sqlite_reset)
    return engine


def has_hooks(engine: Engine) -> bool:
    return engine.dialect.name != "sqlite" or event.contains(engine, "begin", _on_sqlite_begin)


_SQLITE_SETTINGS = {
    "foreign_keys": "ON",
    "busy_timeout": str(BUSY_TIMEOUT),
    # With WAL the same as FULL. With a rollback journal the folder is synced too, without which a power cut can bring
    # the journal back and undo what was acknowledged.
    "synchronous": "EXTRA",
    "fullfsync": "ON",  # on macOS fsync leaves the data in the drive's own memory; elsewhere this does nothing
}


def _on_sqlite_connect(connection: Any, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, value in _SQLITE_SETTINGS.items():
        cursor.execute(f"PRAGMA {name} = {value}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("provenance_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _on_sqlite_reset(connection: Any, *_: object) -> None:
    """SQLAlchemy rolls nothing back where a COMMIT failed. SQLite may keep that transaction open, as when readers are
    in its way, and the connection would take the writers' lock into the pool."""
    if connection.in_transaction:
        connection.rollback()


def check_system(connection: Connection) -> None:
    """Refuses systems and versions that the library is not made for."""
    name, version = connection.dialect.name, connection.dialect.server_version_info or ()
    oldest = {"sqlite": OLDEST_SQLITE, "postgresql": OLDEST_POSTGRESQL}.get(name)
    if oldest is None:
        raise UnsupportedDatabase(f"{name} is not supported", "use SQLite 3.40 or PostgreSQL 15, or later")
    if tuple(version) < oldest:
        raise UnsupportedDatabase(
            f"{name} {version} is too old", "use SQLite 3.40 or PostgreSQL 15, or later"
        )


def check_schema(dialect: str, schema: str | None) -> None:
    """Refuses a schema that the database system does not have, or a name that is none."""
    if schema is None:
        return
    text_of("schema", schema, longest=MAX_SCHEMA_NAME)
    if dialect != "postgresql":
        raise InvalidValue("schema", f"one on {dialect}", "a schema only with PostgreSQL")


def in_schema(connection: Connection, schema: str | None) -> Connection:
    """The connection, which finds the ledger's tables in this schema; in its own default where it is None."""
    return connection.execution_options(schema_translate_map=None if schema is None else {None: schema})


def file_of(engine: Engine) -> Path | None:
    """The file of an SQLite database; None for one in memory, and for other systems."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or name in (None, "", ":memory:"):
        return None
    return Path(unquote(urlsplit(name).path) if name.startswith("file:") else name)


@contextmanager
def opening(engine: Engine) -> Iterator[None]:
    """Translates errors. SQLite has one code for a disk that fails and for a path at which no database can be: the
    latter raises `NotALedger`."""
    try:
        with translated_errors():
            yield
    except DatabaseFailed as failed:
        if not failed.kind.startswith("SQLITE_CANTOPEN") or not _is_out_of_reach(engine):
            raise
        raise NotALedger(
            "the file cannot be opened", "give a path in a folder that exists and can be written"
        ) from None


def _is_out_of_reach(engine: Engine) -> bool:
    """Whether no database can be opened at the engine's path. The file itself is not opened: closing it again would
    drop the locks that this process has on it."""
    file = file_of(engine)
    if file is None:
        return False
    if is_there(file):
        return file.is_dir() or not os.access(file, os.R_OK)
    return "mode" in engine.url.query or not os.access(file.parent, os.W_OK | os.X_OK)


def missing_hooks() -> MissingHooks:
    return MissingHooks(
        "this SQLite engine lacks the connection hooks that make transactions whole",
        "call provenance.add_hooks(engine) right after create_engine",
    )
