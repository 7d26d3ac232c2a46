"""What verification looks at, what it says, and that it says nothing of a ledger in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from answered import meddle
from databases import Database, Databases
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import random_world
from sqlalchemy import Connection, Engine, Table, create_engine
from worlds import World

from provenance import Ed25519Signer, Ledger, Report, add_hooks, anonymous, outlet, person
from provenance.database.transactions import writing
from provenance.errors import InvalidValue
from provenance.log import guards
from provenance.log.commits import CommitHeader
from provenance.log.merkle import leaf_hash, root_hash
from provenance.operations import reports as report_rules
from provenance.operations.index_check import differences
from provenance.operations.reports import Faults

WORLDS = 15
"""How many random worlds a run verifies."""


@pytest.fixture
def engine(migrated_database: Database) -> Iterator[Engine]:
    made = add_hooks(create_engine(migrated_database.url))
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def signer() -> Ed25519Signer:
    return Ed25519Signer.generate("example.org/newsroom")


def record(ledger: Ledger) -> None:
    """Three commits of 2, 2 and 1 entries, with two texts."""
    for number, sentence in enumerate(("It burned", "It rained"), start=1):
        with ledger.begin(by="desk") as desk:
            story = desk.document(
                outlet("CNN"), text=f"{sentence} all night.", url=f"https://example.org/{number}"
            )
            desk.record(sentence, source=anonymous("a neighbour"), via=[outlet("TASS")], found_in=story)
    ledger.record("It snowed", source=person("Zoë"), stance="deny", by="desk")
    ledger.refresh()


@contextmanager
def tampering(engine: Engine) -> Iterator[Connection]:
    """A connection past guards and foreign keys; the guards stand again afterwards."""
    unhooked = create_engine(engine.url)  # without the hooks, SQLite does not look at foreign keys
    with unhooked.begin() as connection:
        guards.take_down(connection)
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(
                "ALTER TABLE provenance_entry DROP CONSTRAINT fk_provenance_entry_commit_seq"
            )
        yield connection
        guards.put_up(connection)
    unhooked.dispose()


def found(report: Report) -> list[str]:
    return [str(fault) for fault in report.findings]


def test_nothing_is_wrong_with_an_empty_ledger(engine: Engine, signer: Ed25519Signer) -> None:
    ledger = Ledger.open(engine)

    report = ledger.verify(index=True, checkpoint=ledger.checkpoint(signer), key=signer.key)

    assert report.ok
    assert str(report) == (
        "commits 0, entries 0, texts 0, sealed values 0, rows of the index 0, commits in the checkpoint 0: "
        "nothing is wrong"
    )


def test_a_report_counts_what_was_looked_at(engine: Engine, signer: Ed25519Signer) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    seen: list[int] = []

    plain = ledger.verify()
    report = ledger.verify(
        index=True, checkpoint=ledger.checkpoint(signer), key=signer.key, progress=seen.append
    )

    assert (plain.ok, plain.rows, plain.checkpoint, plain.stale) == (True, None, None, None)
    assert report.ok
    assert (report.commits, report.entries, report.texts, report.absent_texts) == (3, 5, 2, 0)
    assert report.rows == _rows_of_the_index(engine)
    assert (report.checkpoint, report.stale, report.omitted) == (3, 0, 0)
    assert seen == sorted(seen)
    assert seen[0] == 5


def _rows_of_the_index(engine: Engine) -> int:
    from provenance.index.tables import INDEX_TABLES

    with engine.connect() as connection:
        return sum(
            connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar_one()
            for table in INDEX_TABLES
        )


@settings(max_examples=WORLDS)
@given(seed=st.integers(0, 10**9))
def test_nothing_is_wrong_with_what_the_library_wrote(databases: Databases, seed: int) -> None:
    random = Random(seed)
    with databases.migrated() as database, Ledger.open(database.url) as ledger:
        world = World(random_world(random))
        world.record(ledger)
        for _ in range(3):
            meddle(random, ledger, world)

        report = ledger.verify(index=True)

    assert found(report) == []
    assert report.entries > 0


def test_verifying_changes_nothing_and_can_join_a_transaction(engine: Engine) -> None:
    record(Ledger.open(engine))
    with engine.connect() as connection:
        ledger = Ledger.open(connection)
        ledger.record("It thundered", source="Somebody", by="desk")
        report = ledger.verify(index=True)
        counts = ledger.counts()
        connection.rollback()

    assert found(report) == []
    assert report.commits == 4
    assert counts["assertion"] == 8
    assert Ledger.open(engine).verify(index=True).commits == 3


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_ledger_that_can_only_be_read_is_verified(migrated_database: Database) -> None:
    path = Path(migrated_database.url.removeprefix("sqlite:///"))
    with Ledger.open(path) as ledger:
        record(ledger)
    before = path.read_bytes()
    with Ledger.open(f"sqlite:///file:{path}?mode=ro&uri=true") as ledger:
        report = ledger.verify(index=True)

    assert found(report) == []
    assert report.entries == 5
    assert path.read_bytes() == before


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_ledger_in_a_schema_is_verified_there(database: Database) -> None:
    engine = create_engine(database.url)
    for schema in ("desk", "politics"):
        record(Ledger.install(engine, schema=schema))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER provenance_entry_no_update ON politics.provenance_entry")
        connection.exec_driver_sql("DELETE FROM politics.provenance_relay")
    reports = {
        schema: Ledger.open(engine, schema=schema).verify(index=True) for schema in ("desk", "politics")
    }
    engine.dispose()

    assert found(reports["desk"]) == []
    assert found(reports["politics"])[0] == "guard provenance_entry_no_update: is missing"
    assert {fault.found for fault in reports["politics"].findings[1:]} == {"missing"}


def test_an_ingest_that_was_broken_off_leaves_stale_claims_and_nothing_wrong(engine: Engine) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    with writing(ledger._store.engine) as connection:
        connection.exec_driver_sql("DELETE FROM provenance_listing WHERE claim = 4")
        connection.exec_driver_sql("INSERT INTO provenance_listing VALUES ('unsettled', '', 4)")

    report = ledger.verify(index=True)

    assert found(report) == []
    assert report.stale == 1


def test_a_stale_claim_hides_no_other(engine: Engine) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    with writing(ledger._store.engine) as connection:
        first, second = connection.exec_driver_sql(
            "SELECT DISTINCT claim FROM provenance_listing ORDER BY claim LIMIT 2"
        ).scalars()
        connection.exec_driver_sql(f"DELETE FROM provenance_listing WHERE claim = {first}")
        connection.exec_driver_sql(f"INSERT INTO provenance_listing VALUES ('unsettled', '', {second})")

    places = {fault.place for fault in ledger.verify(index=True).findings}

    assert places
    assert all(place.endswith(f"claim {first}") for place in places)


# What is found ---------------------------------------------------------------------------------------------------


CHANGES = {
    "bytes": (
        "UPDATE provenance_entry SET body = (SELECT body FROM provenance_entry WHERE seq = 1) WHERE seq = 3",
        ["entry 3: its bytes have another digest", "commit 2: its entries have another root"],
    ),
    "digest": (
        "UPDATE provenance_entry SET digest = (SELECT digest FROM provenance_entry WHERE seq = 1) WHERE seq = 3",
        ["entry 3: its bytes have another digest"],
    ),
    "author": (
        "UPDATE provenance_commit SET author = 'nobody' WHERE seq = 2",
        ["commit 2: its header has another hash", "commit 3: it does not follow"],
    ),
    "size": (
        "UPDATE provenance_commit SET size = 7 WHERE seq = 2",
        ["commit 2: its header has another hash", "commit 2: it has 2 entries and was made with 7"],
    ),
    "time": (
        "UPDATE provenance_commit SET at = 7 WHERE seq = 2",
        ["commit 2: its header has another hash", "commit 2: it is earlier than the commit before it"],
    ),
    "hash": (
        "UPDATE provenance_commit SET hash = root WHERE seq = 2",
        ["commit 2: its header has another hash"],
    ),
    "gap": ("DELETE FROM provenance_entry WHERE seq = 2", ["entry 2: missing", "commit 1: it has 1 entries"]),
    "larger gap": ("DELETE FROM provenance_entry WHERE seq IN (2, 3)", ["entries 2 to 3: missing"]),
    "no entries": ("DELETE FROM provenance_entry WHERE commit_seq = 2", ["commit 2: it has no entries"]),
    "no commit": (
        "DELETE FROM provenance_commit WHERE seq = 2",
        ["commit 2: missing", "entries 3 to 4: they belong to no commit"],
    ),
    "another commit": (
        "UPDATE provenance_entry SET commit_seq = 3 WHERE seq = 4",
        ["commit 2: it has 1 entries and was made with 2", "commit 3: it has 2 entries and was made with 1"],
    ),
    "text": (
        "UPDATE provenance_document_text SET text = 'It thundered.'",
        ["it has another digest than the one stored with it"],
    ),
    "digest of a text": (
        "UPDATE provenance_document_text SET digest = substr(digest, 1, 31) WHERE text > 'It c'",
        ["no entry names it"],
    ),
    "a text more": (
        "INSERT INTO provenance_document_text SELECT hash, 'It thundered.' FROM provenance_commit",
        ["no entry names it"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_at_its_place(engine: Engine, change: str) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    statement, expected = CHANGES[change]
    with tampering(engine) as connection:
        connection.exec_driver_sql(statement)

    found = str(ledger.verify())

    assert all(words in found for words in expected), found


def test_a_guard_that_is_down_is_found(engine: Engine) -> None:
    with engine.begin() as connection:
        guards.take_down(connection)

    assert found(Ledger.open(engine).verify()) == [
        f"guard {guard.name}: is missing" for guard in guards.guards(engine.dialect.name)
    ]


@pytest.mark.parametrize(
    "table",
    [
        "provenance_entry",
        "provenance_commit",
        "provenance_document_text",
        "provenance_sealed",
        "provenance_claim",
    ],
)
def test_a_missing_table_is_a_finding(engine: Engine, table: str) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO elsewhere")

    found = str(ledger.verify(index=True))

    assert "cannot be read" in found


INDEX_CHANGES = {
    "changed": (
        "UPDATE provenance_claim SET text = 'It thundered' WHERE key = 4",
        "table provenance_claim, key 4: it differs from the log in text",
    ),
    "emptied": (
        "UPDATE provenance_document SET url = NULL WHERE key = 2",
        "table provenance_document, key 2: it differs from the log in url",
    ),
    "deleted": (
        "DELETE FROM provenance_assertion WHERE key = 5",
        "table provenance_assertion, key 5: missing",
    ),
    "added": (
        "INSERT INTO provenance_accusation VALUES (4, 1)",
        "table provenance_accusation, claim 4, agent 1: it is there, and the log does not have it",
    ),
    "listed": (
        "INSERT INTO provenance_listing VALUES ('conflict', '', 4)",
        "table provenance_listing, list conflict, nature , claim 4: it is there, and the log does not have it",
    ),
    "record": (
        "UPDATE provenance_record SET entry_seq = 1 WHERE key = 6",
        "table provenance_record, key 6: it differs from the log in entry_seq",
    ),
}


@pytest.mark.parametrize("change", INDEX_CHANGES)
def test_a_change_of_the_index_is_found_at_its_place(engine: Engine, change: str) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    statement, expected = INDEX_CHANGES[change]
    with engine.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1

    assert ledger.verify().ok
    assert found(ledger.verify(index=True)) == [expected]
    ledger.rebuild()
    assert ledger.verify(index=True).ok


def rewritten(connection: Connection, body: bytes) -> None:
    """Puts other bytes in the place of the last entry, and makes every hash of its commit again."""
    last = connection.exec_driver_sql(
        'SELECT seq, "at", author, previous FROM provenance_commit ORDER BY seq DESC LIMIT 1'
    ).one()
    leaf = leaf_hash(body)
    header = CommitHeader(
        seq=last[0], at=last[1], author=last[2], previous=bytes(last[3]), root=root_hash([leaf]), size=1
    )
    entry, commit = report_tables()
    connection.execute(entry.update().where(entry.c.commit_seq == last[0]).values(body=body, digest=leaf))
    connection.execute(
        commit.update().where(commit.c.seq == last[0]).values(root=header.root, hash=header.hash())
    )


def report_tables() -> tuple[Table, Table]:
    from provenance.log import tables

    return tables.entry, tables.commit


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"null",
        b"[",
        b"{}",
        b"[" * 100_000,
        b'{"entry":"records/1","records":[7]}',
        b"1" * 5_000,
    ],
    ids=["empty", "bytes", "null", "cut", "object", "deep", "number", "long"],
)
def test_bytes_that_are_no_entry_are_findings_though_their_hashes_fit(
    engine: Engine, signer: Ed25519Signer, body: bytes
) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    checkpoint = ledger.checkpoint(signer)
    with tampering(engine) as connection:
        rewritten(connection, body)

    assert ledger.verify().ok
    assert "entry 5: it cannot be decoded" in str(ledger.verify(index=True))
    assert "checkpoint: the first 3 commits are not those that were signed" in str(
        ledger.verify(checkpoint=checkpoint, key=signer.key)
    )


def test_an_entry_that_names_what_is_not_there_is_a_finding(engine: Engine) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    with tampering(engine) as connection:
        rewritten(
            connection,
            b'{"entry":"records/1","records":[{"record":"relay/1","source":"%b","target":"%b"}]}'
            % (b"0" * 64, b"1" * 64),
        )

    assert "entry 5: its records do not fit the ones before it" in str(ledger.verify(index=True))


def test_a_log_cut_short_is_found_by_its_checkpoint(engine: Engine, signer: Ed25519Signer) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    checkpoint = ledger.checkpoint(signer)
    with tampering(engine) as connection:
        connection.exec_driver_sql("DELETE FROM provenance_entry WHERE commit_seq = 3")
        connection.exec_driver_sql("DELETE FROM provenance_commit WHERE seq = 3")
    ledger.rebuild()

    assert ledger.verify(index=True).ok
    assert found(ledger.verify(checkpoint=checkpoint, key=signer.key)) == [
        "checkpoint: 3 commits were signed and 2 are there: the log's end was cut off"
    ]


def test_an_older_checkpoint_holds_for_a_longer_log(engine: Engine, signer: Ed25519Signer) -> None:
    ledger = Ledger.open(engine)
    checkpoints = [ledger.checkpoint(signer)]
    record(ledger)
    checkpoints.append(ledger.checkpoint(signer))
    ledger.record("It thundered", source="Somebody", by="desk")

    reports = [ledger.verify(checkpoint=checkpoint, key=signer.key) for checkpoint in checkpoints]

    assert [(report.ok, report.checkpoint) for report in reports] == [(True, 0), (True, 3)]


def test_a_checkpoint_that_is_not_the_keys_is_a_finding(engine: Engine, signer: Ed25519Signer) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    checkpoint = ledger.checkpoint(signer)
    other = Ed25519Signer.generate("example.org/another")

    assert found(ledger.verify(checkpoint=checkpoint, key=other.key)) == [
        "checkpoint: example.org/another has not signed it"
    ]
    assert found(ledger.verify(checkpoint=checkpoint.replace("\n3\n", "\n2\n"), key=signer.key)) == [
        "checkpoint: the signature is not that of example.org/newsroom"
    ]
    assert found(ledger.verify(checkpoint="", key=signer.key)) == ["checkpoint: it is not a signed note"]
    with pytest.raises(InvalidValue, match="key"):
        ledger.verify(checkpoint=checkpoint)
    with pytest.raises(InvalidValue, match="checkpoint"):
        ledger.verify(key=signer.key)


def test_a_text_that_had_to_go_is_counted_and_nothing_wrong(engine: Engine) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM provenance_document_text WHERE text = 'It rained all night.'")

    report = ledger.verify(index=True)

    assert (report.ok, report.texts, report.absent_texts) == (True, 1, 1)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE provenance_entry SET body = 7 WHERE seq = 3",
            "entry 3: its columns hold values of other types",
        ),
        ("UPDATE provenance_entry SET body = CAST(body AS TEXT) WHERE seq = 3", "entry 3: its columns hold"),
        ("UPDATE provenance_commit SET at = 'noon' WHERE seq = 3", "commit 3: its columns hold"),
        (
            "UPDATE provenance_commit SET author = CAST(x'ff' AS TEXT) WHERE seq = 3",
            "commit 3: its columns hold",
        ),
        ("UPDATE provenance_document_text SET text = 7.5", "it has another digest"),
        ("UPDATE provenance_document_text SET text = CAST(x'ff' AS TEXT)", "it has another digest"),
        ("UPDATE provenance_document_text SET text = x'ff'", "its columns hold"),
        ("UPDATE provenance_claim SET described = 1.5 WHERE key = 4", "in described"),
        ("UPDATE provenance_claim SET text = CAST(x'ff' AS TEXT) WHERE key = 4", "in text"),
        ("UPDATE provenance_claim SET text = CAST(text AS BLOB) WHERE key = 4", "in text"),
        ("INSERT INTO provenance_accusation VALUES ('x', x'00')", "claim x, agent b'\\x00'"),
        ("DROP INDEX ix_provenance_claim_entity", "schema, index ix_provenance_claim_entity: missing"),
        (
            "DELETE FROM provenance_words_search WHERE rowid = 4",
            "table provenance_words_search, row 4: missing",
        ),
        ("DROP TRIGGER provenance_words_added", "schema, trigger provenance_words_added: missing"),
    ],
)
def test_what_only_sqlite_can_hold_is_found(engine: Engine, statement: str, expected: str) -> None:
    ledger = Ledger.open(engine)
    record(ledger)
    with tampering(engine) as connection:
        connection.exec_driver_sql(statement)

    assert expected in str(ledger.verify(index=True))


def test_a_report_holds_no_more_than_somebody_reads() -> None:
    faults = Faults()
    for number in range(report_rules.MAX_FINDINGS + 5):
        faults.add(f"entry {number}", "missing")

    report = Report(
        commits=0,
        entries=0,
        texts=0,
        absent_texts=0,
        sealed=0,
        redacted=0,
        rows=None,
        stale=None,
        checkpoint=None,
        findings=tuple(faults.found),
        omitted=faults.omitted,
    )

    assert (len(report.findings), report.omitted) == (report_rules.MAX_FINDINGS, 5)
    assert str(report).startswith(
        "commits 0, entries 0, texts 0, sealed values 0: findings 1005\nentry 0: missing\n"
    )
    assert str(report).endswith("and 5 more")


# Comparing -----------------------------------------------------------------------------------------------------------

VALUES = st.none() | st.integers(-3, 3) | st.sampled_from(["", "a", "b", b"", b"a", 1.0, 2.5])
ROWS = st.dictionaries(st.tuples(st.integers(0, 5), st.sampled_from(["", "a", "b"])), VALUES, max_size=8)


@given(ROWS, ROWS)
def test_walking_along_two_tables_gives_every_difference(
    ours: dict[tuple[int, str], object], theirs: dict[tuple[int, str], object]
) -> None:
    stored, expected = ([(*key, rows[key]) for key in sorted(rows)] for rows in (ours, theirs))

    found = list(differences(iter(stored), iter(expected), 2))

    by_looking = [
        ((*key, ours[key]) if key in ours else None, (*key, theirs[key]) if key in theirs else None)
        for key in sorted(ours.keys() | theirs.keys())
        if key not in ours
        or key not in theirs
        or (type(ours[key]), ours[key]) != (type(theirs[key]), theirs[key])
    ]
    assert found == by_looking
