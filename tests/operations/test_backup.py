"""A backup is whole, checked, and in a file of its own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from databases import Database
from sqlalchemy import create_engine, text, update

from provenance import Ledger, add_hooks, outlet, person
from provenance.errors import DamagedLog, NotALedger, WouldOverwrite
from provenance.log import guards, tables
from provenance.log.merkle import leaf_hash

ANNA = person("Anna")


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url) as opened:
        yield opened


def test_a_backup_holds_every_commit_and_gives_equal_answers(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.begin(by="desk", key="story 1") as desk:
        story = desk.document(outlet("CNN"), text="It burned all night.")
        desk.record("It burned", source=ANNA, found_in=story, quote="It burned")
    ledger.record("It burned", source=person("Boris"), stance="deny", by="desk")

    ledger.backup(tmp_path / "copy.db")

    with Ledger.open(tmp_path / "copy.db") as copy:
        assert copy.status().head == ledger.status().head
        assert copy.counts() == ledger.counts()
        assert list(copy.conflicts()) == list(ledger.conflicts())
        assert list(copy.unsupported()) == list(ledger.unsupported())
        assert copy.find("burned") == ledger.find("burned")
        with copy.begin(by="desk") as desk:
            again = desk.record("It burned", source=ANNA, found_in=story.id, quote="It burned")
        assert again.is_new is False
    assert [file.name for file in tmp_path.iterdir()] == ["copy.db"]


def test_a_backup_is_consistent_while_others_write(ledger: Ledger, tmp_path: Path) -> None:
    is_over = threading.Event()

    def write() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            with ledger.begin(by="desk") as desk:
                desk.record(f"It burned {number} times", source=ANNA)
                desk.record(f"It rained {number} times", source=ANNA)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            ledger.backup(tmp_path / f"{number}.db")
    finally:
        is_over.set()
        writer.join()

    for number in range(5):
        with Ledger.open(tmp_path / f"{number}.db") as copy:
            status, counts = copy.status(), copy.counts()
        assert status.entries == 2 * status.commits
        assert counts.get("assertion", 0) == 2 * status.commits


def test_a_backup_never_overwrites_a_file(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")

    with pytest.raises(WouldOverwrite, match=r"copy\.db"):
        ledger.backup(tmp_path / "copy.db")

    assert (tmp_path / "copy.db").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_backup_into_a_folder_that_is_not_there_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match="folder"):
        ledger.backup(tmp_path / "nowhere" / "copy.db")


@pytest.mark.parametrize(
    "damage",
    [
        update(tables.entry).where(tables.entry.c.seq == 2).values(body=b"{}"),
        update(tables.entry).where(tables.entry.c.seq == 2).values(body=b"{}", digest=leaf_hash(b"{}")),
        update(tables.commit).where(tables.commit.c.seq == 2).values(author="somebody else"),
        update(tables.commit).where(tables.commit.c.seq == 1).values(at=0),
        text("DELETE FROM provenance_entry WHERE seq = 3"),
        text("UPDATE provenance_entry SET commit_seq = 1 WHERE seq = 2"),
    ],
    ids=["a body", "a body and its digest", "an author", "a time", "an entry lost", "an entry moved"],
)
def test_a_damaged_log_is_not_backed_up(
    ledger: Ledger, migrated_database: Database, tmp_path: Path, damage: Any
) -> None:
    for number in range(3):
        ledger.record(f"It burned {number} times", source=ANNA, by="desk")
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.begin() as connection:
        guards.take_down(connection)
        connection.execute(damage)
    engine.dispose()

    with pytest.raises(DamagedLog):
        ledger.backup(tmp_path / "copy.db")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_a_caller_has_not_committed_is_not_backed_up(
    migrated_database: Database, tmp_path: Path
) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.connect() as connection:
        ledger = Ledger.open(connection)
        ledger.record("It burned", source=ANNA, by="desk")
        ledger.backup(tmp_path / "copy.db")
    engine.dispose()

    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM provenance_commit").fetchone() == (0,)
