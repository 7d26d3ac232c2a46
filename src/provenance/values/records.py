"""The records of a ledger, as frozen values. They know their identity, and nothing of databases or clocks.

A field that refers to another record takes that record or its `RecordId`. A field that is None states nothing: answers
use its default, which the docstring of the class names. A record can be recorded again. A field that is left out then
stays as it was. A descriptive field that is given is a description added to the record, and the latest description
counts (`docs/semantics.md`, Records: Identity). Every record can carry `extensions`, of which the latest of each
namespace counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, ClassVar

from attrs import field, frozen

from provenance.errors import InvalidValue
from provenance.values import fields
from provenance.values.extensions import Extensions, extensions_of
from provenance.values.ids import RecordId, digest_of, folded, identity_json, quoted
from provenance.values.instants import When
from provenance.values.model import ANY_RECORD, describes, identifies, said_once
from provenance.values.quantities import Quantity
from provenance.values.sealed import Sealed, public_words
from provenance.values.texts import without_credentials
from provenance.values.vocabulary import (
    MENTION_NAMINGS,
    AgentKind,
    AmendmentKind,
    Basis,
    Cardinality,
    Certainty,
    EvidenceKind,
    GroundRule,
    LinkKind,
    Naming,
    Nature,
    QuoteType,
    RelayStatus,
    Stance,
    Temporal,
    ValueType,
)
from provenance.values.zones import optional_zone

UNNAMED = "a source known to the desk"
"""What readers are shown in the place of a source whose words are sealed, and who has no public ones."""

SEALED_CLAIM = "a claim that is sealed"
"""What readers are shown in the place of a claim whose words are sealed, and that has no public ones."""


class Record:
    """What all records share: their type's name, and an id that is the digest of the identity fields."""

    __slots__ = ("_known_id",)
    TYPE: ClassVar[str]
    extensions: Extensions | None
    _known_id: RecordId

    def identity(self) -> dict[str, object]:
        """The identity fields by name, as JSON values: two records with equal ones are one record."""
        raise NotImplementedError

    def identity_json(self) -> str:
        """The canonical JSON of the type's name and the identity fields. The types that every sentence has write it
        themselves, which is several times as fast."""
        return identity_json(self.TYPE, self.identity())

    @property
    def id(self) -> RecordId:
        try:
            return self._known_id
        except AttributeError:
            known = digest_of(self.identity_json())
            object.__setattr__(self, "_known_id", known)
            return known


Reference = Record | RecordId


def _reference(name: str) -> Callable[[Any], Any]:
    def check(value: object) -> object:
        if not isinstance(value, Record | RecordId):
            raise InvalidValue(name, f"a {type(value).__name__}", "a record or its RecordId")
        return value

    return check


def _optional_reference(name: str) -> Callable[[Any], Any]:
    check = _reference(name)
    return lambda value: None if value is None else check(value)


def _references(name: str) -> Callable[[Any], Any]:
    check = _reference(name)
    return lambda values: (
        None if values is None else tuple(map(check, fields.listed(name, values, of="records or their ids")))
    )


def _optional(name: str, kind: type | tuple[type, ...], example: str) -> Callable[[Any], Any]:
    def check(value: object) -> object:
        if value is not None and not isinstance(value, kind):
            raise InvalidValue(name, f"a {type(value).__name__}", example)
        return value

    return check


def _when(name: str) -> Callable[[Any], Any]:
    return _optional(name, When, "a When, such as when('2026-02-07')")


