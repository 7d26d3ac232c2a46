"""Errors name the offending word, and never repeat a text that was passed in the wrong place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provenance import (
    Agent,
    Amendment,
    Assertion,
    Attribute,
    Evidence,
    Ledger,
    Link,
    Mention,
    Relay,
    claim,
    person,
    schema,
    wire,
)
from provenance.errors import MAX_WORD, MAX_WORDS, InvalidValue, looks_like_a_word
from provenance.operations import downgrading
from provenance.recording.sources import source_from_json
from provenance.values.ids import RecordId
from provenance.values.vocabulary import AgentKind

ID, OTHER = RecordId("0" * 64), RecordId("1" * 64)
AGENT = Agent(name="Anna", kind=AgentKind.PERSON)
STORY = {"outlet": "CNN", "url": "https://example.org/1"}


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with Ledger.open("sqlite://") as opened:
        yield opened


CHOICES: dict[str, Callable[[Ledger, Any], object]] = {
    "agent.kind": lambda _, word: Agent(name="Anna", kind=word),
    "agent.naming": lambda _, word: Agent(name="Anna", naming=word),
    "attribute.cardinality": lambda _, word: Attribute(name="deaths", cardinality=word),
    "attribute.temporal": lambda _, word: Attribute(name="deaths", temporal=word),
    "attribute.value_type": lambda _, word: Attribute(name="deaths", value_type=word),
    "claim.nature": lambda _, word: claim("It burned", nature=word),
    "assertion.stance": lambda _, word: Assertion(agent=ID, claim=ID, occasion="then", stance=word),
    "assertion.certainty": lambda _, word: Assertion(agent=ID, claim=ID, occasion="then", certainty=word),
    "assertion.basis": lambda _, word: Assertion(agent=ID, claim=ID, occasion="then", basis=word),
    "assertion.ground_rule": lambda _, word: Assertion(agent=ID, claim=ID, occasion="then", ground_rule=word),
    "mention.quote_type": lambda _, word: Mention(assertion=ID, quote_type=word),
    "relay.status": lambda _, word: Relay(source=ID, target=OTHER, status=word),
    "evidence.kind": lambda _, word: Evidence(assertion=ID, kind=word),
    "link.kind": lambda _, word: Link(kind=word, source=ID, target=OTHER),
    "amendment.kind": lambda _, word: Amendment(target=ID, by=ID, kind=word),
    "stance": lambda ledger, word: ledger.record("It burned", source=person("Anna"), stance=word, by="desk"),
    "evidence": lambda ledger, word: ledger.record(
        "It burned", source=person("Anna"), evidence=word, by="desk"
    ),
    "durability": lambda _, word: Ledger.open("sqlite://", durability=word),
    "revision": lambda _, word: downgrading.check_known(word),
    "schema": lambda _, word: schema(word),
    "kind": lambda ledger, word: ledger.unsupported(word),
    "nature": lambda ledger, word: ledger.unsupported(nature=word),
    "strength": lambda ledger, word: ledger.conflicts(strength=word),
    "strength of divergences": lambda ledger, word: ledger.divergences(strength=word),
    "kinds": lambda ledger, word: ledger.circular(word),
    "by": lambda ledger, word: ledger.chokepoints(ID, by=word),
    "by of rests_on": lambda ledger, word: ledger.rests_on(ID, by=word),
}
"""Every field that takes one word of a list, with a call that passes a word to it."""

FIELDS: dict[str, Callable[[Ledger, Any], object]] = {
    "sentence": lambda ledger, name: ledger.ingest([{"claim": "It burned", name: 1}], by="desk"),
    "claim": lambda ledger, name: ledger.ingest([{"claim": {"text": "It burned", name: 1}}], by="desk"),
    "claim.attribute": lambda ledger, name: ledger.ingest(
        [{"claim": {"text": "It burned", "subject": "A", "attribute": {"name": "b", name: 1}}}], by="desk"
    ),
    "claim.text": lambda ledger, name: ledger.ingest(
        [{"claim": {"text": {"sealed": "It burned", name: 1}}}], by="desk"
    ),
    "evidence of a line": lambda ledger, name: ledger.ingest(
        [{"claim": "It burned", "source": "Anna", "evidence": {"kind": "video", name: 1}}], by="desk"
    ),
    "document of a line": lambda ledger, name: ledger.ingest(
        [{"claim": "It burned", "document": {**STORY, name: 1}}], by="desk"
    ),
    "document": lambda ledger, name: ledger.record("It burned", found_in={**STORY, name: 1}, by="desk"),
    "keyword": lambda ledger, name: record(ledger, **{name: 1}),
    "source": lambda _, name: source_from_json({"person": "Anna", name: 1}, "source"),
    "agent": lambda _, name: wire.from_json({**wire.to_json(AGENT), name: 1}),
}
"""Every object that takes known fields only, with a call that gives it one field more."""

record: Callable[..., object] = partial(Ledger.record, claim="It burned")

WORDS = st.from_regex(rf"[a-z_][A-Za-z0-9_-]{{0,{MAX_WORD - 1}}}", fullmatch=True)
NO_WORDS = (
    st.text(max_size=60).filter(lambda text: not looks_like_a_word(text))
    | st.from_regex(r"[A-Z][a-z]{1,20}ov( [A-Z][a-z]+)?", fullmatch=True)
    | st.from_regex(rf"[a-z_]{{{MAX_WORD + 1},60}}", fullmatch=True)
    | WORDS.map(lambda word: f"{word}\x1b[2J")
    | WORDS.map(lambda word: f"{word}\n")
)
"""What is no identifier: texts, names, what is too long, and what would control a terminal."""


def refusal(ledger: Ledger, call: Callable[[Ledger, Any], object], given: object) -> str | None:
    """What the error says; None where the word is accepted."""
    try:
        call(ledger, given)
    except InvalidValue as error:
        return str(error)
    return None


@pytest.mark.parametrize("field", CHOICES)
@given(word=WORDS)
def test_a_word_that_is_not_on_the_list_is_named(ledger: Ledger, field: str, word: str) -> None:
    message = refusal(ledger, CHOICES[field], word)

    assert message is None or f": got '{word}'; give one of " in message


@pytest.mark.parametrize("field", CHOICES)
@given(text=NO_WORDS)
def test_a_text_in_the_place_of_a_word_is_never_repeated(ledger: Ledger, field: str, text: str) -> None:
    message = refusal(ledger, CHOICES[field], text)

    assert message is not None
    words = message.rpartition("; give one of ")[2].split(", ")
    assume(text.casefold() not in words)  # a word of the list in other letters, which may be repeated
    assert message == refusal(ledger, CHOICES[field], "A Name")
    assert ": got an unknown word; give one of " in message


@pytest.mark.parametrize("field", CHOICES)
@pytest.mark.parametrize("given", [7, {"Anna": 1}, b"Anna"], ids=repr)
def test_what_is_no_text_is_named_by_its_type(ledger: Ledger, field: str, given: object) -> None:
    message = refusal(ledger, CHOICES[field], given)

    assert message is not None
    assert f"got a {type(given).__name__}; " in message or f"got an {type(given).__name__}; " in message
    assert "Anna" not in message


@pytest.mark.parametrize("field", FIELDS)
@given(name=WORDS)
def test_an_unknown_field_is_named(ledger: Ledger, field: str, name: str) -> None:
    message = refusal(ledger, FIELDS[field], f"x_{name}"[:MAX_WORD])

    assert message is not None
    assert f": got an unknown field '{f'x_{name}'[:MAX_WORD]}'; give only " in message


@pytest.mark.parametrize("field", FIELDS)
@given(name=NO_WORDS.map(lambda name: f"X {name}"))
def test_a_text_in_the_place_of_a_field_is_never_repeated(ledger: Ledger, field: str, name: str) -> None:
    message = refusal(ledger, FIELDS[field], name)

    assert message is not None
    assert ": got an unknown field; give only " in message


def test_a_word_of_the_list_in_other_letters_is_named() -> None:
    with pytest.raises(InvalidValue, match=r"agent\.kind: got 'PERSON'; give one of person, organisation, "):
        Agent(name="Anna", kind="PERSON")


def test_of_many_unknown_fields_some_are_named() -> None:
    given = {f"field_{number:03}": 1 for number in range(200)}

    error = InvalidValue.unknown_fields("record", given, ("a", "b"))

    assert str(error).count("'field_") == MAX_WORDS
    assert str(error).endswith(f"'field_004', {200 - MAX_WORDS} more; give only a, b")


def test_the_error_keeps_its_record_number(ledger: Ledger) -> None:
    with pytest.raises(InvalidValue, match=r"^record 1: stance: got 'denies'; give one of affirm, deny, "):
        ledger.ingest([{"claim": "It burned", "source": {"outlet": "CNN"}, "stance": "denies"}], by="desk")
