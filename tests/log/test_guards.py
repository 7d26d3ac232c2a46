"""The log is append-only in the database itself, whatever reaches past the library."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Database
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from provenance import Agent, Document, Ledger, add_hooks, outlet
from provenance.database.naming import PREFIX
from provenance.log import guards
from provenance.operations import migrations

SECURITY = Path(__file__).parents[2] / "SECURITY.md"
ROWS = "SELECT * FROM provenance_commit c JOIN provenance_entry e ON e.commit_seq = c.seq, provenance_document_text"
LAST_COMMIT = "(SELECT * FROM provenance_commit WHERE seq = 2) c"
SECOND_COMMIT = f"SELECT 3, at, author, previous, root, author || 'x', size, NULL FROM {LAST_COMMIT}"

CHANGES = {
    "update a commit": "UPDATE provenance_commit SET author = 'nobody'",
    "update an entry": "UPDATE provenance_entry SET body = digest WHERE seq = 1",
    "update a text": "UPDATE provenance_document_text SET text = 'another'",
    "move an entry": "UPDATE provenance_entry SET seq = seq + 100",
    "delete a commit": "DELETE FROM provenance_commit WHERE seq = 2",
    "delete an entry": "DELETE FROM provenance_entry",
}
ON_SQLITE = {
    "replace a commit": f"INSERT OR REPLACE INTO provenance_commit SELECT * FROM {LAST_COMMIT}",
    "replace a commit by its previous": f"REPLACE INTO provenance_commit {SECOND_COMMIT}",
    "replace a commit by its hash": (
        f"REPLACE INTO provenance_commit SELECT 3, at, author, root, root, hash, size, NULL FROM {LAST_COMMIT}"
    ),
    "replace an entry": "REPLACE INTO provenance_entry SELECT * FROM provenance_entry WHERE seq = 1",
    "replace a text": "REPLACE INTO provenance_document_text SELECT digest, 'x' FROM provenance_document_text",
    "replace by updating": "UPDATE OR REPLACE provenance_entry SET seq = 1 WHERE seq = 2",
    "upsert": (
        "INSERT INTO provenance_entry SELECT * FROM provenance_entry WHERE true"
        " ON CONFLICT (seq) DO UPDATE SET body = x''"
    ),
}
ON_POSTGRESQL = {
    "truncate the commits": "TRUNCATE provenance_commit CASCADE",
    "truncate the entries": "TRUNCATE provenance_entry",
    "upsert": (
        "INSERT INTO provenance_entry SELECT * FROM provenance_entry"
        " ON CONFLICT (seq) DO UPDATE SET body = ''"
    ),
    "as a replica": "SET session_replication_role = replica; DELETE FROM provenance_entry",
}


@pytest.fixture
def engine(migrated_database: Database) -> Iterator[Engine]:
    made = add_hooks(create_engine(migrated_database.url))
    yield made
    made.dispose()


def record(ledger: Ledger) -> None:
    cnn = outlet("CNN")
    for sentence in ("It burned", "It rained"):
        with ledger.begin(by="desk") as desk:
            story = desk.document(cnn, text=f"{sentence} all night.")
            desk.record(sentence, source="Somebody", found_in=story)


def rows(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(f"{ROWS} ORDER BY 1, 9")]


def run(engine: Engine, statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements.split("; "):
            connection.exec_driver_sql(statement)


def refuses(engine: Engine, statement: str, message: str = "append-only") -> bool:
    """Whether the statement is refused and nothing changed."""
    with engine.connect() as connection:
        before = rows(connection)
    with pytest.raises(DBAPIError, match=message) as refused:
        run(engine, statement)
    with engine.connect() as connection:
        return (
            isinstance(refused.value, IntegrityError | ProgrammingError) and rows(connection) == before != []
        )


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_log_holds_cannot_be_changed(engine: Engine, change: str) -> None:
    record(Ledger.open(engine))

    assert refuses(engine, CHANGES[change])


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", ON_SQLITE)
def test_sqlite_cannot_replace_what_the_log_holds(engine: Engine, change: str) -> None:
    record(Ledger.open(engine))

    assert refuses(engine, ON_SQLITE[change])


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("change", ON_POSTGRESQL)
def test_postgresql_cannot_truncate_or_replicate_over_what_the_log_holds(engine: Engine, change: str) -> None:
    record(Ledger.open(engine))

    assert refuses(engine, ON_POSTGRESQL[change])


def test_the_log_cannot_fork(engine: Engine) -> None:
    record(Ledger.open(engine))
    second = SECOND_COMMIT.replace("author || 'x'", "root")

    assert refuses(
        engine, f"INSERT INTO provenance_commit {second}", "append-only|uq_provenance_commit_previous"
    )


def test_a_fork_is_refused_without_the_guards_too(engine: Engine) -> None:
    record(Ledger.open(engine))
    with engine.begin() as connection:
        guards.take_down(connection)
    second = SECOND_COMMIT.replace("author || 'x'", "root")

    assert refuses(engine, f"INSERT INTO provenance_commit {second}", "(?i)unique")


def test_a_text_can_be_deleted_where_it_has_to_go(engine: Engine) -> None:
    record(Ledger.open(engine))
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM provenance_document_text")

    Ledger.open(engine).record(
        "It snowed",
        source="Somebody",
        found_in=Document(outlet=Agent(name="CNN", kind="outlet"), text="It snowed."),
        by="desk",
    )
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT text FROM provenance_document_text").all() == [
            ("It snowed.",)
        ]


def test_every_guard_stands_in_a_migrated_database(engine: Engine) -> None:
    with engine.connect() as connection:
        names = triggers(connection)
        violations = list(guards.violations(connection))
    ours = {guard.name for guard in guards.guards(engine.dialect.name)}
    of_the_search = {"provenance_words_added", "provenance_words_removed"}

    assert names == ours | (of_the_search if engine.dialect.name == "sqlite" else set())
    assert len(ours) == {"sqlite": 10, "postgresql": 8}[engine.dialect.name]
    assert violations == []


def triggers(connection: Connection) -> set[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.dialect.name]
    return set(connection.exec_driver_sql(query).scalars())


def test_a_guard_that_is_missing_or_another_is_found(engine: Engine) -> None:
    on_table = "" if engine.dialect.name == "sqlite" else " ON provenance_entry"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER provenance_entry_no_update{on_table}")
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER provenance_entry_no_delete")
            connection.exec_driver_sql(
                "CREATE TRIGGER provenance_entry_no_delete BEFORE DELETE ON provenance_entry BEGIN SELECT 1; END"
            )
        else:
            connection.exec_driver_sql(
                "ALTER TABLE provenance_entry ENABLE TRIGGER provenance_entry_no_delete"
            )
        violations = {guard.name: wrong for guard, wrong in guards.violations(connection)}

    assert violations == {
        "provenance_entry_no_update": "is missing",
        "provenance_entry_no_delete": "is not the one that was put up",
    }


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_neutered_function_is_found(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE OR REPLACE FUNCTION provenance_refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NEW; END $$"
        )
        violations = {wrong for _, wrong in guards.violations(connection)}

    assert violations == {"is not the one that was put up"}


def test_a_downgrade_takes_the_guards_down_and_an_upgrade_puts_them_up(engine: Engine) -> None:
    from alembic import command

    with engine.begin() as connection:
        command.downgrade(migrations.migrations_config(connection), "0001")
        without = [name for name in triggers(connection) if "_no_" in name]
        tables = inspect(connection).get_table_names()
    Ledger.upgrade(engine)
    with engine.connect() as connection:
        violations = list(guards.violations(connection))
    record(Ledger.open(engine))

    assert without == []
    assert PREFIX + "commit" in tables
    assert violations == []
    assert refuses(engine, CHANGES["delete an entry"])


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_each_schema_has_guards_of_its_own(database: Database) -> None:
    engine = create_engine(database.url)
    for schema in ("desk", "Politics & more"):
        record(Ledger.install(engine, schema=schema))
    with engine.begin() as connection:
        connection.exec_driver_sql('DROP FUNCTION "Politics & more".provenance_refuse CASCADE')
    violations = {}
    for schema in ("desk", "Politics & more"):
        with engine.connect().execution_options(schema_translate_map={None: schema}) as connection:
            violations[schema] = len(list(guards.violations(connection)))

    with engine.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.exec_driver_sql("DELETE FROM desk.provenance_entry")
    engine.dispose()
    assert violations == {"desk": 0, "Politics & more": 8}


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_role_of_the_security_page_can_only_add_to_the_log(engine: Engine) -> None:
    role = f"desk_{secrets.token_hex(4)}"
    found = re.search(r"```sql\n(.*?)```", SECURITY.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    with engine.begin() as connection:
        for statement in found[1].replace("provenance_desk", role).split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET ROLE {role}")
        connection.commit()
        ledger = Ledger.open(connection)
        record(ledger)
        ledger.rebuild()
        connection.commit()
        counts = ledger.counts()
        refused = 0
        for statement in (
            *CHANGES.values(),
            "TRUNCATE provenance_entry CASCADE",
            "ALTER TABLE provenance_entry DISABLE TRIGGER USER",
            "DROP TRIGGER provenance_entry_no_update ON provenance_entry",
            "DELETE FROM provenance_document_text",
        ):
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                connection.execute(text(statement))
            connection.rollback()
            refused += 1
        connection.exec_driver_sql("RESET ROLE")
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")
        connection.commit()

    assert counts["assertion"] == 4
    assert refused == len(CHANGES) + 4
