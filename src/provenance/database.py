"""Databases: how a ledger connects to one, what it holds, and how its tables come to this library's revision."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

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
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.schema import CreateSchema

from provenance.errors import (
    InvalidValue,
    MissingHooks,
    NotALedger,
    UnsupportedDatabase,
    WrongRevision,
)
from provenance.log.tables import VERSION_TABLE
from provenance.transactions import BUSY_TIMEOUT, repeated, translated_errors, writing
from provenance.values import fields

logger = logging.getLogger("provenance")

REVISION = "0001"
"""The revision of the tables that this library reads and writes."""

OLDEST_SQLITE = (3, 40)
OLDEST_POSTGRESQL = (15,)
MAX_SCHEMA_NAME = 63
"""Characters of a schema's name: PostgreSQL cuts longer names short (NAMEDATALEN - 1)."""


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
    """Gives an SQLite engine what whole transactions need: an explicit BEGIN, foreign keys, a sync at every COMMIT.

    Python's sqlite3 otherwise opens transactions late, and leaves half a schema behind when a migration fails.
    """
    if engine.dialect.name == "sqlite" and not has_hooks(engine):
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
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
    if not has_hooks(engine):
        raise missing_hooks()
    check_schema(engine.dialect.name, schema)
    with translated_errors():
        if engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:"):
            _use_wal(engine)
        repeated(lambda: _upgrade(engine, schema))
    logger.info("tables at revision %s", REVISION)


def _upgrade(engine: Engine, schema: str | None) -> None:
    from alembic import command
    from alembic.config import Config

    with writing(engine) as connection:
        if schema is not None:
            connection.execute(CreateSchema(schema, if_not_exists=True))
        in_schema(connection, schema)
        config = Config()
        config.set_main_option("script_location", str(_migrations_folder()).replace("%", "%%"))
        config.attributes["connection"] = connection
        config.attributes["schema"] = schema
        command.upgrade(config, "head")


def _use_wal(engine: Engine) -> None:
    """WAL is a property of the file, and can only be set outside of a transaction. While others use the file, it
    stays as it is."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise
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
