"""Databases: how a ledger connects to one, what it holds, and how its tables come to this library's revision."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy import (
    URL,
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
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema

from provenance import rebuilding, revisions
from provenance.errors import (
    DatabaseFailed,
    InvalidValue,
    MissingHooks,
    NotALedger,
    ReadOnlyDatabase,
    UnsupportedDatabase,
    WrongRevision,
)
from provenance.folders import folder
from provenance.index import shadow
from provenance.log import tables
from provenance.log.tables import VERSION_TABLE
from provenance.queries import listing
from provenance.revisions import REVISION as REVISION  # noqa: PLC0414 - asked for here
from provenance.transactions import BUSY_TIMEOUT, repeated, translated_errors, writing
from provenance.values.fields import text as text_of

if TYPE_CHECKING:
    from alembic.config import Config

_T = TypeVar("_T")

logger = logging.getLogger("provenance")

OLDEST_SQLITE = (3, 40)
OLDEST_POSTGRESQL = (15,)
MAX_SCHEMA_NAME = 63
"""Characters of a schema's name: PostgreSQL cuts longer names short (NAMEDATALEN - 1)."""


def release() -> str:
    """Which release this is, and the revision of its tables: what an index was derived by."""
    from provenance import __version__

    return f"{__version__} at {REVISION}"


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
        if _is_in_a_read_only_folder(_file_of(engine)):
            engine = create_engine(url, hide_parameters=True, poolclass=NullPool)
            event.listen(engine, "do_connect", _connect_in_a_read_only_folder)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError):  # a port that is no number
        raise UnsupportedDatabase(
            "no database can be reached by this address",
            "give a path, an sqlite:/// URL or a postgresql+psycopg:// URL (pip install provenance-ledger[postgres])",
        ) from None
    return add_hooks(engine)


def _is_in_a_read_only_folder(file: Path | None) -> bool:
    return file is not None and _is_there(file) and not os.access(file.parent, os.W_OK)


def _is_there(file: Path) -> bool:
    """Unlike `Path.exists`, whatever is wrong with the path: SQLite will say it."""
    return os.access(file, os.F_OK)


def _connect_in_a_read_only_folder(
    dialect: Any, _: object, arguments: list[str], options: dict[str, Any]
) -> Any:
    """SQLite reads a WAL database there only if it is told that nobody writes it, for it cannot make its -shm file.

    Asked anew for every connection: while somebody else writes, that file and the -wal are there, and must be used.
    """
    path = arguments[0]
    if options.get("uri") or any(_is_there(Path(path + ending)) for ending in ("-wal", "-journal")):
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
    text_of("schema", schema, longest=MAX_SCHEMA_NAME)
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
    revisions.check_is_ours(revision_of(connection, schema))


def check_is_there(engine: Engine, schema: str | None = None) -> None:
    """Refuses an address at which there is no ledger, of whichever revision. Nothing is made, not even a file."""
    file = _file_of(engine)
    with translated_errors():
        check_schema(engine.dialect.name, schema)
        if file is None or file.exists():
            with engine.connect() as connection:
                check(connection)
                if revision_of(connection, schema) is not None:
                    return
    raise NotALedger("there is no ledger at this address", "correct it, or open one to be written")


def is_empty(connection: Connection, schema: str | None = None) -> bool:
    return not inspect(connection).get_table_names(schema=schema)


def revision_at(target: str | Path, schema: str | None = None) -> str | None:
    """The revision of the ledger at an address; None where there is none. Nothing is made, not even a file."""
    engine = engine_for(target)
    file = _file_of(engine)
    if file is not None and not _is_there(file):
        return None
    try:
        with opening(engine), engine.connect() as connection:
            check(connection)
            return revision_of(connection, schema)
    finally:
        engine.dispose()


