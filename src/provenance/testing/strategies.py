"""Hypothesis strategies for every value of the ledger: valid by construction, and biased to reach the corners.

Names are few, so that they meet: in other cases, composed and decomposed, one a word of another. Times lie on four days
of one week, so that intervals touch, contain and miss one another. Numbers are small, exact, padded and unbounded.
Sources are anonymous as often as named. A field that nobody has to fill in is left out as often as not.

Records hold the records that they name, as those of a desk do: recording one records them too.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable
from typing import Any, TypeVar, cast, get_args, get_origin

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from provenance.testing.value_strategies import (
    drawn_once,
    extensions,
    names,
    quantities,
    seals,
    texts,
    whens,
    windows,
)
from provenance.values import model
from provenance.values.extensions import Extensions
from provenance.values.instants import When
from provenance.values.model import derived_once
from provenance.values.records import (
    Agent,
    Amendment,
    Anchor,
    Assertion,
    Assessment,
    Attribute,
    Claim,
    CommentRequest,
    Document,
    Entity,
    Evidence,
    Link,
    Mention,
    Record,
    Redaction,
    Redefinition,
    Relay,
    Value,
    Window,
    Withdrawal,
)
from provenance.values.references import LINKED_TYPES
from provenance.values.vocabulary import (
    MENTION_NAMINGS,
    AgentKind,
    AmendmentKind,
    GroundRule,
    LinkKind,
    Naming,
    Stance,
    ValueType,
)

_T = TypeVar("_T")

# Records ----------------------------------------------------------------------------------------------------------


def entities() -> SearchStrategy[Entity]:
    return _stated(Entity, name=drawn_once(names))


def attributes() -> SearchStrategy[Attribute]:
    return _stated(Attribute, name=st.sampled_from(("deaths", "missing", "cause", "place", "seen at")))


@st.composite
def agents(
    draw: st.DrawFn, *, found_in: SearchStrategy[Document] | None = None, confidential: bool = False
) -> Agent:
    """Agents of every naming. Those that belong to a mention are found in a document that `found_in` draws.

    `confidential` ones have sealed names and contacts, and need a ledger with keys.
    """
    naming = draw(st.sampled_from((*Naming, Naming.NAMED, Naming.ANONYMOUS)))
    stated: dict[str, Any] = {"naming": naming, "kind": draw(st.sampled_from(AgentKind))}
    stated |= draw(_described(Agent, *_WHO_IT_IS, *_HOW_IT_IS_KNOWN))
    if naming in MENTION_NAMINGS:
        documents_here = drawn_once(documents) if found_in is None else found_in
        stated |= {"found_in": draw(documents_here), "count": draw(st.sampled_from((None, 1, 1, 3)))}
        stated["name" if naming is Naming.PARTIAL else "description"] = draw(drawn_once(names))
        if naming is not Naming.UNATTRIBUTED:
            stated["known_to_desk"] = draw(st.sampled_from((None, False, True)))
        if confidential:
            stated |= {
                "name": draw(drawn_once(seals)),
                "contact": draw(st.none() | drawn_once(seals)),
                "known_to_desk": None,
            }
            stated["naming"] = draw(st.sampled_from((Naming.ANONYMOUS, Naming.PARTIAL)))
    else:
        stated |= {"name": draw(drawn_once(names)), "identifier": draw(st.none() | st.just("Q1"))}
    if naming is Naming.ROLE:
        stated["speaks_for"] = Agent(name=draw(drawn_once(names)), kind=AgentKind.ORGANISATION)
    return Agent(**stated)


_WHO_IT_IS = ("kind", "naming", "name", "speaks_for", "identifier", "found_in", "mention")
_HOW_IT_IS_KNOWN = ("description", "contact", "count", "known_to_desk")
"""Fields of an agent that hang on its naming."""


def outlets() -> SearchStrategy[Agent]:
    return st.sampled_from(("CNN", "TASS", "BBC", "Reuters")).map(
        lambda name: Agent(name=name, kind=AgentKind.OUTLET)
    )


def documents(*, outlet: SearchStrategy[Agent] | None = None) -> SearchStrategy[Document]:
    """Stories, with and without their text, and later versions of them."""
    published_by = drawn_once(outlets) if outlet is None else outlet
    first = _version("https://example.org/1", published_by, None)
    return first | _version("https://example.org/2", published_by, first)


def _version(
    url: str, outlet: SearchStrategy[Agent], earlier: SearchStrategy[Document] | None
) -> SearchStrategy[Document]:
    """An earlier version has another URL and number than the later, so that none supersedes itself."""
    number = st.just(f"number {url[-1]}")
    optional = {"text": drawn_once(texts), "text_digest": None, "publisher_id": number, "supersedes": earlier}
    optional["zone"] = st.sampled_from(("+03:00", "-05:00"))
    return _stated(Document, outlet=outlet, url=st.just(url), optional=optional)


def values(value_type: ValueType | None) -> SearchStrategy[Value]:
    """What an attribute of this type can be given."""
    if value_type is ValueType.NUMBER:
        return drawn_once(quantities)
    return drawn_once(whens) if value_type is ValueType.TIME else drawn_once(entities)


@st.composite
def claims(draw: st.DrawFn, *, accused: SearchStrategy[Agent] | None = None) -> Claim:
    """Claims in words alone, and with a structure. Some of them accuse agents that `accused` draws."""
    optional = {"accuses": st.lists(drawn_once(agents) if accused is None else accused, max_size=2)}
    stated: dict[str, Any] = draw(st.fixed_dictionaries({"text": drawn_once(texts)}, optional=optional))
    stated |= draw(_described(Claim, "text", "accuses", *STRUCTURE))
    if draw(st.booleans()):
        attribute = draw(drawn_once(attributes))
        structure = {"scope": drawn_once(names), "as_of": drawn_once(windows), "valid": drawn_once(windows)}
        structure["value"] = values(attribute.value_type)
        stated |= {"subject": draw(drawn_once(entities)), "attribute": attribute}
        stated |= draw(st.fixed_dictionaries({}, optional=structure))
    return Claim(**stated)


STRUCTURE = ("subject", "attribute", "scope", "value", "as_of", "valid")
"""The fields of a claim that are stated together, or not at all."""


def assertions(
    *,
    agent: SearchStrategy[Agent] | None = None,
    claim: SearchStrategy[Claim] | None = None,
    stance: SearchStrategy[Stance] | None = None,
) -> SearchStrategy[Assertion]:
    return _stated(
        Assertion,
        agent=drawn_once(agents) if agent is None else agent,
        claim=drawn_once(claims) if claim is None else claim,
        stance=st.sampled_from((*[Stance.AFFIRM] * 5, *Stance)) if stance is None else stance,
        occasion=drawn_once(texts),
        optional={
            "language": _LANGUAGES,
            "translated_by": None,
            "ground_rule": st.sampled_from([rule for rule in GroundRule if rule is not GroundRule.EMBARGO]),
            "embargo_until": drawn_once(whens).filter(lambda until: until.latest is not None),
        },
    ).flatmap(_perhaps_translated)


_LANGUAGES = st.sampled_from(("ru", "sr-Latn-RS", "zh-Hans"))
_Translatable = TypeVar("_Translatable", Assertion, Mention)


def _perhaps_translated(record: _Translatable) -> SearchStrategy[_Translatable]:
    """A translator is only named where there is a translation."""
    named = st.builds(lambda name: attrs.evolve(record, translated_by=name), drawn_once(names))
    return st.just(record) | named if record.translated else st.just(record)


@st.composite
def anchors(draw: st.DrawFn, *, text: str | None = None) -> Anchor:
    """Quotations, of this text with their place in it."""
    if text is None:
        return Anchor(exact=draw(drawn_once(texts)))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    exact = text[start:end]
    return Anchor(exact=exact, start=start, end=end) if exact.strip() else Anchor(exact=text)


@st.composite
def mentions(draw: st.DrawFn, *, assertion: SearchStrategy[Assertion] | None = None) -> Mention:
    """Quotations of one place, in parts, or of words that stand in several places; and what is not quoted."""
    found_in = draw(st.none() | drawn_once(documents))
    text = found_in.text if found_in is not None and isinstance(found_in.text, str) else None
    parts = draw(st.none() | st.lists(anchors(text=text), min_size=2, max_size=3))
    places = st.lists(st.integers(0, 9), min_size=2, max_size=3, unique=True).map(sorted)
    quoted: dict[str, SearchStrategy[Any] | None] = {
        "anchor": anchors(text=text),
        "parts": None,
        "places": None,
    }
    if parts is not None:
        quoted = {"anchor": st.just(parts[0]), "parts": st.just(parts), "places": None}
    elif draw(st.booleans()):
        quoted |= {"anchor": anchors(), "places": places}
    mention = _stated(
        Mention,
        assertion=drawn_once(assertions) if assertion is None else assertion,
        document=st.just(found_in),
        **{name: each for name, each in quoted.items() if each is not None},
        optional={"parts": None, "places": None, "language": _LANGUAGES, "translated_by": None},
    )
    return draw(mention.flatmap(_perhaps_translated))


def relays(*, assertion: SearchStrategy[Assertion] | None = None) -> SearchStrategy[Relay]:
    """Relays between assertions of these: of few, in loops."""
    ends = drawn_once(assertions) if assertion is None else assertion
    return _stated(Relay, source=ends, target=ends)


def evidence(*, assertion: SearchStrategy[Assertion] | None = None) -> SearchStrategy[Evidence]:
    return _stated(
        Evidence,
        assertion=drawn_once(assertions) if assertion is None else assertion,
        optional={
            "item": st.sampled_from(("video 1", "Video 1", "archive 7")),
            "noted_by": drawn_once(outlets),
            "present": st.booleans(),
        },
    )


def links(kind: LinkKind, ends: SearchStrategy[Any]) -> SearchStrategy[Link]:
    """Links of this kind between two of these records."""
    optional = {"valid": drawn_once(windows)} if kind in (LinkKind.CONTROL_GROUP, LinkKind.SPEAKS_FOR) else {}
    pairs = st.tuples(ends, ends).filter(lambda pair: pair[0].id != pair[1].id)
    return st.builds(
        lambda pair, dates, more: Link(kind=kind, source=pair[0], target=pair[1], **dates, **more),
        pairs,
        st.fixed_dictionaries({}, optional=cast("dict[Any, Any]", optional)),
        _described(Link, "kind", "source", "target", "valid"),
    )


def any_links() -> SearchStrategy[Link]:
    return st.sampled_from(LinkKind).flatmap(
        lambda kind: links(kind, drawn_once(_OF_TYPE[LINKED_TYPES[kind]]))
    )


def amendments(*, target: SearchStrategy[Assertion] | None = None) -> SearchStrategy[Amendment]:
    """Assertions taken back or put right by their own agents, as anybody may."""

    def of(assertion: Assertion) -> SearchStrategy[Amendment]:
        return _stated(
            Amendment,
            target=st.just(assertion),
            by=st.just(assertion.agent),
            kind=st.sampled_from([kind for kind in AmendmentKind if kind is not AmendmentKind.DEBUNKED]),
            optional={"replacement": None},
        )

    return (drawn_once(assertions) if target is None else target).flatmap(of)


def redefinitions() -> SearchStrategy[Redefinition]:
    """First redefinitions of attributes, that always say something."""
    return _stated(
        Redefinition,
        attribute=drawn_once(attributes),
        temporal=_of(Redefinition, "temporal"),
        optional=_FIRST,
    )


def withdrawals(*, target: SearchStrategy[Any] | None = None) -> SearchStrategy[Withdrawal]:
    """First withdrawals of these records, by default of relays and links."""
    return _stated(
        Withdrawal,
        target=(drawn_once(relays) | drawn_once(any_links)) if target is None else target,
        optional=_FIRST,
    )


def redactions() -> SearchStrategy[Redaction]:
    """Redactions of documents, which need no keys."""
    return _stated(Redaction, target=drawn_once(documents), optional=_FIRST)


def comment_requests() -> SearchStrategy[CommentRequest]:
    return _stated(
        CommentRequest,
        accused=drawn_once(agents),
        claim=drawn_once(claims),
        optional={"asked_by": drawn_once(outlets), "deadline": drawn_once(whens)},
    )


def assessments() -> SearchStrategy[Assessment]:
    return _stated(
        Assessment,
        claim=drawn_once(claims),
        verdict=drawn_once(texts),
        by=drawn_once(agents),
        optional={"against": drawn_once(claims)},
    )


def records() -> SearchStrategy[Record]:
    """A record of any type."""
    return st.one_of(*map(drawn_once, _OF_TYPE.values()))


_OF_TYPE: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "agent": agents,
    "document": documents,
    "entity": entities,
    "attribute": attributes,
    "claim": claims,
    "assertion": assertions,
    "mention": mentions,
    "relay": relays,
    "evidence": evidence,
    "link": any_links,
    "amendment": amendments,
    "withdrawal": withdrawals,
    "redaction": redactions,
    "comment_request": comment_requests,
    "assessment": assessments,
    "redefinition": redefinitions,
}
"""What draws records of each type."""


@st.composite
def chains(
    draw: st.DrawFn,
    *,
    claim: SearchStrategy[Claim] | None = None,
    agent: SearchStrategy[Agent] | None = None,
) -> tuple[Record, ...]:
    """Chains: assertions on one claim from the source to the publisher, the relays between them, and the mention of the
    last assertion in a document of the publisher, or in none where the desk heard it."""
    said = draw(drawn_once(claims) if claim is None else claim)
    speakers = draw(st.lists(drawn_once(agents) if agent is None else agent, min_size=1, max_size=4))
    steps: list[Assertion] = []
    for speaker in speakers:
        is_relay: bool = draw(st.booleans()) and bool(steps)
        stance = st.just(Stance.RELAY) if is_relay else None
        step: Assertion = draw(assertions(agent=st.just(speaker), claim=st.just(said), stance=stance))
        steps.append(step)
    ties = [Relay(source=later, target=earlier) for earlier, later in itertools.pairwise(steps)]
    last = speakers[-1]
    own = documents(outlet=st.just(last)) if last.kind is AgentKind.OUTLET else st.none()
    story: Document | None = draw(st.none() | own)
    return (*steps, *ties, Mention(assertion=steps[-1], document=story))


# How a record is filled in ----------------------------------------------------------------------------------------

_FIRST: dict[str, SearchStrategy[Any] | None] = {"round": None}
"""A withdrawal or redaction is the first of its record: the second could only follow it."""


def _stated(
    record_type: type[_T],
    *,
    optional: dict[str, SearchStrategy[Any] | None] | None = None,
    **required: SearchStrategy[Any],
) -> SearchStrategy[_T]:
    """Records of a type with the required fields, and with or without each other field, drawn by its type: so a field
    that is added to a record is drawn too. `optional` has other strategies for some fields; None leaves a field out."""
    chosen = optional or {}
    free = [
        field.name
        for field in model.attributes_of(record_type)
        if field.init and field.name not in {*required, *chosen} and field.default is not attrs.NOTHING
    ]
    more = {name: _of(record_type, name) for name in free}
    more |= {name: found for name, found in chosen.items() if found is not None}
    drawn = st.fixed_dictionaries(dict(required), optional=cast("dict[Any, Any]", more))
    return drawn.map(lambda fields: record_type(**fields))


def _described(record_type: type, *drawn: str) -> SearchStrategy[dict[str, Any]]:
    """All other fields of a type, each filled in or not; those that are `drawn` already are left out."""
    names = [name for name in model.fields_of(record_type) if name not in drawn]
    return st.fixed_dictionaries({}, optional={name: _of(record_type, name) for name in names})


@derived_once
def _of(record_type: type, name: str) -> SearchStrategy[Any]:
    """A strategy for the values of a field, by its type and by the records that it refers to."""
    field = next(each for each in model.attributes_of(record_type) if each.name == name)
    found = [strategy for each in model.kinds_of(field.type) if (strategy := _of_kind(each)) is not None]
    referred = [_OF_TYPE[each] for each in model.fields_of(record_type)[name].refers_to if each in _OF_TYPE]
    if referred:
        one = st.deferred(lambda: st.one_of(*map(drawn_once, referred)))
        found.append(st.lists(one, max_size=2) if name in model.list_fields(record_type) else one)
    return st.one_of(found) if found else st.just(field.default)


def _of_kind(kind: Any) -> SearchStrategy[Any] | None:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return st.sampled_from(kind)
    if get_origin(kind) is tuple and get_args(kind)[0] is str:
        return st.lists(drawn_once(names), max_size=2)
    simple: dict[Any, SearchStrategy[Any]] = {
        str: drawn_once(names),
        bool: st.booleans(),
        int: st.integers(1, 3),
        Extensions: drawn_once(extensions),
        When: drawn_once(whens),
        Window: drawn_once(windows),
    }
    return simple.get(kind)
