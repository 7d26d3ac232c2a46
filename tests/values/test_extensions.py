"""Extensions: what others attach to records is kept byte for byte, and read by their own steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from databases import Database
from hypothesis import given
from hypothesis import strategies as st

from provenance import (
    Agent,
    Amendment,
    Claim,
    Document,
    Evidence,
    Extension,
    Extensions,
    Ledger,
    Relay,
    attribute,
    claim,
    entity,
    person,
    wire,
)
from provenance.errors import InvalidValue, NewerThanLibrary, NotRecorded
from provenance.values import model
from provenance.values.evolution import Fields
from provenance.values.extensions import MAX_DEPTH, MAX_EXTENSION, extensions_of
from provenance.values.ids import canonical_json
from provenance.values.records import RECORD_TYPES

CMS = Extension("org.example.cms")
THEIRS = {
    "net.somebody.else": {"version": 7, "deep": [{"a": [None, True, -(2**53) + 1, "Ünï\u0000\U0001f525"]}]}
}

KEYS = st.text(st.characters(codec="ascii"), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
NAMESPACES = st.from_regex(r"(x-[a-z0-9]{1,4}|[a-z]{1,4}\.[a-z0-9]{1,4})", fullmatch=True)
EXTENSIONS = st.dictionaries(
    NAMESPACES,
    st.builds(
        lambda fields, version: {**fields, "version": version}, st.dictionaries(KEYS, JSON), st.integers(1, 9)
    ),
    max_size=3,
)


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    hours = iter(range(24))
    with Ledger.open(
        migrated_database.url, clock=lambda: datetime(2026, 2, 9, next(hours), tzinfo=UTC)
    ) as opened:
        yield opened


@given(EXTENSIONS)
def test_unknown_namespaces_survive_byte_for_byte(stated: dict[str, Any]) -> None:
    record = Agent(name="CNN", extensions=stated)

    body = wire.encode_entry([record])
    (read,) = wire.decode_entry(body)

    assert wire.encode_entry([read]) == body
    assert canonical_json(json.loads(body)["records"][0].get("extensions", {})) == canonical_json(stated)
    assert read == record
    assert hash(read) == hash(record)


@given(EXTENSIONS)
def test_an_extension_belongs_to_no_identity(stated: dict[str, Any]) -> None:
    assert Claim(text="It burned", extensions=stated).id == Claim(text="It burned").id


@pytest.mark.parametrize("record_type", RECORD_TYPES.values(), ids=RECORD_TYPES)
def test_every_record_can_be_extended(record_type: type) -> None:
    from attrs import fields_dict

    assert "extensions" in fields_dict(record_type)
    assert "extensions" in model.descriptive_fields(record_type)


def test_a_record_keeps_what_everybody_attached_to_it(ledger: Ledger) -> None:
    first = ledger.record("It burned", source=person("Anna"), extensions=CMS.of(story=1), by="desk")
    again = ledger.record("It burned", source=person("Anna"), extensions=THEIRS, by="desk")
    third = ledger.record("It burned", source=person("Anna"), extensions=CMS.of(story=2), by="desk")
    same = ledger.record(
        "It burned", source=person("Anna"), extensions={**THEIRS, **CMS.of(story=2)}, by="desk"
    )

    read = ledger.described(first.assertion)

    assert (again.is_new, third.is_new, same.is_new) == (True, True, False)
    assert read.extensions == extensions_of("e")({**THEIRS, **CMS.of(story=2)})
    assert CMS.read(read) == {"story": 2}
    assert ledger.verify(index=True).ok


def test_an_earlier_look_sees_what_was_attached_by_then(ledger: Ledger) -> None:
    first = ledger.record("It burned", source=person("Anna"), by="desk")
    for story in (1, 2):
        ledger.record("It burned", source=person("Anna"), extensions=CMS.of(story=story), by="desk")

    known = [ledger.as_of(known=datetime(2026, 2, 9, hour, tzinfo=UTC)) for hour in range(3)]

    read = [CMS.read(each.described(first.assertion)) for each in known]
    assert read == [None, {"story": 1}, {"story": 2}]
    with pytest.raises(NotRecorded):
        ledger.as_of(known="2026-02-08").described(first.assertion)


def test_whatever_is_recorded_can_be_extended_and_nothing_else_of_it_changes(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document("CNN", url="https://example.org", extensions=CMS.of(of="document"))
        said = desk.record(
            claim(
                "Three died",
                subject=entity("Fire", extensions=CMS.of(of="entity")),
                attribute=attribute("deaths", extensions=CMS.of(of="attribute")),
                value="three",
                extensions=CMS.of(of="claim"),
            ),
            source=person("Anna", extensions=CMS.of(of="agent")),
            found_in=story,
            evidence="video",
        )
        relay = next(one for one in said.records if isinstance(one, Relay))
        taken_back = desk.retract(said)
    before = ledger.trace(said.claim)  # type: ignore[arg-type]
    evidence = next(one for one in said.records if isinstance(one, Evidence))
    with ledger.begin(by="plug-in") as desk:
        desk.add(Relay(source=relay.source.id, target=relay.target.id, extensions=CMS.of(of="relay")))
        desk.add(
            Amendment(
                target=taken_back.record.target.id,
                kind="retract",
                by=taken_back.record.by.id,
                note="what is no description stays as it was",
                extensions=CMS.of(of="amendment"),
            )
        )
        desk.add(Evidence(assertion=evidence.assertion.id, kind="video", extensions=CMS.of(of="evidence")))

    extended = {
        CMS.read(found)["of"]  # type: ignore[index]
        for found in map(ledger.described, [*said.records, taken_back])
        if CMS.read(found) is not None
    }

    assert extended == {"document", "entity", "attribute", "claim", "agent", "relay", "amendment", "evidence"}
    assert ledger.trace(said.claim) == before  # type: ignore[arg-type]
    assert ledger.described(taken_back).note is None  # type: ignore[attr-defined]
    assert ledger.verify(index=True).ok


def test_extensions_come_through_json_lines(ledger: Ledger) -> None:
    sentence = {
        "claim": {"text": "It burned", "extensions": CMS.of(of="claim")},
        "source": {"person": "Anna", "extensions": dict(CMS.of(of="agent"))},
        "document": {
            "outlet": "CNN",
            "url": "https://example.org",
            "extensions": dict(CMS.of(of="document")),
        },
        "extensions": dict(CMS.of(of="assertion")),
    }

    ledger.ingest([sentence], by="pipeline")

    (found,) = ledger.find("burned")
    (chain,) = ledger.trace(found.id).chains
    records = [found.id, chain.origin.agent.id, chain.origin.id]
    assert [CMS.read(ledger.described(one)) for one in records] == [
        {"of": "claim"},
        {"of": "agent"},
        {"of": "assertion"},
    ]


# Steps --------------------------------------------------------------------------------------------------------------


def renamed(fields: Fields) -> Fields:
    return {"id": fields["story"], **{name: each for name, each in fields.items() if name != "story"}}


def test_the_owner_reads_older_versions_in_the_newest(ledger: Ledger) -> None:
    newer = Extension("org.example.cms", steps=(renamed,))
    old = ledger.record("It burned", source=person("Anna"), extensions=CMS.of(story=1), by="desk")
    new = ledger.record("It rained", source=person("Anna"), extensions=newer.of(id=2), by="desk")

    read = [newer.read(ledger.described(one.assertion)) for one in (old, new)]

    assert read == [{"id": 1}, {"id": 2}]
    assert dict(ledger.described(old.assertion).extensions or {}) == {
        "org.example.cms": {"version": 1, "story": 1}
    }
    with pytest.raises(NewerThanLibrary, match=r"org\.example\.cms/2"):
        CMS.read(ledger.described(new.assertion))


# What is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stated",
    [
        "text",
        {"cms": {"version": 1}},
        {"Org.Example": {"version": 1}},
        {"org.example.": {"version": 1}},
        {"x-": {"version": 1}},
        {"a." + "b" * 100: {"version": 1}},
        {7: {"version": 1}},
        {"x-cms": [1]},
        {"x-cms": {}},
        {"x-cms": {"version": True}},
        {"x-cms": {"version": 0}},
        {"x-cms": {"version": "1"}},
        {"x-cms": {"version": 1, "share": 0.5}},
        {"x-cms": {"version": 1, "share": 2**53}},
        {"x-cms": {"version": 1, "größe": 1}},
        {"x-cms": {"version": 1, "a": "\ud800"}},
        {"x-cms": {"version": 1, "a": {7: 1}}},
        {"x-cms": {"version": 1, "a": b""}},
        {"x-cms": {"version": 1, "a": "x" * MAX_EXTENSION}},
    ],
    ids=lambda stated: str(stated)[:40].encode("ascii", "replace").decode(),
)
def test_what_canonical_json_cannot_keep_is_refused(ledger: Ledger, stated: Any) -> None:
    with pytest.raises(InvalidValue, match="extensions"):
        ledger.record("It burned", source=person("Anna"), extensions=stated, by="desk")

    assert ledger.counts() == {}


def test_what_is_nested_without_an_end_is_refused() -> None:
    inner: list[Any] = []
    inner.append(inner)
    deep: object = 0
    for _ in range(MAX_DEPTH):
        deep = [deep]

    with pytest.raises(InvalidValue, match="nested"):
        Document(outlet=Agent(name="CNN"), url="u", extensions={"x-cms": {"version": 1, "a": inner}})
    with pytest.raises(InvalidValue, match="nested"):
        Document(outlet=Agent(name="CNN"), url="u", extensions={"x-cms": {"version": 1, "a": deep}})


def test_unknown_fields_of_ours_are_refused_and_so_are_those_of_a_later_version() -> None:
    for broken in (
        {"record": "claim/2", "text": "It burned", "note": "?"},
        {"record": "claim/1", "text": "It burned", "extensions": {"x-cms": {"version": 1}}},
        {"record": "document/1", "outlet": "0" * 64, "url": "u", "change_note": "?"},
    ):
        with pytest.raises(InvalidValue):
            wire.from_json(broken)


def test_extensions_are_values() -> None:
    both = CMS.of(story=1) | THEIRS

    read = both["net.somebody.else"]
    read["deep"] = None

    assert isinstance(both, Extensions)
    assert (list(both), len(both)) == (["net.somebody.else", "org.example.cms"], 2)
    assert both["net.somebody.else"] == THEIRS["net.somebody.else"]
    assert "Ünï" not in repr(both)
