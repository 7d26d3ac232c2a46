"""Backup: a copy of a ledger in an SQLite file, consistent while others write, checked before it has its name."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, insert, select

from provenance import database, rebuilding
from provenance.errors import NotALedger, WouldOverwrite
from provenance.log import journal
from provenance.log.tables import LOG_TABLES
from provenance.transactions import repeated, writing

PAGE = 1_000
"""Rows copied at a time: some megabytes."""


def write(path: Path, fill: Callable[[Path], None]) -> None:
    """Has the copy filled, checked and synced under another name in the same folder, and gives it its own at last. So
    that no half of a backup ever stands under the name, nor another file is written over."""
    if path.exists():
        raise _taken(path)
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.unfinished")
    try:
        fill(unfinished)
        _check(unfinished)
        _sync(unfinished)
        _name(unfinished, path)
        _sync(path.parent)
    except OSError as error:
        raise NotALedger(
            f"the backup cannot be written ({error.strerror})", "give a path in a folder that can be written"
        ) from None
    finally:
        for leftover in ("", "-wal", "-shm", "-journal"):
            unfinished.with_name(unfinished.name + leftover).unlink(missing_ok=True)


def copy_file(source: Engine, path: Path) -> None:
    """The whole of an SQLite database as its last commit left it. Neither readers nor writers wait for it."""
    with source.connect() as connection, closing(sqlite3.connect(path)) as target:
        driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        driver.backup(target)


def copy_log(source: Connection, path: Path) -> None:
    """The log as one snapshot of any database shows it, hashes and all, and the index derived from it anew."""
    engine = database.engine_for(path)
    try:
        database.migrate(engine)
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
    engine = database.engine_for(path)
    try:
        with engine.connect() as connection:
            journal.check_chain(connection)
    finally:
        engine.dispose()


def _name(unfinished: Path, path: Path) -> None:
    """A link is refused where the name is taken, also in this moment; a file system without links renames."""
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise _taken(path) from None
    except OSError:
        if path.exists():
            raise _taken(path) from None
        unfinished.rename(path)


def _sync(path: Path) -> None:
    """Puts a file, or the names in a folder, on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folder, and its file systems keep a journal of names
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _taken(path: Path) -> WouldOverwrite:
    return WouldOverwrite(f"{path.name} is there already", "give the path of a new file")
