"""A ledger acknowledges nothing that its database could lose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import Database
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from provenance import Ledger, add_hooks, person
from provenance.database import durability
from provenance.errors import InvalidValue, UnsafeDatabase

ANNA = person("Anna")


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url) as opened:
        yield opened


def setting(url: str, *pragmas: str) -> Engine:
    """An SQLite engine of a caller who sets something after the library's hooks."""
    engine = add_hooks(create_engine(url))

    def set_pragmas(connection: Any, _: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", set_pragmas)
    return engine


# What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("pragmas", "reason"),
    [
        (["synchronous = NORMAL"], "synchronous is normal with journal_mode wal"),
        (["synchronous = OFF"], "synchronous is off"),
        (["journal_mode = DELETE", "synchronous = FULL"], "synchronous is full with journal_mode delete"),
        (["journal_mode = MEMORY"], "journal_mode is memory"),
        (["journal_mode = OFF"], "journal_mode is off"),
        (["foreign_keys = OFF"], "foreign keys are off"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_sqlite_that_could_lose_a_commit_is_refused(
    migrated_database: Database, pragmas: list[str], reason: str
) -> None:
    engine = setting(migrated_database.url, *pragmas)
    with pytest.raises(UnsafeDatabase, match=reason):
        Ledger.open(engine)
    with engine.connect() as connection, pytest.raises(UnsafeDatabase, match=reason):
        Ledger.open(connection)
    with Session(engine) as session, pytest.raises(UnsafeDatabase, match=reason):
        Ledger.open(session)

    status = Ledger.open(engine, durability="as configured").status()
    engine.dispose()

    assert not status.is_durable
    assert status.shortfall is not None
    assert reason in status.shortfall


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "pragmas", [["synchronous = FULL"], ["journal_mode = DELETE"], ["journal_mode = TRUNCATE"]], ids=str
)
def test_an_sqlite_that_keeps_its_commits_is_taken(migrated_database: Database, pragmas: list[str]) -> None:
    engine = setting(migrated_database.url, *pragmas)
    status = Ledger.open(engine).status()
    engine.dispose()

    assert status.is_durable


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_postgresql_that_could_lose_a_commit_is_refused(migrated_database: Database) -> None:
    engine = create_engine(migrated_database.url, connect_args={"options": "-c synchronous_commit=off"})
    with pytest.raises(UnsafeDatabase, match="synchronous_commit is off"):
        Ledger.open(engine)
    status = Ledger.open(engine, durability="as configured").status()
    engine.dispose()

    assert not status.is_durable


def test_a_postgresql_without_fsync_is_refused() -> None:
    """It is a setting of the whole server, which the tests' own one keeps on."""
    settings = {"fsync": "off", "synchronous_commit": "on"}

    assert durability._shortfall_on_postgresql(settings) is not None
    assert durability._shortfall_on_postgresql({**settings, "fsync": "on"}) is None


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_connection_without_transactions_is_refused(migrated_database: Database) -> None:
    engine = create_engine(migrated_database.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection, pytest.raises(UnsafeDatabase, match="AUTOCOMMIT"):
        Ledger.open(connection)
    engine.dispose()


def test_a_ledger_in_memory_is_taken_and_says_that_it_keeps_nothing() -> None:
    with Ledger.open(":memory:") as ledger:
        ledger.record("It burned", source=ANNA, by="desk")
        status = ledger.status()

    assert (status.is_durable, status.commits) == (False, 1)
    assert status.settings["journal_mode"] == "none"


def test_an_unknown_durability_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="durability"):
        Ledger.open(tmp_path / "ledger.db", durability="high")


# What the status says --------------------------------------------------------------------------------------------


def test_the_status_says_what_holds(ledger: Ledger, migrated_database: Database) -> None:
    before = ledger.status()
    ledger.record("It burned", source=ANNA, by="desk")
    ledger.record("It rained", source=ANNA, by="desk")

    after = ledger.status()
    ledger.refresh()

    assert (before.commits, before.entries, before.head, before.last_commit_at) == (0, 0, None, None)
    assert (after.commits, after.entries, after.stale) == (2, 2, 2)
    assert ledger.status().stale == 0
    assert after.database == migrated_database.name
    assert after.is_durable
    assert after.shortfall is None
    assert len(bytes.fromhex(after.head or "")) == 32


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_the_wal_reset_bug_is_known_by_sqlites_version(version: tuple[int, int, int], has_it: bool) -> None:
    assert durability.has_wal_reset_bug(version) == has_it
