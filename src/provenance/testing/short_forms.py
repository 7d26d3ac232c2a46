"""Strategies for sentences in the short form of `provenance.recording.sentences`, as pipelines write them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from provenance.testing.strategies import names, texts
from provenance.values.vocabulary import (
    Basis,
    Cardinality,
    Certainty,
    EvidenceKind,
    GroundRule,
    Nature,
    QuoteType,
    Stance,
    Temporal,
    ValueType,
)

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


@st.composite
def _sources(draw: st.DrawFn) -> Json | str:
    word = draw(st.sampled_from(("", "person", "organisation", "outlet", "document", "group", *_MORE)))
    if not word:
        return draw(st.sampled_from(BARE_NAMES))
    optional: dict[Any, SearchStrategy[Any]] = {
        "aliases": st.lists(names(), max_size=2),
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


_MORE = ("role", "partly_named", "anonymous", "anonymous", "unattributed")


@st.composite
def _claims(draw: st.DrawFn) -> Json | str:
    text = draw(texts())
    if draw(st.booleans()):
        return text
    stated: Json = draw(
        st.fixed_dictionaries(
            {"text": st.just(text)},
            optional={"nature": _words(Nature), "accuses": st.lists(_sources(), max_size=1)},
        )
    )
    if draw(st.booleans()):
        value_type = draw(_words(ValueType))
        kind = st.fixed_dictionaries(
            {"name": st.just(f"its {value_type}"), "value_type": st.just(value_type)},
            optional={"cardinality": _words(Cardinality), "temporal": _words(Temporal)},
        )
        window = st.sampled_from(DATES[:2]) | st.just([None, "2026-02-02"])
        optional = {
            "value": st.sampled_from(_VALUES[value_type]),
            "scope": names(),
            "as_of": window,
            "valid": window,
        }
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
    times = st.sampled_from(DATES)
    optional: dict[Any, SearchStrategy[Any]] = {
        "title": texts(),
        "published_at": times,
        "retrieved_at": times,
    }
    earlier = {"outlet": {"outlet": "CNN"}, "url": "https://example.org/0"}
    optional |= {"publisher_id": st.just("number 1"), "supersedes": st.just(earlier), "change_note": texts()}
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
    optional: dict[Any, SearchStrategy[Any]] = {
        "stance": stances,
        "via": st.lists(_sources(), max_size=2),
        "cue": names(),
        "quote_type": _words(QuoteType),
        "distanced": st.booleans(),
        "certainty": _words(Certainty),
        "basis": _words(Basis),
        "evidence": _evidence(),
        "said_at": st.sampled_from(DATES),
        "occasion": texts(),
        "accuses": st.lists(_sources(), max_size=2),
        "ground_rule": _words(GroundRule),
        "language": st.sampled_from(("ru", "pt-BR")),
        "translated": st.sampled_from((True,)),
        "extensions": st.just({"org.example.cms": {"version": 1, "story": 4711}}),
    }
    required: dict[Any, SearchStrategy[Any]] = {"claim": _claims(), "source": _sources()}
    if draw(st.booleans()) or text is not None:
        required["document"] = _documents(text)
        required = required if draw(st.booleans()) else {**required, "source": st.none()}
    stated: Json = draw(st.fixed_dictionaries(required, optional=optional))
    return {**stated, "quote": quote} if quote is not None else stated
