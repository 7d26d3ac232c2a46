"""Backup: a copy of a ledger in an SQLite file, consistent while others write, checked before it has its name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine

from provenance.database import engines
from provenance.database.store import Store
from provenance.database.transactions import translated_errors
from provenance.log import chain, journal
from provenance.operations import migrations, rebuilding
from provenance.operations.files import whole_file


def backup(store: Store, path: Path) -> None:
    """A copy of what is committed: of the whole file on SQLite, on PostgreSQL of the ledger alone. It is checked before
    it has its name."""
    store.check_open()
    with translated_errors(is_joined=store.is_joined), whole_file(path, "backup") as unfinished:
        if store.engine.dialect.name == "sqlite":
            _copy_file(store.engine, unfinished)
        else:
            with store.read_committed() as connection:
                _copy_ledger(connection, unfinished)
        _check(unfinished)


def _copy_file(source: Engine, path: Path) -> None:
    """The whole of an SQLite database as its last commit left it. Neither readers nor writers wait for it."""
    with source.connect() as connection, closing(sqlite3.connect(path)) as target:
        driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        driver.backup(target)


def _copy_ledger(source: Connection, path: Path) -> None:
    """The log as one snapshot of any database shows it, hashes and all, and the index derived from it anew."""
    engine = engines.engine_for(path)
    try:
        migrations.migrate(engine)
        Store(engine).write(partial(_copy_log, source))
    finally:
        engine.dispose()


def _copy_log(source: Connection, target: Connection) -> None:
    journal.copy_log(source, target)
    chain.check_chain(target)  # before anything is derived from it
    rebuilding.in_place(target)


def _check(path: Path) -> None:
    engine = engines.engine_for(path)
    try:
        with engine.connect() as connection:
            chain.check_chain(connection)
    finally:
        engine.dispose()
