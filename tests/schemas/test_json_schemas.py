"""The published schemas say what the library says, as far as a schema can."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import Engine

from provenance import Ledger, schema, schemas, wire
from provenance.errors import InvalidValue, ProvenanceError
from provenance.schemas import generation
from provenance.schemas.__main__ import text_of
from provenance.testing import agents, records, sentences
from provenance.values.ids import RecordId
from provenance.values.records import RECORD_TYPES, Record
from provenance.values.references import referred_records

EXAMPLES = 60
"""How many records and sentences a run looks at in each way."""

JUNK: tuple[Any, ...] = (
    *(True, 0, -1, 2, 1.5, 10**8, "", " ", "a", "a\x00b", "\ud800", "0" * 64, "x" * 1_001, "x" * 100_001),
    *([], ["a"], [0], {}, {"lo": "3"}, {"earliest": 0}, {"quantity": {"lo": "3"}}, {"time": {"latest": 0}}),
    *({"sealed": "0" * 32, "level": "desk", "commitment": "0" * 64}, {"sealed": "a"}, {"lo": {"latest": 0}}),
    *(
        "named",
        "anonymous",
        "role",
        "outlet",
        "number",
        "relay",
        "deny",
        "entails",
        "control_group",
        "absent",
    ),
)
"""What does not belong, or belongs elsewhere."""


@cache
def validator(name: str) -> Any:
    return Draft202012Validator(schema(name))


def fits(name: str, value: object) -> bool:
    is_valid: bool = validator(name).is_valid(value)
    return is_valid


def with_referred(record: Record) -> list[Record]:
    return [*(one for each in referred_records(record) for one in with_referred(each)), record]


@pytest.mark.parametrize("name", generation.names())
def test_the_files_are_those_that_the_values_make(name: str) -> None:
    file = schemas.FOLDER / f"{name}.json"

    assert file.read_text(encoding="utf-8") == text_of(name), "run python -m provenance.schemas --write"
    Draft202012Validator.check_schema(schema(name))


def test_there_is_one_of_every_type_and_no_other() -> None:
    assert sorted(schemas.names()) == sorted([*RECORD_TYPES, "entry", "sentence"])
    with pytest.raises(InvalidValue, match="schema: got an unknown word"):
        schema("../pyproject")


def test_a_schema_is_printed() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "provenance.schemas", "claim"], check=True, capture_output=True
    )

    assert json.loads(printed.stdout) == schema("claim")


@settings(max_examples=EXAMPLES)
@given(records() | agents(confidential=True))
def test_every_record_fits_alone_and_in_its_entry(record: Record) -> None:
    stated = wire.to_json(record)
    entry = json.loads(wire.encode_entry({one.id: one for one in with_referred(record)}.values()))

    assert [error.message for error in validator(record.TYPE).iter_errors(stated)] == []
    assert fits("entry", entry)


@settings(max_examples=2 * EXAMPLES)
@given(
    records() | agents(confidential=True),
    st.integers(0, 20),
    st.none() | st.sampled_from(JUNK),
    st.booleans(),
)
def test_a_changed_record_is_refused_by_both_or_by_neither(
    record: Record, place: int, junk: object, is_deep: bool
) -> None:
    stated = wire.to_json(record)
    changed = _changed(stated, place, junk, is_deep=is_deep)

    assert fits(record.TYPE, changed) == _does_library_take(changed), changed


UNSAYABLE = (
    *("upside down", "end before", "record itself", "another length"),
    *("bytes in UTF-8", "digits", "lone surrogate", "no language tag", "document itself"),
)
"""What no schema can refuse: it compares no two fields, counts no bytes and looks at no halves of characters."""


class Anywhere(list[RecordId]):
    """What stands earlier in an entry without end."""

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, place: Any) -> Any:
        return RecordId(f"{place:064x}")


def _does_library_take(stated: dict[str, Any]) -> bool:
    try:
        wire.from_json(stated, Anywhere())
    except InvalidValue as error:
        return any(words in error.got for words in UNSAYABLE)
    return True


def _changed(stated: dict[str, Any], place: int, junk: object, *, is_deep: bool) -> dict[str, Any]:
    """The object with one field left out, or with junk in its place; deep, of an object in it."""
    names = sorted(stated)
    inner = [name for name in names if isinstance(stated[name], dict) and stated[name]]
    if is_deep and inner:
        name = inner[place % len(inner)]
        return {**stated, name: _changed(stated[name], place, junk, is_deep=False)}
    name = [*names, "unknown"][place % (len(names) + 1)]
    rest = {each: value for each, value in stated.items() if each != name}
    return rest if junk is None else {**rest, name: junk}


# Sentences --------------------------------------------------------------------------------------------------------


@settings(max_examples=EXAMPLES)
@given(sentences())
def test_every_sentence_fits(sentence: dict[str, Any]) -> None:
    assert [error.message for error in validator("sentence").iter_errors(sentence)] == []


@settings(max_examples=2 * EXAMPLES)
@given(sentences(), st.integers(0, 20), st.none() | st.sampled_from(JUNK), st.booleans())
def test_a_changed_sentence_that_does_not_fit_is_not_taken(
    shared_sqlite_engine: Engine, sentence: dict[str, Any], place: int, junk: object, is_deep: bool
) -> None:
    changed = _changed(sentence, place, junk, is_deep=is_deep)
    if not fits("sentence", changed):
        with shared_sqlite_engine.connect() as connection, pytest.raises(ProvenanceError):
            Ledger.open(connection).ingest([changed], by="pipeline")
