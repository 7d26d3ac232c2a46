"""The references between records: which ones a record names, and whether they lead to records of a type that fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from provenance.values import model
from provenance.values.ids import RecordId
from provenance.values.model import ANY_RECORD, derived_once
from provenance.values.records import Link, Record, Reference
from provenance.values.vocabulary import LinkKind

LINKED_TYPES: dict[LinkKind, str] = {
    LinkKind.SAME_AGENT: "agent",
    LinkKind.MAYBE_SAME_AGENT: "agent",
    LinkKind.CONTROL_GROUP: "agent",
    LinkKind.SPEAKS_FOR: "agent",
    LinkKind.SAME_ENTITY: "entity",
    LinkKind.PART_OF: "entity",
    LinkKind.NOT_LATER_THAN: "attribute",
    LinkKind.SAME_CLAIM: "claim",
    LinkKind.ENTAILS: "claim",
    LinkKind.CONTRADICTS: "claim",
    LinkKind.SAME_EVENT: "assertion",
    LinkKind.JOINT_ACT: "assertion",
}
"""The type of both records that a link of each kind ties together."""


def link_kinds(record_type: str) -> tuple[str, ...]:
    """The kinds of link between two records of this type."""
    return tuple(kind.value for kind, linked in LINKED_TYPES.items() if linked == record_type)


def references_of(record: Record) -> list[str]:
    """The ids of the records that this one names."""
    return [reference.id for _, reference in _named(record)]


def referred_records(record: Record) -> list[Record]:
    """The records that this one refers to by value."""
    return [reference for _, reference in _named(record) if isinstance(reference, Record)]


def _named(record: Record) -> list[tuple[str, Reference]]:
    """Every reference of the record to another, with the field that holds it."""
    found: list[tuple[str, Reference]] = []
    for name in _fields_in_order(type(record)):
        held = getattr(record, name)
        if isinstance(held, (Record, RecordId)):
            found.append((name, held))
        elif isinstance(held, tuple):
            found.extend((name, reference) for reference in held)
    return found


@derived_once
def _fields_in_order(record_type: type[Record]) -> tuple[str, ...]:
    """The fields that refer to others, in the order in which an entry places the records that they refer to.

    Fields that hold one reference come first, then lists of references, then fields that may also hold something else.
    Released entries have this order, and a commit that is repeated has to give the same bytes.
    """

    def rank(name: str) -> int:
        if name in model.list_fields(record_type):
            return 1
        return 0 if set(model.kinds_of(types[name])) <= {Record, RecordId} else 2

    types = {field.name: field.type for field in model.attributes_of(record_type)}
    return tuple(sorted(model.reference_fields(record_type), key=rank))


def expected_types(record: Record, name: str) -> tuple[str, ...] | None:
    """The types of record that the field may refer to; None where it may refer to any."""
    if isinstance(record, Link):
        return (LINKED_TYPES[record.kind],)
    declared = model.fields_of(type(record))[name].refers_to
    return None if ANY_RECORD in declared else declared


class Misfit(NamedTuple):
    """A reference that a ledger refuses: the field, the id that it names, the type of the record of that id (None where
    there is no record), and the types that would fit (None where any would)."""

    field: str
    id: str
    found: str | None
    expected: tuple[str, ...] | None


def misfit(record: Record, held: Mapping[str, str]) -> Misfit | None:
    """The record's first reference to a record that is not there, or is of a wrong type. `held` maps ids to types."""
    for name, reference in _named(record):
        found, expected = held.get(reference.id), expected_types(record, name)
        if found is None or (expected is not None and found not in expected):
            return Misfit(f"{record.TYPE}.{name}", reference.id, found, expected)
    return None
