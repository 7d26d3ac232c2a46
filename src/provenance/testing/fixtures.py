"""Fixtures for pytest: `pytest_plugins = ["provenance.testing.fixtures"]` in a conftest.py.

`ledger_engine` is an SQLAlchemy engine of a new database that holds an empty ledger, gone after the test. Each test
that asks for it runs on SQLite; and on PostgreSQL too where PROVENANCE_TESTING_POSTGRES holds the URL of a server, on
which a database is made for each test.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from provenance.database.engines import add_hooks, engine_for
from provenance.ledger import Ledger

POSTGRES = "PROVENANCE_TESTING_POSTGRES"


def pytest_report_header() -> str:
    where = "SQLite and PostgreSQL" if POSTGRES in os.environ else f"SQLite ({POSTGRES} is not set)"
    return f"provenance: ledgers on {where}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "ledger_engine" in metafunc.fixturenames:
        systems = ["sqlite", *(["postgresql"] if POSTGRES in os.environ else [])]
        metafunc.parametrize("ledger_engine", systems, indirect=True)


@pytest.fixture
def ledger_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine whose database holds an empty ledger."""
    if request.param == "sqlite":
        engine = add_hooks(create_engine(f"sqlite:///{tmp_path / 'ledger.db'}", hide_parameters=True))
        yield from _installed(engine)
        return
    with _new_database(os.environ[POSTGRES]) as url:
        yield from _installed(create_engine(url, hide_parameters=True))


def _installed(engine: Engine) -> Iterator[Engine]:
    Ledger.install(engine, durability="as configured")
    yield engine
    engine.dispose()


@contextmanager
def _new_database(server: str) -> Iterator[str]:
    name = f"provenance_{secrets.token_hex(8)}"
    administering = engine_for(server).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with administering.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(administering.url).set(database=name).render_as_string(hide_password=False)
        with administering.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        administering.dispose()
