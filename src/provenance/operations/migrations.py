"""Migrations: how the tables of a ledger come to this library's revision, and back to an older one."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.schema import CreateSchema

from provenance.database import naming, revisions
from provenance.database.engines import (
    check_schema,
    check_system,
    engine_for,
    file_of,
    has_hooks,
    is_there,
    missing_hooks,
    opening,
)
from provenance.database.naming import VERSION_TABLE
from provenance.database.revisions import check_revision, release, revision_of
from provenance.database.store import Store
from provenance.database.transactions import translated_errors
from provenance.errors import NotALedger, ReadOnlyDatabase, WrongRevision
from provenance.index import shadow
from provenance.materialized import lists
from provenance.materialized.limits import DEFAULT
from provenance.operations import downgrading, rebuilding
from provenance.operations.folders import folder

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger("provenance")


@contextmanager
def engine_at(target: str | Path | Engine) -> Iterator[Engine]:
    """The engine that was given, or one for the address that is let go of at the end."""
    if isinstance(target, Engine):
        yield target
        return
    engine = engine_for(target)
    try:
        yield engine
    finally:
        engine.dispose()


def check_is_there(engine: Engine, schema: str | None = None) -> None:
    """Refuses an address at which there is no ledger of any revision. Makes nothing, not even a file."""
    file = file_of(engine)
    with translated_errors():
        check_schema(engine.dialect.name, schema)
        if file is None or file.exists():
            with engine.connect() as connection:
                check_system(connection)
                if revision_of(connection, schema) is not None:
                    return
    raise NotALedger("there is no ledger at this address", "correct it, or open one to be written")


def is_empty(connection: Connection, schema: str | None = None) -> bool:
    return not inspect(connection).get_table_names(schema=schema)


def revision_at(target: str | Path) -> str | None:
    """The revision of the ledger at an address; None where there is none. Makes nothing, not even a file."""
    with engine_at(target) as engine:
        file = file_of(engine)
        if file is not None and not is_there(file):
            return None
        with opening(engine), engine.connect() as connection:
            check_system(connection)
            return revision_of(connection)


def prepare(engine: Engine, schema: str | None = None) -> None:
    """Brings an empty database to this revision. Refuses a database of something else, or of another revision."""
    with opening(engine):
        with engine.connect() as connection:
            check_system(connection)
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
    """Runs the migrations that the database lacks, all in one transaction. Refuses a newer database."""
    if not has_hooks(engine):
        raise missing_hooks()
    check_schema(engine.dialect.name, schema)
    with opening(engine):
        if file_of(engine) is not None:
            _use_wal(engine)
        store = Store(engine, schema=schema, takes_any_revision=True)
        is_derived = _derives_index(engine, schema)
        if is_derived:
            rebuilding.derive(store, made_by=release())
        store.write(partial(_upgrade, schema=schema, is_derived=is_derived))
        while store.write(partial(lists.refresh, limits=DEFAULT)):
            pass
    logger.info("tables at revision %s", revisions.REVISION)


def _derives_index(engine: Engine, schema: str | None) -> bool:
    """Whether one of the migrations that a ledger lacks says that the index has to be derived anew."""
    from alembic.script import ScriptDirectory

    with engine.connect() as connection:
        found = revision_of(connection, schema)
        config = migrations_config(connection, schema)
    if found is None or found >= revisions.REVISION:
        return False
    lacking = ScriptDirectory.from_config(config).iterate_revisions("head", found)
    return any(getattr(script.module, "rebuilds_index", False) for script in lacking)


def _upgrade(connection: Connection, *, schema: str | None, is_derived: bool) -> None:
    from alembic import command

    found = revision_of(connection, schema)
    if found is not None and found > revisions.REVISION:
        raise WrongRevision(found, revisions.REVISION, is_database_newer=True)
    if schema is not None:
        connection.execute(CreateSchema(schema, if_not_exists=True))
    command.upgrade(migrations_config(connection, schema), "head")
    is_done = not is_derived or found == revisions.REVISION  # by another upgrade, meanwhile
    if not is_done and rebuilding.put_in_place(connection, made_by=release()) is None:
        rebuilding.in_place(connection)


def downgrade(engine: Engine, revision: str, schema: str | None = None) -> None:
    """Takes migrations back, in one transaction. Raises `LossyDowngrade`, before anything is changed, where the
    releases of that revision could not read all of the log."""
    from alembic import command

    downgrading.check_known(revision)
    check_schema(engine.dialect.name, schema)

    def once(connection: Connection) -> None:
        check_revision(connection, schema)
        downgrading.check_keeps_all(connection, revision)
        if shadow.is_there(connection):
            shadow.drop(connection)
        command.downgrade(migrations_config(connection, schema), revision)
        if revision == downgrading.BASE:
            connection.exec_driver_sql(f"DROP TABLE {naming.address(connection, VERSION_TABLE)}")

    Store(engine, schema=schema, takes_any_revision=True).write(once)
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
    """Sets the file's journal mode to WAL, which takes a connection outside of a transaction. While others use the
    file, it stays as it is."""
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
