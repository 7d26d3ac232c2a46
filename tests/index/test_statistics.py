"""PostgreSQL counts the index as soon as there is much of it, so that it plans well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from databases import Database
from sqlalchemy import create_engine

from provenance import Ledger
from provenance.index import statistics, tables
from provenance.materialized import lists

ENOUGH = statistics.FEWEST // 3 + 1
"""Sentences, of three records each: so many that PostgreSQL counts them."""


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url) as opened:
        yield opened


def ingest(ledger: Ledger, first: int, last: int) -> None:
    said = (
        {"claim": f"It burned on day {day}", "source": {"person": f"Anna {day}"}}
        for day in range(first, last)
    )
    ledger.ingest(said, by="desk")


def counted(database: Database) -> dict[str, float]:
    """The rows of each table, as many as PostgreSQL knows of."""
    engine = create_engine(database.url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT relname, reltuples FROM pg_class").all()
    engine.dispose()
    names = {table.name for table in tables.INDEX_TABLES}
    return {name: rows for name, rows in found if name in names}


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_index_is_counted_when_it_has_grown_much(ledger: Ledger, migrated_database: Database) -> None:
    claims = []

    for first, last in ((0, 2), (2, ENOUGH), (ENOUGH, ENOUGH + 2), (ENOUGH + 2, 3 * ENOUGH)):
        ingest(ledger, first, last)
        claims.append(counted(migrated_database)[tables.claim.name])

    assert claims == [-1, ENOUGH, ENOUGH, 3 * ENOUGH]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_an_index_derived_anew_is_counted(ledger: Ledger, migrated_database: Database) -> None:
    ingest(ledger, 0, ENOUGH)

    ledger.rebuild()

    assert counted(migrated_database)[tables.claim.name] == ENOUGH


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_what_is_materialized_is_counted_when_it_is_refreshed(
    ledger: Ledger, migrated_database: Database
) -> None:
    """Counted before, nearly all rows mark stale claims, and a statement for the few is planned for many."""
    ingest(ledger, 0, 3 * ENOUGH)

    engine = create_engine(migrated_database.url)
    with engine.connect() as connection:
        query = "SELECT most_common_vals::text FROM pg_stats WHERE tablename = %s AND attname = 'list'"
        common = connection.exec_driver_sql(query, (tables.listing.name,)).scalar_one()
    engine.dispose()

    assert "no_evidence" in common
    assert lists.STALE not in common
