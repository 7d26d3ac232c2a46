"""Released names stay: the tests compare the library with a committed manifest, and read every entry that was released.

A change of the records or tables fails here until the manifest has the new names too: `tests/manifest.py` adds them.
"""

from __future__ import annotations

import copy
import inspect
import json
import sqlite3
import tempfile
from collections import deque
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from manifest import Names, committed, digest_of, fields_of, lacking, names_now
from migrating import REVISIONS, answered, unpacked

from provenance import wire
from provenance.database import revisions
from provenance.index.rows import TABLE_OF_TYPE, RowContext, rows_of
from provenance.recording import sentence_form
from provenance.recording.desk import Desk
from provenance.recording.sources import Source, claim
from provenance.values import model
from provenance.values.evolution import Fields, Versions
from provenance.values.model import Role
from provenance.values.records import RECORD_TYPES, Agent

UNSAID = {"agent contact", "document text"}
"""Fields that no released entry states in plain: they are sealed, or lie beside the entry."""


def of_older_versions(names: Names) -> Names:
    """The versions of records that are no longer the newest: they are only in the manifest."""
    newest = {each.form for each in wire.VERSIONS.values()}
    return {form: fields for form, fields in names["records"].items() if form not in newest}


def test_no_released_name_is_gone_or_means_something_else() -> None:
    names, now = committed(), names_now()
    del names["released"]
    now["records"] |= of_older_versions(names)

    assert list(lacking(names, now)) == [], "what was released stays: make a new version, or another name"


def test_every_name_is_in_the_manifest() -> None:
    assert list(lacking(names_now(), committed())) == [], "add it: python tests/manifest.py"


def test_a_field_means_the_same_in_every_version() -> None:
    versions: dict[str, dict[str, set[str]]] = {}
    for form, fields in committed()["records"].items():
        for name, kind in fields.items():
            versions.setdefault(form.partition("/")[0], {}).setdefault(name, set()).add(kind)

    assert [
        (kind, name) for kind, fields in versions.items() for name, held in fields.items() if len(held) > 1
    ] == []


def test_what_a_version_added_is_what_the_one_before_it_had_not() -> None:
    records = committed()["records"]

    for name, versions in wire.VERSIONS.items():
        for version in range(2, versions.newest + 1):
            before, after = records[f"{name}/{version - 1}"], records[f"{name}/{version}"]
            assert after.keys() - before.keys() == model.added_in(RECORD_TYPES[name], version), (
                f"{name}/{version}: say since which version a field is there"
            )


IDENTITY = {
    "agent": {"kind", "naming", "name", "speaks_for", "identifier", "found_in", "mention"},
    "document": {"outlet", "url", "publisher_id", "text", "text_digest"},
    "entity": {"name", "identifier"},
    "attribute": {"name"},
    "claim": {"nature", "subject", "attribute", "scope", "value", "as_of", "valid"},
    "assertion": {"agent", "claim", "stance", "occasion"},
    "mention": {"assertion", "document", "anchor"},
    "relay": {"source", "target", "status"},
    "evidence": {"assertion", "kind", "present", "item", "noted_by"},
    "link": {"kind", "source", "target", "valid"},
    "amendment": {"target", "kind", "by", "replacement", "at"},
    "withdrawal": {"target", "round"},
    "redaction": {"target", "round"},
    "comment_request": {"accused", "claim", "asked_by", "asked_at"},
    "assessment": {"claim", "verdict", "by", "against", "at"},
}
"""The fields that make a record what it is. A field that comes later is none of them: ids stay what they were."""


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_no_field_is_added_to_what_makes_a_record_what_it_is(name: str) -> None:
    declared = model.fields_of(RECORD_TYPES[name])

    assert {field for field, each in declared.items() if each.role is Role.IDENTITY} == IDENTITY[name], (
        "a field that comes later describes the record, or is said once"
    )


@pytest.mark.parametrize("name", RECORD_TYPES)
def test_what_can_be_said_again_is_looked_up_as_it_was_said_by_then(name: str) -> None:
    """Otherwise what was recorded later would leak into an answer as of an earlier moment."""
    can_be_said_again = model.descriptive_fields(RECORD_TYPES[name]) > {"extensions"}

    assert ("described" in TABLE_OF_TYPE[name].columns) == can_be_said_again, (
        f"add a column described to {TABLE_OF_TYPE[name].name}, as claims have it"
    )


def test_every_column_of_the_index_is_filled() -> None:
    seen: set[str] = set()
    place = RowContext(1, 1, 0, lambda _: 1)
    for record in (record for body in bodies() for record in wire.decode_entry(body)):
        for table, row in rows_of(record, place):
            assert row.keys() == set(table.columns.keys()), f"fill it in index/rows.py: {table.name}"
            seen.add(table.name)

    assert {table.name for table in TABLE_OF_TYPE.values()} <= seen


def test_whatever_a_source_can_say_is_a_keyword_where_editors_see_it() -> None:
    said = {"found_in" if name == "document" else name for name in sentence_form.FIELDS}

    assert said == inspect.signature(Desk.record).parameters.keys() - {"self"}, "add it to Desk.record"
    assert inspect.signature(claim).parameters.keys() == sentence_form.CLAIM_FIELDS, "add it to sources.claim"
    assert model.plain_fields(Agent) <= fields_of(Source).keys(), "add it to sources.Source"


