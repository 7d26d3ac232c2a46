"""The traps of the databases, each closed."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest
from databases import Database
from sqlalchemy import Connection, create_engine, inspect, select
from sqlalchemy.orm import Session

from provenance import Ledger, add_hooks, person
from provenance.database import engines
from provenance.database.transactions import BUSY_TIMEOUT
from provenance.errors import DatabaseFailed, MissingHooks, NotALedger, ProvenanceError
from provenance.log import tables
from provenance.log.merkle import leaf_hash

NOBODY = "Zebedee Quux"


def test_a_migration_that_fails_leaves_nothing_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("in the middle")

    engine = add_hooks(create_engine(database.url))
    with monkeypatch.context() as patched:
        patched.setattr(op, "create_index", fail)
        with pytest.raises(RuntimeError, match="in the middle"):
            Ledger.install(engine)

    assert inspect(engine).get_table_names() == []
    Ledger.install(engine).record("It burned", source="Somebody", by="desk")
    engine.dispose()


def test_what_a_savepoint_kept_goes_with_the_outer_rollback(migrated_database: Database) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.connect() as connection:
        outer = connection.begin()
        Ledger.open(connection).record(
            "It burned", source="Somebody", by="desk"
        )  # in a savepoint of its own, released
        outer.rollback()

        counts = Ledger.open(connection).counts()
    engine.dispose()

    assert counts == {}


def test_a_commit_that_fails_in_a_callers_transaction_leaves_the_rest_of_it(
    migrated_database: Database,
) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    with Session(engine) as session:
        ledger = Ledger.open(session)
        ledger.record("It burned", source="Somebody", by="desk")
        with pytest.raises(ProvenanceError):
            ledger.record("", source="Somebody", by="desk")
        session.commit()
    with engine.connect() as connection:
        counts = Ledger.open(connection).counts()
    engine.dispose()

    assert counts["assertion"] == 1


def test_a_connection_without_hooks_is_refused(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")

    with engine.connect() as connection, pytest.raises(MissingHooks, match="add_hooks"):
        Ledger.open(connection)
    engine.dispose()


def test_entries_come_back_byte_for_byte(migrated_database: Database) -> None:
    with Ledger.open(migrated_database.url) as ledger:
        ledger.record("Ærøskøbing \U0001f525 burned", source=person("Zoë"), by="desk")
    engine = create_engine(migrated_database.url)
    with engine.connect() as connection:
        entry = connection.execute(select(tables.entry)).one()
    engine.dispose()

    assert "Ærøskøbing \U0001f525 burned".encode() in bytes(entry.body)
    assert leaf_hash(bytes(entry.body)) == bytes(entry.digest)


def test_no_statement_or_parameter_leaves_the_library(
    migrated_database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    with Ledger.open(migrated_database.url) as ledger:
        _break_the_index(migrated_database)
        with pytest.raises(DatabaseFailed) as failed:
            ledger.record(f"{NOBODY} did it", source=person(NOBODY), by="desk")

    printed = f"{failed.value!r} {failed.value} {failed.value.__cause__} {caplog.text}"
    assert failed.value.__suppress_context__
    assert NOBODY not in printed
    assert "INSERT" not in printed


def _break_the_index(migrated: Database) -> None:
    engine = add_hooks(create_engine(migrated.url))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE provenance_assertion")
    engine.dispose()


def test_the_logger_says_what_was_done_and_is_not_configured(
    migrated_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="provenance")
    with Ledger.open(migrated_database.url) as ledger:
        ledger.record(f"{NOBODY} did it", source=person(NOBODY), by="desk")

    assert "commit 1 with 1 entries" in caplog.text
    assert NOBODY not in caplog.text
    assert logging.getLogger("provenance").handlers == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_sqlite_keeps_what_it_acknowledged(migrated_database: Database, backend: str) -> None:
    engine = engines.engine_for(migrated_database.url)
    with engine.connect() as connection:
        found = {name: _pragma(connection, name) for name in ("foreign_keys", "synchronous", "busy_timeout")}
    engine.dispose()

    assert found == {"foreign_keys": 1, "synchronous": 3, "busy_timeout": BUSY_TIMEOUT}


def _pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_a_write_ahead_log_that_cannot_be_opened_is_the_disks_failure(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger.open(path).close()
    (tmp_path / "ledger.db-wal").mkdir()

    for target in (path, f"sqlite:///file:{path}?mode=ro&uri=true"):
        with pytest.raises(DatabaseFailed, match="SQLITE_CANTOPEN"):
            Ledger.open(target)


def test_a_name_that_is_too_long_is_an_error_of_the_library(tmp_path: Path) -> None:
    with pytest.raises(DatabaseFailed, match="SQLITE_CANTOPEN"):
        Ledger.open(tmp_path / f"{'x' * 300}.db")


def test_a_file_that_is_not_there_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match="cannot be opened"):
        Ledger.open(f"sqlite:///file:{tmp_path / 'ledger.db'}?mode=ro&uri=true")


def test_a_new_ledger_writes_ahead(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()

    raw = sqlite3.connect(tmp_path / "ledger.db")
    mode = raw.execute("PRAGMA journal_mode").fetchone()
    raw.close()

    assert mode == ("wal",)
