"""The records of one sentence, made by pure functions from the keywords of `Desk.record`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from provenance.errors import InvalidValue
from provenance.recording.sources import REPORTED_ABSENT, Shown
from provenance.values import fields, model
from provenance.values.ids import RecordId
from provenance.values.instants import When
from provenance.values.model import Role
from provenance.values.records import (
    Agent,
    Assertion,
    Claim,
    Document,
    Evidence,
    Mention,
    Record,
    Reference,
    Relay,
)
from provenance.values.references import referred_records
from provenance.values.sealed import Sealed
from provenance.values.times import when_of
from provenance.values.vocabulary import EvidenceKind, Stance
from provenance.values.zones import zone_of

MAX_QUOTE = fields.MAX_TEXT - 1_000
"""Characters of a quotation: the default occasion of its assertions, which also holds the document's id, must fit."""

_EVIDENCE_KINDS = tuple(kind.value for kind in EvidenceKind)
_STANCES = tuple(stance.value for stance in Stance if stance is not Stance.RELAY)


def _beside_identity(record_type: type[Record]) -> list[str]:
    declared = model.fields_of(record_type)
    return [name for name, each in declared.items() if each.role is not Role.IDENTITY]


_OF_THE_WORDS = ("language", "translated", "translated_by")
"""What belongs to the words, and so to the mention; release 0.1.0 recorded it with the assertion."""

_OF_THE_ASSERTION = [name for name in _beside_identity(Assertion) if name not in _OF_THE_WORDS]

_STATED = {
    Assertion: _OF_THE_ASSERTION,
    Mention: [name for name in _beside_identity(Mention) if name not in (*_OF_THE_ASSERTION, "places")],
}
"""The keywords of a sentence that are fields of the source's assertion, and those that are fields of its mention. Where
both have a field of the name, the keyword is the assertion's. Where the words stand is found in the text."""


def stated_of(
    record_type: type[Assertion | Mention], keywords: Mapping[str, Any], zone: str | None
) -> dict[str, Any]:
    """The fields of the assertion, or of its mention, that the keywords of `Desk.record` state. A date is its whole day
    in the zone."""
    stated = {name: keywords[name] for name in _STATED[record_type]}
    for name in model.fields_holding(record_type, When):
        stated[name] = moment_of(name, stated[name], zone)
    return stated


def check_words(stance: object, quote: object, occasion: object) -> None:
    if stance == Stance.RELAY:
        raise InvalidValue("stance", "relay", "the stance of the source itself, and who relayed it in via=")
    if stance not in _STANCES:
        raise InvalidValue.unknown_word("stance", stance, _STANCES)
    if not isinstance(quote, Sealed):
        fields.optional_text("quote", MAX_QUOTE)(quote)
    fields.optional_text("occasion")(occasion)


def assertions_of(
    chain: Sequence[Agent | RecordId],
    claim: Claim,
    *,
    stance: str,
    occasion: str | None,
    words: str,
    found_in: Document | RecordId | None,
    own: Mapping[str, Any],
) -> list[Assertion]:
    """The assertions of a chain, that of the source first. `own` has the fields that only the source's assertion gets.

    An unstated occasion is made of the document, the quoted words, and the place in the chain counted from the
    publisher (`docs/semantics.md`, Records: Identity).
    """
    place = "desk" if found_in is None else str(found_in.id)
    unstated = [f"{place} {words} {step}" for step in range(len(chain), 0, -1)]
    source, *others = chain
    return [
        Assertion(agent=source, claim=claim, stance=stance, occasion=occasion or unstated[0], **own),
        *(
            Assertion(agent=agent, claim=claim, stance=Stance.RELAY, occasion=step)
            for agent, step in zip(others, unstated[1:], strict=True)
        ),
    ]


def relays_of(assertions: Sequence[Assertion]) -> list[Relay]:
    """Each assertion of a chain rests on the one before it."""
    return [Relay(source=later, target=earlier) for earlier, later in itertools.pairwise(assertions)]


def evidence_of(stated: object, assertion: Assertion, noted_by: Reference | None) -> list[Evidence]:
    """The evidence that a sentence states: none, one of its kinds, or a list of these."""
    if stated is None:
        return []
    each = stated if isinstance(stated, list | tuple) else [stated]
    return [_evidence(one, assertion, noted_by) for one in each]


def _evidence(cited: object, assertion: Assertion, noted_by: Reference | None) -> Evidence:
    if cited == REPORTED_ABSENT:
        return Evidence(assertion=assertion, present=False, noted_by=noted_by)
    if isinstance(cited, str):
        if cited not in _EVIDENCE_KINDS:
            raise InvalidValue.unknown_word("evidence", cited, (REPORTED_ABSENT, *_EVIDENCE_KINDS))
        return Evidence(assertion=assertion, kind=cited)
    if not isinstance(cited, Shown):
        raise InvalidValue(
            "evidence", f"a {type(cited).__name__}", "REPORTED_ABSENT, a kind, or shown(kind, item)"
        )
    return Evidence(assertion=assertion, kind=cited.kind, item=cited.item)


def with_referred(records: Iterable[Record]) -> tuple[Record, ...]:
    """These records and those that they refer to by value: each once, and behind all that it refers to."""
    ordered: dict[str, Record] = {}
    for record in records:
        _add_with_referred(record, ordered)
    return tuple(ordered.values())


def _add_with_referred(record: Record, ordered: dict[str, Record]) -> None:
    """Adds the record to `ordered`, behind all records that it refers to by value."""
    id_ = record.id
    if id_ not in ordered:
        for referred in referred_records(record):
            _add_with_referred(referred, ordered)
        ordered[id_] = record


def moment_of(field_name: str, stated: object, zone: str | None = None) -> When | None:
    """The time that is stated, its dates whole days in the zone; in UTC where none is given."""
    if stated is None:
        return None
    return when_of(field_name, stated, zone=None if zone is None else zone_of(zone))


def version_of(published_at: When) -> str:
    """What tells a later version from the one before it, where nothing but its publication does: that moment, in
    ISO 8601."""
    moment = published_at.latest or published_at.earliest
    return "" if moment is None else moment.isoformat().replace("+00:00", "Z")