def _sealable(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A converter that leaves a sealed value as it is, and converts any other by the field's own converter."""
    return lambda value: value if isinstance(value, Sealed) else convert(value)


def _sealed_only(name: str) -> Callable[[Any], Sealed | None]:
    def check(value: object) -> Sealed | None:
        if value is not None and not isinstance(value, Sealed):
            raise InvalidValue(name, "plain text", "it sealed: sealed(…)")
        return value

    return check


def _id(reference: Reference | None) -> str | None:
    return None if reference is None else reference.id


def _folded(text: str | None) -> str | None:
    return None if text is None else folded(text)


def _check_translator(name: str, *, translated: bool | None, translated_by: str | None) -> None:
    if translated_by is not None and not translated:
        raise InvalidValue(f"{name}.translated_by", "a translator", "it beside translated=True")


@frozen(kw_only=True)
class Agent(Record):
    """Somebody, or something, that says or carries things (`docs/semantics.md`, Records).

    A named agent or a role is known by its kind, naming, name, identifier, and whom it speaks for. A partly named,
    anonymous or unattributed agent belongs to its mention. It is known by the document (`found_in`) and by the words
    that the document uses for it (`mention`, by default the name or the description).

    `count` is the stated number of people ("three officials"), by default 1. `known_to_desk` says that an agent who is
    unnamed to readers is identified to the newsroom, by default False.

    The name and the description of an agent that belongs to a mention can be sealed. Such an agent is known by a random
    handle, and one whose name is sealed is known to the desk. How to reach a source (`contact`) is always sealed.
    """

    TYPE: ClassVar[str] = "agent"
    kind: AgentKind = field(
        default=AgentKind.ORGANISATION,
        converter=fields.choice("agent.kind", AgentKind),
        metadata=identifies(),
    )
    naming: Naming = field(
        default=Naming.NAMED, converter=fields.choice("agent.naming", Naming), metadata=identifies()
    )
    name: str | Sealed | None = field(
        default=None, converter=_sealable(fields.optional_name("agent.name")), metadata=identifies()
    )
    speaks_for: Reference | None = field(
        default=None, converter=_optional_reference("agent.speaks_for"), metadata=identifies("agent")
    )
    identifier: str | None = field(
        default=None, converter=fields.optional_name("agent.identifier"), metadata=identifies()
    )
    found_in: Reference | None = field(
        default=None, converter=_optional_reference("agent.found_in"), metadata=identifies("document")
    )
    mention: str | None = field(
        default=None, converter=fields.optional_name("agent.mention"), metadata=identifies()
    )
    description: str | Sealed | None = field(
        default=None, converter=_sealable(fields.optional_text("agent.description")), metadata=describes()
    )
    contact: Sealed | None = field(
        default=None, converter=_sealed_only("agent.contact"), metadata=describes()
    )
    aliases: tuple[str, ...] | None = field(
        default=None, converter=fields.optional_names("agent.aliases"), metadata=describes()
    )
    count: int | None = field(
        default=None, converter=fields.optional_count("agent.count"), metadata=describes()
    )
    known_to_desk: bool | None = field(
        default=None, converter=fields.optional_flag("agent.known_to_desk"), metadata=describes()
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("agent.extensions"), metadata=describes(since=2)
    )

    def __attrs_post_init__(self) -> None:
        if self.naming in MENTION_NAMINGS:
            if self.mention is None and self.name is None and self.description is None:
                raise InvalidValue(
                    "agent.mention", "nothing", "the words that the document uses for this source"
                )
            if self.naming is not Naming.PARTIAL and isinstance(self.name, str):
                raise InvalidValue(
                    "agent.name", f"a name of an {self.naming} source", "the words in description="
                )
        elif self.name is None:
            raise InvalidValue("agent.name", "nothing", "a name, or naming='anonymous' with a description")
        elif isinstance(self.name, Sealed):
            raise InvalidValue("agent.name", "a sealed name", "it of an anonymous or partly named agent")
        if isinstance(self.name, Sealed) and self.known_to_desk is None:
            object.__setattr__(self, "known_to_desk", True)
        if self.naming is Naming.ROLE and self.speaks_for is None:
            raise InvalidValue("agent.speaks_for", "nothing", "the agent for whom the role speaks")
        if self.known_to_desk and self.naming not in (Naming.ANONYMOUS, Naming.PARTIAL):
            raise InvalidValue("agent.known_to_desk", "True", "it for anonymous or partly named agents only")

    @property
    def words(self) -> str:
        """What the document calls this agent: the mention, the name, or the description."""
        return self.mention or public_words(self.name) or public_words(self.description) or ""

    @property
    def label(self) -> str:
        """What readers may be shown: the name, otherwise the description or mention."""
        return public_words(self.name) or public_words(self.description) or self.mention or UNNAMED

    def identity(self) -> dict[str, object]:
        if isinstance(self.name, Sealed):
            return {"handle": self.name.handle}
        if isinstance(self.description, Sealed):
            return {"handle": self.description.handle}
        if self.naming in MENTION_NAMINGS:
            return {"document": _id(self.found_in), "mention": folded(self.words)}
        return {
            "kind": self.kind.value,
            "naming": self.naming.value,
            "name": _folded(self.name),
            "speaks_for": _id(self.speaks_for),
            "identifier": self.identifier,
        }


@frozen(kw_only=True)
class Document(Record):
    """One version of a story: what an outlet published, where, when, in which words.

    A document is known by its outlet, by the publisher's own id or else its URL, and by the digest of its text: the
    SHA-256 of the UTF-8 bytes as they were given, in hexadecimal; and by its `version`, where that is stated: the
    publisher's number of the version, or its time of update. One of URL, id, text and digest is needed at least.
    The text itself lies beside the log, not in an entry. `supersedes` is the version of the story before this one, and
    `change_note` is what the outlet itself says that it changed (`docs/semantics.md`, Versions of a story).

    `published_at` is the earliest publication that was stated for this version: a later statement never moves it to a
    later time. `zone` is where the dates of the document are whole days: an offset from UTC, such as "+03:00".
    """

    TYPE: ClassVar[str] = "document"
    outlet: Reference = field(
        converter=_reference("document.outlet"), metadata=identifies("agent", withdrawn_with=True)
    )
    url: str | None = field(
        default=None, converter=fields.optional_name("document.url"), metadata=identifies()
    )
    publisher_id: str | None = field(
        default=None, converter=fields.optional_name("document.publisher_id"), metadata=identifies()
    )
    text: str | Sealed | None = field(
        default=None,
        repr=False,
        converter=_sealable(fields.optional_text("document.text", fields.MAX_DOCUMENT)),
        metadata=identifies(),
    )
    text_digest: str | None = field(
        default=None, converter=fields.optional_digest("document.text_digest"), metadata=identifies()
    )
    version: str | None = field(
        default=None, converter=fields.optional_name("document.version"), metadata=identifies(since=3)
    )
    title: str | None = field(
        default=None, converter=fields.optional_text("document.title"), metadata=describes()
    )
    published_at: When | None = field(
        default=None, converter=_when("document.published_at"), metadata=describes()
    )
    retrieved_at: When | None = field(
        default=None, converter=_when("document.retrieved_at"), metadata=describes()
    )
    supersedes: Reference | None = field(
        default=None,
        converter=_optional_reference("document.supersedes"),
        metadata=describes("document", since=2),
    )
    change_note: str | None = field(
        default=None, converter=fields.optional_text("document.change_note"), metadata=describes(since=2)
    )
    zone: str | None = field(
        default=None, converter=optional_zone("document.zone"), metadata=describes(since=3)
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("document.extensions"), metadata=describes(since=2)
    )

    def __attrs_post_init__(self) -> None:
        if self.url is None and self.publisher_id is None and self.text is None and self.text_digest is None:
            raise InvalidValue("document.url", "nothing", "a URL, the publisher's id, or the text")
        if isinstance(self.text, str):
            object.__setattr__(self, "text", without_credentials(self.text))
            digest = hashlib.sha256(self.text.encode("utf-8")).hexdigest()
            if self.text_digest not in (None, digest):
                raise InvalidValue(
                    "document.text_digest", "another digest", "the SHA-256 of the text, or nothing"
                )
            object.__setattr__(self, "text_digest", digest)
        if self.supersedes is not None and self.supersedes.id == self.id:
            raise InvalidValue("document.supersedes", "the document itself", "an earlier version of it")

    def identity(self) -> dict[str, object]:
        return {
            "outlet": self.outlet.id,
            "url": self.url if self.publisher_id is None else None,
            "publisher_id": self.publisher_id,
            "text": self.text.handle if isinstance(self.text, Sealed) else self.text_digest,
            "version": _folded(self.version),
        }


@frozen(kw_only=True)
class Entity(Record):
    """What claims are about and what values name: a person, a place, an organisation, a term of a list.

    An entity is known by its name and its identifier, such as a Wikidata id.
    """

    TYPE: ClassVar[str] = "entity"
    name: str = field(converter=fields.name("entity.name"), metadata=identifies())
    identifier: str | None = field(
        default=None, converter=fields.optional_name("entity.identifier"), metadata=identifies()
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("entity.extensions"), metadata=describes(since=2)
    )

    def identity(self) -> dict[str, object]:
        return {"name": folded(self.name), "identifier": self.identifier}


@frozen(kw_only=True)
class Attribute(Record):
    """What a structured claim says of its subject, such as "deaths". An attribute is known by its name.

    By default its cardinality is single, its value is constant over time, and of the type entity.
    """

    TYPE: ClassVar[str] = "attribute"
    name: str = field(converter=fields.name("attribute.name"), metadata=identifies())
    cardinality: Cardinality | None = field(
        default=None,
        converter=fields.optional_choice("attribute.cardinality", Cardinality),
        metadata=describes(),
    )
    temporal: Temporal | None = field(
        default=None, converter=fields.optional_choice("attribute.temporal", Temporal), metadata=describes()
    )
    value_type: ValueType | None = field(
        default=None,
        converter=fields.optional_choice("attribute.value_type", ValueType),
        metadata=describes(),
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("attribute.extensions"), metadata=describes(since=2)
    )

    def identity(self) -> dict[str, object]:
        return {"name": folded(self.name)}


@frozen
class Window:
    """A stretch of time between two stated ends, both included; an end that is None is open.

    Raises `InvalidValue` where both are open, or where `lo` begins after `hi` ends.
    """

    lo: When | None = field(default=None, converter=_when("window.lo"))
    hi: When | None = field(default=None, converter=_when("window.hi"))

    def __attrs_post_init__(self) -> None:
        if self.lo is None and self.hi is None:
            raise InvalidValue("window", "two open ends", "at least one end, or no window")
        if self.lo and self.hi and self.lo.earliest and self.hi.latest and self.lo.earliest > self.hi.latest:
            raise InvalidValue("window", "an end before its beginning", "lo at or before hi")


Value = Entity | Quantity | When
"""What a structured claim gives its attribute. A claim without a value says that the value is unknown."""


@frozen(kw_only=True)
class Claim(Record):
    """What assertions say, in positive form: a denial is a stance on the claim (`docs/semantics.md`, Records).

    A claim with a subject and an attribute is structured, and is known by its structure and nature. Any other is known
    by its text and nature. `scope` narrows the attribute and includes its unit. `as_of` is the moment for which a count
    holds, `valid` the time during which a state held. `accuses` names the agents whom the claim blames.
    """

    TYPE: ClassVar[str] = "claim"
    text: str | Sealed = field(
        converter=_sealable(lambda value: fields.text("claim.text", value)), metadata=describes()
    )
    nature: Nature = field(
        default=Nature.FACTUAL, converter=fields.choice("claim.nature", Nature), metadata=identifies()
    )
    subject: Reference | None = field(
        default=None,
        converter=_optional_reference("claim.subject"),
        metadata=identifies("entity", withdrawn_with=True),
    )
    attribute: Reference | None = field(
        default=None,
        converter=_optional_reference("claim.attribute"),
        metadata=identifies("attribute", withdrawn_with=True),
    )
    scope: str | None = field(
        default=None, converter=fields.optional_name("claim.scope"), metadata=identifies()
    )
    value: Value | RecordId | None = field(
        default=None,
        converter=_optional(
            "claim.value", (Entity, Quantity, When, RecordId), "an entity, a quantity or a time"
        ),
        metadata=identifies("entity", withdrawn_with=True),
    )
    as_of: Window | None = field(
        default=None, converter=_optional("claim.as_of", Window, "a Window"), metadata=identifies()
    )
    valid: Window | None = field(
        default=None, converter=_optional("claim.valid", Window, "a Window"), metadata=identifies()
    )
    accuses: tuple[Reference, ...] | None = field(
        default=None, converter=_references("claim.accuses"), metadata=describes("agent")
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("claim.extensions"), metadata=describes(since=2)
    )

    def __attrs_post_init__(self) -> None:
        if (self.subject is None) != (self.attribute is None):
            missing = "subject" if self.subject is None else "attribute"
            raise InvalidValue(f"claim.{missing}", "nothing", "both subject and attribute, or neither")
        if self.subject is None:
            for name in ("scope", "value", "as_of", "valid"):
                if getattr(self, name) is not None:
                    raise InvalidValue(
                        f"claim.{name}", "a value", "it only beside a subject and an attribute"
                    )

    @property
    def label(self) -> str:
        """What readers may be shown."""
        return public_words(self.text) or SEALED_CLAIM

    @property
    def is_structured(self) -> bool:
        """Whether it has a subject, an attribute and a value, by which it is known; else it is known by its text."""
        return self.subject is not None

    def identity(self) -> dict[str, object]:
        if self.subject is None:
            words = self.text.handle if isinstance(self.text, Sealed) else folded(self.text)
            return {"text": words, "nature": self.nature.value}
        return {
            "nature": self.nature.value,
            "subject": self.subject.id,
            "attribute": _id(self.attribute),
            "scope": _folded(self.scope),
            "value": _value_identity(self.value),
            "as_of": _window_identity(self.as_of),
            "valid": _window_identity(self.valid),
        }


def _value_identity(value: Value | RecordId | None) -> object:
    if isinstance(value, Quantity):
        return value.bounds()
    if isinstance(value, When):
        return value.bounds()
    return _id(value)


def _window_identity(window: Window | None) -> object:
    if window is None:
        return None
    return [None if end is None else end.bounds() for end in (window.lo, window.hi)]


@frozen(kw_only=True)
class Assertion(Record):
    """An agent takes a stance on a claim, at a time (`docs/semantics.md`, Records).

    An assertion is known by agent, claim, stance, and occasion: which speech event it was. By default its certainty is
    certain, its basis unstated, and its ground rule on the record. An assertion without `said_at` counts as said when
    the document that it was found in was published. Under an embargo it is said at once, and publishable from
    `embargo_until` on.

    `language`, `translated` and `translated_by` are what release 0.1.0 recorded of the words here. They belong to the
    mention now, and are read as its mentions' where these state nothing.
    """

    TYPE: ClassVar[str] = "assertion"
    agent: Reference = field(
        converter=_reference("assertion.agent"), metadata=identifies("agent", withdrawn_with=True)
    )
    claim: Reference = field(
        converter=_reference("assertion.claim"), metadata=identifies("claim", withdrawn_with=True)
    )
    stance: Stance = field(
        default=Stance.AFFIRM, converter=fields.choice("assertion.stance", Stance), metadata=identifies()
    )
    occasion: str = field(
        converter=lambda value: fields.text("assertion.occasion", value), metadata=identifies()
    )
    certainty: Certainty | None = field(
        default=None, converter=fields.optional_choice("assertion.certainty", Certainty), metadata=describes()
    )
    basis: Basis | None = field(
        default=None, converter=fields.optional_choice("assertion.basis", Basis), metadata=describes()
    )
    said_at: When | None = field(default=None, converter=_when("assertion.said_at"), metadata=describes())
    ground_rule: GroundRule | None = field(
        default=None,
        converter=fields.optional_choice("assertion.ground_rule", GroundRule),
        metadata=describes(since=2),
    )
    language: str | None = field(
        default=None, converter=fields.optional_language("assertion.language"), metadata=describes(since=2)
    )
    translated: bool | None = field(
        default=None, converter=fields.optional_flag("assertion.translated"), metadata=describes(since=2)
    )
    translated_by: str | None = field(
        default=None, converter=fields.optional_name("assertion.translated_by"), metadata=describes(since=2)
    )
    embargo_until: When | None = field(
        default=None, converter=_when("assertion.embargo_until"), metadata=describes(since=3)
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("assertion.extensions"), metadata=describes(since=2)
    )

    def __attrs_post_init__(self) -> None:
        _check_translator("assertion", translated=self.translated, translated_by=self.translated_by)
        if self.ground_rule is GroundRule.EMBARGO and self.embargo_until is None:
            raise InvalidValue("assertion.embargo_until", "nothing", "until when the embargo lasts")
        if self.embargo_until is not None and self.embargo_until.latest is None:
            raise InvalidValue("assertion.embargo_until", "a time without an end", "when the embargo ends")
        if self.embargo_until is not None and self.ground_rule is None:
            object.__setattr__(self, "ground_rule", GroundRule.EMBARGO)

    def identity(self) -> dict[str, object]:
        return {
            "agent": self.agent.id,
            "claim": self.claim.id,
            "stance": self.stance.value,
            "occasion": folded(self.occasion),
        }

    def identity_json(self) -> str:
        return (
            f'{{"agent":"{self.agent.id}","claim":"{self.claim.id}","kind":"assertion",'
            f'"occasion":{quoted(folded(self.occasion))},"stance":"{self.stance}"}}'
        )


@frozen(kw_only=True)
class Anchor:
    """Where a quotation stands in a document's text.

    `exact`, `prefix` and `suffix` are a text quote selector of the W3C: the quoted words, and the text right before and
    after them. `start` and `end` are its text position selector: code points from 0, the end excluded. Both are given,
    or neither. A sealed quotation has none of prefix, suffix, start and end.
    """

    exact: str | Sealed = field(converter=_sealable(lambda value: fields.text("anchor.exact", value)))
    prefix: str | None = field(default=None, converter=fields.optional_text("anchor.prefix"))
    suffix: str | None = field(default=None, converter=fields.optional_text("anchor.suffix"))
    start: int | None = field(default=None, converter=fields.optional_offset("anchor.start"))
    end: int | None = field(default=None, converter=fields.optional_offset("anchor.end"))

    def __attrs_post_init__(self) -> None:
        if (self.start is None) != (self.end is None):
            raise InvalidValue("anchor.start", "one end of a position", "both start and end, or neither")
        if isinstance(self.exact, Sealed):
            self._refuse_what_tells()
        elif self.start is not None and self.end is not None and self.end - self.start != len(self.exact):
            raise InvalidValue("anchor.end", "another length than the quotation's", "start + len(exact)")

    @property
    def words(self) -> str:
        """The quotation as it enters the mention's identity: the words, or the handle of sealed ones."""
        return self.exact.handle if isinstance(self.exact, Sealed) else self.exact

    def _refuse_what_tells(self) -> None:
        """The place of a sealed quotation, and the text around it, would give the quotation away."""
        for name in ("prefix", "suffix", "start", "end"):
            if getattr(self, name) is not None:
                raise InvalidValue(f"anchor.{name}", "a place of a sealed quotation", "only the quotation")


_FEWEST_PARTS = 2
"""A quotation in one part is no quotation in parts."""


def _parts(values: object) -> tuple[Anchor, ...] | None:
    if values is None:
        return None
    parts = fields.listed("mention.parts", values, of="anchors")
    for part in parts:
        if not isinstance(part, Anchor):
            raise InvalidValue("mention.parts", f"a {type(part).__name__}", "an Anchor of each part")
        if isinstance(part.exact, Sealed):
            raise InvalidValue("mention.parts", "a sealed part", "the whole quotation sealed in anchor")
    return parts


def _place_identity(anchor: Anchor) -> list[object]:
    return [anchor.words, anchor.start, anchor.end]


@frozen(kw_only=True)
class Mention(Record):
    """An assertion found in a document, or heard by the desk itself (`document` left out).

    An assertion is observed as soon as it has a mention in a document of its own agent, or was heard by the desk
    (`docs/semantics.md`, Records). `cue` are the words that put the assertion ("according to"), and `distanced` says
    that the document keeps its distance ("claims", "so-called").

    `anchor` is where the words stand. A quotation in parts ("“I am,” he said, “not a crook”") has the anchor of its first
    part there, and those of all its parts in `parts`. Where the same words stand in several places, and nobody said
    which is meant, the anchor has no position, and `places` are the starts of all of them, in code points from 0.

    `language` is the one in which it was said, as a BCP 47 tag, `translated` says that the recorded words are in
    another, and `translated_by` who translated them.
    """

    TYPE: ClassVar[str] = "mention"
    assertion: Reference = field(converter=_reference("mention.assertion"), metadata=identifies("assertion"))
    document: Reference | None = field(
        default=None,
        converter=_optional_reference("mention.document"),
        metadata=identifies("document", withdrawn_with=True),
    )
    anchor: Anchor | None = field(
        default=None, converter=_optional("mention.anchor", Anchor, "an Anchor"), metadata=identifies()
    )
    parts: tuple[Anchor, ...] | None = field(default=None, converter=_parts, metadata=identifies(since=3))
    cue: str | None = field(default=None, converter=fields.optional_name("mention.cue"), metadata=describes())
    quote_type: QuoteType | None = field(
        default=None, converter=fields.optional_choice("mention.quote_type", QuoteType), metadata=describes()
    )
    distanced: bool | None = field(
        default=None, converter=fields.optional_flag("mention.distanced"), metadata=describes()
    )
    places: tuple[int, ...] | None = field(
        default=None, converter=fields.optional_offsets("mention.places"), metadata=describes(since=3)
    )
    language: str | None = field(
        default=None, converter=fields.optional_language("mention.language"), metadata=describes(since=3)
    )
    translated: bool | None = field(
        default=None, converter=fields.optional_flag("mention.translated"), metadata=describes(since=3)
    )
    translated_by: str | None = field(
        default=None, converter=fields.optional_name("mention.translated_by"), metadata=describes(since=3)
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("mention.extensions"), metadata=describes(since=2)
    )

    def __attrs_post_init__(self) -> None:
        _check_translator("mention", translated=self.translated, translated_by=self.translated_by)
        if self.parts is not None and (len(self.parts) < _FEWEST_PARTS or self.anchor != self.parts[0]):
            raise InvalidValue("mention.parts", "other parts", "two or more, of which anchor is the first")
        if self.places is not None and (self.anchor is None or self.anchor.start is not None):
            raise InvalidValue("mention.places", "places beside a position", "an anchor without a position")

    def identity(self) -> dict[str, object]:
        anchor = self.anchor
        place = None if anchor is None else _place_identity(anchor)
        parts = None if self.parts is None else [_place_identity(part) for part in self.parts]
        return {
            "assertion": self.assertion.id,
            "document": _id(self.document),
            "anchor": place,
            "parts": parts,
        }

    def identity_json(self) -> str:
        if self.parts is not None:
            return super().identity_json()
        anchor, place, document = self.anchor, "", ""
        if anchor is not None:
            start = "null" if anchor.start is None else anchor.start
            end = "null" if anchor.end is None else anchor.end
            place = f'"anchor":[{quoted(anchor.words)},{start},{end}],'
        if self.document is not None:
            document = f'"document":"{self.document.id}",'
        return f'{{{place}"assertion":"{self.assertion.id}",{document}"kind":"mention"}}'


@frozen(kw_only=True)
class Relay(Record):
    """The later assertion rests on the earlier one: stated in the text, or inferred by somebody."""

    TYPE: ClassVar[str] = "relay"
    source: Reference = field(converter=_reference("relay.source"), metadata=identifies("assertion"))
    """The later assertion."""
    target: Reference = field(converter=_reference("relay.target"), metadata=identifies("assertion"))
    """The earlier assertion, which it rests on."""
    status: RelayStatus = field(
        default=RelayStatus.STATED,
        converter=fields.choice("relay.status", RelayStatus),
        metadata=identifies(),
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("relay.extensions"), metadata=describes(since=2)
    )

    def identity(self) -> dict[str, object]:
        return {"source": self.source.id, "target": self.target.id, "status": self.status.value}

    def identity_json(self) -> str:
        return (
            f'{{"kind":"relay","source":"{self.source.id}","status":"{self.status}",'
            f'"target":"{self.target.id}"}}'
        )


@frozen(kw_only=True)
class Evidence(Record):
    """What was shown for an assertion, or that no evidence was cited (`present=False`), and who noted that.

    `item` identifies the very thing shown (a URL, an archive number), so that two assertions can share it.
    """

    TYPE: ClassVar[str] = "evidence"
    assertion: Reference = field(converter=_reference("evidence.assertion"), metadata=identifies("assertion"))
    kind: EvidenceKind = field(
        default=EvidenceKind.UNSPECIFIED,
        converter=fields.choice("evidence.kind", EvidenceKind),
        metadata=identifies(),
    )
    present: bool = field(default=True, converter=fields.flag("evidence.present"), metadata=identifies())
    item: str | None = field(
        default=None, converter=fields.optional_name("evidence.item"), metadata=identifies()
    )
    noted_by: Reference | None = field(
        default=None, converter=_optional_reference("evidence.noted_by"), metadata=identifies("agent")
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("evidence.extensions"), metadata=describes(since=2)
    )

    def identity(self) -> dict[str, object]:
        return {
            "assertion": self.assertion.id,
            "kind": self.kind.value,
            "present": self.present,
            "item": _folded(self.item),
            "noted_by": _id(self.noted_by),
        }


@frozen(kw_only=True)
class Link(Record):
    """An editor ties two records of one type together: they are merged, grouped, or one entails the other, say.

    A withdrawal of the link undoes it. `valid` limits a control group or a spokesperson to what was said within that
    time; by default it holds always.
    """

    TYPE: ClassVar[str] = "link"
    kind: LinkKind = field(converter=fields.choice("link.kind", LinkKind), metadata=identifies())
    source: Reference = field(converter=_reference("link.source"), metadata=identifies(ANY_RECORD))
    target: Reference = field(converter=_reference("link.target"), metadata=identifies(ANY_RECORD))
    valid: Window | None = field(
        default=None, converter=_optional("link.valid", Window, "a Window"), metadata=identifies()
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("link.extensions"), metadata=describes(since=2)
    )

    def __attrs_post_init__(self) -> None:
        if self.valid is not None and self.kind not in (LinkKind.CONTROL_GROUP, LinkKind.SPEAKS_FOR):
            raise InvalidValue(
                "link.valid", f"dates of a {self.kind} link", "dates only of a control group or spokesperson"
            )
        if self.source.id == self.target.id and self.kind is not LinkKind.ENTAILS:
            raise InvalidValue("link.target", "the record itself", "another record")

    def identity(self) -> dict[str, object]:
        return {
            "kind": self.kind.value,
            "source": self.source.id,
            "target": self.target.id,
            "valid": _window_identity(self.valid),
        }


@frozen(kw_only=True)
class Redaction(Record):
    """The sealed values of a record, and the text of a document, were destroyed: nobody can read them again."""

    TYPE: ClassVar[str] = "redaction"
    target: Reference = field(
        converter=_reference("redaction.target"), metadata=identifies("agent", "claim", "mention", "document")
    )
    by: str | None = field(default=None, converter=fields.optional_name("redaction.by"), metadata=said_once())
    reason: str | None = field(
        default=None, converter=fields.optional_text("redaction.reason"), metadata=said_once()
    )
    round: int = field(default=1, converter=fields.count("redaction.round"), metadata=identifies())
    """The number of this redaction of the record, from 1: values that are sealed anew can be redacted again."""
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("redaction.extensions"), metadata=describes(since=2)
    )

    def identity(self) -> dict[str, object]:
        return {"target": self.target.id, "round": self.round}


