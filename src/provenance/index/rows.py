"""From a record to the rows that stand for it: for a commit, for a rebuild, and for a record as it was described
earlier."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Table

from provenance.database.bulk import Row
from provenance.index import tables
from provenance.values import model
from provenance.values.folding import words_of
from provenance.values.ids import RecordId
from provenance.values.instants import When, to_microseconds
from provenance.values.model import Declaration
from provenance.values.names import normal_name
from provenance.values.quantities import Quantity
from provenance.values.records import (
    Agent,
    Amendment,
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
    Reference,
    Relay,
    Window,
    Withdrawal,
)
from provenance.values.sealed import public_words
from provenance.values.vocabulary import (
    Basis,
    Cardinality,
    Certainty,
    RelayStatus,
    Stance,
    Temporal,
    ValueType,
)


class RowContext(NamedTuple):
    """What a row needs beside its record: the record's key, its commit and that commit's time, and the keys of the
    records that it refers to."""

    key: int
    commit_seq: int
    at: int
    key_of: Callable[[str], int]

    def key_or_none(self, reference: Reference | None) -> int | None:
        return None if reference is None else self.key_of(reference.id)


def listed_text(values: Sequence[object] | None) -> str | None:
    """A list as a column holds it: as JSON; None where it is empty."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else None


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)


def _span(when: When | None) -> tuple[int | None, int | None]:
    return (None, None) if when is None else (_us(when.earliest), _us(when.latest))


def _moment(when: When | None) -> int | None:
    """The one moment as which a time counts: its last."""
    return _span(when)[1]


def _moment_or(when: When | None, recorded_at: int) -> int:
    """The moment as which a time counts; of one that is unstated or has no end, the moment of recording."""
    moment = _moment(when)
    return recorded_at if moment is None else moment


def _agent(agent: Agent, context: RowContext) -> Row:
    return {
        "described": context.commit_seq,
        "kind": agent.kind.value,
        "naming": agent.naming.value,
        "name": public_words(agent.name),
        "name_folded": normal_name(agent.label),
        "label": agent.label,
        "aliases": listed_text(agent.aliases),
        "description": public_words(agent.description),
        "count": agent.count or 1,
        "known_to_desk": bool(agent.known_to_desk),
        "speaks_for": context.key_or_none(agent.speaks_for),
    }


def _document(document: Document, context: RowContext) -> Row:
    published_lo, published_hi = _span(document.published_at)
    return {
        "described": context.commit_seq,
        "outlet": context.key_of(document.outlet.id),
        "url": document.url,
        "publisher_id": document.publisher_id,
        "title": document.title,
        "text_digest": None if document.text_digest is None else bytes.fromhex(document.text_digest),
        "published_lo": published_lo,
        "published_hi": published_hi,
        "supersedes": context.key_or_none(document.supersedes),
        "change_note": document.change_note,
        "version": document.version,
        "zone": document.zone,
    }


def _attribute(attribute: Attribute, context: RowContext) -> Row:
    return {
        "described": context.commit_seq,
        "name": attribute.name,
        "cardinality": (attribute.cardinality or Cardinality.SINGLE).value,
        "temporal": (attribute.temporal or Temporal.CONSTANT).value,
        "value_type": (attribute.value_type or ValueType.ENTITY).value,
    }


def _redefinition(redefinition: Redefinition, context: RowContext) -> Row:
    words = {name: getattr(redefinition, name) for name in ("cardinality", "temporal", "value_type")}
    return {
        "attribute": context.key_of(redefinition.attribute.id),
        **{name: None if word is None else word.value for name, word in words.items()},
        "by": redefinition.by,
        "reason": redefinition.reason,
    }


def _bounds(value: object) -> dict[str, str | None]:
    """The ends and the pad of a quantity as exact decimal text; those of a time in microseconds."""
    lo: Decimal | int | None = None
    hi: Decimal | int | None = None
    pad: Decimal | int = 0
    if isinstance(value, Quantity):
        lo, hi, pad = value.lo, value.hi, value.pad
    elif isinstance(value, When):
        (lo, hi), pad = _span(value), int(value.pad.total_seconds() * 1_000_000)
    return {
        "lo": None if lo is None else format(lo, "f") if isinstance(lo, Decimal) else str(lo),
        "hi": None if hi is None else format(hi, "f") if isinstance(hi, Decimal) else str(hi),
        "pad": format(pad, "f") if isinstance(pad, Decimal) and pad else str(pad) if pad else None,
    }


