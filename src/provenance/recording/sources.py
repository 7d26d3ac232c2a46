"""Sources and claims as a newsroom writes them down, before they are tied to a document.

`person`, `organisation`, `outlet`, `role`, `partly_named`, `anonymous` and `unattributed` make sources; `claim` makes a
claim with structure; `shown` says what evidence was cited.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from attrs import field, frozen

from provenance.errors import InvalidValue
from provenance.values.extensions import Extensions, extensions_of
from provenance.values.fields import MAX_NAME, choice, optional_names
from provenance.values.fields import text as text_of
from provenance.values.instants import When
from provenance.values.quantities import Quantity, quantity
from provenance.values.records import Agent, Attribute, Claim, Entity, Reference, Window
from provenance.values.sealed import Sealed, sealed
from provenance.values.times import when_of
from provenance.values.vocabulary import AgentKind, EvidenceKind, Naming, ValueType

REPORTED_ABSENT = "absent"
"""What `evidence` is of a sentence that says that no evidence was cited ("without citing evidence")."""


@frozen(kw_only=True)
class Source:
    """Somebody to record as a source, as a relay or as an accused. `person`, `anonymous` and their like make one.

    - `description`: how readers may be told of it. `contact`: how the desk reaches it, always sealed
    - `speaks_for`: the agent whose voice it is. `part_of`: its control group, with which it is one voice
    - `identifier`: an id of another system, such as Wikidata's, that tells apart agents of one name
    - `mention`: the document's words for an unnamed source, by default its name or description
    - `aliases`: other names. `count`: the stated number of people, by default 1
    - `known_to_desk`: True where an unnamed or partly named source is identified to the newsroom
    - `extensions`: data of your own by namespace (`Extension`)

    What does not fit together raises `InvalidValue` when the source is recorded.
    """

    kind: AgentKind = AgentKind.ORGANISATION
    naming: Naming = Naming.NAMED
    name: str | Sealed | None = None
    description: str | Sealed | None = None
    contact: Sealed | None = None
    speaks_for: Source | str | None = None
    part_of: Source | str | None = None
    identifier: str | None = None
    mention: str | None = None
    aliases: tuple[str, ...] | None = field(default=None, converter=optional_names("aliases"))
    count: int | None = None
    known_to_desk: bool | None = None
    extensions: Extensions | None = field(default=None, converter=extensions_of("extensions"))


AnySource = Source | Agent | str
"""A source, an agent or its id, or the bare name of one."""


def person(name: str, **fields: Any) -> Source:
    """A named person. `fields` are those of `Source`."""
    return Source(kind=AgentKind.PERSON, name=name, **fields)


def organisation(name: str, **fields: Any) -> Source:
    """A named organisation. `fields` are those of `Source`."""
    return Source(kind=AgentKind.ORGANISATION, name=name, **fields)


def outlet(name: str, **fields: Any) -> Source:
    """An outlet: it publishes. `fields` are those of `Source`."""
    return Source(kind=AgentKind.OUTLET, name=name, **fields)


def role(name: str, *, speaks_for: Source | str, **fields: Any) -> Source:
    """A person known by a role only ("a spokesperson of the committee"), and the agent for whom the role speaks."""
    return Source(kind=AgentKind.PERSON, naming=Naming.ROLE, name=name, speaks_for=speaks_for, **fields)


def partly_named(name: str | Sealed, **fields: Any) -> Source:
    """A person of whom only a part of the name is known, such as a neighbour who gave her first name."""
    return Source(kind=AgentKind.PERSON, naming=Naming.PARTIAL, name=name, **fields)


def anonymous(description: str | Sealed, **fields: Any) -> Source:
    """A source that is described and not named: "medical sources", "three officials" (`count=3`). `kind` is a kind of
    agent, by default a group.

    It belongs to the document that describes it: outside of one, `mention` has to tell it apart. What only the desk
    knows of a confidential source is sealed: `name=sealed(…)`, `contact=sealed(…)`.
    """
    return Source(
        kind=fields.pop("kind", AgentKind.GROUP), naming=Naming.ANONYMOUS, description=description, **fields
    )


def unattributed(description: str, **fields: Any) -> Source:
    """A source for which nobody takes responsibility: "attacks blamed on …". It belongs to the document."""
    return Source(kind=AgentKind.UNKNOWN, naming=Naming.UNATTRIBUTED, description=description, **fields)


@frozen
class Shown:
    """Evidence that was cited: its kind and, where there is one, an id of the item: a URL, an archive number.

    Two assertions that show the same item have one piece of evidence between them.
    """

    kind: EvidenceKind = field(converter=choice("evidence.kind", EvidenceKind))
    item: str | None = None


def shown(kind: str, item: str | None = None) -> Shown:
    """The evidence of a sentence that cites some. Raises `InvalidValue` for a kind that is not on the list."""
    return Shown(kind, item)


def entity(
    name: str,
    identifier: str | None = None,
    *,
    extensions: Mapping[str, Mapping[str, Any]] | None = None,
) -> Entity:
    """What a claim is about, or what its value names. `identifier` is an id of another system, such as Wikidata's."""
    return Entity(name=name, identifier=identifier, extensions=extensions)


def attribute(name: str, **fields: Any) -> Attribute:
    """What a structured claim says of its subject (`docs/semantics.md`, Records).

    - `cardinality`: single, by default, where two values exclude each other; or multi
    - `temporal`: constant, by default, happened once; state holds for a while; cumulative may only rise
    - `value_type`: entity, by default; place, enum, number or time
    - `extensions`: data of your own by namespace (`Extension`)
    """
    return Attribute(name=name, **fields)


