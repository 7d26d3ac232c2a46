"""Interchange: a whole log out and in, the same bytes again; and nothing of one that is not as it was exported."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from answered import listed
from databases import Database, Databases, SqliteDatabases
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from provenance import (
    Agent,
    Amendment,
    Assertion,
    Claim,
    Document,
    Ed25519Signer,
    KeyFolder,
    Ledger,
    Recorded,
    Redaction,
    Relay,
    add_hooks,
    anonymous,
    claim,
    outlet,
    person,
    sealed,
    wire,
)
from provenance.database.transactions import writing
from provenance.errors import (
    ConcurrentCommit,
    DamagedExport,
    DamagedLog,
    InvalidValue,
    KeyMissing,
    NewerThanLibrary,
    NotLoaded,
    ProvenanceError,
    Redacted,
    WouldOverwrite,
)
from provenance.exchange.log_lines import MAX_LINE, Commit, End, Text, first_line, line_of
from provenance.log import beside, chain, copies, guards, journal
from provenance.log.commits import GENESIS, CommitHeader
from provenance.log.journal import MAX_ENTRY
from provenance.log.merkle import leaf_hash, root_hash
from provenance.testing import World, worlds
from provenance.values.ids import RecordId, canonical_json

WORLDS = 3
"""How many random worlds a run carries over and back."""
DAMAGED = 60
"""How many ways to damage an export a run tries."""

SECRET, STORY = "Zebedee Quux", "It burned all night, and nobody came."


@pytest.fixture
def ledger(migrated_database: Database, tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(migrated_database.url, keys=KeyFolder(tmp_path / "keys")) as opened:
        yield opened


@contextmanager
def another(databases: Databases, **how: Any) -> Iterator[Ledger]:
    with databases.migrated() as database, Ledger.open(database.url, **how) as opened:
        yield opened


def exported(ledger: Ledger, **how: Any) -> bytes:
    stream = io.BytesIO()
    ledger.export(stream, **how)
    return stream.getvalue()


def load(ledger: Ledger, export: bytes, **how: Any) -> str:
    return str(ledger.load(io.BytesIO(export), **how))


def record(ledger: Ledger) -> Recorded:
    """Three commits: a story with its text, a sealed source under a key, and a retraction."""
    with ledger.begin(by="desk") as desk:
        story = desk.document(outlet("CNN"), url="https://example.org/1", text=STORY)
        fire = desk.record("It burned", source=person("Anna"), via=["TASS"], found_in=story)
    with ledger.begin(by="investigations", key="nurse 1") as desk:
        nurse = anonymous("a nurse", name=sealed(SECRET), contact=sealed("+44"))
        recorded = desk.record("The ward is full", source=nurse, found_in=story)
    with ledger.begin(by="desk") as desk:
        desk.retract(fire)
    return recorded


def story_of(recorded: Recorded) -> Document:
    return next(one for one in recorded.records if isinstance(one, Document))


def headers(ledger: Ledger) -> list[CommitHeader]:
    with ledger._store.read() as connection:
        return [stored.header for stored in chain.headers(connection)]


def bodies(ledger: Ledger) -> list[bytes]:
    with ledger._store.read() as connection:
        return [entry.body for entry in journal.entries(connection)]


# Out and in -------------------------------------------------------------------------------------------------------


@settings(max_examples=WORLDS)
@given(world=worlds(confidential=True), is_sealed=st.booleans())
def test_export_load_export_gives_the_same_bytes_from_database_to_database_and_back(
    databases: Databases, sqlite_databases: SqliteDatabases, tmp_path: Path, world: World, is_sealed: bool
) -> None:
    with (
        another(sqlite_databases, keys=KeyFolder(tmp_path / "keys")) as first,
        another(databases) as there,
        another(sqlite_databases) as back,
    ):
        record(first)
        world.record(first)
        export = exported(first, sealed=is_sealed)

        load(there, export)
        load(back, exported(there, sealed=is_sealed))

        assert exported(there, sealed=is_sealed) == exported(back, sealed=is_sealed) == export
        assert bodies(back) == bodies(first)
        assert listed(there) == listed(first)
        report = there.verify(index=True)
        assert report.ok, str(report)


def test_an_empty_ledger_keeps_commits_hashes_times_authors_and_keys(
    databases: Databases, ledger: Ledger
) -> None:
    record(ledger)
    signer = Ed25519Signer.generate("example.org/newsroom")
    checkpoint = ledger.checkpoint(signer)
    with another(databases) as other:
        loaded = load(other, exported(ledger))

        again = other.record("It rained", source=person("Anna"), by="desk")
        assert loaded == (
            "3 commits kept, 0 copied, 0 held already; 4 entries, 1 texts and 0 sealed values are new"
        )
        assert headers(other)[:3] == headers(ledger)
        assert other.verify(index=True, checkpoint=checkpoint, key=signer.key).ok
        assert again.is_new
        with other._store.read() as connection:
            assert journal.is_key_used(connection, "nurse 1")


def test_an_empty_log_is_exported_and_loaded_too(databases: Databases, ledger: Ledger) -> None:
    export = exported(ledger)
    with another(databases) as other:
        loaded = load(other, export)

    assert export.count(b"\n") == 2
    assert loaded.startswith("0 commits kept, 0 copied, 0 held")


def test_a_log_that_grew_is_loaded_again_and_adds_what_is_new(databases: Databases, ledger: Ledger) -> None:
    record(ledger)
    with another(databases) as other:
        load(other, exported(ledger))
        ledger.record("It rained", source=person("Boris"), by="desk")

        loaded = load(other, exported(ledger))

        assert loaded.startswith("1 commits kept, 0 copied, 3 held already; 1 entries")
        assert exported(other) == exported(ledger)


def test_another_ledger_copies_commits_and_names_those_they_were(
    databases: Databases, ledger: Ledger
) -> None:
    record(ledger)
    originals = headers(ledger)
    with another(databases) as other:
        other.record("It snowed", source=person("Zoë"), by="elsewhere")
        loaded = load(other, exported(ledger), by="exchange")

        copied = headers(other)[1:]
        entries = bodies(other)[1:]
        report = other.verify(index=True)

        assert loaded == (
            "0 commits kept, 3 copied, 0 held already; 7 entries, 1 texts and 0 sealed values are new"
        )
        assert [header.author for header in copied] == ["exchange"] * 3
        assert [header.size for header in copied] == [header.size + 1 for header in originals]
        notes = [body for body in entries if b"copied/1" in body]
        assert notes == [
            canonical_json(
                {"commit": header.to_json(), "entry": "copied/1", "ledger": originals[0].hash().hex()}
            )
            for header in originals
        ]
        assert [body for body in entries if body not in notes] == bodies(ledger)
        assert report.ok, str(report)
        assert other.counts()["assertion"] == ledger.counts()["assertion"] + 1
        assert len(other.find("ward")) == 1


def test_a_commit_is_copied_once_however_it_comes_round(databases: Databases, ledger: Ledger) -> None:
    record(ledger)
    with another(databases) as second, another(databases) as third:
        second.record("It snowed", source=person("Zoë"), by="second")
        third.record("It hailed", source=person("Zoë"), by="third")
        load(second, exported(ledger), by="exchange")

        to_third = load(third, exported(second), by="exchange")
        again = load(third, exported(ledger), by="exchange")
        home = load(ledger, exported(third), by="exchange")
        same = load(third, exported(third))

        assert to_third.startswith("0 commits kept, 4 copied, 0 held")
        assert again.startswith("0 commits kept, 0 copied, 3 held already; 0 entries")
        assert home.startswith("0 commits kept, 2 copied, 3 held already")
        assert same.startswith("0 commits kept, 0 copied, 5 held already; 0 entries")
        assert {str(one) for one in ledger.unsupported()} == {str(one) for one in third.unsupported()}
        assert all(each.verify(index=True).ok for each in (ledger, second, third))


def test_who_copies_has_to_be_said(databases: Databases, ledger: Ledger) -> None:
    record(ledger)
    with another(databases) as other:
        other.record("It snowed", source=person("Zoë"), by="elsewhere")
        with pytest.raises(InvalidValue, match="by: got nothing"):
            load(other, exported(ledger))

        assert len(headers(other)) == 1


def test_a_load_joins_the_callers_transaction(databases: Databases, ledger: Ledger) -> None:
    record(ledger)
    export = exported(ledger)
    with databases.migrated() as database:
        engine = add_hooks(create_engine(database.url))
        with engine.connect() as connection:
            load(Ledger.open(connection), export)
            connection.rollback()
        assert Ledger.open(engine).counts() == {}
        with engine.begin() as connection:
            load(Ledger.open(connection), export)
        assert exported(Ledger.open(engine)) == export
        engine.dispose()


def test_a_load_after_a_stale_snapshot_has_to_be_repeated_whole(databases: Databases, ledger: Ledger) -> None:
    record(ledger)
    with databases.migrated() as database, Ledger.open(database.url) as other:
        engine = add_hooks(create_engine(database.url))
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as connection:
            joined = Ledger.open(connection)
            joined.counts()
            other.record("It snowed", source=person("Zoë"), by="elsewhere")

            with pytest.raises(ConcurrentCommit, match="repeat all of your transaction"):
                load(joined, exported(ledger))
        engine.dispose()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_file_is_read_anew_where_the_database_gave_way(
    databases: Databases, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(ledger)
    ledger.export(tmp_path / "log.jsonl")
    cause = Exception("told by the driver")
    cause.sqlstate = "40001"  # type: ignore[attr-defined]
    failures = [OperationalError("", {}, cause)]
    keep = beside.keep_texts

    def fail_once(*given: Any) -> int:
        if failures:
            raise failures.pop()
        return keep(*given)

    monkeypatch.setattr(beside, "keep_texts", fail_once)
    with another(databases) as other:
        other.load(tmp_path / "log.jsonl")

        assert exported(other) == (tmp_path / "log.jsonl").read_bytes()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_file_is_never_written_over_and_never_left_half(ledger: Ledger, tmp_path: Path) -> None:
    record(ledger)
    file = tmp_path / "log.jsonl"

    entries = ledger.export(file)
    with pytest.raises(WouldOverwrite):
        ledger.export(file)
    with pytest.raises(RuntimeError, match="enough"):
        ledger.export(tmp_path / "half.jsonl", progress=_give_up)

    assert entries == 4
    assert file.read_bytes() == exported(ledger)
    assert [each.name for each in tmp_path.glob("*.jsonl*")] == ["log.jsonl"]


def _give_up(_: int) -> None:
    raise RuntimeError("enough")


def test_progress_is_reported_both_ways(databases: Databases, ledger: Ledger) -> None:
    record(ledger)
    seen: list[int] = []
    export = exported(ledger, progress=seen.append)
    with another(databases) as other:
        load(other, export, progress=seen.append)

    assert seen == [2, 3, 4] * 2


def test_a_log_that_was_tampered_with_is_not_exported(migrated_database: Database, ledger: Ledger) -> None:
    record(ledger)
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.begin() as connection:
        guards.take_down(connection)
        connection.exec_driver_sql(
            "UPDATE provenance_entry SET body = (SELECT body FROM provenance_entry WHERE seq = 3) WHERE seq = 2"
        )
        guards.put_up(connection)
    engine.dispose()

    with pytest.raises(DamagedLog, match="commit 1"):
        exported(ledger)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_memory_does_not_grow_with_the_log(databases: Databases, ledger: Ledger, tmp_path: Path) -> None:
    """Of what Python allocates; SQLite's own page cache is bounded by itself."""
    with ledger.begin(by="desk") as desk:
        for number in range(30):
            text = f"{number} " + "It burned. " * 100_000
            desk.document(outlet("CNN"), text=text)

    with another(databases) as other:
        tracemalloc.start()
        ledger.export(tmp_path / "log.jsonl")
        other.load(tmp_path / "log.jsonl")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (tmp_path / "log.jsonl").stat().st_size > 33_000_000
    assert peak < 12_000_000


