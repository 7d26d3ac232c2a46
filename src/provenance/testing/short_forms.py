"""Strategies for sentences in the short form of `provenance.recording.sentence_form`, as pipelines write them."""

from __future__ import annotations

import enum
from typing import Any, get_args, get_origin

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from provenance.recording.sources import Source
from provenance.testing.strategies import STRUCTURE
from provenance.testing.value_strategies import names, texts
from provenance.values import model
from provenance.values.extensions import Extensions
from provenance.values.instants import When
from provenance.values.model import derived_once
from provenance.values.records import Agent, Assertion, Attribute, Claim, Document, Mention, Window
from provenance.values.vocabulary import EvidenceKind, GroundRule, Stance, ValueType

Json = dict[str, Any]

BARE_NAMES = ("Coast Guard", "Fire brigade", "Port authority", "Reuters")
"""Names without a word that says what they are. No other source has them, so that each is always somebody's alone."""

DATES = ("2026-02-01", "2026-02-02", "2026-02", "2026-02-02T23:59:59.999999Z", "2026-02-03T09:15+03:00")

_VALUES: dict[str, tuple[Any, ...]] = {
    ValueType.NUMBER: (2, 3, "at least 3", "between 2 and 5", "about a dozen"),
    ValueType.TIME: DATES,
    ValueType.ENTITY: ("A short circuit", "The storm"),
    ValueType.PLACE: ("The bridge", "The harbour"),
    ValueType.ENUM: ("open", "closed"),
}


def _words(*enums: Any) -> SearchStrategy[str]:
    return st.sampled_from([str(word.value) for words in enums for word in words])


@derived_once
def _stated(record_type: type, *but: str) -> dict[Any, SearchStrategy[Any]]:
    """How a sentence may state the fields of the record, by their types; but for these, and for references."""
    found: dict[Any, SearchStrategy[Any]] = {}
    for field in model.attributes_of(record_type):
        kinds = [drawn for kind in model.kinds_of(field.type) if (drawn := _of_kind(kind)) is not None]
        if kinds and field.name not in but:
            found[field.name] = st.one_of(kinds)
    return found


def _of_kind(kind: Any) -> SearchStrategy[Any] | None:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _words(kind)
    if get_origin(kind) is tuple:
        member = _of_kind(get_args(kind)[0])
        return None if member is None else st.lists(member, max_size=2)
    simple: dict[Any, SearchStrategy[Any]] = {
        str: names(),
        bool: st.booleans(),
        int: st.integers(1, 3),
        When: st.sampled_from(DATES),
        Window: st.sampled_from(DATES[:2]) | st.just([None, "2026-02-02"]),
        Extensions: st.just({"org.example.cms": {"version": 1, "story": 4711}}),
    }
    return simple.get(kind)


@st.composite
def _sources(draw: st.DrawFn) -> Json | str:
    word = draw(st.sampled_from(("", "person", "organisation", "outlet", "document", "group", *_MORE)))
    if not word:
        return draw(st.sampled_from(BARE_NAMES))
    optional = {
        **{name: drawn for name, drawn in _stated(Agent, *_DEPENDENT).items() if name in _SOURCE_FIELDS},
        "identifier": st.just("Q1"),
        "part_of": st.just({"group": "A group"}),
    }
    if word in ("anonymous", "partly_named"):
        optional |= {"count": st.sampled_from((1, 3)), "known_to_desk": st.booleans()}
    source: Json = draw(st.fixed_dictionaries({word: names()}, optional=optional))
    if word == "role":
        source["speaks_for"] = draw(st.sampled_from(BARE_NAMES))
    if word in ("anonymous", "partly_named", "unattributed"):
        source["mention"] = draw(names())
    return source


_DEPENDENT = (
    *("kind", "naming", "name", "description", "contact", "speaks_for"),
    *("identifier", "mention", "count", "known_to_desk"),
)
"""Fields of a source that hang on the word that says what it is, or on a ledger with keys."""

_SOURCE_FIELDS = frozenset(field.name for field in attrs.fields(Source))
_MORE = ("role", "partly_named", "anonymous", "anonymous", "unattributed")


@st.composite
def _claims(draw: st.DrawFn) -> Json | str:
    text = draw(texts())
    if draw(st.booleans()):
        return text
    stated: Json = draw(
        st.fixed_dictionaries(
            {"text": st.just(text)},
            optional={**_stated(Claim, "text", *STRUCTURE), "accuses": st.lists(_sources(), max_size=1)},
        )
    )
    if draw(st.booleans()):
        value_type = draw(_words(ValueType))
        fixed = {
            name: draw(each) for name, each in _stated(Attribute, "name", "value_type", "extensions").items()
        }
        what = " ".join((*fixed.values(), value_type))  # what an attribute is stays as it was stated first
        kind = st.just({"name": f"its {what}", "value_type": value_type, **fixed})
        of_a_claim = _stated(Claim)
        optional = {name: of_a_claim[name] for name in ("scope", "as_of", "valid")}
        optional["value"] = st.sampled_from(_VALUES[value_type])
        structure = st.fixed_dictionaries({"subject": names(), "attribute": kind}, optional=optional)
        stated |= draw(structure)
    return stated


def _documents(text: str | None) -> SearchStrategy[Json]:
    stated: dict[Any, SearchStrategy[Any]] = {
        "outlet": st.sampled_from(("CNN", "BBC")).map(lambda name: {"outlet": name}),
        "url": st.sampled_from(("https://example.org/1", "https://example.org/2")),
    }
    if text is not None:
        stated["text"] = st.just(text)
    earlier = {"outlet": {"outlet": "CNN"}, "url": "https://example.org/0"}
    optional = {
        **_stated(Document, *stated, "text", "text_digest"),
        "title": texts(),
        "change_note": texts(),
        "publisher_id": st.just("number 1"),
        "published_at": st.just("2026-02-01"),  # of one version it never moves to a later time
        "zone": st.just("+03:00"),
        "supersedes": st.just(earlier),
    }
    return st.fixed_dictionaries(stated, optional=optional)


def _evidence() -> SearchStrategy[Any]:
    one = (
        st.just("absent")
        | _words(EvidenceKind)
        | st.fixed_dictionaries({"kind": _words(EvidenceKind)}, optional={"item": names()})
    )
    return one | st.lists(one, max_size=2)


@st.composite
def sentences(draw: st.DrawFn) -> Json:
    """Sentences that a ledger takes, alone and one after the other."""
    quote = draw(st.none() | texts())
    text = None if quote is None or draw(st.booleans()) else f"{quote} all night."
    stances = _words(Stance).filter(lambda word: word != Stance.RELAY)
    optional = {
        **_stated(Mention, "assertion", "document", "anchor", "parts", "places", "translated_by"),
        **_stated(Assertion, "agent", "claim", "translated_by"),
        "ground_rule": _words(GroundRule).filter(lambda word: word != GroundRule.EMBARGO),
        "stance": stances,
        "via": st.lists(_sources(), max_size=2),
        "evidence": _evidence(),
        "occasion": texts(),
        "accuses": st.lists(_sources(), max_size=2),
        "language": st.sampled_from(("ru", "pt-BR")),
        "translated": st.sampled_from((True,)),
    }
    required: dict[Any, SearchStrategy[Any]] = {"claim": _claims(), "source": _sources()}
    if draw(st.booleans()) or text is not None:
        required["document"] = _documents(text)
        required = required if draw(st.booleans()) else {**required, "source": st.none()}
    stated: Json = draw(st.fixed_dictionaries(required, optional=optional))
    return {**stated, "quote": quote} if quote is not None else stated