def claim(
    text: str | Sealed,
    *,
    subject: Entity | str | None = None,
    attribute: Attribute | str | None = None,
    value: object = None,
    as_of: object = None,
    valid: object = None,
    nature: str = "factual",
    scope: str | None = None,
    accuses: Iterable[Reference] | None = None,
    extensions: Mapping[str, Mapping[str, Any]] | None = None,
) -> Claim:
    """A claim in positive form: a denial is a stance on it. It is structured where subject and attribute are given.

    - `value`: read as the attribute's type says: `quantity` reads a number, `when` a time, and otherwise it is the name
      of an entity. Left out, the claim says that the value is unknown
    - `as_of`: the moment for which a count holds, and `valid`: the time during which a state held. Each is one date, or
      a pair of ends of which one may be None; a date is its whole day in UTC
    - `nature`: factual, evaluative (an opinion) or prospective (a forecast)
    - `scope`: what narrows the attribute, its unit included
    - `accuses`: a list of the agents whom the claim blames

    Raises `InvalidValue`, naming the field, for one of subject and attribute without the other, and for value, scope,
    as_of or valid without both.
    """
    if isinstance(subject, str):
        subject = Entity(name=_name("claim.subject", subject))
    if isinstance(attribute, str):
        attribute = Attribute(name=_name("claim.attribute", attribute))
    return Claim(
        text=text,
        nature=nature,
        subject=subject,
        attribute=attribute,
        scope=scope,
        value=_value(value, attribute),
        as_of=window("claim.as_of", as_of),
        valid=window("claim.valid", valid),
        accuses=accuses,
        extensions=extensions,
    )


def _value(value: object, attribute: object) -> Entity | Quantity | When | None:
    if value is None or isinstance(value, Entity | Quantity | When):
        return value
    value_type = attribute.value_type if isinstance(attribute, Attribute) else None
    if value_type is ValueType.NUMBER:
        return _quantity(value)
    if value_type is ValueType.TIME:
        return when_of("claim.value", value)
    if not isinstance(value, str):
        raise InvalidValue(
            "claim.value", f"a {type(value).__name__}", "a name, or an attribute of type number or time"
        )
    return Entity(name=_name("claim.value", value))


def _name(field_name: str, value: str) -> str:
    return text_of(field_name, value, longest=MAX_NAME)


def _quantity(value: object) -> Quantity:
    try:
        return quantity(value)  # type: ignore[arg-type]
    except InvalidValue as error:
        raise error.of_field("claim.value") from None


def window(field_name: str, window: object) -> Window | None:
    """The stretch of time of one date, or between a pair of ends of which one may be None."""
    if window is None or isinstance(window, Window):
        return window
    ends = window if isinstance(window, tuple | list) else (window, window)
    if len(ends) != 2:
        raise InvalidValue(field_name, f"{len(ends)} ends", "one date or a pair of ends")
    stated = [None if end is None else when_of(field_name, end) for end in ends]
    try:
        return Window(*stated)
    except InvalidValue as error:
        raise error.of_field(field_name) from None


def source_from_json(value: object, field_name: str) -> AnySource:
    """The source in a sentence: a bare name, or an object with the word for its kind, as {"anonymous": "…"}."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        raise InvalidValue(field_name, f"a {type(value).__name__}", "a name or an object")
    word = next((word for word in SHORT_FORMS if word in value), None)
    if word is None:
        raise InvalidValue(field_name, "an object without a name", "one of " + ", ".join(SHORT_FORMS))
    fields = {
        name: value_from_json(one, f"{field_name}.{name}")
        for name, one in value.items()
        if name not in _AGENTS
    }
    fields |= {
        name: source_from_json(value[name], f"{field_name}.{name}") for name in _AGENTS if value.get(name)
    }
    first = fields.pop(word)
    _check_source(field_name, word, fields)
    source: Source = SHORT_FORMS[word](first, **fields)
    return source


_AGENTS = ("part_of", "speaks_for")
_SEALED_FIELDS = frozenset(("sealed", "public", "level", "handle"))


def _check_source(field_name: str, word: str, fields: Mapping[str, object]) -> None:
    allowed = {one.name for one in attrs.fields(Source)} - {"naming", "description"}
    if word != "anonymous":
        allowed.remove("name")
    if not fields.keys() <= allowed:
        raise InvalidValue.unknown_fields(field_name, fields, allowed)
    if "kind" in fields and word != "anonymous":
        raise InvalidValue(f"{field_name}.kind", "a kind beside a word that says it", "only one of the two")
    if word == "role" and "speaks_for" not in fields:
        raise InvalidValue(f"{field_name}.speaks_for", "nothing", "the agent for whom the role speaks")


def value_from_json(value: object, field_name: str) -> Any:
    """The value as it stands; sealed where it is {"sealed": value, "public", "level", "handle"}."""
    if not isinstance(value, Mapping) or "sealed" not in value:
        return value
    if not value.keys() <= _SEALED_FIELDS:
        raise InvalidValue.unknown_fields(field_name, value, _SEALED_FIELDS)
    fields = dict(value)
    return sealed(fields.pop("sealed"), **fields)


SHORT_FORMS: dict[str, Any] = {
    "person": person,
    "organisation": organisation,
    "outlet": outlet,
    "document": lambda name, **fields: Source(kind=AgentKind.DOCUMENT, name=name, **fields),
    "group": lambda name, **fields: Source(kind=AgentKind.GROUP, name=name, **fields),
    "role": role,
    "partly_named": partly_named,
    "anonymous": anonymous,
    "unattributed": unattributed,
}
