"""Databases: how a ledger connects to one, what it holds, and how its tables come to this library's revision."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    Engine,
    column,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.schema import CreateSchema

from provenance.errors import (
    DatabaseFailed,
    InvalidValue,
    LedgerBusy,
    MissingHooks,
    NotALedger,
    ReadOnlyDatabase,
    UnsupportedDatabase,
    WrongRevision,
)
from provenance.log.tables import VERSION_TABLE
from provenance.values import fields

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger("provenance")

REVISION = "0002"
"""The revision of the tables that this library reads and writes."""

OLDEST_SQLITE = (3, 40)
OLDEST_POSTGRESQL = (15,)
BUSY_TIMEOUT = 30_000
"""Milliseconds that an SQLite writer waits for another: longer than any single commit of the library's own."""

MAX_SCHEMA_NAME = 63
"""Characters of a schema's name: PostgreSQL cuts longer names short (NAMEDATALEN - 1)."""

_WRITERS_LOCK = 0x70726F76
"""The key of PostgreSQL's advisory lock for writers: "prov" in ASCII."""


def engine_for(target: str | Path) -> Engine:
    """An engine for a path (SQLite) or a database URL, with the library's connection hooks."""
    address = f"sqlite:///{target}" if "://" not in str(target) else str(target)
    try:
        url = make_url(address)
        if url.get_backend_name() == "postgresql" and "+" not in url.drivername:
            url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(url, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
        raise UnsupportedDatabase(
            "no database can be reached by this address",
            "give a path, an sqlite:/// URL or a postgresql+psycopg:// URL (pip install provenance-ledger[postgres])",
        ) from None
    return add_hooks(engine)


def add_hooks(engine: Engine) -> Engine:
    """Gives an SQLite engine what whole transactions need: an explicit BEGIN, foreign keys, WAL with full sync.

    Python's sqlite3 otherwise opens transactions late, and leaves half a schema behind when a migration fails.
    """
    if engine.dialect.name == "sqlite" and not has_hooks(engine):
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def has_hooks(engine: Engine) -> bool:
    return engine.dialect.name != "sqlite" or event.contains(engine, "begin", _on_sqlite_begin)


def _on_sqlite_connect(connection: Any, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("foreign_keys = ON", f"busy_timeout = {BUSY_TIMEOUT}", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("provenance_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


@contextmanager
def translated_errors() -> Iterator[None]:
    """No exception of SQLAlchemy or a driver leaves the library: they carry statements and parameters."""
    try:
        yield
    except DBAPIError as error:
        message = str(error.orig).lower()
        kind = type(error.orig).__name__
    except UnicodeDecodeError as error:  # by sqlite3, when what it complains of has no readable name
        message, kind = "malformed", type(error).__name__
    else:
        return
    if "not a database" in message or "malformed" in message:
        raise NotALedger(
            "the file is not a database", "give the path of a ledger, or of a new file"
        ) from None
    if "readonly" in message or "read-only" in message or "read only" in message:
        raise ReadOnlyDatabase("the database is read-only", "open a copy that can be written") from None
    if "locked" in message or "lock timeout" in message or "busy" in message:
        raise LedgerBusy("another writer holds the ledger", "repeat the whole commit") from None
    if "unable to open" in message:
        raise NotALedger(
            "the file cannot be opened", "give a path in a folder that exists and can be written"
        ) from None
    raise DatabaseFailed(kind) from None


def check(connection: Connection) -> None:
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
    fields.text("schema", schema, longest=MAX_SCHEMA_NAME)
    if dialect != "postgresql":
        raise InvalidValue("schema", f"one on {dialect}", "a schema only with PostgreSQL")


def in_schema(connection: Connection, schema: str | None) -> Connection:
    """The connection with the ledger's tables looked for in the schema; its own default where there is none."""
    return connection.execution_options(schema_translate_map=None if schema is None else {None: schema})


def revision_of(connection: Connection, schema: str | None = None) -> str | None:
    """The revision of the ledger's tables; None where there are none."""
    if VERSION_TABLE not in inspect(connection).get_table_names(schema=schema):
        return None
    found = connection.execute(
        select(column("version_num")).select_from(table(VERSION_TABLE, schema=schema))
    ).scalar()
    return None if found is None else str(found)


def check_revision(connection: Connection, schema: str | None = None) -> None:
    """Refuses tables of another revision, saying which side is behind, and databases without a ledger."""
    found = revision_of(connection, schema)
    if found is None:
        raise NotALedger(
            "the database holds no ledger",
            "call Ledger.install(engine) to add the ledger's tables beside its own",
        )
    if found != REVISION:
        raise WrongRevision(found, REVISION, is_database_newer=found > REVISION)


def is_empty(connection: Connection, schema: str | None = None) -> bool:
    return not inspect(connection).get_table_names(schema=schema)


def prepare(engine: Engine, schema: str | None = None) -> None:
    """Brings an empty database to this revision; refuses one that holds something else or is of another."""
    with translated_errors():
        with engine.connect() as connection:
            check(connection)
            check_schema(connection.dialect.name, schema)
            is_new = is_empty(connection, schema)
            if not is_new and revision_of(connection, schema) is None:
                raise NotALedger(
                    "the database holds something else",
                    "give the path of a new file, or call Ledger.install(engine) to add the ledger to this database",
                )
            if not is_new:
                check_revision(connection, schema)
        if is_new:
            migrate(engine, schema)


def migrate(engine: Engine, schema: str | None = None) -> None:
    """Runs the migrations that the database lacks, all in one transaction."""
    from alembic import command

    if not has_hooks(engine):
        raise missing_hooks()
    check_schema(engine.dialect.name, schema)
    with translated_errors():
        if engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:"):
            _use_wal(engine)
        with engine.connect().execution_options(provenance_writes=True) as connection, connection.begin():
            lock_writers(connection)
            if schema is not None:
                connection.execute(CreateSchema(schema, if_not_exists=True))
            in_schema(connection, schema)
            command.upgrade(migrations_config(connection, schema), "head")
    logger.info("tables at revision %s", REVISION)


def migrations_config(connection: Connection, schema: str | None = None) -> Config:
    """Alembic's configuration for the ledger's migrations, on a connection whose transaction they join."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["schema"] = schema
    return config


def _use_wal(engine: Engine) -> None:
    """WAL is a property of the file, and can only be set outside of a transaction."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL")
    except sqlite3.DatabaseError as error:
        if "locked" not in str(error):
            raise NotALedger(
                "the file is not a database that can be written", "give the path of a new file"
            ) from None
    finally:
        raw.close()


def missing_hooks() -> MissingHooks:
    return MissingHooks(
        "this SQLite engine lacks the connection hooks that make transactions whole",
        "call provenance.add_hooks(engine) right after create_engine",
    )


def _migrations_folder() -> Path:
    """In the wheel they lie inside the package, in a checkout beside `src`."""
    here = Path(__file__).resolve().parent
    inside = here / "migrations"
    return inside if inside.is_dir() else here.parents[1] / "migrations"


def lock_writers(connection: Connection) -> None:
    """Waits for the other writers; the lock lasts to the transaction's end. SQLite has it from BEGIN IMMEDIATE; in a
    caller's transaction that began as a reader's, the first write takes it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_LOCK})
