"""Entries: canonical bytes, and records that come back as they went in."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance import (
    Agent,
    Anchor,
    Assertion,
    Claim,
    Document,
    Entity,
    Mention,
    Window,
    attribute,
    quantity,
    when,
    wire,
)
from provenance.errors import InvalidValue, NewerThanLibrary
from provenance.log.merkle import leaf_hash, node_hash, root_hash
from provenance.testing import agents, records
from provenance.values.ids import canonical_json, folded
from provenance.values.records import Record
from provenance.values.references import referred_records

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii"), max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_our_bytes_are_those_of_rfc_8785(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(records())
def test_types_that_write_their_identity_themselves_write_the_same_bytes(record: Record) -> None:
    identity: dict[str, Any] = {name: value for name, value in record.identity().items() if value is not None}

    written = record.identity_json().encode("utf-8")

    assert written == rfc8785.dumps({"kind": record.TYPE, **identity})
    assert record.id == hashlib.sha256(written).hexdigest()


@given(TEXT | st.text("ab \t\n\x1f\x7f\u00a0\u2028\u0301e", max_size=12))
def test_text_is_folded_as_by_the_letter(text: str) -> None:
    assert folded(text) == " ".join(unicodedata.normalize("NFC", text).split())


def story() -> list[Record]:
    outlet = Agent(name="CNN", kind="outlet")
    paper = Document(outlet=outlet, url="https://example.org", text="It burned all night.")
    witness = Agent(naming="anonymous", description="a neighbour", found_in=paper, count=2)
    fire = Entity(name="Fire")
    lasted = attribute("hours", value_type="number", temporal="cumulative")
    claim = Claim(
        text="It burned for at least 3 hours",
        subject=fire,
        attribute=lasted,
        value=quantity("at least 3"),
        as_of=Window(when("2026-02-06"), None),
        accuses=[outlet],
    )
    said = Assertion(agent=witness, claim=claim, occasion="o", said_at=when("2026-02-07"), basis="witness")
    found = Mention(
        assertion=said, document=paper, anchor=Anchor(exact="burned", start=3, end=9), distanced=False
    )
    return [outlet, paper, witness, fire, lasted, claim, said, found]


def test_an_entry_gives_its_records_back() -> None:
    records = story()

    body = wire.encode_entry(records)

    read = wire.decode_entry(body)
    assert [record.id for record in read] == [record.id for record in records]
    assert wire.encode_entry(read) == body


@settings(max_examples=60)
@given(records() | agents(confidential=True))
def test_every_record_comes_back_as_it_went_in(record: Record) -> None:
    ordered = {one.id: one for one in with_referred(record)}

    body = wire.encode_entry(ordered.values())

    read = wire.decode_entry(body)
    assert [one.id for one in read] == list(ordered)
    assert wire.encode_entry(read) == body


def with_referred(record: Record) -> list[Record]:
    return [*(one for each in referred_records(record) for one in with_referred(each)), record]


def test_an_entry_holds_no_document_text() -> None:
    assert b"all night" not in wire.encode_entry(story())


@pytest.mark.parametrize(
    "broken",
    [
        {"record": "agent", "name": "x"},
        {"record": "agent/1", "name": "x", "unknown": 1},
        {"record": "agent/1", "name": "x", "known_to_desk": "false"},
        {"record": "evidence/1", "assertion": 7},
        {"record": "relay/1", "source": "0" * 64},
        {"record": "agent/1", "name": "x", "aliases": "abc"},
        {"record": "document/1", "outlet": "0" * 64, "text_digest": "zz"},
        {"record": "claim/1", "text": {"sealed": "0", "level": "desk", "commitment": "0" * 64}},
        {"record": "claim/1", "text": {"sealed": "0" * 32, "level": "desk", "commitment": "0"}},
        {"record": "claim/1", "text": {"sealed": "0" * 32, "level": "", "commitment": "0" * 64}},
        {"record": "claim/1", "text": "x", "accuses": {}},
    ],
    ids=[
        "form",
        "field",
        "coercion",
        "place",
        "missing",
        "letters",
        "digest",
        "handle",
        "commitment",
        "level",
        "no-list",
    ],
)
def test_what_does_not_fit_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        wire.decode_entry(json.dumps({"entry": "records/1", "records": [broken]}).encode())


def test_a_record_that_stands_twice_in_an_entry_turns_no_reference_to_another() -> None:
    anna, boris = Agent(name="Anna"), Agent(name="Boris")
    said = Assertion(agent=boris, claim=Claim(text="It burned"), occasion="briefing")
    twice = [anna, anna, boris, said.claim, said]

    assert wire.decode_entry(wire.encode_entry(twice))[-1].id == said.id  # type: ignore[arg-type]


def test_the_root_is_that_of_rfc_6962() -> None:
    one, two, three = (leaf_hash(body) for body in (b"one", b"two", b"three"))

    assert root_hash([]) == hashlib.sha256(b"").digest()
    assert root_hash([one]) == one
    assert root_hash([one, two, three]) == node_hash(node_hash(one, two), three)


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


def test_an_error_says_which_form_is_read() -> None:
    entry = canonical_json({"entry": "records/1", "records": [{"record": "claim/77", "text": "It burned"}]})

    with pytest.raises(NewerThanLibrary) as newer:
        wire.decode_entry(entry)

    assert (newer.value.form, newer.value.known) == ("claim/77", wire.VERSIONS["claim"].form)


@pytest.mark.parametrize("body", NO_ENTRIES, ids=lambda body: repr(body)[:60])
def test_bytes_that_are_no_entry_are_refused(body: bytes) -> None:
    with pytest.raises(InvalidValue):
        wire.decode_entry(body)