# What is confidential ---------------------------------------------------------------------------------------------


def test_what_is_sealed_stays_behind_unless_it_is_asked_for(databases: Databases, ledger: Ledger) -> None:
    source = record(ledger).assertion.agent
    plain, whole = exported(ledger), exported(ledger, sealed=True)
    with another(databases) as other, another(databases, keys=ledger._keys) as trusted:
        load(other, plain)
        load(trusted, whole)

        assert b"ciphertext" not in plain
        assert SECRET.encode() not in whole
        assert whole.count(b"ciphertext") == 2
        with pytest.raises(NotLoaded, match=r"agent\.name"):
            other.reveal(source.id)
        assert trusted.reveal(source.id)["name"] == SECRET
        assert listed(other) == listed(trusted) == listed(ledger)

        added = load(other, whole)

        assert added.endswith("0 texts and 2 sealed values are new")
        with pytest.raises(KeyMissing):
            other.reveal(source.id)


def test_a_redaction_is_done_where_it_is_loaded_and_nothing_brings_back_what_it_destroyed(
    databases: Databases, ledger: Ledger, tmp_path: Path
) -> None:
    recorded = record(ledger)
    source = recorded.assertion.agent
    before = exported(ledger, sealed=True)
    keys = KeyFolder(tmp_path / "keys")
    with another(databases, keys=keys) as other:
        load(other, before)
        with ledger.begin(by="legal desk") as desk:
            desk.redact(source)
            desk.redact(story_of(recorded))

        load(other, exported(ledger, sealed=True))
        load(other, before)

        with pytest.raises(Redacted):
            other.reveal(source.id)
        assert b"ciphertext" not in exported(other, sealed=True)
        assert STORY.encode() not in exported(other)
        assert exported(other) == exported(ledger)


