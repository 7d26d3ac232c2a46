"""A ledger that cannot be written answers every question, and refuses to record."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import Database
from refusing import CONFIDENTIAL, NAME, SAID, contents, fill
from sqlalchemy import create_engine, event

from provenance import Ledger, add_hooks, person
from provenance.errors import ReadOnlyDatabase


@contextmanager
def unprivileged() -> Iterator[None]:
    """As a user whom permissions hold: root may do everything."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def ask_and_fail_to_record(ledger: Ledger) -> None:
    """All questions are answered, and everything that would write is refused."""
    before = contents(ledger)
    claim_id = next(iter(ledger.find("burned"))).id

    assert [str(one.claim) for one in ledger.unsupported()] == ["It burned"]
    assert str(ledger.trace(claim_id)).endswith("CNN, citing TASS, citing Anna; no evidence was mentioned")
    assert list(ledger.as_of(known="2020").unsupported()) == []
    for write in (
        lambda: ledger.record(SAID, source=NAME, by="desk"),
        lambda: ledger.ingest([{"claim": SAID, "source": NAME}], by="pipeline"),
        ledger.rebuild,
    ):
        with pytest.raises(ReadOnlyDatabase, match="is read-only; open a copy that can be written") as raised:
            write()
        assert not any(word in "".join(traceback.format_exception(raised.value)) for word in CONFIDENTIAL)
    assert contents(ledger) == before


def make(url: str | Path) -> None:
    with Ledger.open(url) as ledger:
        fill(ledger)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """One that others than the user of the tests can look into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_read_only_address_can_be_asked(tmp_path: Path) -> None:
    make(tmp_path / "ledger.db")

    with Ledger.open(f"sqlite:///file:{tmp_path / 'ledger.db'}?mode=ro&uri=true") as ledger:
        ask_and_fail_to_record(ledger)


def test_a_read_only_file_can_be_asked(public_folder: Path) -> None:
    path = public_folder / "ledger.db"
    make(path)
    path.chmod(0o444)
    public_folder.chmod(0o777)

    with unprivileged(), Ledger.open(path) as ledger:
        ask_and_fail_to_record(ledger)


def test_a_read_only_folder_can_be_asked(public_folder: Path) -> None:
    path = public_folder / "le%dg?er #1.db"
    make(path)
    path.chmod(0o444)
    public_folder.chmod(0o555)

    with unprivileged(), Ledger.open(path) as ledger:
        ask_and_fail_to_record(ledger)
    assert list(public_folder.iterdir()) == [path]
    public_folder.chmod(0o755)


def test_in_a_read_only_folder_what_others_record_is_seen(public_folder: Path) -> None:
    path = public_folder / "ledger.db"
    make(path)
    public_folder.chmod(0o555)
    with unprivileged():
        reader = Ledger.open(path)
        first = reader.counts()["claim"]
    public_folder.chmod(0o755)
    with Ledger.open(path) as writer:
        writer.record("It rained", source=person("Boris"), by="desk")
        public_folder.chmod(0o555)
        with unprivileged():
            seen = reader.counts()["claim"]
    reader.close()
    public_folder.chmod(0o755)

    assert (first, seen) == (1, 2)


def test_a_connection_that_only_queries_can_be_asked(tmp_path: Path) -> None:
    make(tmp_path / "ledger.db")
    engine = add_hooks(create_engine(f"sqlite:///{tmp_path / 'ledger.db'}"))
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON"))

    ask_and_fail_to_record(Ledger.open(engine))
    engine.dispose()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_read_only_server_can_be_asked(migrated_database: Database) -> None:
    make(migrated_database.url)
    joined = "&" if "?" in migrated_database.url else "?"
    url = f"{migrated_database.url}{joined}options=-c%20default_transaction_read_only%3Don"

    with Ledger.open(url) as ledger:
        ask_and_fail_to_record(ledger)


def test_an_empty_read_only_database_is_not_set_up(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    sqlite3.connect(path).close()
    path.touch()

    with pytest.raises(ReadOnlyDatabase, match="open a copy that can be written"):
        Ledger.open(f"sqlite:///file:{path}?mode=ro&uri=true")

    assert path.read_bytes() == b""


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_an_empty_read_only_server_is_not_set_up(database: Database) -> None:
    joined = "&" if "?" in database.url else "?"

    with pytest.raises(ReadOnlyDatabase, match="open a copy that can be written"):
        Ledger.open(f"{database.url}{joined}options=-c%20default_transaction_read_only%3Don")
