"""What a newsroom's tools get wrong: each is a typed error that names the field and says what to do, and leaves the
ledger as it was. No error repeats what was said, or by whom."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from databases import Database, Databases
from sqlalchemy import Engine, create_engine, event, inspect, select, text
from sqlalchemy.orm import Session

from provenance import (
    Attribute,
    Claim,
    Ledger,
    Quantity,
    RecordId,
    Relay,
    Shown,
    When,
    Window,
    add_hooks,
    anonymous,
    claim,
    outlet,
    person,
    role,
    shown,
    when,
)
from provenance.errors import (
    AmbiguousName,
    InvalidValue,
    NotALedger,
    NotRecorded,
    ProvenanceError,
    ReadOnlyDatabase,
    UnknownReference,
    UnsupportedDatabase,
    WrongRevision,
)
from provenance.log import tables

SAID = "The mole sits in the ministry"
NAME = "Ivanov"
QUOTE = "the mole"
CONFIDENTIAL = ("mole", "ministry", "Ivanov")

CNN = outlet("CNN")
STORY = {"outlet": "CNN", "url": "https://example.org/1"}
NOWHERE = RecordId("0" * 64)
NAIVE = datetime(2026, 2, 7, 10, 30)  # noqa: DTZ001 - that it lacks a zone is the point

Act = Callable[[Ledger], object]
E = TypeVar("E", bound=ProvenanceError)


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


def fill(ledger: Ledger) -> None:
    ledger.record("It burned", source=person("Anna"), via=[outlet("TASS")], found_in=STORY, by="desk")


def contents(ledger: Ledger) -> tuple[object, ...]:
    """All that a write would change: what the index counts, and every byte of the log."""
    with ledger._store.read() as connection:
        log = [connection.execute(select(table).order_by(table.c.seq)).all() for table in LOG]
    return ledger.counts(), *log


LOG = (tables.commit, tables.entry)


def refused(ledger: Ledger, act: Act, kind: type[E], *words: str) -> E:
    """The error that the act raises; it holds these words, a remedy, nothing confidential, and left no trace."""
    before = contents(ledger)
    with pytest.raises(ProvenanceError) as raised:
        act(ledger)
    error = raised.value
    assert type(error) is kind
    for word in words:
        assert word in str(error)
    assert any(
        remedy in str(error)
        for remedy in ("; give ", "; record it first", "; pass the agent itself", "; look it up")
    )
    logged = "".join(traceback.format_exception(error)) + repr(error)
    assert not any(word in logged for word in CONFIDENTIAL)
    assert contents(ledger) == before
    return error


@pytest.fixture(params=["Ledger.record", "Desk.record"])
def record(request: pytest.FixtureRequest) -> Callable[..., Act]:
    """Makes the act of recording one sentence, alone or in a block that records another one before it."""

    def alone(said: object, **stated: Any) -> Act:
        return lambda ledger: ledger.record(said, **stated)

    def in_a_block(said: Any, **stated: Any) -> Act:
        def act(ledger: Ledger) -> None:
            with ledger.begin(by="desk") as desk:
                desk.record("It rained", source=person("Boris"))
                desk.record(said, **stated)

        return act

    return alone if request.param == "Ledger.record" else in_a_block


def in_a_block(act: Callable[[Any], object]) -> Act:
    def acting(ledger: Ledger) -> None:
        with ledger.begin(by="desk") as desk:
            desk.record("It rained", source=person("Boris"))
            act(desk)

    return acting


# Text that is not text --------------------------------------------------------------------------------------------

NOT_TEXT = {
    "bytes": NAME.encode(),
    "number": 7,
    "list": [NAME],
    "surrogate": f"{NAME} \ud800",
    "NUL": f"{NAME}\x00",
    "empty": "",
    "spaces": "  \n",
}
TEXT_FIELDS: dict[str, Callable[[Any], tuple[object, dict[str, Any]]]] = {
    "claim": lambda text: (text, {"source": NAME}),
    "source": lambda text: (SAID, {"source": text}),
    "source.name": lambda text: (SAID, {"source": person(text)}),
    "source.identifier": lambda text: (SAID, {"source": person(NAME, identifier=text)}),
    "source.description": lambda text: (SAID, {"source": anonymous(text), "found_in": STORY}),
    "source.mention": lambda text: (SAID, {"source": anonymous("officials", mention=text)}),
    "source.speaks_for": lambda text: (SAID, {"source": role("spokesperson", speaks_for=text)}),
    "source.part_of": lambda text: (SAID, {"source": person(NAME, part_of=text)}),
    "via": lambda text: (SAID, {"source": NAME, "via": [text]}),
    "via.name": lambda text: (SAID, {"source": NAME, "via": [outlet("TASS"), outlet(text)]}),
    "accuses": lambda text: (SAID, {"source": NAME, "accuses": [text]}),
    "quote": lambda text: (SAID, {"source": NAME, "quote": text}),
    "cue": lambda text: (SAID, {"source": NAME, "cue": text}),
    "occasion": lambda text: (SAID, {"source": NAME, "occasion": text}),
    "evidence.item": lambda text: (SAID, {"source": NAME, "evidence": shown("video", text)}),
    "said_at": lambda text: (SAID, {"source": NAME, "said_at": text}),
    "document.outlet": lambda text: (SAID, {"found_in": {**STORY, "outlet": text}}),
    "document.url": lambda text: (SAID, {"found_in": {"outlet": "CNN", "url": text}}),
    "document.publisher_id": lambda text: (SAID, {"found_in": {"outlet": "CNN", "publisher_id": text}}),
    "document.text": lambda text: (SAID, {"found_in": {"outlet": "CNN", "text": text}}),
    "document.title": lambda text: (SAID, {"found_in": {**STORY, "title": text}}),
    "document.published_at": lambda text: (SAID, {"found_in": {**STORY, "published_at": text}}),
}


@pytest.mark.parametrize("kind", NOT_TEXT)
@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_text_that_is_not_text(ledger: Ledger, record: Callable[..., Act], field: str, kind: str) -> None:
    said, stated = TEXT_FIELDS[field](NOT_TEXT[kind])

    refused(ledger, record(said, **stated), InvalidValue, field)


@pytest.mark.parametrize("kind", NOT_TEXT)
def test_aliases_that_are_not_texts(ledger: Ledger, kind: str) -> None:
    def act(ledger: Ledger) -> object:
        return ledger.record(SAID, source=person(NAME, aliases=[NOT_TEXT[kind]]))

    refused(ledger, act, InvalidValue, "aliases: got a")


@pytest.mark.parametrize("aliases", ["Ivanov", 7, b"Ivanov", {"Ivanov": 1}], ids=type)
def test_aliases_that_are_no_list(ledger: Ledger, aliases: object) -> None:
    def act(ledger: Ledger) -> object:
        return ledger.record(SAID, source=person(NAME, aliases=aliases))

    refused(ledger, act, InvalidValue, "aliases: got a", "give a list")


@pytest.mark.parametrize("kind", sorted(NOT_TEXT.keys() - {"empty"}))  # nobody signs where the author is ""
def test_an_author_that_is_not_text(ledger: Ledger, kind: str) -> None:
    author: Any = NOT_TEXT[kind]

    refused(ledger, lambda ledger: ledger.record(SAID, source=NAME, by=author), InvalidValue, "by: ")


# Words of a list --------------------------------------------------------------------------------------------------

WORDS = {
    "stance": "affirm, deny, question, no_comment, silence",
    "certainty": "certain, probable, possible, unspecified",
    "basis": "witness, own_act, document, data, inference, hearsay, unstated",
    "quote_type": "direct, mixed, indirect, none",
    "evidence": "absent, testimony, document, image, video, audio, data, physical, official_record",
}


@pytest.mark.parametrize("word", ["Ivanov", "", " ", "AFFIRM", b"affirm", 7, ["Ivanov"]], ids=repr)
@pytest.mark.parametrize("field", WORDS)
def test_a_word_that_is_not_on_the_list(
    ledger: Ledger, record: Callable[..., Act], field: str, word: object
) -> None:
    error = refused(ledger, record(SAID, source=NAME, **{field: word}), InvalidValue, field)

    if isinstance(word, str):
        assert WORDS[field] in str(error)


def test_a_stance_of_nothing(ledger: Ledger, record: Callable[..., Act]) -> None:
    refused(ledger, record(SAID, source=NAME, stance=None), InvalidValue, "stance", WORDS["stance"])


def test_a_relay_and_no_chain(ledger: Ledger, record: Callable[..., Act]) -> None:
    refused(ledger, record(SAID, source=NAME, stance="relay"), InvalidValue, "stance: got relay", "via=")


@pytest.mark.parametrize(
    ("make", "got"),
    [
        (lambda: Shown("rumour"), "'rumour'; give one of testimony, document"),
        (lambda: shown("rumour"), "'rumour'; give one of testimony, document"),
        (lambda: shown(""), "an unknown word"),
    ],
    ids=["Shown", "shown", "empty"],
)
def test_evidence_of_an_unknown_kind(ledger: Ledger, record: Callable[..., Act], make: Any, got: str) -> None:
    def act(ledger: Ledger) -> None:
        record(SAID, source=NAME, evidence=make())(ledger)

    refused(ledger, act, InvalidValue, f"evidence.kind: got {got}")


@pytest.mark.parametrize("evidence", [True, False, 7, {"kind": "video"}, ["video", 7]], ids=repr)
def test_evidence_that_is_none(ledger: Ledger, record: Callable[..., Act], evidence: object) -> None:
    refused(ledger, record(SAID, source=NAME, evidence=evidence), InvalidValue, "evidence", "shown(")


# Sources, chains and documents ------------------------------------------------------------------------------------


@pytest.mark.parametrize("via", ["TASS", outlet("TASS"), None, {"TASS"}, {"TASS": 1}, b"TASS"], ids=repr)
def test_a_chain_that_is_no_list(ledger: Ledger, record: Callable[..., Act], via: object) -> None:
    refused(ledger, record(SAID, source=NAME, via=via), InvalidValue, "via: got a", "give a list", "via=[…]")


@pytest.mark.parametrize("accuses", ["Ivanov", person("Ivanov"), 7, {"person": "Ivanov"}], ids=type)
def test_the_accused_are_a_list(ledger: Ledger, record: Callable[..., Act], accuses: object) -> None:
    refused(ledger, record(SAID, source=NAME, accuses=accuses), InvalidValue, "accuses: got a", "give a list")


@pytest.mark.parametrize("accuses", ["Ivanov", 7], ids=type)
def test_the_accused_of_a_claim_are_a_list(ledger: Ledger, accuses: Any) -> None:
    refused(
        ledger,
        lambda ledger: ledger.record(claim(SAID, accuses=accuses), source=NAME),
        InvalidValue,
        "claim.accuses: got a",
        "give a list",
    )


@pytest.mark.parametrize("accuses", [0, False, "", {}], ids=type)
def test_the_accused_of_a_sentence_are_a_list_too_where_they_are_nothing(
    ledger: Ledger, accuses: Any
) -> None:
    refused(
        ledger,
        lambda ledger: ledger.ingest(
            [{"claim": {"text": SAID, "accuses": accuses}, "source": NAME}], by="desk"
        ),
        InvalidValue,
        "claim.accuses: got a",
        "give a list",
    )


@pytest.mark.parametrize("source", [7, {"person": "Ivanov"}, ["Ivanov"], b"Ivanov"], ids=type)
def test_a_source_of_another_type(ledger: Ledger, record: Callable[..., Act], source: object) -> None:
    refused(ledger, record(SAID, source=source), InvalidValue, "source: got a", "person(…)")


def test_nobody_said_it(ledger: Ledger, record: Callable[..., Act]) -> None:
    refused(ledger, record(SAID), InvalidValue, "source: got nothing", "found_in=")


def test_an_unnamed_source_without_a_document(ledger: Ledger, record: Callable[..., Act]) -> None:
    refused(ledger, record(SAID, source=anonymous(NAME)), InvalidValue, "source", "found_in=", "mention=")


def test_a_name_that_several_bear(fresh: Ledger, record: Callable[..., Act]) -> None:
    for make in (person, outlet):
        fresh.record("It snowed", source=make(NAME))

    refused(fresh, record(SAID, source=NAME), AmbiguousName, "source", "outlet, person")


@pytest.mark.parametrize("found_in", ["https://example.org/1", 7, outlet("CNN"), [STORY], b"CNN"], ids=type)
def test_a_document_of_another_type(ledger: Ledger, record: Callable[..., Act], found_in: object) -> None:
    refused(ledger, record(SAID, source=NAME, found_in=found_in), InvalidValue, "found_in: got a", "outlet")


@pytest.mark.parametrize(
    ("found_in", "words"),
    [
        ({"url": "https://example.org/1"}, ("found_in.outlet: got nothing",)),
        ({"outlet": "CNN"}, ("document.url: got nothing", "publisher's id")),
        (
            {**STORY, "link": "https://example.org/1"},
            ("document: got an unknown field 'link'; give only change_note", "publisher_id"),
        ),
        ({**STORY, "outlet": 7}, ("document.outlet: got an int",)),
    ],
)
def test_a_document_that_lacks_something(
    ledger: Ledger, record: Callable[..., Act], found_in: object, words: tuple[str, ...]
) -> None:
    refused(ledger, record(SAID, source=NAME, found_in=found_in), InvalidValue, *words)


@pytest.mark.parametrize("distanced", ["yes", 1, ""], ids=repr)
def test_distanced_is_yes_or_no(ledger: Ledger, record: Callable[..., Act], distanced: object) -> None:
    refused(
        ledger, record(SAID, source=NAME, distanced=distanced), InvalidValue, "distanced", "True or False"
    )


def test_an_unknown_keyword(ledger: Ledger) -> None:
    refused(
        ledger,
        lambda ledger: ledger.record(SAID, sauce=NAME),
        InvalidValue,
        "sentence: got an unknown field 'sauce'; give only ",
        "source, stance, translated, translated_by, via",
    )


def test_a_quotation_that_the_document_does_not_hold(ledger: Ledger, record: Callable[..., Act]) -> None:
    story = {"outlet": "CNN", "text": f"{NAME} said: it burned all night."}

    refused(
        ledger,
        record(SAID, source=NAME, found_in=story, quote=QUOTE),
        InvalidValue,
        "quote: got words that the document's text does not hold",
    )


@pytest.mark.parametrize("by_id", [False, True], ids=["document", "id"])
def test_a_quotation_from_a_recorded_document_that_does_not_hold_it(fresh: Ledger, by_id: bool) -> None:
    with fresh.begin(by="desk") as desk:
        story = desk.document(CNN, text=f"{NAME} said: it burned all night.")

    refused(
        fresh,
        lambda ledger: ledger.record(SAID, found_in=story.id if by_id else story, quote=QUOTE),
        InvalidValue,
        "quote: got words that the document's text does not hold",
    )


def test_the_longest_quotation_is_recorded_and_a_longer_one_refused(fresh: Ledger) -> None:
    longest = "m" * 99_000
    fresh.record("It was long", source=NAME, found_in=STORY, quote=longest)

    refused(
        fresh,
        lambda ledger: ledger.record(SAID, source=NAME, found_in=STORY, quote=longest + "m"),
        InvalidValue,
        "quote: got 99001 characters",
    )


def rare_letters(count: int) -> str:
    """Letters of four bytes each that no database can compress."""
    chance = random.Random(1)
    return "".join(chr(chance.randrange(0x20000, 0x2A6D0)) for _ in range(count))


def everywhere(name: str) -> tuple[Claim, dict[str, Any]]:
    """One sentence with the name in each of its fields that take one."""
    said = claim(SAID, subject=name, attribute=name, scope=name, value=name)
    story = {"outlet": name, "url": name, "publisher_id": name}
    source = person(name, identifier=name, part_of=name)
    return said, {"source": source, "found_in": story, "cue": name, "evidence": shown("video", name)}


@pytest.mark.parametrize("letters", ["a" * 1_000, rare_letters(650)], ids=["characters", "bytes"])
def test_the_longest_names_fit_every_database(fresh: Ledger, letters: str) -> None:
    said, stated = everywhere(letters)

    assert fresh.record(said, **stated).is_new


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("a" * 1_001, "1001 characters; give at most 1000"),
        (rare_letters(651), "2604 bytes in UTF-8; give at most 2600"),
        ("\u0390" * 500, "3000 bytes in UTF-8; give at most 2600"),  # three letters, when its case is folded
    ],
    ids=["characters", "bytes", "folded"],
)
def test_longer_names_are_refused_by_every_database(ledger: Ledger, letters: str, words: str) -> None:
    def act(ledger: Ledger) -> None:
        said, stated = everywhere(letters)
        ledger.record(said, **stated)

    refused(ledger, act, InvalidValue, words)


# Claims -----------------------------------------------------------------------------------------------------------


BAD_CLAIMS: dict[str, tuple[Callable[[], object], str]] = {
    "empty": (lambda: claim(" "), "claim.text: got an empty text"),
    "an id": (lambda: NOWHERE, "claim: got an id"),
    "nothing": (lambda: None, "claim.text: got a NoneType"),
    "only a subject": (lambda: claim(SAID, subject=NAME), "claim.attribute: got nothing"),
    "only an attribute": (lambda: claim(SAID, attribute="post"), "claim.subject: got nothing"),
    "only a value": (lambda: claim(SAID, value=NAME), "claim.value: got a value"),
    "only a scope": (lambda: claim(SAID, scope=NAME), "claim.scope: got a value"),
    "only a window": (lambda: claim(SAID, valid="2026"), "claim.valid: got a value"),
    "unknown nature": (lambda: claim(SAID, nature=NAME), "claim.nature: got an unknown word"),
    "list of natures": (lambda: claim(SAID, nature=["factual"]), "claim.nature"),  # type: ignore[arg-type]
    "empty subject": (lambda: claim(SAID, subject="", attribute="post"), "claim.subject: got an empty text"),
    "empty attribute": (
        lambda: claim(SAID, subject=NAME, attribute=""),
        "claim.attribute: got an empty text",
    ),
    "number as subject": (lambda: claim(SAID, subject=7, attribute="post"), "claim.subject: got an int"),  # type: ignore[arg-type]
    "empty value": (lambda: structured(value=""), "claim.value: got an empty text"),
    "value of another type": (lambda: structured(value=7), "claim.value: got an int"),
    "no number": (lambda: structured("number", value=NAME), "claim.value: got words that state no number"),
    "float": (lambda: structured("number", value=1.5), "claim.value: got a float"),
    "no time": (lambda: structured("time", value=NAME), "claim.value: got words that state no time"),
    "naive time": (lambda: structured("time", value=NAIVE), "claim.value: got a naive datetime"),
    "numbers upside down": (
        lambda: structured(value=Quantity(5, 3)),
        "quantity: got an interval upside down",
    ),
    "range upside down": (lambda: structured("number", value="5 to 3"), "claim.value: got "),
    "times upside down": (
        lambda: structured(value=When(datetime(2026, 2, 7, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))),
        "when: got an interval upside down",
    ),
    "window upside down": (
        lambda: structured(valid=("2026-02-07", "2026-02-01")),
        "claim.valid: got an end before its beginning",
    ),
    "as-of upside down": (
        lambda: structured(as_of=("2026-02-07", "2026-02-01")),
        "claim.as_of: got an end before its beginning",
    ),
    "Window upside down": (
        lambda: Window(when("2026-02-07"), when("2026-02-01")),
        "window: got an end before its beginning",
    ),
    "three ends": (lambda: structured(valid=("2025", "2026", "2027")), "claim.valid: got 3 ends"),
    "no end": (lambda: structured(valid=(None, None)), "claim.valid: got two open ends"),
    "naive window": (lambda: structured(valid=(NAIVE, None)), "claim.valid: got a naive datetime"),
    "naive as-of": (lambda: structured(as_of=NAIVE), "claim.as_of: got a naive datetime"),
    "naive text": (
        lambda: structured(as_of="2026-02-07T10:30"),
        "claim.as_of: got a date-time without its zone",
    ),
    "hour without a day": (lambda: structured(as_of="10:30"), "on=date(…)"),
}


def structured(value_type: str = "entity", **stated: Any) -> Claim:
    return claim(SAID, subject=NAME, attribute=Attribute(name="post", value_type=value_type), **stated)


@pytest.mark.parametrize("case", BAD_CLAIMS)
def test_a_bad_claim(ledger: Ledger, record: Callable[..., Act], case: str) -> None:
    make, words = BAD_CLAIMS[case]

    def act(ledger: Ledger) -> None:
        record(make(), source=NAME)(ledger)

    refused(ledger, act, InvalidValue, words)


# Times without a zone ---------------------------------------------------------------------------------------------

NAIVE_TIMES: dict[str, tuple[str, Callable[[Any, Any], object]]] = {
    "said_at": ("said_at", lambda desk, at: desk.record(SAID, source=NAME, said_at=at)),
    "found_in": (
        "document.published_at",
        lambda desk, at: desk.record(SAID, found_in={**STORY, "published_at": at}),
    ),
    "published_at": (
        "document.published_at",
        lambda desk, at: desk.document(CNN, url="https://example.org/2", published_at=at),
    ),
    "retrieved_at": (
        "document.retrieved_at",
        lambda desk, at: desk.document(CNN, url="https://example.org/2", retrieved_at=at),
    ),
    "request_comment at": (
        "comment_request.at",
        lambda desk, at: desk.request_comment(claim(SAID), NAME, at=at),
    ),
    "request_comment deadline": (
        "comment_request.deadline",
        lambda desk, at: desk.request_comment(claim(SAID), NAME, deadline=at),
    ),
    "amend": (
        "amendment.at",
        lambda desk, at: desk.amend("retract", desk.record(SAID, source=NAME), at=at),
    ),
    "retract": ("amendment.at", lambda desk, at: desk.retract(desk.record(SAID, source=NAME), at=at)),
    "correct": ("amendment.at", lambda desk, at: desk.correct(desk.record(SAID, source=NAME), at=at)),
    "assess": ("assessment.at", lambda desk, at: desk.assess(claim(SAID), "False", by=NAME, at=at)),
}


@pytest.mark.parametrize("naive", [NAIVE, NAIVE.isoformat()], ids=["datetime", "text"])
@pytest.mark.parametrize("case", NAIVE_TIMES)
def test_a_time_without_its_zone(ledger: Ledger, case: str, naive: object) -> None:
    field, act = NAIVE_TIMES[case]

    refused(ledger, in_a_block(lambda desk: act(desk, naive)), InvalidValue, f"{field}: got a", "zone")


@pytest.mark.parametrize("case", NAIVE_TIMES)
def test_the_same_time_with_its_zone_is_taken(fresh: Ledger, case: str) -> None:
    _, act = NAIVE_TIMES[case]
    before = contents(fresh)

    in_a_block(lambda desk: act(desk, NAIVE.replace(tzinfo=UTC)))(fresh)

    assert contents(fresh) != before


@pytest.mark.parametrize("naive", [NAIVE, NAIVE.isoformat()], ids=["datetime", "text"])
@pytest.mark.parametrize("bound", ["said", "known"])
def test_a_bound_without_its_zone(ledger: Ledger, bound: str, naive: object) -> None:
    refused(ledger, lambda ledger: ledger.as_of(**{bound: naive}), InvalidValue, f"{bound}: got a", "zone")


@pytest.mark.parametrize("bound", ["said", "known"])
@pytest.mark.parametrize("moment", ["Ivanov", "", 7, b"2026", 1.5], ids=repr)
def test_a_bound_that_is_no_time(ledger: Ledger, bound: str, moment: object) -> None:
    refused(ledger, lambda ledger: ledger.as_of(**{bound: moment}), InvalidValue, f"{bound}: got ")


@pytest.mark.parametrize("at", [NAIVE, "2026-02-07T10:30Z", 7], ids=type)
def test_a_commit_at_a_time_without_its_zone(ledger: Ledger, at: Any) -> None:
    ran = []

    def act(ledger: Ledger) -> None:
        with ledger.begin(by="desk", at=at) as desk:
            ran.append(desk.record(SAID, source=NAME))

    refused(ledger, act, InvalidValue, "at: got a", "zone")
    assert ran == []  # before the work of the block, not after it


def test_a_clock_without_a_zone(migrated_database: Database) -> None:
    with Ledger.open(migrated_database.url, clock=lambda: NAIVE) as ledger:
        refused(ledger, lambda ledger: ledger.record(SAID, source=NAME), InvalidValue, "clock: got a naive")


# References -------------------------------------------------------------------------------------------------------

UNKNOWN: dict[str, tuple[str, Callable[[Any], object]]] = {
    "source": ("assertion.agent", lambda desk: desk.record(SAID, source=NOWHERE)),
    "via": ("assertion.agent", lambda desk: desk.record(SAID, source=NAME, via=[NOWHERE])),
    "found_in": ("found_in", lambda desk: desk.record(SAID, source=NAME, found_in=NOWHERE)),
    "accuses": ("claim.accuses", lambda desk: desk.record(SAID, source=NAME, accuses=[NOWHERE])),
    "part_of": ("link.target", lambda desk: desk.record(SAID, source=person(NAME, part_of=NOWHERE))),
    "speaks_for": ("agent.speaks_for", lambda desk: desk.record(SAID, source=role(NAME, speaks_for=NOWHERE))),
    "outlet": ("document.outlet", lambda desk: desk.document(NOWHERE, url="https://example.org/2")),
    "relay": ("relay.source", lambda desk: desk.add(Relay(source=NOWHERE, target=NOWHERE))),
    "link": ("link.source", lambda desk: desk.link("same_claim", NOWHERE, claim(SAID))),
    "withdrawal": ("withdrawal.target", lambda desk: desk.withdraw(NOWHERE)),
    "amendment": ("amendment.target", lambda desk: desk.retract(NOWHERE, by=NAME)),
    "replacement": (
        "amendment.replacement",
        lambda desk: desk.correct(desk.record(SAID, source=NAME), replacement=NOWHERE),
    ),
    "comment request": ("comment_request.claim", lambda desk: desk.request_comment(NOWHERE, NAME)),
    "assessment": ("assessment.claim", lambda desk: desk.assess(NOWHERE, "False", by=NAME)),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_an_unknown_reference(ledger: Ledger, case: str) -> None:
    field, act = UNKNOWN[case]

    error = refused(ledger, in_a_block(act), UnknownReference, f"{field}: no record {NOWHERE}")

    assert error.reference == NOWHERE
    assert error.record_number == (2 if "desk.record" in case or case in RECORDED else None)


RECORDED = {"source", "via", "found_in", "accuses", "part_of", "speaks_for"}

NO_REFERENCE: dict[str, tuple[str, Callable[[Any], object]]] = {
    "withdraw a text": ("withdrawal.target", lambda desk: desk.withdraw("0" * 64)),
    "link of a text": ("link.source", lambda desk: desk.link("same_claim", "0" * 64, claim(SAID))),
    "amend a text": ("amendment.target", lambda desk: desk.retract("0" * 64, by=NAME)),
    "amend by nobody": ("amendment.by", lambda desk: desk.retract(NOWHERE)),
    "add a text": ("records", lambda desk: desk.add(SAID)),
    "assess a text": ("assessment.claim", lambda desk: desk.assess(SAID, "False", by=NAME)),
    "comment on a text": ("comment_request.claim", lambda desk: desk.request_comment(SAID, NAME)),
    "a claim relayed": (
        "relay.source",
        lambda desk: desk.add(Relay(source=claim(SAID), target=claim("Other"))),
    ),
    "unknown document field": ("document", lambda desk: desk.document(CNN, link="https://example.org/2")),
}


@pytest.mark.parametrize("case", NO_REFERENCE)
def test_something_that_is_no_reference(ledger: Ledger, case: str) -> None:
    field, act = NO_REFERENCE[case]

    refused(ledger, in_a_block(act), InvalidValue, f"{field}: got ")


@pytest.mark.parametrize(
    "question", ["support", "trace", "origins", "chokepoints", "impact", "resting_on", "rests_on"]
)
def test_a_question_about_nothing(ledger: Ledger, question: str) -> None:
    def ask(ledger: Ledger) -> object:
        return list(getattr(ledger, question)(NOWHERE))

    refused(ledger, ask, NotRecorded, "nothing like it is recorded", "find(")


# Batches ----------------------------------------------------------------------------------------------------------

BATCH, BAD = 10_000, 7_777


def test_one_bad_record_of_ten_thousand_stops_the_block_where_it_is(ledger: Ledger) -> None:
    recorded = 0

    def act(ledger: Ledger) -> None:
        nonlocal recorded
        with ledger.begin(by="pipeline") as desk:
            story = desk.document(CNN, url="https://example.org/2")
            for number in range(1, BATCH + 1):
                stance = "relay" if number == BAD else "affirm"
                desk.record(f"{SAID} {number}", source=person(NAME), found_in=story, stance=stance)
                recorded += 1

    error = refused(ledger, act, InvalidValue, f"record {BAD}: stance: got relay")

    assert (error.record_number, recorded) == (BAD, BAD - 1)


def test_one_unknown_reference_of_ten_thousand_is_found_at_the_blocks_end(ledger: Ledger) -> None:
    recorded = 0

    def act(ledger: Ledger) -> None:
        nonlocal recorded
        with ledger.begin(by="pipeline") as desk:
            story = desk.document(CNN, url="https://example.org/2")
            for number in range(1, BATCH + 1):
                source = NOWHERE if number == BAD else person(NAME)
                desk.record(f"{SAID} {number}", source=source, found_in=story)
                recorded += 1

    error = refused(ledger, act, UnknownReference, f"record {BAD}: assertion.agent: no record")

    assert (error.record_number, recorded) == (BAD, BATCH)


@pytest.mark.parametrize("form", ["dictionaries", "file"])
def test_one_bad_line_of_ten_thousand_writes_nothing(ledger: Ledger, tmp_path: Path, form: str) -> None:
    lines: list[dict[str, object]] = [
        {"claim": f"{SAID} {number}", "source": NAME} for number in range(1, BATCH + 1)
    ]
    lines[BAD - 1]["said_at"] = NAIVE.isoformat()
    file = tmp_path / "lines.jsonl"
    file.write_text("\n\n".join(map(json.dumps, lines)))

    error = refused(
        ledger,
        lambda ledger: ledger.ingest(file if form == "file" else lines, by="pipeline", commit_every=BATCH),
        InvalidValue,
        f"record {BAD}: said_at: got a date-time without its zone",
    )

    assert error.record_number == BAD


def test_documents_and_links_between_the_records_are_not_counted(ledger: Ledger) -> None:
    def act(desk: Any) -> None:
        desk.document(CNN, url="https://example.org/2")
        desk.record(SAID, source=NAME, found_in={"outlet": "CNN", "url": "https://example.org/3"})
        desk.link("entails", claim(SAID), claim("There is a mole"))
        desk.record(SAID, source=NAME, stance="relay")

    assert refused(ledger, in_a_block(act), InvalidValue).record_number == 3


def test_a_single_record_has_no_number(ledger: Ledger) -> None:
    for bad in ({"stance": "relay"}, {"source": NOWHERE}):
        with pytest.raises(ProvenanceError) as raised:
            ledger.record(SAID, **{"source": NAME, **bad})
        assert raised.value.record_number is None
        assert not str(raised.value).startswith("record")


def test_of_a_refused_record_nothing_is_kept_when_the_block_goes_on(fresh: Ledger) -> None:
    with fresh.begin(by="desk") as desk:
        with pytest.raises(InvalidValue):
            desk.record(SAID, source=NAME, found_in={"outlet": "BBC", "url": "https://bbc.example"}, cue="")
        desk.record("It rained", source=person("Boris"))

    assert fresh.find("BBC") == ()
    assert [str(one) for one in fresh.find("Boris")] == ["Boris"]


# Lines of JSON ----------------------------------------------------------------------------------------------------

BAD_LINES: dict[str, tuple[object, str]] = {
    "no object": ("Ivanov", "sentence: got a str"),
    "a list": ([SAID], "sentence: got a list"),
    "no claim": ({"source": NAME}, "claim: got nothing"),
    "an unknown field": (
        {"claim": SAID, "sorce": NAME},
        "sentence: got an unknown field 'sorce'; give only ",
    ),
    "a name as a field": ({"claim": SAID, "Ivanov": 1}, "sentence: got an unknown field; give only "),
    "several unknown fields": (
        {"claim": SAID, "Ivanov": 1, "sorce": 1, "publishedAt": 1},
        "sentence: got unknown fields 'publishedAt', 'sorce', 1 more; give only ",
    ),
    "a relay": ({"claim": SAID, "source": NAME, "stance": "relay"}, "stance: got relay"),
    "half a structure": ({"claim": {"text": SAID, "subject": NAME}}, "claim.attribute: got nothing"),
    "a claim without words": ({"claim": {"subject": NAME, "attribute": "post"}}, "claim.text: got nothing"),
    "an unknown claim field": ({"claim": {"text": SAID, "Ivanov": 1}}, "claim: got an unknown field"),
    "a list as nature": ({"claim": {"text": SAID, "nature": []}}, "claim.nature"),
    "an attribute without a name": (
        {"claim": {"text": SAID, "subject": NAME, "attribute": {"temporal": "state"}}},
        "claim.attribute.name: got nothing",
    ),
    "a window upside down": (
        {"claim": {"text": SAID, "subject": NAME, "attribute": "post", "valid": ["2026", "2025"]}},
        "claim.valid: got an end before its beginning",
    ),
    "an interval upside down": (
        {"claim": SAID, "source": NAME, "said_at": "2026-02-07/2026-02-01"},
        "said_at: got an interval upside down",
    ),
    "a time without its zone": (
        {"claim": SAID, "document": {**STORY, "published_at": "2026-02-07T10:30"}},
        "document.published_at: got a date-time without its zone",
    ),
    "a bare document": ({"claim": SAID, "document": "https://example.org/1"}, "document: got a str"),
    "a document of nobody": ({"claim": SAID, "document": {"url": "u"}}, "document.outlet: got nothing"),
    "an unknown document field": (
        {"claim": SAID, "document": {**STORY, "Ivanov": 1}},
        "document: got an unknown field",
    ),
    "a bare chain": ({"claim": SAID, "source": NAME, "via": "TASS"}, "via: got a str"),
    "a bare accused": ({"claim": SAID, "source": NAME, "accuses": "Ivanov"}, "accuses: got a str"),
    "a source of no kind": (
        {"claim": SAID, "source": {"Ivanov": "person"}},
        "source: got an object without a name",
    ),
    "a source that is a number": ({"claim": SAID, "source": 7}, "source: got an int"),
    "a source with more": (
        {"claim": SAID, "source": {"person": NAME, "Ivanov": 1}},
        "source: got an unknown field",
    ),
    "a name that is no text": (
        {"claim": SAID, "source": {"person": {"Ivanov": 1}}},
        "source.name: got a dict",
    ),
    "bare aliases": ({"claim": SAID, "source": {"person": NAME, "aliases": "Ivanov"}}, "aliases: got a str"),
    "a role of nobody": ({"claim": SAID, "source": {"role": NAME}}, "source.speaks_for: got nothing"),
    "unknown evidence": (
        {"claim": SAID, "source": NAME, "evidence": "Ivanov"},
        "evidence.kind: got an unknown word",
    ),
    "evidence of a number": ({"claim": SAID, "source": NAME, "evidence": 7}, "evidence: got an int"),
    "groups without an end": ({"claim": SAID, "source": {}}, "source: got an object without a name"),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_bad_line(ledger: Ledger, case: str) -> None:
    line, words = BAD_LINES[case]
    good = {"claim": "It rained", "source": "Boris"}

    error = refused(
        ledger,
        lambda ledger: ledger.ingest([good, line], by="pipeline"),  # type: ignore[list-item]
        InvalidValue,
        f"record 2: {words}",
    )

    assert error.record_number == 2


def test_groups_within_groups_without_an_end(ledger: Ledger) -> None:
    group: dict[str, Any] = {"group": NAME}
    group["part_of"] = group

    refused(
        ledger,
        lambda ledger: ledger.ingest([{"claim": SAID, "source": group}], by="pipeline"),
        InvalidValue,
        "record 1: ",
        "nested",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{Ivanov", "line: got text that is not JSON"),
        (b'["Ivanov"]', "line: got a list"),
        (b'{"claim": "Ivanov", "claim": "Ivanov"}', "line: got a field twice"),
        (b'{"claim": NaN}', "line: got NaN or Infinity"),
        (b'{"claim": "Ivanov \xff"}', "line: got bytes that are not UTF-8"),
        (b'{"claim": "Ivanov \\ud800"}', "claim: got a lone surrogate"),
        (b'{"claim": "Ivanov \\u0000"}', "claim: got a NUL character"),
        (b"[" * 100_000, "line: got text that is not JSON"),
    ],
    ids=["no JSON", "list", "twice", "NaN", "no UTF-8", "surrogate", "NUL", "deep"],
)
def test_a_line_that_is_no_sentence(ledger: Ledger, tmp_path: Path, line: bytes, words: str) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_bytes(b'{"claim": "It rained", "source": "Boris"}\n\n' * 20 + line)

    error = refused(
        ledger, lambda ledger: ledger.ingest(file, by="pipeline"), InvalidValue, f"record 21: {words}"
    )

    assert error.record_number == 21


@pytest.mark.parametrize("size", [0, -1])
def test_commits_of_no_size(ledger: Ledger, size: int) -> None:
    lines = [{"claim": SAID, "source": NAME}]

    refused(
        ledger,
        lambda ledger: ledger.ingest(lines, by="pipeline", commit_every=size),
        InvalidValue,
        "commit_every: got less than one",
    )


# Databases --------------------------------------------------------------------------------------------------------


@contextmanager
def engine_of(database: Database) -> Iterator[Engine]:
    engine = add_hooks(create_engine(database.url))
    yield engine
    engine.dispose()


def openings(database: Database, engine: Engine) -> Iterator[object]:
    """Each thing that a ledger can be opened in."""
    yield database.url
    yield engine
    with engine.connect() as connection:
        yield connection
    with Session(engine) as session:
        yield session


def test_a_database_of_something_else(database: Database) -> None:
    with engine_of(database) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE guests (name TEXT)")
        for target in openings(database, engine):
            with pytest.raises(NotALedger, match=r"Ledger.install\(engine\)"):
                Ledger.open(target)  # type: ignore[arg-type]

        assert inspect(engine).get_table_names() == ["guests"]


@pytest.mark.parametrize(
    ("revision", "side", "remedy"),
    [
        ("0000", "older", "run `provenance upgrade URL`"),
        ("9999", "newer", "install the provenance-ledger release"),
    ],
)
def test_a_ledger_of_another_revision(
    migrated_database: Database, revision: str, side: str, remedy: str
) -> None:
    with engine_of(migrated_database) as engine:
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE provenance_version SET version_num = :other"), {"other": revision}
            )
        for target in openings(migrated_database, engine):
            with pytest.raises(WrongRevision, match=f"{revision}, {side} than this library's .*; .*{remedy}"):
                Ledger.open(target)  # type: ignore[arg-type]


@pytest.mark.parametrize("opening", ["url", "engine"])
def test_a_newer_ledger_is_not_upgraded(migrated_database: Database, opening: str) -> None:
    with engine_of(migrated_database) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE provenance_version SET version_num = '9999'")
        with pytest.raises(WrongRevision, match="newer"):
            Ledger.upgrade(migrated_database.url if opening == "url" else engine)
        with engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT version_num FROM provenance_version").scalar()

    assert found == "9999"


@pytest.mark.parametrize("held", [b"notes", b"Some notes of Ivanov. " * 200], ids=["short", "long"])
def test_a_file_that_is_no_database(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(held)

    for target in (path, str(path), f"sqlite:///{path}"):
        with pytest.raises(NotALedger, match=r"not a database; give the path of a ledger"):
            Ledger.open(target)

    assert path.read_bytes() == held
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_and_a_file_in_no_folder(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "ledger.db"):
        with pytest.raises(NotALedger, match="cannot be opened; give a path in a folder that exists"):
            Ledger.open(path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", [None, 7, b"ledger.db", "", " ", "ledger\x00.db", 3.5], ids=repr)
def test_something_that_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: Any) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InvalidValue, match=r"target: got .*; give "):
        Ledger.open(target)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "mysql://Ivanov:mole@localhost/x",
        "nosuch://Ivanov:mole@localhost/x",
        "postgresql+nosuch://Ivanov:mole@localhost/x",
        "postgresql://Ivanov:mole@localhost:port/x",
        "://Ivanov:mole@localhost",
    ],
)
def test_an_address_of_no_database(url: str) -> None:
    with pytest.raises(
        UnsupportedDatabase, match="; give a path, an sqlite:/// URL or a postgresql"
    ) as raised:
        Ledger.open(url)

    logged = "".join(traceback.format_exception(raised.value))
    assert not any(word in logged for word in CONFIDENTIAL)


# Databases that cannot be written ---------------------------------------------------------------------------------


@contextmanager
def unprivileged() -> Iterator[None]:
    """As a user whom permissions hold: root may do everything."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def ask_and_fail_to_record(ledger: Ledger) -> None:
    """All questions are answered, and everything that would write is refused."""
    before = contents(ledger)
    claim_id = next(iter(ledger.find("burned"))).id

    assert [str(one.claim) for one in ledger.unsupported()] == ["It burned"]
    assert str(ledger.trace(claim_id)).endswith("CNN, citing TASS, citing Anna; no evidence was mentioned")
    assert list(ledger.as_of(known="2020").unsupported()) == []
    for write in (
        lambda: ledger.record(SAID, source=NAME),
        lambda: ledger.ingest([{"claim": SAID, "source": NAME}], by="pipeline"),
        ledger.rebuild,
    ):
        with pytest.raises(ReadOnlyDatabase, match="is read-only; open a copy that can be written") as raised:
            write()
        assert not any(word in "".join(traceback.format_exception(raised.value)) for word in CONFIDENTIAL)
    assert contents(ledger) == before


