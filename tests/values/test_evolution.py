"""Steps from one version of a form to the next: one after the other, at once, and without a trace in what they get."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import NewerThanLibrary
from provenance.values.evolution import Fields, Versions


def split_name(fields: Fields) -> Fields:
    first, _, last = fields["name"].partition(" ")
    return {"first": first, "last": last, **{name: value for name, value in fields.items() if name != "name"}}


def count_up(fields: Fields) -> Fields:
    return {**fields, "count": fields.get("count", 0) + 1}


PERSON = Versions("person", (split_name, count_up, count_up))
PERSONS = st.fixed_dictionaries({"name": st.text(max_size=20)}, optional={"count": st.integers()})


@given(PERSONS, st.integers(1, 4))
def test_one_jump_equals_the_steps(person: Fields, between: int) -> None:
    halfway = PERSON.upcast(person, 1, to=between)

    assert PERSON.upcast(halfway, between) == PERSON.upcast(person, 1)


@given(PERSONS)
def test_upcasting_leaves_what_it_was_given(person: Fields) -> None:
    before = copy.deepcopy(person)

    PERSON.upcast(person, 1)

    assert person == before


def test_the_newest_version_is_one_more_than_the_steps_to_it() -> None:
    assert PERSON.form == "person/4"
    assert PERSON.upcast({"first": "Anna"}, 4) == {"first": "Anna"}
    with pytest.raises(NewerThanLibrary):
        PERSON.upcast({}, 5)
