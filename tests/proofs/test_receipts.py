"""Receipts: what they prove without the database, and that no altered one proves anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from databases import Database
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance import Ed25519Signer, Ledger, RecordId, outlet, person, verify_receipt
from provenance.database.transactions import writing
from provenance.errors import DamagedLog, InvalidProof, InvalidValue, ProvenanceError, UnknownReference
from provenance.log import guards
from provenance.values.ids import canonical_json

AT = datetime(2026, 2, 7, 12, 0, tzinfo=UTC)
NAME = "example.org/newsroom"
SENTENCES = ("It burned", "It rained", "It snowed 🌨")


@pytest.fixture
def ledger(migrated_database: Database) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url) as opened:
        yield opened


@pytest.fixture(scope="module")
def signer() -> Ed25519Signer:
    return Ed25519Signer.generate(NAME)


def record(ledger: Ledger) -> list[RecordId]:
    """Three commits of three sentences each; gives the ids of the assertions."""
    ids = []
    for place in ("here", "there", "everywhere"):
        with ledger.begin(by="desk", at=AT) as desk:
            for sentence in SENTENCES:
                recorded = desk.record(f"{sentence} {place}", source=person("Zoë"), via=[outlet("TASS")])
                ids.append(recorded.assertion.id)
    return ids


def test_a_receipt_proves_a_record_without_the_database(ledger: Ledger, signer: Ed25519Signer) -> None:
    ids = record(ledger)
    checkpoint = ledger.checkpoint(signer)

    receipts = [ledger.receipt(id_, checkpoint=checkpoint) for id_ in ids]

    proven = [
        verify_receipt(text, key=signer.key, record=id_) for text, id_ in zip(receipts, ids, strict=True)
    ]
    texts = [one["text"] for each in proven for one in each.records if one["record"].startswith("claim/")]
    assert texts == [
        f"{sentence} {place}" for place in ("here", "there", "everywhere") for sentence in SENTENCES
    ]
    assert [each.commit for each in proven] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert {(each.recorded_at, each.author, each.checkpoint.size) for each in proven} == {(AT, "desk", 3)}
    assert all(len(text) < 4_000 for text in receipts)
    assert verify_receipt(receipts[0].encode(), key=signer.key) == proven[0]
    assert verify_receipt(receipts[0].removesuffix("\n"), key=signer.key) == proven[0]


def test_a_receipt_by_an_older_checkpoint_holds_though_the_log_has_grown(
    ledger: Ledger, signer: Ed25519Signer
) -> None:
    first = ledger.record("It burned", source="Somebody", by="desk").assertion
    checkpoint = ledger.checkpoint(signer)
    later = record(ledger)

    proven = verify_receipt(ledger.receipt(first, checkpoint=checkpoint), key=signer.key, record=first.id)

    assert proven.checkpoint.size == 1
    with pytest.raises(InvalidValue, match="from before the record"):
        ledger.receipt(later[0], checkpoint=checkpoint)


def test_a_receipt_is_refused_for_what_the_log_does_not_hold(ledger: Ledger, signer: Ed25519Signer) -> None:
    ids = record(ledger)
    checkpoint = ledger.checkpoint(signer)
    first = ledger.receipt(ids[0], checkpoint=checkpoint)

    with pytest.raises(UnknownReference):
        ledger.receipt(RecordId("0" * 64), checkpoint=checkpoint)
    with pytest.raises(InvalidProof, match="does not hold the record"):
        verify_receipt(first, key=signer.key, record=ids[1])
    with pytest.raises(InvalidProof, match="has not signed it"):
        verify_receipt(first, key=Ed25519Signer.generate(NAME).key)
    with pytest.raises(InvalidProof, match="not a signed note"):
        ledger.receipt(ids[0], checkpoint="")


def test_a_checkpoint_of_another_ledger_makes_no_receipt(ledger: Ledger, signer: Ed25519Signer) -> None:
    ids = record(ledger)
    with TemporaryDirectory() as folder, Ledger.open(Path(folder) / "other.db") as other:
        other.record("It thundered", source="Somebody", by="desk")
        foreign = other.checkpoint(signer)

    with pytest.raises(InvalidProof, match="not one of this log"):
        ledger.receipt(ids[0], checkpoint=foreign)


def test_no_receipt_is_made_of_a_changed_entry(ledger: Ledger, signer: Ed25519Signer) -> None:
    ids = record(ledger)
    checkpoint = ledger.checkpoint(signer)
    with writing(ledger._store.engine) as connection:
        guards.take_down(connection)
        connection.exec_driver_sql("DELETE FROM provenance_entry WHERE seq = 2")

    with pytest.raises(DamagedLog, match="commit 1"):
        ledger.receipt(ids[0], checkpoint=checkpoint)


# No altered receipt proves anything else -----------------------------------------------------------------------------


@cache
def example() -> tuple[str, str]:
    """A receipt, and the key to check it by."""
    signer = Ed25519Signer.generate(NAME)
    with TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger.db") as ledger:
        ids = record(ledger)
        return ledger.receipt(ids[4], checkpoint=ledger.checkpoint(signer)), signer.key


def is_refused_or_says_the_same(altered: str | bytes) -> bool:
    text, key = example()
    try:
        return verify_receipt(altered, key=key) == verify_receipt(text, key=key)
    except InvalidProof:
        return True


def test_every_byte_of_a_receipt_counts() -> None:
    original = example()[0].encode()

    for place, byte in enumerate(original):
        for other in {byte ^ 1, byte ^ 32, byte ^ 128, ord("0")} - {byte}:
            assert is_refused_or_says_the_same(original[:place] + bytes([other]) + original[place + 1 :])
        assert is_refused_or_says_the_same(original[:place] + original[place + 1 :])


@settings(max_examples=300)
@given(st.data())
def test_no_bytes_put_into_a_receipt_or_taken_out_make_it_say_something_else(data: st.DataObject) -> None:
    original = example()[0].encode()
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, min(len(original), start + 80)))
    put = data.draw(st.binary(max_size=8) | st.sampled_from([b" ", b"\n", b"0", b'"', b"{}", b"[", b"null"]))

    assert is_refused_or_says_the_same(original[:start] + put + original[end:])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.data())
def test_no_other_value_of_a_field_is_taken(data: st.DataObject) -> None:
    stated = json.loads(example()[0])
    within = data.draw(st.sampled_from([stated, stated["commit"]]))
    field = data.draw(st.sampled_from(sorted(within)))
    value = data.draw(
        JSON | st.sampled_from([0, 1, 2, -1, True, 2.0, [], "00" * 32, [*stated["entry_path"], "00" * 32]])
    )
    changed = data.draw(st.sampled_from(["set", "add", "remove"]))
    within.update({field: value} if changed == "set" else {"more": value} if changed == "add" else {})
    if changed == "remove":
        del within[field]

    assert is_refused_or_says_the_same(json.dumps(stated, sort_keys=True, separators=(",", ":")))
    try:
        assert is_refused_or_says_the_same(canonical_json(stated))
    except ValueError:
        return  # what no canonical JSON can hold


@given(JSON)
def test_garbage_is_refused(value: object) -> None:
    for garbage in (json.dumps(value), json.dumps(value).encode("utf-16"), "[" * 100_000):
        with pytest.raises(InvalidProof):
            verify_receipt(garbage, key=example()[1])


@pytest.mark.parametrize("other", ["entry_place", "entry_path", "commit_path", "commit", "entry"])
def test_parts_of_another_receipt_do_not_fit(ledger: Ledger, signer: Ed25519Signer, other: str) -> None:
    ids = record(ledger)
    checkpoint = ledger.checkpoint(signer)
    one, another = (json.loads(ledger.receipt(ids[place], checkpoint=checkpoint)) for place in (0, 7))

    mixed = canonical_json({**one, other: another[other]})

    with pytest.raises(ProvenanceError):
        verify_receipt(mixed, key=signer.key)
