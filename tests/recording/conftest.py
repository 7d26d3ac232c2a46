"""The ledgers of the tests in this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from databases import Database, Databases
from refusing import fill

from provenance import Ledger


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """As in conftest.py, for the whole module: what every test leaves as it was, all of them can share."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def ledger(backend: str, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """A ledger that holds one sentence, for tests that record no other."""
    made: Databases = request.getfixturevalue(f"{backend}_databases")
    with made.migrated() as database, Ledger.open(database.url) as opened:
        fill(opened)
        yield opened


@pytest.fixture
def fresh(migrated_database: Database) -> Iterator[Ledger]:
    """The same, for tests that record something."""
    with Ledger.open(migrated_database.url) as opened:
        fill(opened)
        yield opened