@frozen(kw_only=True)
class Amendment(Record):
    """An assertion, every assertion found in a document, or an item of evidence is taken back or put right.

    Only its holder or a publisher retracts, corrects or supersedes it. Anybody may record that an assertion is
    misattributed, or that evidence is debunked (`docs/semantics.md`, Records).
    """

    TYPE: ClassVar[str] = "amendment"
    target: Reference = field(
        converter=_reference("amendment.target"), metadata=identifies("assertion", "document", "evidence")
    )
    kind: AmendmentKind = field(
        converter=fields.choice("amendment.kind", AmendmentKind), metadata=identifies()
    )
    by: Reference = field(
        converter=_reference("amendment.by"), metadata=identifies("agent", withdrawn_with=True)
    )
    replacement: Reference | None = field(
        default=None,
        converter=_optional_reference("amendment.replacement"),
        metadata=identifies("assertion", "document"),
    )
    at: When | None = field(default=None, converter=_when("amendment.at"), metadata=identifies())
    note: str | None = field(
        default=None, converter=fields.optional_text("amendment.note"), metadata=said_once()
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("amendment.extensions"), metadata=describes(since=2)
    )

    def identity(self) -> dict[str, object]:
        return {
            "target": self.target.id,
            "kind": self.kind.value,
            "by": self.by.id,
            "replacement": _id(self.replacement),
            "at": None if self.at is None else self.at.bounds(),
        }


