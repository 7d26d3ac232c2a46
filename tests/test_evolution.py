"""Older forms are read as the newest, and what a newer release recorded is kept, shown and never misread."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from databases import Database
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from provenance import Ledger, add_hooks, person, wire
from provenance.database.transactions import writing
from provenance.errors import InvalidValue, NewerThanLibrary
from provenance.log import journal
from provenance.values.evolution import Fields, Versions
from provenance.values.ids import canonical_json

FUTURE: list[dict[str, Any]] = [
    {"entry": "records/1", "records": [{"record": "claim/77", "words": "It burned"}]},
    {"entry": "records/1", "records": [{"record": "rumour/1", "text": "It burned"}]},
    {"entry": "records/77", "lines": []},
    {"entry": "bundle/1", "records": [{"record": "claim/1", "text": "It burned"}]},
]
"""Entries as only a newer release can have made them: a newer version, another record, another entry, another form."""

NO_ENTRIES = [
    *(b"", b"\xff", b"[]", b"null", b"[" * 100_000, b"{}", b'{"entry":1}', b'{"entry":"records/01"}'),
    *(
        b'{"entry":"records/1"}',
        b'{"entry":"records/1","records":{}}',
        b'{"entry":"records/1","records":[1]}',
    ),
    b'{"entry":"records/1","records":[{"record":"claim/0"}]}',
    b'{"entry":"records/1","records":[{"record":["claim/1"]}]}',
]


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url) as opened:
        opened.record("It rained", source=person("Anna"))
        yield opened


def append(database: Database, *entries: dict[str, Any]) -> None:
    """Puts entries into the log as another release would, without any row of the index."""
    engine = add_hooks(create_engine(database.url))
    with writing(engine) as connection:
        head = journal.head(connection)
        journal.append(connection, head, list(map(canonical_json, entries)), at=head.at, author="newer")
    engine.dispose()


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
    ledger.record("It poured", source=person("Anna"))
    assert ledger.counts()["assertion"] == 2


def test_an_error_says_which_form_is_read() -> None:
    entry = canonical_json({"entry": "records/1", "records": [{"record": "claim/77", "text": "It burned"}]})

    with pytest.raises(NewerThanLibrary) as newer:
        wire.decode_entry(entry)

    assert (newer.value.form, newer.value.known) == ("claim/77", wire.VERSIONS["claim"].form)


@pytest.mark.parametrize("body", NO_ENTRIES, ids=lambda body: repr(body)[:60])
def test_bytes_that_are_no_entry_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidValue):
        wire.decode_entry(body)


# Steps --------------------------------------------------------------------------------------------------------------


def split_name(fields: Fields) -> Fields:
    first, _, last = fields["name"].partition(" ")
    return {"first": first, "last": last, **{name: value for name, value in fields.items() if name != "name"}}


def count_up(fields: Fields) -> Fields:
    return {**fields, "count": fields.get("count", 0) + 1}


PERSON = Versions("person", (split_name, count_up, count_up))
PERSONS = st.fixed_dictionaries({"name": st.text(max_size=20)}, optional={"count": st.integers()})


@given(PERSONS, st.integers(1, 4))
def test_one_jump_equals_the_steps(person: Fields, between: int) -> None:
    halfway = PERSON.upcast(person, 1, to=between)

    assert PERSON.upcast(halfway, between) == PERSON.upcast(person, 1)


@given(PERSONS)
def test_upcasting_leaves_what_it_was_given(person: Fields) -> None:
    before = copy.deepcopy(person)

    PERSON.upcast(person, 1)

    assert person == before


def test_the_newest_version_is_one_more_than_the_steps_to_it() -> None:
    assert PERSON.form == "person/4"
    assert PERSON.upcast({"first": "Anna"}, 4) == {"first": "Anna"}
    with pytest.raises(NewerThanLibrary):
        PERSON.upcast({}, 5)


def test_what_is_written_is_the_newest_form(ledger: Ledger) -> None:
    (entry,) = ledger.entries()

    named = {json.loads(entry.body)["entry"], *(one["record"] for one in json.loads(entry.body)["records"])}
    newest = {wire.ENTRY.form, *(versions.form for versions in wire.VERSIONS.values())}

    assert named == set(entry.forms) <= newest