# What is not as it was exported -----------------------------------------------------------------------------------


def refused(ledger: Ledger, export: bytes, **how: Any) -> DamagedExport:
    """The error with which it is refused; nothing of it is left."""
    before = exported(ledger)
    with pytest.raises(DamagedExport) as caught:
        load(ledger, export, **how)
    assert exported(ledger) == before
    return caught.value


def _flip(random: Random, export: bytes) -> bytes:
    place = random.randrange(len(export))
    return export[:place] + bytes([export[place] ^ 1 << random.randrange(8)]) + export[place + 1 :]


def _cut(random: Random, export: bytes) -> bytes:
    return export[: random.randrange(len(export))]


def _of_lines(change: Callable[[Random, list[bytes]], None]) -> Callable[[Random, bytes], bytes]:
    def changed(random: Random, export: bytes) -> bytes:
        lines = export.splitlines(keepends=True)
        change(random, lines)
        return b"".join(lines)

    return changed


def _drop(random: Random, lines: list[bytes]) -> None:
    del lines[random.randrange(len(lines))]


def _repeat(random: Random, lines: list[bytes]) -> None:
    place = random.randrange(len(lines))
    lines.insert(place, lines[place])


def _swap(random: Random, lines: list[bytes]) -> None:
    one, other = random.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]