def make(url: str | Path) -> None:
    with Ledger.open(url) as ledger:
        fill(ledger)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """One that others than the user of the tests can look into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_read_only_address_can_be_asked(tmp_path: Path) -> None:
    make(tmp_path / "ledger.db")

    with Ledger.open(f"sqlite:///file:{tmp_path / 'ledger.db'}?mode=ro&uri=true") as ledger:
        ask_and_fail_to_record(ledger)


def test_a_read_only_file_can_be_asked(public_folder: Path) -> None:
    path = public_folder / "ledger.db"
    make(path)
    path.chmod(0o444)
    public_folder.chmod(0o777)

    with unprivileged(), Ledger.open(path) as ledger:
        ask_and_fail_to_record(ledger)


def test_a_read_only_folder_can_be_asked(public_folder: Path) -> None:
    path = public_folder / "le%dg?er #1.db"
    make(path)
    path.chmod(0o444)
    public_folder.chmod(0o555)

    with unprivileged(), Ledger.open(path) as ledger:
        ask_and_fail_to_record(ledger)
    assert list(public_folder.iterdir()) == [path]
    public_folder.chmod(0o755)


def test_in_a_read_only_folder_what_others_record_is_seen(public_folder: Path) -> None:
    path = public_folder / "ledger.db"
    make(path)
    public_folder.chmod(0o555)
    with unprivileged():
        reader = Ledger.open(path)
        first = reader.counts()["claim"]
    public_folder.chmod(0o755)
    with Ledger.open(path) as writer:
        writer.record("It rained", source=person("Boris"))
        public_folder.chmod(0o555)
        with unprivileged():
            seen = reader.counts()["claim"]
    reader.close()
    public_folder.chmod(0o755)

    assert (first, seen) == (1, 2)


def test_a_connection_that_only_queries_can_be_asked(tmp_path: Path) -> None:
    make(tmp_path / "ledger.db")
    engine = add_hooks(create_engine(f"sqlite:///{tmp_path / 'ledger.db'}"))
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON"))

    ask_and_fail_to_record(Ledger.open(engine))
    engine.dispose()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_read_only_server_can_be_asked(migrated_database: Database) -> None:
    make(migrated_database.url)
    joined = "&" if "?" in migrated_database.url else "?"
    url = f"{migrated_database.url}{joined}options=-c%20default_transaction_read_only%3Don"

    with Ledger.open(url) as ledger:
        ask_and_fail_to_record(ledger)


def test_an_empty_read_only_database_is_not_set_up(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    sqlite3.connect(path).close()
    path.touch()

    with pytest.raises(ReadOnlyDatabase, match="open a copy that can be written"):
        Ledger.open(f"sqlite:///file:{path}?mode=ro&uri=true")

    assert path.read_bytes() == b""


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_an_empty_read_only_server_is_not_set_up(database: Database) -> None:
    joined = "&" if "?" in database.url else "?"

    with pytest.raises(ReadOnlyDatabase, match="open a copy that can be written"):
        Ledger.open(f"{database.url}{joined}options=-c%20default_transaction_read_only%3Don")
