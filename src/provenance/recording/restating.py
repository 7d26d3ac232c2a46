"""What must not be said otherwise of a record that is known: what an attribute is, and when a version was published.

The rules of docs/semantics.md#record-document and #record-attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provenance import wire
from provenance.errors import InvalidValue
from provenance.values.records import Attribute, Document, Record, Redefinition
from provenance.values.vocabulary import Cardinality, Temporal, ValueType

StatedFields = Mapping[str, Any]
"""The fields of a record in their JSON form."""

DEFINING: dict[str, str] = {
    "cardinality": Cardinality.SINGLE.value,
    "temporal": Temporal.CONSTANT.value,
    "value_type": ValueType.ENTITY.value,
}
"""The fields that define an attribute, and what they are where nobody stated them."""


def definition_of(known: StatedFields, redefined: StatedFields) -> dict[str, str]:
    """What an attribute is: as it was last redefined, else as it was stated first, else by default."""
    return {name: redefined.get(name) or known.get(name) or unstated for name, unstated in DEFINING.items()}


def redefinition_fields(record: Redefinition) -> dict[str, str]:
    """What a redefinition states."""
    stated = {name: getattr(record, name) for name in DEFINING}
    return {name: word.value for name, word in stated.items() if word is not None}


def check_restated(record: Record, known: StatedFields, redefined: StatedFields) -> None:
    """Refuses a record that says otherwise than what is known of it, and must stay so; both in their JSON form.

    Raises `InvalidValue`, which names the field and says how to say it.
    """
    if isinstance(record, Attribute):
        _check_attribute(record, definition_of(known, redefined))
    elif isinstance(record, Document):
        _check_publication(record, known)


def _check_attribute(record: Attribute, known: dict[str, str]) -> None:
    for name, word in known.items():
        stated = getattr(record, name)
        if stated is not None and stated.value != word:
            raise InvalidValue(
                f"attribute.{name}",
                f"{stated.value} of an attribute that is {word}",
                "it as it is, or the attribute defined anew by redefine(…)",
            )


def _check_publication(record: Document, known: StatedFields) -> None:
    stated, before = wire.to_json(record).get("published_at"), known.get("published_at")
    if not wire.is_later(stated, before) or _is_part_of(before, stated):
        return
    raise InvalidValue(
        "document.published_at",
        "a later time than this version was published at",
        "version= or supersedes= for a later version of the story",
    )


def _is_part_of(before: Any, stated: Any) -> bool:
    """Whether the later statement is only a coarser one: a month, of which the known date is a day."""
    first = stated.get("earliest")
    return first is None or (before.get("earliest") is not None and first <= before["earliest"])
