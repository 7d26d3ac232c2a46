"""Opening, recording, and what bad input leaves behind: nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from databases import Database
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from provenance import (
    Agent,
    Document,
    Entity,
    Ledger,
    Relay,
    Window,
    add_hooks,
    anonymous,
    claim,
    outlet,
    person,
    quantity,
    when,
)
from provenance.errors import (
    InvalidValue,
    MissingHooks,
    NotALedger,
    NotEntitled,
    ProvenanceError,
    UnknownReference,
    WrongRevision,
)
from provenance.values.ids import RecordId

CNN = outlet("CNN")


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url) as opened:
        yield opened


def medical(ledger: Ledger) -> object:
    with ledger.begin(by="desk") as desk:
        story = desk.document(CNN, url="https://example.org/1", published_at="2026-02-07")
        return desk.record(
            "He is awake", source=anonymous("medical sources"), via=[outlet("TASS")], found_in=story
        )


def test_a_recorded_sentence_prints_as_an_editor_would_write_it(ledger: Ledger) -> None:
    recorded = medical(ledger)

    assert str(recorded) == "CNN, citing TASS, citing medical sources: He is awake; no evidence was mentioned"


def test_an_unknown_time_of_saying_is_the_first_publications(ledger: Ledger) -> None:
    tass = outlet("TASS")
    with ledger.begin(by="desk") as desk:
        for publisher, day in ((CNN, "2026-02-08"), (outlet("AFP"), "2026-02-07")):
            story = desk.document(publisher, publisher_id="1", published_at=day)
            desk.record("He is awake", source=tass, found_in=story, occasion="dispatch")

    claim = next(one for one in ledger.find("awake"))

    (origin,) = ledger.support(claim.id).origins
    assert origin.said_at.date() == date(2026, 2, 7)
    assert len(ledger.as_of(said="2026-02-08").trace(claim.id).chains) == 2
    assert len(ledger.as_of(said="2026-02-07").trace(claim.id).chains) == 1
    assert ledger.as_of(said="2026-02-06").support(claim.id).origins == ()


def test_recording_the_same_again_adds_nothing_and_says_so(ledger: Ledger) -> None:
    first = medical(ledger)
    before = ledger.counts()

    again = medical(ledger)

    assert (first.is_new, again.is_new) == (True, False)  # type: ignore[attr-defined]
    assert ledger.counts() == before


def test_recording_two_descriptions_of_one_mention_again_adds_nothing(ledger: Ledger) -> None:
    story = {"outlet": "CNN", "url": "https://example.org/1"}
    lines: list[dict[str, object]] = [
        {"claim": "He did it", "source": "Ministry", "document": story, "cue": "accused"},
        {"claim": "He did it", "source": "Embassy", "document": story, "cue": "silent", "stance": "silence"},
    ]

    added = [ledger.ingest(lines, by="pipeline") for _ in range(3)]

    assert added == [2, 0, 0]


def test_a_description_that_is_changed_back_is_recorded(ledger: Ledger) -> None:
    publisher = Agent(kind="outlet", name="CNN")

    added = []
    for title in ("Fire", "Fire and flood", "Fire", "Fire"):
        with ledger.begin(by="desk") as desk:
            added.append(desk.add(Document(outlet=publisher, url="https://example.org/1", title=title)))

    assert [one.is_new for one in added] == [True, True, True, False]


def test_two_sources_of_the_same_words_stay_two(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(CNN, url="https://example.org/1")
        first = desk.record("It burned", source=person("Anna"), found_in=story)
        desk.record("It burned", source=person("Boris"), found_in=story)

    assert ledger.support(first.claim).hi == 2  # type: ignore[arg-type]


def test_after_the_callers_rollback_nothing_is_there(migrated_database: Database) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    with Session(engine) as session:
        medical(Ledger.open(session))
        session.rollback()
    with engine.connect() as connection:
        counts = Ledger.open(connection).counts()
    engine.dispose()

    assert counts == {}


def test_a_commit_that_fails_writes_nothing_and_points_at_the_record(ledger: Ledger) -> None:
    lines: list[dict[str, object]] = [
        {"claim": f"Claim {number}", "source": "Ministry", "document": {"outlet": "CNN", "url": "u"}}
        for number in range(50)
    ]
    lines[30]["stance"] = "relay"

    with pytest.raises(InvalidValue) as refused:
        ledger.ingest(lines, by="pipeline")

    assert refused.value.record_number == 31
    assert ledger.counts() == {}


def test_an_ingest_can_be_repeated(ledger: Ledger, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    rows = [
        {"claim": f"Claim {n}", "source": "Ministry", "document": {"outlet": "CNN", "url": "u"}}
        for n in range(25)
    ]
    lines.write_text("\n".join(map(json.dumps, rows)))

    first = ledger.ingest(lines, by="pipeline", commit_every=10)
    second = ledger.ingest(lines, by="pipeline", commit_every=10)

    assert (first, second) == (25, 0)


def test_a_relay_to_nowhere_is_refused(ledger: Ledger) -> None:
    nowhere = RecordId("0" * 64)

    with pytest.raises(UnknownReference, match="relay"), ledger.begin(by="desk") as desk:
        desk.add(Relay(source=nowhere, target=nowhere))

    assert ledger.counts() == {}


def test_only_the_holder_or_a_publisher_retracts(ledger: Ledger) -> None:
    recorded = medical(ledger)
    with pytest.raises(NotEntitled), ledger.begin(by="desk") as desk:
        desk.retract(recorded, by=outlet("Reuters"))  # type: ignore[arg-type]

    with ledger.begin(by="desk") as desk:
        desk.retract(recorded, by=outlet("TASS"))  # type: ignore[arg-type]

    assert [found.claim.text for found in ledger.unsupported("none")] == ["He is awake"]


def test_a_withdrawn_merge_is_undone_and_redone(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        first = desk.record("It burned", source=person("Anna"), basis="witness")
        second = desk.record("It burned", source=person("Ana"), basis="witness")
        merge = desk.link("same_agent", second.assertion.agent, first.assertion.agent)
    claimed = first.claim
    assert claimed is not None
    merged = ledger.support(claimed)
    with ledger.begin(by="desk") as desk:
        undone = desk.withdraw(merge, reason="two people")
    apart = ledger.support(claimed)
    with ledger.begin(by="desk") as desk:
        desk.withdraw(undone)

    assert [(found.lo, found.hi) for found in (merged, apart, ledger.support(claimed))] == [
        (1, 1),
        (2, 2),
        (1, 1),
    ]


def test_a_quotation_must_stand_in_the_text(ledger: Ledger) -> None:
    with ledger.begin(by="desk") as desk:
        story = desk.document(CNN, text="He said: it burned all night.")
        desk.record("It burned", source=person("Anna"), found_in=story, quote="it burned")
    with pytest.raises(InvalidValue, match="quote"), ledger.begin(by="desk") as desk:
        desk.record("It burned", source=person("Anna"), found_in=story, quote="it did not burn")


def test_claims_and_agents_are_found_by_their_words(ledger: Ledger) -> None:
    medical(ledger)

    assert [str(found) for found in ledger.find("AWAKE")] == ["He is awake"]
    assert [str(found) for found in ledger.find("medical sources")] == ["medical sources"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: claim(""),
        lambda: claim("He is 64", subject="He"),
        lambda: claim("text\x00"),
        lambda: claim(b"bytes"),  # type: ignore[arg-type]
        lambda: claim("lone \ud800"),
        lambda: Window(when("2026-02-07"), when("2026-02-01")),
        lambda: quantity("a lot of nonsense"),
        lambda: Agent(naming="anonymous"),
        lambda: Entity(name=3),
    ],
    ids=[
        "empty",
        "half a structure",
        "NUL",
        "bytes",
        "surrogate",
        "upside down",
        "no quantity",
        "no name",
        "number",
    ],
)
def test_bad_values_are_refused_with_the_field_and_what_to_give(make: object) -> None:
    with pytest.raises(InvalidValue, match="give "):
        make()  # type: ignore[operator]


def test_databases_of_something_else_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE guests (name TEXT)")
    connection.close()
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"no database at all, but long enough to be read as one " * 50)

    for path in (other, garbage):
        with pytest.raises(NotALedger):
            Ledger.open(path)


def test_a_ledger_can_live_beside_tables_of_the_callers(database: Database) -> None:
    engine = add_hooks(create_engine(database.url))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE guests (name TEXT)")
    ledger = Ledger.install(engine)
    medical(ledger)
    counts = ledger.counts()
    engine.dispose()

    assert counts["assertion"] == 3


def test_an_engine_without_hooks_is_refused(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'ledger.db'}")

    with pytest.raises(MissingHooks, match="add_hooks"):
        Ledger.open(engine)
    engine.dispose()


def test_what_was_said_by_a_day_counts_from_that_day(migrated_database: Database) -> None:
    with Ledger.open(migrated_database.url) as ledger:
        ledger.record("It burned", source=person("Anna"), said_at="..2026-02-07", by="desk")

        assert ledger.as_of(said="2026-02-06").unsupported().count() == 0
        assert ledger.as_of(said="2026-02-07").unsupported().count() == 1


def test_what_happened_since_a_day_without_an_end_counts_from_its_recording(
    migrated_database: Database,
) -> None:
    with Ledger.open(migrated_database.url) as ledger:
        said = ledger.record("It burned", source=person("Anna"), said_at="2026-02-07", by="desk")
        with ledger.begin(by="desk") as desk:
            desk.retract(said, at="2026-02-08..")
            desk.request_comment(said.assertion.claim, person("Anna"), at="2026-02-08..")

        (amendment,) = next(iter(ledger.trace(said.assertion.claim).chains)).steps[0].amendments

        assert amendment.at.year >= 2026
        assert ledger.as_of(said="2026-02-07").support(said.assertion.claim).grade == 2
        assert ledger.support(said.assertion.claim).grade == 0


def test_another_revision_says_which_side_is_behind(migrated_database: Database) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE provenance_version SET version_num = '9999'")
    engine.dispose()

    with pytest.raises(WrongRevision, match="newer"):
        Ledger.open(migrated_database.url)


def test_every_error_is_of_one_root() -> None:
    assert issubclass(InvalidValue, ProvenanceError)
