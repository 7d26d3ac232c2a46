"""What is no ledger, or one of another revision, is not opened, and stays as it was."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from databases import Database
from refusing import CONFIDENTIAL
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from provenance import Ledger, add_hooks
from provenance.errors import InvalidValue, NotALedger, UnsupportedDatabase, WrongRevision


@contextmanager
def engine_of(database: Database) -> Iterator[Engine]:
    engine = add_hooks(create_engine(database.url))
    yield engine
    engine.dispose()


def openings(database: Database, engine: Engine) -> Iterator[object]:
    """Each thing that a ledger can be opened in."""
    yield database.url
    yield engine
    with engine.connect() as connection:
        yield connection
    with Session(engine) as session:
        yield session


def test_a_database_of_something_else(database: Database) -> None:
    with engine_of(database) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE guests (name TEXT)")
        for target in openings(database, engine):
            with pytest.raises(NotALedger, match=r"Ledger.install\(engine\)"):
                Ledger.open(target)  # type: ignore[arg-type]

        assert inspect(engine).get_table_names() == ["guests"]


@pytest.mark.parametrize(
    ("revision", "side", "remedy"),
    [
        ("0000", "older", "run `provenance upgrade URL`"),
        ("9999", "newer", "install the provenance-ledger release"),
    ],
)
def test_a_ledger_of_another_revision(
    migrated_database: Database, revision: str, side: str, remedy: str
) -> None:
    with engine_of(migrated_database) as engine:
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE provenance_version SET version_num = :other"), {"other": revision}
            )
        for target in openings(migrated_database, engine):
            with pytest.raises(WrongRevision, match=f"{revision}, {side} than this library's .*; .*{remedy}"):
                Ledger.open(target)  # type: ignore[arg-type]


@pytest.mark.parametrize("opening", ["url", "engine"])
def test_a_newer_ledger_is_not_upgraded(migrated_database: Database, opening: str) -> None:
    with engine_of(migrated_database) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE provenance_version SET version_num = '9999'")
        with pytest.raises(WrongRevision, match="newer"):
            Ledger.upgrade(migrated_database.url if opening == "url" else engine)
        with engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT version_num FROM provenance_version").scalar()

    assert found == "9999"


@pytest.mark.parametrize("held", [b"notes", b"Some notes of Ivanov. " * 200], ids=["short", "long"])
def test_a_file_that_is_no_database(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(held)

    for target in (path, str(path), f"sqlite:///{path}"):
        with pytest.raises(NotALedger, match=r"not a database; give the path of a ledger"):
            Ledger.open(target)

    assert path.read_bytes() == held
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_and_a_file_in_no_folder(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "ledger.db"):
        with pytest.raises(NotALedger, match="cannot be opened; give a path in a folder that exists"):
            Ledger.open(path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", [None, 7, b"ledger.db", "", " ", "ledger\x00.db", 3.5], ids=repr)
def test_something_that_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: Any) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InvalidValue, match=r"target: got .*; give "):
        Ledger.open(target)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "mysql://Ivanov:mole@localhost/x",
        "nosuch://Ivanov:mole@localhost/x",
        "postgresql+nosuch://Ivanov:mole@localhost/x",
        "postgresql://Ivanov:mole@localhost:port/x",
        "://Ivanov:mole@localhost",
    ],
)
def test_an_address_of_no_database(url: str) -> None:
    with pytest.raises(
        UnsupportedDatabase, match="; give a path, an sqlite:/// URL or a postgresql"
    ) as raised:
        Ledger.open(url)

    logged = "".join(traceback.format_exception(raised.value))
    assert not any(word in logged for word in CONFIDENTIAL)