@frozen(kw_only=True)
class Withdrawal(Record):
    """The desk recorded the target in error. From the withdrawal's commit on, it counts as if never recorded.

    `round` numbers the withdrawals of one record from 1: a withdrawal can itself be withdrawn, and the record
    withdrawn again.
    """

    TYPE: ClassVar[str] = "withdrawal"
    target: Reference = field(converter=_reference("withdrawal.target"), metadata=identifies(ANY_RECORD))
    round: int = field(default=1, converter=fields.count("withdrawal.round"), metadata=identifies())
    by: str | None = field(
        default=None, converter=fields.optional_name("withdrawal.by"), metadata=said_once()
    )
    reason: str | None = field(
        default=None, converter=fields.optional_text("withdrawal.reason"), metadata=said_once()
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("withdrawal.extensions"), metadata=describes(since=2)
    )

    def identity(self) -> dict[str, object]:
        return {"target": self.target.id, "round": self.round}


@frozen(kw_only=True)
class CommentRequest(Record):
    """A newsroom asked an accused agent for comment on a claim."""

    TYPE: ClassVar[str] = "comment_request"
    accused: Reference = field(
        converter=_reference("comment_request.accused"), metadata=identifies("agent", withdrawn_with=True)
    )
    claim: Reference = field(
        converter=_reference("comment_request.claim"), metadata=identifies("claim", withdrawn_with=True)
    )
    asked_by: Reference | None = field(
        default=None, converter=_optional_reference("comment_request.asked_by"), metadata=identifies("agent")
    )
    asked_at: When | None = field(
        default=None, converter=_when("comment_request.asked_at"), metadata=identifies()
    )
    deadline: When | None = field(
        default=None, converter=_when("comment_request.deadline"), metadata=said_once()
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("comment_request.extensions"), metadata=describes(since=2)
    )

    def identity(self) -> dict[str, object]:
        return {
            "accused": self.accused.id,
            "claim": self.claim.id,
            "asked_by": _id(self.asked_by),
            "asked_at": None if self.asked_at is None else self.asked_at.bounds(),
        }


