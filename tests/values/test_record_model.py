"""What the fields of the records declare is true and complete."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import attrs
import pytest
from attrs import field, frozen
from hypothesis import given

from provenance.errors import InvalidValue
from provenance.testing import records
from provenance.values import model
from provenance.values.ids import RecordId
from provenance.values.model import ANY_RECORD, Role, describes
from provenance.values.records import RECORD_TYPES, Claim, Entity, Record
from provenance.values.references import referred_records

FIELDS = [(name, field) for name, kind in RECORD_TYPES.items() for field in model.fields_of(kind)]


def test_a_field_that_declares_nothing_is_refused() -> None:
    @frozen
    class Careless:
        said: str | None = field(default=None, metadata=describes())
        forgotten: str | None = None

    with pytest.raises(TypeError, match=r"Careless\.forgotten declares nothing"):
        model.fields_of(Careless)


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_a_field_says_which_records_it_refers_to_if_and_only_if_it_holds_a_reference(name: str) -> None:
    kind = RECORD_TYPES[name]
    holding = {each.name for each in model.attributes_of(kind) if _holds_a_reference(each.type)}

    assert set(model.reference_fields(kind)) == holding
    for declared in model.fields_of(kind).values():
        assert set(declared.refers_to) <= {*RECORD_TYPES, ANY_RECORD}


def _holds_a_reference(type_: object) -> bool:
    kinds = model.kinds_of(type_)
    return RecordId in kinds or any(
        RecordId in get_args(get_args(kind)[0]) for kind in kinds if get_origin(kind) is tuple
    )


MADE_OF_IT = {("claim", "text"), ("agent", "description")}
"""Descriptions that are the identity of a record without any other: the text of a claim without structure, and the
description of an agent whom a document only describes."""


@given(records())
def test_what_describes_a_record_is_no_part_of_its_id(record: Record) -> None:
    for name, declared in model.fields_of(type(record)).items():
        if declared.role is not Role.IDENTITY and (record.TYPE, name) not in MADE_OF_IT:
            assert _without(record, name).id == record.id, name


def _without(record: Any, name: str) -> Record:
    """The record without this field; the record itself where it needs the field."""
    try:
        bare: Record = attrs.evolve(record, **{name: None})
    except InvalidValue:
        return record  # type: ignore[no-any-return]
    return bare


@pytest.mark.parametrize(("name", "of"), FIELDS)
def test_every_field_refuses_a_wrong_value_under_its_own_name(name: str, of: str) -> None:
    declared = {each.name: each for each in model.attributes_of(RECORD_TYPES[name])}[of]

    with pytest.raises(InvalidValue) as refused:
        declared.converter(object())  # type: ignore[misc, operator]

    assert refused.value.field == f"{name}.{of}"


def test_a_claim_refers_to_whom_it_accuses_before_what_it_gives_as_a_value() -> None:
    """Released entries have this order; a commit that is repeated has to give the same bytes."""
    subject, attribute = Entity(name="Fire"), RECORD_TYPES["attribute"](name="cause")  # type: ignore[call-arg]
    accused, value = RECORD_TYPES["agent"](name="Ukraine"), Entity(name="Arson")  # type: ignore[call-arg]

    claim = Claim(text="x", subject=subject, attribute=attribute, value=value, accuses=[accused])

    assert referred_records(claim) == [subject, attribute, accused, value]
