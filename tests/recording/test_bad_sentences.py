"""Sentences that a newsroom's tools get wrong are refused: their texts, words, sources, documents and claims."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from refusing import CNN, NAIVE, NAME, NOWHERE, QUOTE, SAID, STORY, Act, refused

from provenance import (
    Attribute,
    Claim,
    Ledger,
    Quantity,
    Shown,
    When,
    Window,
    anonymous,
    claim,
    outlet,
    person,
    role,
    shown,
    when,
)
from provenance.errors import AmbiguousName, InvalidValue


@pytest.fixture(params=["Ledger.record", "Desk.record"])
def record(request: pytest.FixtureRequest) -> Callable[..., Act]:
    """Makes the act of recording one sentence, alone or in a block that records another one before it."""

    def alone(said: object, **stated: Any) -> Act:
        return lambda ledger: ledger.record(said, **stated, by="desk")

    def in_a_block(said: Any, **stated: Any) -> Act:
        def act(ledger: Ledger) -> None:
            with ledger.begin(by="desk") as desk:
                desk.record("It rained", source=person("Boris"))
                desk.record(said, **stated)

        return act

    return alone if request.param == "Ledger.record" else in_a_block


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
        return ledger.record(SAID, source=person(NAME, aliases=[NOT_TEXT[kind]]), by="desk")

    refused(ledger, act, InvalidValue, "aliases: got a")


@pytest.mark.parametrize("aliases", ["Ivanov", 7, b"Ivanov", {"Ivanov": 1}], ids=type)
def test_aliases_that_are_no_list(ledger: Ledger, aliases: object) -> None:
    def act(ledger: Ledger) -> object:
        return ledger.record(SAID, source=person(NAME, aliases=aliases), by="desk")

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
        lambda ledger: ledger.record(claim(SAID, accuses=accuses), source=NAME, by="desk"),
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
        fresh.record("It snowed", source=make(NAME), by="desk")

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
        lambda ledger: ledger.record(SAID, sauce=NAME, by="desk"),
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
        lambda ledger: ledger.record(SAID, found_in=story.id if by_id else story, quote=QUOTE, by="desk"),
        InvalidValue,
        "quote: got words that the document's text does not hold",
    )


def test_the_longest_quotation_is_recorded_and_a_longer_one_refused(fresh: Ledger) -> None:
    longest = "m" * 99_000
    fresh.record("It was long", source=NAME, found_in=STORY, quote=longest, by="desk")

    refused(
        fresh,
        lambda ledger: ledger.record(SAID, source=NAME, found_in=STORY, quote=longest + "m", by="desk"),
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

    assert fresh.record(said, **stated, by="desk").is_new


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
        ledger.record(said, **stated, by="desk")

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