@frozen(kw_only=True)
class Assessment(Record):
    """An editor's or fact-checker's verdict, in their words, on a claim, or on its conflict with `against`.

    It never enters a grade or a conflict.
    """

    TYPE: ClassVar[str] = "assessment"
    claim: Reference = field(
        converter=_reference("assessment.claim"), metadata=identifies("claim", withdrawn_with=True)
    )
    verdict: str = field(
        converter=lambda value: fields.text("assessment.verdict", value), metadata=identifies()
    )
    by: Reference = field(
        converter=_reference("assessment.by"), metadata=identifies("agent", withdrawn_with=True)
    )
    against: Reference | None = field(
        default=None,
        converter=_optional_reference("assessment.against"),
        metadata=identifies("claim", withdrawn_with=True),
    )
    at: When | None = field(default=None, converter=_when("assessment.at"), metadata=identifies())
    url: str | None = field(
        default=None, converter=fields.optional_name("assessment.url"), metadata=said_once()
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("assessment.extensions"), metadata=describes(since=2)
    )

    def identity(self) -> dict[str, object]:
        return {
            "claim": self.claim.id,
            "verdict": folded(self.verdict),
            "by": self.by.id,
            "against": _id(self.against),
            "at": None if self.at is None else self.at.bounds(),
        }


