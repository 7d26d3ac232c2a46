"""Backup: a copy of a ledger in an SQLite file, consistent while others write, checked before it has its name."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, insert, select

from provenance.database import engines
from provenance.database.transactions import repeated, writing
from provenance.log import journal
from provenance.log.tables import LOG_TABLES
from provenance.operations import migrations, rebuilding
from provenance.operations.files import whole_file

PAGE = 1_000
"""Rows copied at a time: some megabytes."""


def write(path: Path, fill: Callable[[Path], None]) -> None:
    """Has the copy filled and checked, and only then gives it its name."""
    with whole_file(path, "backup") as unfinished:
        fill(unfinished)
        _check(unfinished)


def copy_file(source: Engine, path: Path) -> None:
    """The whole of an SQLite database as its last commit left it. Neither readers nor writers wait for it."""
    with source.connect() as connection, closing(sqlite3.connect(path)) as target:
        driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        driver.backup(target)


def copy_log(source: Connection, path: Path) -> None:
    """The log as one snapshot of any database shows it, hashes and all, and the index derived from it anew."""
    engine = engines.engine_for(path)
    try:
        migrations.migrate(engine)
        repeated(lambda: _copy_log(source, engine))
    finally:
        engine.dispose()


def _copy_log(source: Connection, engine: Engine) -> None:
    with writing(engine) as target:
        for table in LOG_TABLES:
            _copy_table(source, target, table)
        journal.check_chain(target)  # before anything is derived from it
        rebuilding.in_place(target)


def _copy_table(source: Connection, target: Connection, table: Table) -> None:
    """In the order of its key, which is that of the log."""
    (key,) = table.primary_key
    last = None
    while True:
        query = select(table).order_by(key).limit(PAGE)
        rows = source.execute(query if last is None else query.where(key > last)).mappings().all()
        if not rows:
            return
        target.execute(insert(table), [dict(row) for row in rows])
        last = rows[-1][key.name]


def _check(path: Path) -> None:
    engine = engines.engine_for(path)
    try:
        with engine.connect() as connection:
            journal.check_chain(connection)
    finally:
        engine.dispose()
