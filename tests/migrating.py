"""What the tests of migrations share: the released databases, and everything that a database holds."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from databases import Database
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, inspect, text

from provenance import add_hooks
from provenance.database import revisions
from provenance.database.transactions import writing
from provenance.index.tables import metadata
from provenance.log import journal
from provenance.operations import migrations
from provenance.values.ids import canonical_json

RELEASED = Path(__file__).parent / "released"
REVISIONS = sorted(file.name.removesuffix(".db.gz") for file in RELEASED.glob("*.db.gz"))
"""Every released revision, the oldest first."""


def unpacked(revision: str, folder: Path) -> Path:
    """The SQLite file that a release of this revision filled."""
    path = folder / f"{revision}.db"
    path.write_bytes(gzip.decompress((RELEASED / f"{revision}.db.gz").read_bytes()))
    return path


def answered(revision: str) -> dict[str, Any]:
    """The answers that the release of this revision gave, and its log."""
    found: dict[str, Any] = json.loads((RELEASED / f"{revision}.json").read_text(encoding="utf-8"))
    return found


@contextmanager
def engine_of(made: Database) -> Iterator[Engine]:
    engine = add_hooks(create_engine(made.url))
    try:
        yield engine
    finally:
        engine.dispose()


def bring_to(engine: Engine, revision: str) -> None:
    """Runs the migrations up or down to a revision, as Alembic does, without what the library does around it."""
    with writing(engine) as connection:
        found = revisions.revision_of(connection) or "0000"
        config = migrations.migrations_config(connection)
        (command.upgrade if revision == "head" or revision > found else command.downgrade)(config, revision)


def fill_as_released(made: Database, revision: str, folder: Path) -> None:
    """Fills an empty database as a release did: with the released file, or on PostgreSQL with the rows of the file."""
    file = unpacked(revision, folder)
    if made.name == "sqlite":
        shutil.copyfile(file, made.url.removeprefix("sqlite:///"))
        return
    with engine_of(made) as engine:
        bring_to(engine, revision)
        with writing(engine) as connection, closing(sqlite3.connect(file)) as raw:
            raw.row_factory = sqlite3.Row
            reflected = MetaData()
            reflected.reflect(connection)
            for table in reflected.sorted_tables:
                if table.name != "provenance_version":
                    _copy(raw, connection, table)


def _copy(raw: sqlite3.Connection, connection: Connection, table: Table) -> None:
    rows = [dict(row) for row in raw.execute(f"SELECT * FROM {table.name}")]
    for row in rows:
        for column in table.columns:
            if column.type.python_type is bool and row[column.name] is not None:
                row[column.name] = bool(row[column.name])
    if rows:
        connection.execute(table.insert(), rows)


def log_of(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the log, unread."""
    statements = {
        "commit": "SELECT seq, at, author, previous, root, hash, size, request_key FROM provenance_commit ORDER BY seq",
        "entry": "SELECT seq, commit_seq, digest, body FROM provenance_entry ORDER BY seq",
        "text": "SELECT digest, text FROM provenance_document_text ORDER BY digest",
        "sealed": "SELECT handle, level, ciphertext FROM provenance_sealed ORDER BY handle",
    }
    return {
        name: [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in connection.execute(text(statement))
        ]
        for name, statement in statements.items()
    }


def rows_of(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the ledger, with the columns that the table has at this revision."""
    reflected = MetaData()
    reflected.reflect(connection, only=lambda name, _: name.startswith("provenance_"))
    return {
        table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
        for table in reflected.sorted_tables
        if "_words_search" not in table.name
    }


def schema_of(connection: Connection) -> dict[str, Any]:
    """Tables with their columns, keys, constraints and indexes, triggers and functions, all by name."""
    found = inspect(connection)
    schema: dict[str, Any] = {
        name: {
            "columns": [
                (each["name"], str(each["type"]), each["nullable"], each.get("default"))
                for each in found.get_columns(name)
            ],
            "key": found.get_pk_constraint(name),
            "unique": sorted(found.get_unique_constraints(name), key=repr),
            "foreign": sorted(found.get_foreign_keys(name), key=repr),
            "indexes": sorted(map(_worded, found.get_indexes(name)), key=str),
        }
        for name in found.get_table_names()
    }
    for name, statement in _STATEMENTS[connection.dialect.name].items():
        schema[name] = sorted(tuple(row) for row in connection.execute(text(statement)))
    return schema


def _worded(index: Any) -> dict[str, Any]:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


_STATEMENTS = {
    "sqlite": {"definitions": "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master"},
    "postgresql": {
        "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
        "triggers": "SELECT tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
        "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace",
        "collations": "SELECT table_name, column_name, collation_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND collation_name IS NOT NULL",
    },
}


def declared_schema(engine: Engine) -> dict[str, Any]:
    """The schema that the library's own declarations make."""
    with engine.begin() as connection:
        metadata.create_all(connection)
    with engine.connect() as connection:
        return schema_of(connection)


def append(database: Database, *entries: dict[str, Any]) -> None:
    """Puts entries into the log as another release would, without any row of the index."""
    engine = add_hooks(create_engine(database.url))
    with writing(engine) as connection:
        head = journal.head(connection)
        journal.append(connection, head, list(map(canonical_json, entries)), at=head.at, author="newer")
    engine.dispose()
