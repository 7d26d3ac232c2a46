"""Migrations: no entry is touched, every answer stays, and a step that fails or is taken back leaves no trace."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from databases import Database, Databases
from migrating import (
    RELEASED,
    REVISIONS,
    answered,
    bring_to,
    declared_schema,
    engine_of,
    fill_as_released,
    log_of,
    rows_of,
    schema_of,
    unpacked,
)
from sqlalchemy import Engine, event, inspect, text

from provenance import Agent, Ledger, person, wire
from provenance.database import revisions
from provenance.errors import InvalidValue, LossyDowngrade, NotALedger, ReadOnlyDatabase, WrongRevision
from provenance.index import shadow, tables
from provenance.log import guards
from provenance.operations import downgrading
from provenance.operations import migrations as library
from provenance.operations.folders import folder as folder_of
from provenance.values.evolution import Versions

FUTURE = "9999"
NEWEST = REVISIONS[-1]
NEXT = f"{int(NEWEST) + 1:04}"
MIGRATIONS = folder_of("migrations", beside="migrations")


def filling() -> ModuleType:
    """The program that filled the released databases."""
    spec = util.spec_from_file_location("filling", RELEASED / "fill.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FILLING = filling()


def differences(revision: str, ledger: Ledger) -> list[str]:
    """The questions that the ledger does not answer as the release did that filled it."""
    before, now = answered(revision), json.loads(json.dumps(FILLING.answers(ledger)))
    found = [
        f"{view}, {question}"
        for view, asked in before.items()
        if view not in ("log", "counts")
        for question, answer in asked.items()
        if answer is not None and now[view][question] != answer
    ]
    return found + [name for name in ("counts",) if before[name] != now[name]]


# Released databases -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_released_database_upgrades_and_answers_as_before(
    database: Database, revision: str, tmp_path: Path
) -> None:
    fill_as_released(database, revision, tmp_path)
    with engine_of(database) as engine:
        with engine.connect() as connection:
            log = log_of(connection)

        Ledger.upgrade(engine)

        with Ledger.open(database.url) as ledger:
            assert differences(revision, ledger) == []
            assert ledger.verify(index=True).ok
        with engine.connect() as connection:
            assert log_of(connection) == log


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_released_log_is_exported_by_this_release_and_loaded_with_the_same_answers(
    databases: Databases, revision: str, tmp_path: Path
) -> None:
    with Ledger.open(unpacked(revision, tmp_path), read_only=True) as released:
        released.export(tmp_path / "log.jsonl")

    with databases.migrated() as made, Ledger.open(made.url) as ledger:
        ledger.load(tmp_path / "log.jsonl")
        ledger.export(tmp_path / "again.jsonl")

        assert differences(revision, ledger) == []
        assert ledger.verify(index=True).ok
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "log.jsonl").read_bytes()


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_released_log_is_the_one_that_was_committed(revision: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(unpacked(revision, tmp_path))) as raw:
        assert json.loads(json.dumps(FILLING.log_of(raw))) == answered(revision)["log"]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_released_database_goes_on_being_written(revision: str, tmp_path: Path) -> None:
    path = unpacked(revision, tmp_path)
    Ledger.upgrade(path)
    with Ledger.open(path, clock=lambda: datetime(2026, 4, 1, tzinfo=UTC)) as ledger:
        before = ledger.counts()
        with ledger.begin(by="desk") as desk:
            said = desk.record("It burned", source=person("Anna"), occasion="x", ground_rule="off_the_record")
            desk.document(FILLING.BBC, url="https://example.org/2", title="Fire kills four")

        assert ledger.counts()["assertion"] == before["assertion"] + 1
        assert ledger.described(said.assertion).id == said.assertion.id
        assert ledger.verify(index=True).ok
        assert wire.VERSIONS["assertion"].form in {form for entry in ledger.entries() for form in entry.forms}


def test_the_same_content_under_a_key_is_known_again_after_an_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = unpacked("0002", tmp_path)
    Ledger.upgrade(path)

    def commit(said: str = "It snowed") -> bool | None:
        with Ledger.open(path, clock=lambda: datetime(2026, 4, 1, tzinfo=UTC)) as ledger:
            return ledger.record(said, source=person("Anna"), key="k", by="desk").is_new

    with monkeypatch.context() as patched:  # as a release of 0002 wrote it
        for name in wire.VERSIONS:
            patched.setitem(wire.VERSIONS, name, Versions(name))
        patched.setattr(wire, "_TYPE_OF_FORM", {f"{name}/1": name for name in wire.VERSIONS})
        first = commit()
    with closing(sqlite3.connect(path)) as raw:
        (body,) = raw.execute("SELECT CAST(body AS TEXT) FROM provenance_entry ORDER BY seq DESC").fetchone()

    assert '"record":"assertion/1"' in body
    assert (first, commit()) == (True, False)
    with pytest.raises(Exception, match="holds something else"):
        commit("It rained")


# Schema -------------------------------------------------------------------------------------------------------------


def test_the_migrated_schema_is_the_declared_one_with_every_name(databases: Databases) -> None:
    with databases.migrated() as migrated, databases.empty() as empty:
        with engine_of(migrated) as engine, engine.connect() as connection:
            found = schema_of(connection)
            triggers = {guard.name for guard in guards.guards(connection.dialect.name)}
        with engine_of(empty) as engine:
            declared = declared_schema(engine)

    for name, table in declared.items():
        if name.startswith("provenance_"):
            assert _comparable(found[name]) == _comparable(table), name
    extra = {name for name in found if name.startswith("provenance_")} - declared.keys()
    assert extra <= {"provenance_version", *(f"provenance_words_search{part}" for part in _FTS)}
    held = {row[1] if len(row) == 4 else row[0] for row in found.get("definitions") or found["triggers"]}
    assert triggers <= held


_FTS = ("", "_data", "_idx", "_docsize", "_config", "_content")


def _comparable(table: dict[str, Any]) -> dict[str, Any]:
    """Added columns stand behind the others, wherever they are declared."""
    indexes = [each for each in table["indexes"] if "_words_search" not in each["name"]]
    return {**table, "columns": sorted(table["columns"]), "indexes": indexes}


def test_up_and_down_leave_no_trace(databases: Databases) -> None:
    with databases.empty() as made, engine_of(made) as engine:
        seen: list[dict[str, Any]] = []
        for revision in REVISIONS:
            bring_to(engine, revision)
            seen.append(_schema(engine))
        for revision, before in list(zip(REVISIONS, seen, strict=True))[-2::-1]:
            library.downgrade(engine, revision) if revision == REVISIONS[-2] else bring_to(engine, revision)
            assert _schema(engine) == before, revision
        bring_to(engine, "head")
        assert _schema(engine) == seen[-1]
        Ledger.downgrade(engine, "base")
        with engine.connect() as connection:
            assert inspect(connection).get_table_names() == []
            assert not any(schema_of(connection).values())
        Ledger.install(engine).record("It burned", source="Anna")


def _schema(engine: Engine) -> dict[str, Any]:
    with engine.connect() as connection:
        return schema_of(connection)


# Down ---------------------------------------------------------------------------------------------------------------


def test_a_downgrade_of_what_the_older_release_can_read_loses_nothing(
    database: Database, tmp_path: Path
) -> None:
    fill_as_released(database, "0002", tmp_path)
    with engine_of(database) as engine:
        with engine.connect() as connection:
            before, schema = rows_of(connection), schema_of(connection)
        Ledger.upgrade(engine)
        with Ledger.open(database.url) as ledger:
            ledger.rebuild()  # which keeps descriptions in the newest form

        Ledger.downgrade(engine, "0002")

        with engine.connect() as connection:
            assert rows_of(connection) == before
            assert schema_of(connection) == schema
        Ledger.upgrade(engine)
        with Ledger.open(database.url) as ledger:
            assert differences("0002", ledger) == []
            assert ledger.verify(index=True).ok


@pytest.mark.parametrize("through", ["library", "alembic"])
def test_a_downgrade_that_would_lose_something_is_refused_before_anything_is_touched(
    database: Database, tmp_path: Path, through: str
) -> None:
    fill_as_released(database, NEWEST, tmp_path)
    with engine_of(database) as engine:
        with engine.connect() as connection:
            before, schema = rows_of(connection), schema_of(connection)

        with pytest.raises(LossyDowngrade, match=r"/\d in \d+") as refused:
            Ledger.downgrade(engine, "0001") if through == "library" else bring_to(engine, "0001")
        with pytest.raises(LossyDowngrade, match="would be deleted"):
            Ledger.downgrade(engine, "base") if through == "library" else _take_down(engine)

        with engine.connect() as connection:
            assert (rows_of(connection), schema_of(connection)) == (before, schema)
        with Ledger.open(database.url) as ledger:
            held = [entry.forms for entry in ledger.entries()]
    if through == "library":
        assert refused.value.entries == sum(any(not form.endswith("/1") for form in forms) for forms in held)
        assert refused.value.forms == {
            form: sum(form in forms for forms in held) for form in {*sum(held, ())} if not form.endswith("/1")
        }


def _take_down(engine: Engine) -> None:
    with engine.begin() as connection:
        downgrading.check_keeps_all(connection, downgrading.BASE)


def test_a_downgrade_to_nowhere_is_refused(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()

    with pytest.raises(InvalidValue, match="revision"):
        Ledger.downgrade(tmp_path / "ledger.db", "0000")


# Crashes ------------------------------------------------------------------------------------------------------------


class Crash(Exception):
    pass


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_crash_at_any_statement_leaves_the_old_revision_whole_or_the_new_one(
    database: Database, revision: str, tmp_path: Path
) -> None:
    fill_as_released(database, revision, tmp_path)
    with engine_of(database) as engine:
        with engine.connect() as connection:
            before, schema = rows_of(connection), schema_of(connection)
        crashes = 0
        while _crashes(engine, at=crashes, act=lambda: Ledger.upgrade(engine)):
            crashes += 1
            with engine.connect() as connection:
                found = revisions.revision_of(connection)
                assert found in (revision, NEWEST), crashes
                if found == revision and crashes % 6 == 0:
                    shadow.drop(connection)  # for this look: a broken off derivation keeps them
                    assert (schema_of(connection), rows_of(connection)) == (schema, before), crashes
        with Ledger.open(database.url) as ledger:
            assert differences(revision, ledger) == []
    assert crashes > 3  # of a migration that changes no table


def _crashes(engine: Engine, *, at: int, act: Callable[[], None]) -> bool:
    """Whether the act came to the statement of this number, where it was broken off."""
    count = 0

    def crash(*_: object) -> None:
        nonlocal count
        if count == at:
            raise Crash
        count += 1

    event.listen(engine, "before_cursor_execute", crash)
    try:
        act()
    except Crash:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", crash)
    return False


# Migrations that derive the index anew ------------------------------------------------------------------------------

NEXT_REVISION = '''"""A revision of the future."""

import sqlalchemy as sa
from alembic import op

from provenance.database.naming import schema_of

revision = "{next}"
down_revision = "{newest}"
rebuilds_index = {rebuilds}


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


def next_revision(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    upgrade: str,
    *,
    rebuilds: bool = False,
    downgrade: str = "pass",
) -> None:
    """Gives the library a further migration."""
    scripts = folder / "migrations"
    shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    stated = {
        "upgrade": upgrade,
        "rebuilds": rebuilds,
        "downgrade": downgrade,
        "newest": NEWEST,
        "next": NEXT,
    }
    (scripts / "versions" / f"{NEXT}_next.py").write_text(NEXT_REVISION.format(**stated), encoding="utf-8")
    monkeypatch.setattr(library, "folder", lambda *_, **__: scripts)
    monkeypatch.setattr(revisions, "REVISION", NEXT)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.mark.parametrize("revision", ["0001", NEWEST])
def test_a_migration_may_derive_the_index_anew(
    databases: Databases, revision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_revision(monkeypatch, tmp_path, "op.execute('DELETE FROM provenance_claim')", rebuilds=True)
    with databases.empty() as made, engine_of(made) as engine:
        fill_as_released(made, revision, tmp_path)

        Ledger.upgrade(engine)

        with Ledger.open(made.url) as ledger:
            assert differences(revision, ledger) == []
            assert ledger.status().stale == 0
            names = inspect(engine).get_table_names()
        assert not [name for name in names if "_next_" in name]


def test_a_crash_at_any_statement_of_one_that_derives_the_index_leaves_the_old_revision_answering(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_revision(monkeypatch, tmp_path, "op.execute('DELETE FROM provenance_claim')", rebuilds=True)
    with databases.empty() as made, engine_of(made) as engine:
        fill_as_released(made, NEWEST, tmp_path)
        with engine.connect() as connection:
            before = {name: rows for name, rows in rows_of(connection).items() if "listing" not in name}
        crashes = 0
        while _crashes(engine, at=23 * crashes, act=lambda: Ledger.upgrade(engine)):
            crashes += 1
            with engine.connect() as connection:
                found = rows_of(connection)
            if found["provenance_version"] == [(NEWEST,)]:
                assert {name: found[name] for name in before} == before
        with Ledger.open(made.url) as ledger:
            assert differences(NEWEST, ledger) == []
    assert crashes > 2


# A test of the tests ------------------------------------------------------------------------------------------------

WRONG = {
    "loses rows": "op.execute('DELETE FROM provenance_evidence')",
    "loses a column": "op.drop_column('provenance_evidence', 'noted_by')",
    "loses an index": "op.drop_index('ix_provenance_claim_entity', 'provenance_claim')",
    "adds an index of another name": "op.create_index('ix_other', 'provenance_claim', ['text'])",
    "changes a value": "op.execute(\"UPDATE provenance_assertion SET certainty = 'certain'\")",
    "loses the search": "op.execute('DELETE FROM provenance_words')",
    "loses a guard": "op.execute('DROP TRIGGER provenance_entry_no_update')",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_migration_is_caught(wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    next_revision(monkeypatch, tmp_path, WRONG[wrong])
    made = Database("sqlite", f"sqlite:///{unpacked(NEWEST, tmp_path)}")
    with engine_of(made) as engine:
        before = _schema(engine)
        try:
            Ledger.upgrade(engine)
            with Ledger.open(engine) as ledger:
                caught = [*differences(NEWEST, ledger), *ledger.verify().findings]
        except Exception as error:  # noqa: BLE001 - a lost column is caught by whatever it breaks
            caught = [error]
        after = _schema(engine)

    assert caught or before != after


def test_what_undoes_only_half_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    next_revision(
        monkeypatch,
        tmp_path,
        "op.add_column('provenance_claim', sa.Column('left_behind', sa.Text()))",
        downgrade="pass",
    )
    made = Database("sqlite", f"sqlite:///{unpacked(NEWEST, tmp_path)}")
    with engine_of(made) as engine:
        before = _schema(engine)
        bring_to(engine, "head")
        bring_to(engine, NEWEST)

        assert _schema(engine) != before


# Other releases -----------------------------------------------------------------------------------------------------


def of_a_newer_release(made: Database) -> None:
    with engine_of(made) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE provenance_version SET version_num = :new"), {"new": FUTURE})


def test_a_database_newer_than_the_library_is_only_read_when_asked(
    migrated_database: Database, tmp_path: Path
) -> None:
    with Ledger.open(migrated_database.url) as ledger:
        ledger.record("It burned", source=person("Anna"), by="desk")
        entries = list(ledger.entries())
    of_a_newer_release(migrated_database)

    with pytest.raises(WrongRevision, match="read_only=True"):
        Ledger.open(migrated_database.url)
    with engine_of(migrated_database) as engine, engine.connect() as connection:
        assert Ledger.open(connection, read_only=True).verify().ok
    with Ledger.open(migrated_database.url, read_only=True) as ledger:
        assert ledger.verify().ok
        assert list(ledger.entries()) == entries
        ledger.export(tmp_path / "log.jsonl")
        for ask in (
            ledger.counts,
            ledger.unsupported().count,
            ledger.status,
            lambda: ledger.verify(index=True),
        ):
            with pytest.raises(WrongRevision):
                ask()
        _refuses_to_write(ledger)
    assert b"It burned" in (tmp_path / "log.jsonl").read_bytes()
    with pytest.raises(WrongRevision):
        Ledger.upgrade(migrated_database.url)
    with pytest.raises(WrongRevision):
        Ledger.downgrade(migrated_database.url, "0002")


def _refuses_to_write(ledger: Ledger) -> None:
    for write in (
        lambda: ledger.record("It rained", source="Anna", by="desk"),
        lambda: ledger.ingest([{"claim": "It rained", "source": "Anna"}], by="x"),
        ledger.rebuild,
        ledger.refresh,
        ledger.purge,
    ):
        with pytest.raises(ReadOnlyDatabase, match="read_only"):
            write()


def test_an_older_database_can_be_verified_before_it_is_upgraded(tmp_path: Path) -> None:
    path = unpacked("0002", tmp_path)

    with Ledger.open(path, read_only=True) as ledger:
        assert ledger.verify().ok
        with pytest.raises(WrongRevision, match="upgrade"):
            ledger.counts()


def test_a_ledger_of_this_revision_opened_to_be_read_answers_and_writes_nothing(
    migrated_database: Database,
) -> None:
    with Ledger.open(migrated_database.url) as ledger:
        ledger.record("It burned", source=person("Anna"), by="desk")

    with Ledger.open(migrated_database.url, read_only=True) as ledger:
        assert [str(one.claim) for one in ledger.unsupported()] == ["It burned"]
        assert ledger.verify(index=True).ok
        _refuses_to_write(ledger)


def test_opening_to_read_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match="no ledger"):
        Ledger.open(tmp_path / "ledger.db", read_only=True)

    assert list(tmp_path.iterdir()) == []


def test_an_old_library_stops_writing_when_another_upgrades_the_database_under_it(
    migrated_database: Database,
) -> None:
    with Ledger.open(migrated_database.url) as ledger:
        ledger.record("It burned", source=person("Anna"), by="desk")
        of_a_newer_release(migrated_database)

        with pytest.raises(WrongRevision):
            ledger.record("It rained", source=person("Anna"), by="desk")
        with pytest.raises(WrongRevision):
            ledger.counts()

        assert len(list(ledger.entries())) == 1
        assert ledger.verify().ok


def test_a_new_version_of_a_record_comes_with_a_new_revision() -> None:
    ours = {each.name: each.newest for each in (*wire.VERSIONS.values(), wire.ENTRY, wire.COPY)}

    assert revisions.READABLE[revisions.REVISION] == ours
    assert list(revisions.READABLE) == sorted(revisions.READABLE)
    assert list(revisions.READABLE)[-1] == revisions.REVISION


def test_every_revision_has_its_released_database() -> None:
    assert list(revisions.READABLE) == REVISIONS


def test_descriptions_in_an_older_form_are_read_in_the_newest(tmp_path: Path) -> None:
    path = unpacked("0002", tmp_path)
    with engine_of(Database("sqlite", f"sqlite:///{path}")) as engine:
        bring_to(engine, "head")  # deriving the index anew would say them in the newest form
    with Ledger.open(path) as ledger, ledger._store.read() as connection:
        bodies = connection.execute(tables.description.select()).all()
        assert {json.loads(row.body)["record"][-2:] for row in bodies} == {"/1"}
    with Ledger.open(path) as ledger:
        outlet = ledger.described(Agent(kind="outlet", name="CNN"))

    assert outlet.aliases == ("Cable News Network",)  # type: ignore[attr-defined]
