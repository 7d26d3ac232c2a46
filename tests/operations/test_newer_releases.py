"""Entries that a newer release recorded are kept, listed and verified, and never misread."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from databases import Database
from migrating import append

from provenance import Ledger, person, wire
from provenance.errors import NewerThanLibrary
from provenance.values.ids import canonical_json

FUTURE: list[dict[str, Any]] = [
    {"entry": "records/1", "records": [{"record": "claim/77", "words": "It burned"}]},
    {"entry": "records/1", "records": [{"record": "rumour/1", "text": "It burned"}]},
    {"entry": "records/77", "lines": []},
    {"entry": "bundle/1", "records": [{"record": "claim/1", "text": "It burned"}]},
]
"""Entries as only a newer release can have made them: a newer version, another record, another entry, another form."""


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url) as opened:
        opened.record("It rained", source=person("Anna"), by="desk")
        yield opened


@pytest.mark.parametrize("entry", FUTURE, ids=["version", "type", "entry", "form"])
def test_an_entry_from_the_future_verifies_and_is_listed(
    ledger: Ledger, migrated_database: Database, entry: dict[str, Any]
) -> None:
    append(migrated_database, entry)

    report = ledger.verify(index=True)
    *_, last = ledger.entries()

    assert report.ok
    assert (report.newer, report.rows, report.entries) == (1, None, 2)
    assert "newer release 1" in str(report)
    assert last.body == canonical_json(entry)
    assert last.forms == wire.forms_of(last.body) != ()
    with pytest.raises(NewerThanLibrary, match="release"):
        last.records()


@pytest.mark.parametrize("entry", FUTURE, ids=["version", "type", "entry", "form"])
def test_an_entry_from_the_future_leaves_the_rest_as_it_was(
    ledger: Ledger, migrated_database: Database, entry: dict[str, Any]
) -> None:
    append(migrated_database, entry)

    with pytest.raises(NewerThanLibrary):
        ledger.rebuild()

    assert [str(one.claim) for one in ledger.unsupported()] == ["It rained"]
    ledger.record("It poured", source=person("Anna"), by="desk")
    assert ledger.counts()["assertion"] == 2


def test_what_is_written_is_the_newest_form(ledger: Ledger) -> None:
    (entry,) = ledger.entries()

    named = {json.loads(entry.body)["entry"], *(one["record"] for one in json.loads(entry.body)["records"])}
    newest = {wire.ENTRY.form, *(versions.form for versions in wire.VERSIONS.values())}

    assert named == set(entry.forms) <= newest
