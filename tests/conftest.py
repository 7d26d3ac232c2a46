"""What all tests share: the databases, and how Hypothesis searches."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator

import pytest
from databases import Database, Databases, PostgresDatabases, SqliteDatabases
from hypothesis import HealthCheck, settings
from postgres_server import PostgresServer, PostgresUnavailable, running_server
from sqlalchemy import Engine, create_engine

# No deadline: a commit waits for the disk, which may be slow for a moment. Examples may share a fixture: `databases`
# gives each of them a database of its own.
common = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.register_profile("desk", common)
settings.register_profile("ci", common, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sqlite-only", action="store_true", help="leave out the tests that need PostgreSQL")
    parser.addoption("--full", action="store_true", help="full size of the long checks")
    parser.addoption(
        "--cases",
        action="append",
        metavar="DIR",
        help="in both test_cases.py, run the worlds of this folder or file instead of those in tests/cases",
    )


def pytest_report_header() -> str:
    return f"SQLite {sqlite3.sqlite_version}, Hypothesis profile {settings.get_current_profile_name()}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--sqlite-only"):
        config.hook.pytest_deselected(items=[item for item in items if needs_postgres(item)])
        items[:] = [item for item in items if not needs_postgres(item)]


def needs_postgres(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function):
        return False
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return parameters.get("backend") == "postgresql" or not {"postgres_server", "mortal_server"}.isdisjoint(
        item.fixturenames
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database. For a test of one kind only: `parametrize("backend", ["postgresql"], indirect=True)`."""
    name: str = request.param
    return name


@pytest.fixture
def databases(backend: str, request: pytest.FixtureRequest) -> Databases:
    """Makes new databases of either kind, for tests that need more than one."""
    made: Databases = request.getfixturevalue(f"{backend}_databases")
    return made


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    """A new, empty database of either kind."""
    with databases.empty() as database:
        yield database


@pytest.fixture
def migrated_database(databases: Databases) -> Iterator[Database]:
    """A new database of either kind, with an empty ledger."""
    with databases.migrated() as database:
        yield database


@pytest.fixture
def shared_engine(backend: str, request: pytest.FixtureRequest) -> Engine:
    """An empty ledger of either kind for tests and examples that roll back what they record."""
    engine: Engine = request.getfixturevalue(f"shared_{backend}_engine")
    return engine


@pytest.fixture(scope="session")
def shared_sqlite_engine(sqlite_databases: SqliteDatabases) -> Iterator[Engine]:
    yield from _engine_of(sqlite_databases)


@pytest.fixture(scope="session")
def shared_postgresql_engine(postgresql_databases: PostgresDatabases) -> Iterator[Engine]:
    yield from _engine_of(postgresql_databases)


def _engine_of(databases: Databases) -> Iterator[Engine]:
    from provenance import add_hooks

    with databases.migrated() as database:
        engine = add_hooks(create_engine(database.url))
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases(postgres_server: PostgresServer) -> PostgresDatabases:
    return PostgresDatabases(postgres_server)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL server of this run. Without one the run ends as failed: a test is never skipped silently."""
    try:
        with running_server() as server:
            yield server
    except PostgresUnavailable as unavailable:
        pytest.exit(str(unavailable), returncode=pytest.ExitCode.TESTS_FAILED)