def _file_of(engine: Engine) -> Path | None:
    """The file of an SQLite database; None for one in memory, and for other systems."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or name in (None, "", ":memory:"):
        return None
    return Path(unquote(urlsplit(name).path) if name.startswith("file:") else name)


@contextmanager
def opening(engine: Engine) -> Iterator[None]:
    """Translates errors, and tells a path where no database can be from a disk that fails: SQLite has one code for
    both."""
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
    """Never opens the file: to close it again would drop the locks that this process has on it."""
    file = _file_of(engine)
    if file is None:
        return False
    if _is_there(file):
        return file.is_dir() or not os.access(file, os.R_OK)
    return "mode" in engine.url.query or not os.access(file.parent, os.W_OK | os.X_OK)


def prepare(engine: Engine, schema: str | None = None) -> None:
    """Brings an empty database to this revision; refuses one that holds something else or is of another."""
    with opening(engine):
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
    """Runs the migrations that the database lacks, all in one transaction; refuses a newer database."""
    if not has_hooks(engine):
        raise missing_hooks()
    check_schema(engine.dialect.name, schema)
    with opening(engine):
        if _file_of(engine) is not None:
            _use_wal(engine)
        is_derived = _derives_index(engine, schema)
        if is_derived:
            rebuilding.derive(partial(_written, engine, schema), made_by=release())
        repeated(lambda: _upgrade(engine, schema, is_derived=is_derived))
        while _written(engine, schema, listing.settle):
            pass
    logger.info("tables at revision %s", REVISION)


def _derives_index(engine: Engine, schema: str | None) -> bool:
    """Whether one of the migrations that a ledger lacks says that what the index holds has to be derived anew."""
    from alembic.script import ScriptDirectory

    with engine.connect() as connection:
        found = revision_of(connection, schema)
        config = migrations_config(connection, schema)
    if found is None or found >= REVISION:
        return False
    lacking = ScriptDirectory.from_config(config).iterate_revisions("head", found)
    return any(getattr(script.module, "rebuilds_index", False) for script in lacking)


def _written(engine: Engine, schema: str | None, work: Callable[[Connection], _T]) -> _T:
    def once() -> _T:
        with writing(engine) as connection:
            return work(in_schema(connection, schema))

    return repeated(once)


def _upgrade(engine: Engine, schema: str | None, *, is_derived: bool) -> None:
    from alembic import command

    with writing(engine) as connection:
        found = revision_of(connection, schema)
        if found is not None and found > REVISION:
            raise WrongRevision(found, REVISION, is_database_newer=True)
        if schema is not None:
            connection.execute(CreateSchema(schema, if_not_exists=True))
        in_schema(connection, schema)
        command.upgrade(migrations_config(connection, schema), "head")
        is_done = not is_derived or found == REVISION  # by another upgrade, meanwhile
        if not is_done and rebuilding.put_in_place(connection, made_by=release()) is None:
            rebuilding.in_place(connection)


def downgrade(engine: Engine, revision: str, schema: str | None = None) -> None:
    """Takes migrations back, in one transaction; refused before anything is touched where the releases of that revision
    could not read all of the log (`LossyDowngrade`)."""
    from alembic import command

    revisions.check_known(revision)
    check_schema(engine.dialect.name, schema)

    def once(connection: Connection) -> None:
        check_revision(connection, schema)
        revisions.check_keeps_all(connection, revision)
        if shadow.is_there(connection):
            shadow.drop(connection)
        command.downgrade(migrations_config(connection, schema), revision)
        if revision == revisions.BASE:
            connection.exec_driver_sql(f"DROP TABLE {tables.address(connection, VERSION_TABLE)}")

    with translated_errors():
        _written(engine, schema, once)
    logger.info("tables at revision %s", revision)


def migrations_config(connection: Connection, schema: str | None = None) -> Config:
    """Alembic's configuration for the ledger's migrations, on a connection whose transaction they join."""
    from alembic.config import Config

    config = Config()
    scripts = str(folder("migrations", beside="migrations"))
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["schema"] = schema
    return config


def _use_wal(engine: Engine) -> None:
    """WAL is a property of the file, and can only be set outside of a transaction. While others use the file, it
    stays as it is."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_READONLY"):
            raise _read_only() from None
        if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise
    finally:
        raw.close()


def _read_only() -> ReadOnlyDatabase:
    return ReadOnlyDatabase("the database is read-only", "open a copy that can be written")


def purge(engine: Engine, schema: str | None) -> None:
    """Leaves nothing of deleted rows in the database's files: SQLite's are written anew and the WAL is emptied;
    PostgreSQL's tables are. Waits for readers; WAL archives and backups are the administrator's."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(statement).fetchall()
        finally:
            raw.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        prefix = "" if schema is None else connection.dialect.identifier_preparer.quote_schema(schema) + "."
        for table in (tables.sealed, tables.document_text):
            connection.exec_driver_sql(f"VACUUM FULL {prefix}{table.name}")


def missing_hooks() -> MissingHooks:
    return MissingHooks(
        "this SQLite engine lacks the connection hooks that make transactions whole",
        "call provenance.add_hooks(engine) right after create_engine",
    )
