"""The migrated tables are the declared ones, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import Database
from sqlalchemy import create_engine, func, inspect, select, table

from provenance import Ledger, add_hooks
from provenance.database.embedding import of_the_ledger
from provenance.database.naming import PREFIX, VERSION_TABLE
from provenance.errors import InvalidValue
from provenance.index.tables import metadata


def test_the_migrated_tables_are_the_declared_ones(migrated_database: Database) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": of_the_ledger, "version_table": VERSION_TABLE}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        names = inspect(connection).get_table_names()
    engine.dispose()

    assert differences == []
    assert all(name.startswith(PREFIX) for name in names)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_ledger_can_live_in_a_schema_of_its_own(database: Database) -> None:
    engine = create_engine(database.url)
    for name, sentence in (("desk", "It burned"), ("politics", "Taxes rise")):
        Ledger.install(engine, schema=name).record(sentence, source="Somebody")
    found = {
        name: [str(one.claim) for one in Ledger.open(engine, schema=name).unsupported()]
        for name in ("desk", "politics")
    }
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE guests (name TEXT)")
        Ledger.open(connection, schema="desk").record("It rained", source="Somebody")
        guests = connection.execute(select(func.count()).select_from(table("guests"))).scalar_one()
        names = inspect(connection).get_table_names()
        found_words = Ledger.open(connection, schema="desk").find("rained")
    engine.dispose()
    with Ledger.open(database.url, schema="desk") as opened:
        counts = opened.counts()

    assert found == {"desk": ["It burned"], "politics": ["Taxes rise"]}
    assert (guests, names) == (0, ["guests"])
    assert [str(one) for one in found_words] == ["It rained"]
    assert counts["assertion"] == 2


def test_a_schema_is_refused_where_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="schema"):
        Ledger.open(tmp_path / "ledger.db", schema="desk")