def _windows(as_of: Window | None, valid: Window | None) -> Row:
    """An as-of window counts by moments, and a date is one moment (its last); a validity covers its dates whole. The
    other moment of each end tells a date from an instant."""
    as_of_lo, as_of_hi = _ends(as_of)
    valid_lo, valid_hi = _ends(valid)
    return {
        "as_of_lo": as_of_lo[1],
        "as_of_hi": as_of_hi[1],
        "as_of_lo_begins": as_of_lo[0],
        "as_of_hi_begins": as_of_hi[0],
        "valid_lo": valid_lo[0],
        "valid_hi": valid_hi[1],
        "valid_lo_ends": valid_lo[1],
        "valid_hi_begins": valid_hi[0],
    }


_Ends = tuple[tuple[int | None, int | None], tuple[int | None, int | None]]


def _ends(window: Window | None) -> _Ends:
    """The first and the last moment of both ends."""
    return ((None, None), (None, None)) if window is None else (_span(window.lo), _span(window.hi))


def _validity(valid: Window | None) -> Row:
    return {
        "valid_lo": None if valid is None else _span(valid.lo)[0],
        "valid_hi": None if valid is None else _span(valid.hi)[1],
    }


def _claim(claim: Claim, context: RowContext) -> Row:
    value = claim.value
    return {
        "described": context.commit_seq,
        "text": claim.label,
        "nature": claim.nature.value,
        "subject": context.key_or_none(claim.subject),
        "attribute": context.key_or_none(claim.attribute),
        "scope": claim.scope,
        "entity": context.key_of(value.id) if isinstance(value, Entity | RecordId) else None,
        **_bounds(value),
        **_windows(claim.as_of, claim.valid),
    }


def _assertion(assertion: Assertion, context: RowContext) -> Row:
    said_lo, said_hi = _span(assertion.said_at)
    return {
        "described": context.commit_seq,
        "agent": context.key_of(assertion.agent.id),
        "claim": context.key_of(assertion.claim.id),
        "stance": assertion.stance.value,
        "certainty": _certainty(assertion),
        "basis": (assertion.basis or Basis.UNSTATED).value,
        "said_lo": said_lo,
        "said_hi": said_hi,
        "ground_rule": None if assertion.ground_rule is None else assertion.ground_rule.value,
        "language": assertion.language,
        "translated": assertion.translated,
        "translated_by": assertion.translated_by,
        "embargo_until": _moment(assertion.embargo_until),
    }


def _certainty(assertion: Assertion) -> str | None:
    """None of a relay that does not state its certainty: it has that of what it relays."""
    if assertion.certainty is None and assertion.stance is Stance.RELAY:
        return None
    return (assertion.certainty or Certainty.CERTAIN).value


def _mention(mention: Mention, context: RowContext) -> Row:
    anchor = mention.anchor
    return {
        "described": context.commit_seq,
        "assertion": context.key_of(mention.assertion.id),
        "document": context.key_or_none(mention.document),
        "quote": None if anchor is None else public_words(anchor.exact),
        "start": None if anchor is None else anchor.start,
        "cue": mention.cue,
        "quote_type": None if mention.quote_type is None else mention.quote_type.value,
        "distanced": mention.distanced,
        "parts": listed_text(
            None if mention.parts is None else [[part.exact, part.start] for part in mention.parts]
        ),
        "places": listed_text(mention.places),
        "language": mention.language,
        "translated": mention.translated,
        "translated_by": mention.translated_by,
    }


def _amendment(amendment: Amendment, context: RowContext) -> Row:
    return {
        "target": context.key_of(amendment.target.id),
        "kind": amendment.kind.value,
        "by": context.key_of(amendment.by.id),
        "replacement": context.key_or_none(amendment.replacement),
        "at": _moment_or(amendment.at, context.at),
        "note": amendment.note,
    }


def _comment_request(request: CommentRequest, context: RowContext) -> Row:
    return {
        "accused": context.key_of(request.accused.id),
        "claim": context.key_of(request.claim.id),
        "asked_by": context.key_or_none(request.asked_by),
        "asked_at": _moment_or(request.asked_at, context.at),
        "deadline": _moment(request.deadline),
    }


def _assessment(assessment: Assessment, context: RowContext) -> Row:
    return {
        "claim": context.key_of(assessment.claim.id),
        "against": context.key_or_none(assessment.against),
        "verdict": assessment.verdict,
        "by": context.key_of(assessment.by.id),
        "at": _moment(assessment.at),
        "url": assessment.url,
    }