def test_every_field_occurs_in_a_released_entry() -> None:
    """Code that reads a field is then tested on what a release wrote."""
    said: dict[str, set[str]] = {}
    for value in (value for body in bodies() for value in records_of(body)):
        name = value["record"].partition("/")[0]
        said.setdefault(name, set()).update(value.keys())
    unsaid = {
        f"{name} {field}" for name in said for field in fields_of(RECORD_TYPES[name]).keys() - said[name]
    }

    assert unsaid <= UNSAID, "say it in tests/released/fill.py"


def test_what_was_released_is_not_added_to() -> None:
    names = committed()

    assert list(names["released"]) == list(revisions.READABLE)[: len(names["released"])]
    for revision, digest in names["released"].items():
        assert digest_of(names, revision) == digest, (
            f"the forms of {revision} are released: make a new version"
        )


# All released entries -----------------------------------------------------------------------------------------------


def bodies() -> list[bytes]:
    """Every entry that a released database holds."""
    return sorted({row[3].encode() for revision in REVISIONS for row in answered(revision)["log"][1]})


def records_of(body: bytes) -> list[Fields]:
    return list(json.loads(body)["records"])


Check = Callable[[bytes], None]


def is_total_and_deterministic(body: bytes) -> None:
    assert wire.encode_entry(wire.decode_entry(body)) == wire.encode_entry(wire.decode_entry(body))


def is_pure(body: bytes) -> None:
    for value in records_of(body):
        name, _, version = value["record"].partition("/")
        before = copy.deepcopy(value)
        wire.VERSIONS[name].upcast(value, int(version))
        assert value == before


def keeps_identity(body: bytes) -> None:
    assert {record.id for record in wire.decode_entry(body)} <= known_ids()


def loses_nothing(body: bytes) -> None:
    newest = records_of(wire.encode_entry(wire.decode_entry(body)))
    for before, after in zip(records_of(body), newest, strict=True):
        assert {name: after.get(name) for name in before if name != "record"} == {
            name: value for name, value in before.items() if name != "record"
        }


def jumps_as_it_steps(body: bytes) -> None:
    """From every older version to every later one, one jump gives what the single steps give."""
    for value in records_of(body):
        name, _, stated = value["record"].partition("/")
        versions, fields = wire.VERSIONS[name], {key: each for key, each in value.items() if key != "record"}
        for later in range(int(stated), versions.newest + 1):
            stepped = fields
            for step in range(int(stated), later):
                stepped = versions.upcast(stepped, step, to=step + 1)
            assert versions.upcast(fields, int(stated), to=later) == stepped


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (is_total_and_deterministic, is_pure, keeps_identity, loses_nothing, jumps_as_it_steps)
}

_KNOWN: set[str] = set()


def known_ids() -> set[str]:
    """The ids under which the releases themselves knew their records."""
    if not _KNOWN:
        with tempfile.TemporaryDirectory() as folder:
            for revision in REVISIONS:
                with closing(sqlite3.connect(unpacked(revision, Path(folder)))) as raw:
                    _KNOWN.update(id_.hex() for (id_,) in raw.execute("SELECT id FROM provenance_record"))
    return _KNOWN


@pytest.mark.parametrize("name", CHECKS)
def test_every_released_entry_upcasts(name: str) -> None:
    for body in bodies():
        CHECKS[name](body)


def test_the_released_entries_have_every_version_of_every_record() -> None:
    held = {value["record"] for body in bodies() for value in records_of(body)}

    assert held == {
        f"{name}/{version}" for name, each in wire.VERSIONS.items() for version in range(1, each.newest + 1)
    }


# A test of the tests ------------------------------------------------------------------------------------------------


def losing(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if name != "basis"}


def changing(fields: Fields) -> Fields:
    return {**fields, "occasion": fields["occasion"] + "!"}


def impure(fields: Fields) -> Fields:
    fields["certainty"] = "certain"
    return fields


def failing(fields: Fields) -> Fields:
    return {**fields, "certainty": {"witness": "certain"}[fields["basis"]]}


def wavering(fields: Fields, seen: list[int] = []) -> Fields:  # noqa: B006 - kept on purpose
    seen.append(1)
    return {**fields, "said_at": {"latest": len(seen)}}


WRONG: dict[Callable[[Fields], Fields], Check] = {
    losing: loses_nothing,
    changing: keeps_identity,
    impure: is_pure,
    failing: is_total_and_deterministic,
    wavering: is_total_and_deterministic,
}


@pytest.mark.parametrize("step", WRONG, ids=lambda step: step.__name__)
def test_a_wrong_step_is_caught(step: Callable[[Fields], Fields], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wire.VERSIONS, "assertion", Versions("assertion", (step,)))

    with pytest.raises((AssertionError, KeyError)):
        deque(map(WRONG[step], bodies()), maxlen=0)


@pytest.mark.parametrize(
    "forget",
    [
        lambda names: names["records"]["claim/1"].pop("scope"),
        lambda names: names["records"]["claim/2"].update(scope="int"),
        lambda names: names["words"]["Stance"].remove("deny"),
        lambda names: names["tables"]["provenance_claim"].pop("scope"),
    ],
    ids=["field", "meaning", "word", "column"],
)
def test_a_name_that_is_gone_or_means_something_else_is_caught(forget: Callable[[Names], object]) -> None:
    now = committed()
    forget(now)

    assert len(list(lacking(committed(), now))) == 1
