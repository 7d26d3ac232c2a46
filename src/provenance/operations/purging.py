"""Purging: no copy of what was deleted stays in the database's files."""

from __future__ import annotations

from sqlalchemy import Engine

from provenance.log import tables


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