@frozen(kw_only=True)
class Redefinition(Record):
    """An attribute is defined anew, on purpose: what was stated of it first stands until then.

    `claims` is how many claims were on the attribute when it was redefined. `round` numbers the redefinitions of one
    attribute from 1. A withdrawal of the redefinition undoes it.
    """

    TYPE: ClassVar[str] = "redefinition"
    attribute: Reference = field(
        converter=_reference("redefinition.attribute"), metadata=identifies("attribute", withdrawn_with=True)
    )
    round: int = field(default=1, converter=fields.count("redefinition.round"), metadata=identifies())
    cardinality: Cardinality | None = field(
        default=None,
        converter=fields.optional_choice("redefinition.cardinality", Cardinality),
        metadata=said_once(),
    )
    temporal: Temporal | None = field(
        default=None,
        converter=fields.optional_choice("redefinition.temporal", Temporal),
        metadata=said_once(),
    )
    value_type: ValueType | None = field(
        default=None,
        converter=fields.optional_choice("redefinition.value_type", ValueType),
        metadata=said_once(),
    )
    claims: int | None = field(
        default=None, converter=fields.optional_offset("redefinition.claims"), metadata=said_once()
    )
    by: str | None = field(
        default=None, converter=fields.optional_name("redefinition.by"), metadata=said_once()
    )
    reason: str | None = field(
        default=None, converter=fields.optional_text("redefinition.reason"), metadata=said_once()
    )
    extensions: Extensions | None = field(
        default=None, converter=extensions_of("redefinition.extensions"), metadata=describes()
    )

    def __attrs_post_init__(self) -> None:
        if self.cardinality is None and self.temporal is None and self.value_type is None:
            raise InvalidValue("redefinition", "nothing", "a cardinality, a temporal or a value type")

    def identity(self) -> dict[str, object]:
        return {"attribute": self.attribute.id, "round": self.round}


RECORD_TYPES: dict[str, type[Record]] = {
    record_type.TYPE: record_type
    for record_type in (
        Agent,
        Document,
        Entity,
        Attribute,
        Claim,
        Assertion,
        Mention,
        Relay,
        Evidence,
        Link,
        Amendment,
        Withdrawal,
        Redaction,
        CommentRequest,
        Assessment,
        Redefinition,
    )
}
"""Every record type by its name in entries."""