def _respace(random: Random, lines: list[bytes]) -> None:
    place = random.randrange(len(lines))
    lines[place] = lines[place].replace(b":", b": ", 1)


@settings(max_examples=DAMAGED)
@given(
    seed=st.integers(0, 10**9),
    damage=st.sampled_from([_flip, _flip, _cut, *map(_of_lines, (_drop, _repeat, _swap, _respace))]),
)
def test_whatever_is_damaged_is_refused_with_its_line_and_leaves_nothing(
    shared_sqlite_engine: Any, whole_export: bytes, seed: int, damage: Callable[[Random, bytes], bytes]
) -> None:
    damaged = damage(Random(seed), whole_export)
    with shared_sqlite_engine.connect() as connection:
        error = refused(Ledger.open(connection), damaged)
        connection.rollback()

    assert 1 <= error.line <= damaged.count(b"\n") + 1
    assert str(error).startswith(f"line {error.line}: ")


@pytest.fixture(scope="module")
def whole_export(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    keys = KeyFolder(tmp_path_factory.mktemp("keys"))
    with another(sqlite_databases, keys=keys) as ledger:
        record(ledger)
        return exported(ledger, sealed=True)


@pytest.mark.parametrize("more", [b"\n", b" ", b'{"end":{}}\n', first_line(sealed=False)])
def test_what_follows_the_end_is_refused(ledger: Ledger, whole_export: bytes, more: bytes) -> None:
    assert refused(ledger, whole_export + more).found == "it follows the end of the export"


class Forged:
    """An export that is whole, as far as hashes go."""

    def __init__(self) -> None:
        self.lines = [first_line(sealed=False)]
        self.previous = GENESIS
        self.commits = self.entries = self.texts = 0

    def commit(self, *entries: bytes, key: str | None = None, **stated: Any) -> Forged:
        header = CommitHeader(
            **{
                "seq": self.commits + 1,
                "at": 10**15,
                "author": "desk",
                "previous": self.previous,
                "root": root_hash([leaf_hash(body) for body in entries]),
                "size": len(entries),
                **stated,
            }
        )
        self.lines.append(line_of(Commit(header, key)))
        self.lines += [body + b"\n" for body in entries]
        self.previous = header.hash()
        self.commits += 1
        self.entries += len(entries)
        return self

    def text(self, text: str) -> Forged:
        self.lines.append(line_of(Text(hashlib.sha256(text.encode()).digest(), text)))
        self.texts += 1
        return self

    def export(self) -> bytes:
        body = b"".join(self.lines)
        counts = {"commits": self.commits, "entries": self.entries, "texts": self.texts, "sealed": 0}
        return body + line_of(End(**counts, head=self.previous, sha256=hashlib.sha256(body).digest()))


ANNA, BORIS = Agent(kind="person", name="Anna"), Agent(kind="person", name="Boris")
BURNED = Claim(text="It burned")
SAID = Assertion(agent=ANNA, claim=BURNED, occasion="o")
NOWHERE = RecordId("0" * 64)
OUTLET = Agent(kind="outlet", name="CNN")
FIRST = Document(outlet=OUTLET, url="https://example.org/1")
SECOND = Document(outlet=OUTLET, url="https://example.org/2", supersedes=FIRST)


def entry(*records: Any) -> bytes:
    return wire.encode_entry(records)


def raw(text: str) -> bytes:
    return text.encode()


CNN = Agent(kind="outlet", name="CNN")
FIRST = Document(outlet=CNN, url="https://example.org/1")
SECOND = Document(outlet=CNN, url="https://example.org/2", supersedes=FIRST)
ROUND = Document(outlet=CNN, url="https://example.org/1", supersedes=SECOND.id)

UNFIT: dict[str, bytes] = {
    "a reference to nowhere": entry(Assertion(agent=NOWHERE, claim=NOWHERE, occasion="o")),
    "a reference ahead": entry(Relay(source=SAID, target=SAID), ANNA, BURNED, SAID),
    "another type": entry(ANNA, BURNED, Assertion(agent=BURNED, claim=ANNA, occasion="o")),
    "nobody entitled": entry(ANNA, BORIS, BURNED, SAID, Amendment(target=SAID, kind="retract", by=BORIS)),
    "a version before itself": entry(
        OUTLET, FIRST, SECOND, Document(outlet=OUTLET, url="https://example.org/1", supersedes=SECOND.id)
    ),
    "nothing to redact": entry(ANNA, Redaction(target=ANNA)),
    "a field twice": raw('{"entry":"records/1","entry":"records/1","records":[]}'),
    "spaces": raw('{"entry": "records/1", "records": []}'),
    "no number": raw('{"a":NaN,"entry":"records/1","records":[]}'),
    "a long number": raw('{"a":' + "9" * 5_000 + ',"entry":"records/1","records":[]}'),
    "depth": raw("[" * 100_000 + "]" * 100_000),
    "a lone surrogate": raw('{"entry":"records/1","records":[{"record":"claim/1","text":"\\ud800"}]}'),
    "no UTF-8": b'{"entry":"\xff"}',
    "UTF-16": '{"entry":"records/1","records":[]}'.encode("utf-16-le"),
    "no object": b"17",
    "an unknown field": raw('{"entry":"records/1","records":[{"record":"claim/1","text":"a","x":1}]}'),
    "no record": raw('{"entry":"records/1","records":[17]}'),
    "no list": raw('{"entry":"records/1","records":17}'),
    "no text": raw('{"entry":"records/1","records":[{"record":"claim/1","text":""}]}'),
    "a note of nothing": raw('{"commit":{},"entry":"copied/1","ledger":"' + "0" * 64 + '"}'),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_no_ledger_would_have_recorded_is_refused_whatever_its_hashes_say(
    ledger: Ledger, name: str
) -> None:
    forged = Forged().commit(entry(BURNED)).commit(UNFIT[name])

    error = refused(ledger, forged.export())

    assert error.line == 5


def test_what_a_newer_release_exported_is_refused_as_such(ledger: Ledger) -> None:
    newer = raw('{"entry":"records/1","records":[{"record":"claim/77","text":"It burned"}]}')
    before = exported(ledger)

    with pytest.raises(NewerThanLibrary, match=r"record 5.*claim/77"):
        load(ledger, Forged().commit(entry(BURNED)).commit(newer).export())

    assert exported(ledger) == before


@pytest.mark.parametrize("text", ['{"entry":"records/99","records":[]}', '{"entry":"rumour/1"}'])
def test_an_entry_from_the_future_is_exported_as_it_lies_and_loaded_only_by_those_who_can_read_it(
    databases: Databases, ledger: Ledger, text: str
) -> None:
    with ledger._store.read() as connection:
        head = journal.head(connection)
    engine = ledger._store.engine
    with writing(engine) as connection:
        journal.append(connection, head, [raw(text)], at=1, author="a later release")
    export = exported(ledger)

    with another(databases) as other, pytest.raises(NewerThanLibrary):
        load(other, export)

    assert text in export.decode().splitlines()


def test_a_note_that_names_other_entries_than_stand_behind_it_is_refused(ledger: Ledger) -> None:
    header = CommitHeader(
        seq=1, at=0, author="", previous=GENESIS, root=root_hash([leaf_hash(entry(ANNA))]), size=1
    )
    note = copies.Copied(header, GENESIS).body()

    load(ledger, Forged().commit(note, entry(ANNA)).export())
    error = refused(ledger, Forged().commit(note, entry(BURNED)).export(), by="exchange")

    assert error.line == 4


def test_a_commit_that_was_copied_too_often_is_refused(ledger: Ledger) -> None:
    bodies = [entry(ANNA)]
    for _ in range(102):
        root = root_hash([leaf_hash(body) for body in bodies])
        header = CommitHeader(seq=1, at=0, author="", previous=GENESIS, root=root, size=len(bodies))
        bodies.insert(0, copies.Copied(header, GENESIS).body())

    load(ledger, Forged().commit(*bodies[2:]).export())
    refused(ledger, Forged().commit(*bodies).export(), by="exchange")


def test_a_note_behind_other_entries_is_refused(ledger: Ledger) -> None:
    header = CommitHeader(
        seq=1, at=0, author="", previous=GENESIS, root=root_hash([leaf_hash(entry(ANNA))]), size=1
    )
    note = copies.Copied(header, GENESIS).body()

    error = refused(ledger, Forged().commit(entry(BORIS), note, entry(ANNA)).export())

    assert error.line == 4


COMMITS: dict[str, Forged] = {
    "another place": Forged().commit(entry(ANNA), seq=2),
    "another predecessor": Forged().commit(entry(ANNA), previous=b"\x01" * 32),
    "no entries": Forged().commit(),
    "a size beyond its entries": Forged().commit(entry(ANNA), size=10**9),
    "a moment beyond the calendar": Forged().commit(entry(ANNA), at=2**62),
    "a moment before the last": Forged().commit(entry(ANNA)).commit(entry(BORIS), at=1),
    "a name that no database holds": Forged().commit(entry(ANNA), author="a\x00b"),
    "one key twice": Forged().commit(entry(ANNA), key="k").commit(entry(BORIS), key="k"),
    "a text that nothing names": Forged().commit(entry(ANNA)).text("It burned"),
}


@pytest.mark.parametrize("name", COMMITS)
def test_commits_that_no_ledger_can_hold_are_refused(ledger: Ledger, name: str) -> None:
    refused(ledger, COMMITS[name].export())


class Endless(io.RawIOBase):
    """A first line, and then one line without an end."""

    def __init__(self) -> None:
        self.lines = [first_line(sealed=False)]
        self.longest = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        self.longest = max(self.longest, size)
        return self.lines.pop() if self.lines else b"[" * size


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_line_without_end_is_read_no_further_than_a_line_may_be_long(ledger: Ledger) -> None:
    stream = Endless()

    with pytest.raises(DamagedExport, match="line 2: it is longer than"):
        ledger.load(stream)  # type: ignore[arg-type]

    assert stream.longest == MAX_LINE + 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_entry_too_long_to_be_loaded_is_not_recorded(ledger: Ledger) -> None:
    claims = [Claim(text=f"{number} " + "a" * 99_000) for number in range(MAX_ENTRY // 99_000 + 1)]

    with pytest.raises(InvalidValue, match="entry: got"), ledger.begin(by="desk") as desk:
        desk.add(*claims)

    assert ledger.counts() == {}


@settings(max_examples=40)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["commit", "hash", "entry", "records", "end", "digest", "text", "record"]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=10,
        ).map(lambda value: json.dumps(value, sort_keys=True, separators=(",", ":")).encode()),
    )
)
def test_fuzzed_lines_raise_only_the_librarys_errors(shared_sqlite_engine: Any, line: bytes) -> None:
    with shared_sqlite_engine.connect() as connection:
        ledger = Ledger.open(connection)
        for export in (
            first_line(sealed=True) + line + b"\n",
            Forged().commit(line).export(),
            first_line(sealed=True) + line,
        ):
            with pytest.raises(ProvenanceError):
                load(ledger, export)
        connection.rollback()


def test_claims_and_names_of_an_export_are_in_no_error(ledger: Ledger) -> None:
    text = "Ivan burned it"
    forged = Forged().commit(entry(claim(text)), entry(Assertion(agent=NOWHERE, claim=NOWHERE, occasion="o")))

    error = refused(ledger, forged.export())

    assert text not in f"{error} {error!r}"