def _relay(relay: Relay, context: RowContext) -> Row:
    return {
        "source": context.key_of(relay.source.id),
        "target": context.key_of(relay.target.id),
        "stated": relay.status is RelayStatus.STATED,
    }


def _evidence(evidence: Evidence, context: RowContext) -> Row:
    return {
        "assertion": context.key_of(evidence.assertion.id),
        "kind": evidence.kind.value,
        "present": evidence.present,
        "item": evidence.item,
        "noted_by": context.key_or_none(evidence.noted_by),
    }


def _link(link: Link, context: RowContext) -> Row:
    return {
        "kind": link.kind.value,
        "source": context.key_of(link.source.id),
        "target": context.key_of(link.target.id),
        **_validity(link.valid),
    }


def _withdrawal(withdrawal: Withdrawal, context: RowContext) -> Row:
    return {"target": context.key_of(withdrawal.target.id), "by": withdrawal.by, "reason": withdrawal.reason}


def _redaction(redaction: Redaction, context: RowContext) -> Row:
    return {"target": context.key_of(redaction.target.id), "by": redaction.by, "reason": redaction.reason}


def _entity(entity: Entity, _: RowContext) -> Row:
    return {"name": entity.name, "name_folded": normal_name(entity.name)}


_ROWS: dict[type[Record], tuple[Table, Callable[[Any, RowContext], Row]]] = {
    Agent: (tables.agent, _agent),
    Document: (tables.document, _document),
    Entity: (tables.entity, _entity),
    Attribute: (tables.attribute, _attribute),
    Claim: (tables.claim, _claim),
    Assertion: (tables.assertion, _assertion),
    Mention: (tables.mention, _mention),
    Relay: (tables.relay, _relay),
    Evidence: (tables.evidence, _evidence),
    Link: (tables.link, _link),
    Amendment: (tables.amendment, _amendment),
    Withdrawal: (tables.withdrawal, _withdrawal),
    Redaction: (tables.redaction, _redaction),
    Redefinition: (tables.redefinition, _redefinition),
    CommentRequest: (tables.comment_request, _comment_request),
    Assessment: (tables.assessment, _assessment),
}

TABLE_OF_TYPE: dict[str, Table] = {record_type.TYPE: table for record_type, (table, _) in _ROWS.items()}
_OTHERWISE_CALLED: dict[tuple[type[Record], str], str] = {(Claim, "value"): "entity"}
"""Fields whose reference is in a column of another name."""


def _reference_columns(wanted: Callable[[Declaration], bool]) -> dict[Table, tuple[str, ...]]:
    """By table, the columns of the references whose fields declare what is wanted."""
    found: dict[Table, tuple[str, ...]] = {}
    for record_type, (table, _) in _ROWS.items():
        declared = model.fields_of(record_type)
        names = [name for name in model.reference_fields(record_type) if wanted(declared[name])]
        if names:
            found[table] = tuple(_OTHERWISE_CALLED.get((record_type, name), name) for name in names)
    return found


WITHDRAWN_WITH = _reference_columns(lambda declared: declared.withdrawn_with)
"""By table, the columns that name what a row's record is withdrawn with."""

TIED_TO_ASSERTIONS = _reference_columns(lambda declared: declared.refers_to == (Assertion.TYPE,))
"""The tables of what is tied to assertions (relays, evidence, mentions), and the columns that name these."""


def row_of(record: Record, context: RowContext) -> Row:
    """The columns of the record's own row, but for its key and commit."""
    return _ROWS[type(record)][1](record, context)


def rows_of(record: Record, context: RowContext) -> Iterator[tuple[Table, Row]]:
    """Every row that a newly recorded record adds."""
    table, make = _ROWS[type(record)]
    row = make(record, context)
    row["key"], row["commit_seq"] = context.key, context.commit_seq
    yield table, row
    yield from side_rows_of(record, context)


def side_rows_of(record: Record, context: RowContext) -> Iterator[tuple[Table, Row]]:
    """The rows beside a record's own: whom a claim accuses, and the words by which it is found."""
    if isinstance(record, Claim):
        for accused in dict.fromkeys(reference.id for reference in record.accuses or ()):
            yield tables.accusation, {"claim": context.key, "agent": context.key_of(accused)}
        yield tables.words, {"key": context.key, "type": "claim", "text": words_of(record.label)}
    elif isinstance(record, Agent):
        known_as = " ".join((record.label, *(record.aliases or ()), public_words(record.description) or ""))
        yield tables.words, {"key": context.key, "type": "agent", "text": words_of(known_as)}
