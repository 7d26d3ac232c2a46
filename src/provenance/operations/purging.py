"""Purging: what a redaction destroys beyond its commit, the keys and the copies in the database's files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from sqlalchemy import Engine

from provenance.database.engines import in_schema
from provenance.database.naming import address
from provenance.database.store import Store
from provenance.database.transactions import translated_errors
from provenance.errors import LedgerBusy
from provenance.log import tables
from provenance.recording import sealing
from provenance.recording.keys import Keys
from provenance.values.sealed import Sealed


def purge(store: Store, keys: Keys | None) -> None:
    """Destroys the keys of all that was ever redacted, and leaves no copy of it in the files. In a caller's transaction
    nothing is done: what is not committed can still be taken back."""
    store.check_writable()
    if not store.is_joined:
        store.write(partial(sealing.destroy_redacted, keys=keys))
        _purge_files(store)


def end_redaction(store: Store, keys: Keys | None, seals: Iterable[Sealed]) -> None:
    """Does the same for a redaction that has just been stored, of these values."""
    if store.is_joined:
        return
    sealing.destroy(keys, seals)
    try:
        _purge_files(store)
    except LedgerBusy:
        raise LedgerBusy(
            "the redaction is stored, but others read, so that copies of what was deleted are still in the files",
            "call purge() when they have ended",
        ) from None


def _purge_files(store: Store) -> None:
    """Leaves nothing of deleted rows in the database's files: SQLite's are written anew and the WAL is emptied;
    PostgreSQL's tables are. Waits for readers; WAL archives and backups are the administrator's."""
    with translated_errors():
        if store.engine.dialect.name == "sqlite":
            _vacuum_sqlite(store.engine)
        else:
            _vacuum_postgresql(store.engine, store.schema)


def _vacuum_sqlite(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            raw.cursor().execute(statement).fetchall()
    finally:
        raw.close()


def _vacuum_postgresql(engine: Engine, schema: str | None) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
        connection = in_schema(opened, schema)
        for table in (tables.sealed, tables.document_text):
            connection.exec_driver_sql(f"VACUUM FULL {address(connection, table.name)}")
