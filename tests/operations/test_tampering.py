"""Whatever is done to a ledger behind the library's back is found, by a checkpoint that was kept elsewhere.

Three kinds of tampering, drawn at random: rows of the log and the index by SQL, past guards and foreign keys; the log
rewritten whole, or cut, so that all its hashes fit again; and bytes of the SQLite file. What verification lets pass,
and may, because no answer is another for it:

- a text that was deleted is not wrong, for texts may have to go; the report counts it as absent
- the key of a commit is not under its hash, and is left alone here
- a changed ciphertext is found only by whoever opens it, with the key; the report knows its handle and its level
- a claim that was marked as stale is only refreshed; the marks are counted
- bytes that SQLite does not read, or that mean the same: free space, unused fields of the header, the change counter,
  the words of a definition's comment. Then every row and every answer has to be the same.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from answered import listed, meddle
from databases import Databases
from random_worlds import random_world
from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, and_, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError
from worlds import World

from provenance import (
    Ed25519Signer,
    KeyFolder,
    Ledger,
    RecordId,
    Report,
    add_hooks,
    anonymous,
    outlet,
    person,
    sealed,
)
from provenance.errors import ProvenanceError, Unsealable
from provenance.index.tables import INDEX_TABLES
from provenance.log import guards, tables
from provenance.log.commits import CommitHeader
from provenance.log.merkle import leaf_hash, root_hash

MUTATIONS, ALL_MUTATIONS = 150, 2_000
"""Mutations of each kind of database in a run, and with --full."""

KINDS = 50
"""Of the hundred or so kinds of changes, in how many tables, as many as a run at full size tries at least."""

SEED = 20260207
PAGE_SIZE = 512
"""Bytes of a page of the file whose bytes are changed: SQLite's smallest, so that little of it is free space."""

Mutation = Callable[[Random, Connection], None]


class NothingToDo(Exception):
    """The mutation drawn has no effect here: another is drawn."""


@pytest.fixture(scope="module")
def signer() -> Ed25519Signer:
    return Ed25519Signer.generate("example.org/newsroom")


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    return ALL_MUTATIONS if request.config.getoption("--full") else MUTATIONS


def record(ledger: Ledger) -> None:
    """A small ledger with rows in every table of the index."""
    random = Random(SEED)
    world = World(random_world(random))
    world.record(ledger)
    for _ in range(4):
        meddle(random, ledger, world)
    for number in range(6):
        with ledger.begin(by=f"desk {number}") as desk:
            story = desk.document(
                outlet("CNN"), text=f"It burned for {number} hours.", url=f"https://cnn.com/{number}"
            )
            recorded = desk.record(
                f"It burned for {number} hours",
                source=person("Zoë", part_of="The fire brigade") if number % 2 else anonymous("a neighbour"),
                via=[outlet("TASS")],
                found_in=story,
                quote="burned",
                evidence="video",
                accuses=["Somebody"],
            )
            assert recorded.claim is not None
            desk.request_comment(recorded.claim, "Somebody", by="CNN", at="2026-02-07")
            desk.assess(recorded.claim, "likely", by="Checkers")
            if number == 3:
                desk.retract(recorded)
    with ledger.begin(by="desk") as desk:
        desk.document(outlet("CNN"), text="It burned for 2 hours.", url="https://cnn.com/2", title="Fire")
    ledger.refresh()


def record_sealed(ledger: Ledger) -> list[RecordId]:
    """Three sources with sealed names, of whom the last one is redacted; gives the others."""
    sources = []
    for number in range(3):
        source = anonymous("a fireman", name=sealed(f"Fireman {number}"), contact=sealed(f"+44 {number}"))
        sources.append(
            ledger.record("It burned", source=source, found_in={"outlet": "CNN", "url": "u"}, by="desk")
        )
    *kept, gone = (recorded.assertion.agent for recorded in sources)
    with ledger.begin(by="legal desk") as desk:
        desk.redact(gone)
    ledger.refresh()  # a stale claim is refreshed on the side, whatever was done to its rows
    return [RecordId(agent.id) for agent in kept]


# Tampering with rows -------------------------------------------------------------------------------------------------


def some_row(random: Random, connection: Connection, table: Table) -> Row[Any]:
    rows = connection.execute(select(table).order_by(*table.primary_key)).all()
    if not rows:
        raise NothingToDo
    return random.choice(rows)


def where(table: Table, row: Row[Any]) -> ColumnElement[bool]:
    return and_(*(column == row._mapping[column.name] for column in table.primary_key))


def another(random: Random, value: Any) -> Any:
    """Another value of the same type; for nothing, a number or a word."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return max(0, value + random.choice((-2, -1, 1, 2, 1_000))) if value else 1
    if isinstance(value, str):
        return random.choice((value + "x", value[:-1] or "x", value.swapcase() + "y"))
    if isinstance(value, bytes):
        flipped = bytearray(value or b"x")
        flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(8)
        return bytes(flipped)
    return None


def change_cell(random: Random, connection: Connection, table: Table) -> None:
    row = some_row(random, connection, table)
    column = random.choice([each for each in table.columns if each.name != "request_key"])
    before = row._mapping[column.name]
    before = bytes(before) if isinstance(before, memoryview) else before
    changed = another(random, before)
    if changed is None:
        changed = 1 if column.type.python_type is int else True if column.type.python_type is bool else "x"
    elif column.nullable and random.random() < 0.2:
        changed = None
    if column.type.python_type is bytes and isinstance(changed, str):
        changed = changed.encode()
    if changed == before:
        raise NothingToDo
    connection.execute(table.update().where(where(table, row)).values({column.name: changed}))


def delete_row(random: Random, connection: Connection, table: Table) -> None:
    row = some_row(random, connection, table)
    connection.execute(table.delete().where(where(table, row)))


def add_row(random: Random, connection: Connection, table: Table) -> None:
    """A copy of a row under another key."""
    row = dict(some_row(random, connection, table)._mapping)
    keys = list(table.primary_key)
    column = random.choice(keys)
    row[column.name] = (
        connection.execute(select(func.max(column))).scalar_one() + random.choice((1, 2))
        if column.type.python_type is int
        else another(random, row[column.name])
    )
    for name in ("id", "previous", "hash"):
        if name in row:
            row[name] = another(random, bytes(row[name]))
    connection.execute(table.insert(), row)


def swap_rows(random: Random, connection: Connection, table: Table) -> None:
    """All but the keys of two rows change places."""
    one, other = (some_row(random, connection, table) for _ in range(2))
    others = [column for column in table.columns if not column.primary_key and not column.unique]
    if [one._mapping[each.name] for each in others] == [other._mapping[each.name] for each in others]:
        raise NothingToDo
    for row, values in ((one, other), (other, one)):
        stated = {column.name: values._mapping[column.name] for column in others}
        connection.execute(table.update().where(where(table, row)).values(stated))


def change_body_and_digest(random: Random, connection: Connection) -> None:
    row = some_row(random, connection, tables.entry)
    body = another(random, bytes(row.body))
    change = tables.entry.update().where(tables.entry.c.seq == row.seq)
    connection.execute(change.values(body=body, digest=leaf_hash(body)))


def close_a_gap(random: Random, connection: Connection) -> None:
    """An entry is deleted, and those behind it take the numbers before theirs."""
    seq = some_row(random, connection, tables.entry).seq
    connection.execute(tables.entry.delete().where(tables.entry.c.seq == seq))
    last = connection.execute(select(func.max(tables.entry.c.seq))).scalar_one()
    for behind in range(seq + 1, last + 1):
        change = tables.entry.update().where(tables.entry.c.seq == behind)
        connection.execute(change.values(seq=behind - 1))


def append_without_index(random: Random, connection: Connection) -> None:
    """A commit whose hashes all fit, of an entry that nobody recorded."""
    last = connection.execute(tables.commit.select().order_by(tables.commit.c.seq.desc())).first()
    assert last is not None
    place = connection.execute(select(func.max(tables.entry.c.seq))).scalar_one() + 1
    body = b'{"entry":"records/1","records":[{"name":"Nobody","record":"entity/1"}]}'
    header = CommitHeader(
        seq=last.seq + 1,
        at=last.at + random.randrange(10),
        author="nobody",
        previous=bytes(last.hash),
        root=root_hash([leaf_hash(body)]),
        size=1,
    )
    insert(connection, header)
    connection.execute(
        tables.entry.insert(),
        {"seq": place, "commit_seq": header.seq, "digest": leaf_hash(body), "body": body},
    )


def insert(connection: Connection, header: CommitHeader) -> None:
    stated = {name: getattr(header, name) for name in ("seq", "at", "author", "previous", "root", "size")}
    connection.execute(tables.commit.insert(), {**stated, "hash": header.hash()})


# Tampering with all that follows, so that the hashes fit again --------------------------------------------------------


def rehash(connection: Connection, authors: dict[int, str] | None = None) -> None:
    """Makes every commit again from the entries as they are now; some by other authors."""
    commits = connection.execute(tables.commit.select().order_by(tables.commit.c.seq)).all()
    previous = bytes(32)
    connection.execute(tables.commit.delete())
    for row in commits:
        entries = tables.entry.select().where(tables.entry.c.commit_seq == row.seq)
        ordered = connection.execute(entries.order_by(tables.entry.c.seq))
        leaves = [leaf_hash(bytes(entry.body)) for entry in ordered]
        if not leaves:
            raise NothingToDo
        header = CommitHeader(
            seq=row.seq,
            at=row.at,
            author=(authors or {}).get(row.seq, row.author),
            previous=previous,
            root=root_hash(leaves),
            size=len(leaves),
        )
        insert(connection, header)
        previous = header.hash()


def rederive(connection: Connection) -> None:
    """The index as the log now has it; as it was, where it cannot be derived."""
    try:
        with connection.begin_nested():
            Ledger.open(connection, durability="as configured").rebuild()
    except (KeyError, ProvenanceError):
        return


def rewrite_an_author(random: Random, connection: Connection) -> None:
    rehash(connection, {some_row(random, connection, tables.commit).seq: "somebody else"})


def rewrite_a_word(random: Random, connection: Connection) -> None:
    rows = connection.execute(tables.entry.select()).all()
    row = random.choice([row for row in rows if b"burned" in bytes(row.body)])
    body = bytes(row.body).replace(b"burned", b"rained")
    change = tables.entry.update().where(tables.entry.c.seq == row.seq)
    connection.execute(change.values(body=body, digest=leaf_hash(body)))
    rehash(connection)
    rederive(connection)


def leave_out_an_entry(random: Random, connection: Connection) -> None:
    close_a_gap(random, connection)
    rehash(connection)
    rederive(connection)


def cut_the_end(random: Random, connection: Connection) -> None:
    first = some_row(random, connection, tables.commit).seq
    connection.execute(tables.entry.delete().where(tables.entry.c.commit_seq >= first))
    connection.execute(tables.commit.delete().where(tables.commit.c.seq >= first))
    rederive(connection)


def take_a_guard_down(random: Random, connection: Connection) -> None:
    guard = random.choice(guards.guards(connection.dialect.name))
    on_table = "" if connection.dialect.name == "sqlite" else f" ON {guard.table}"
    if on_table and random.random() < 0.5:
        state = random.choice(("DISABLE", "ENABLE", "ENABLE REPLICA"))
        connection.exec_driver_sql(f"ALTER TABLE {guard.table} {state} TRIGGER {guard.name}")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER {guard.name}{on_table}")


ROW_CHANGES = (change_cell, delete_row, add_row, swap_rows)
LOG_CHANGES: tuple[Mutation, ...] = (
    change_body_and_digest,
    close_a_gap,
    append_without_index,
    rewrite_an_author,
    rewrite_a_word,
    leave_out_an_entry,
    cut_the_end,
)


def tamper(random: Random, connection: Connection) -> str:
    """Does one thing to the ledger, and gives its name; the guards stand again afterwards, unless they were its aim."""
    kind = random.choice(("index", "index", "log", "log", "whole log", "guard"))
    if kind == "guard":
        take_a_guard_down(random, connection)
        return kind
    guards.take_down(connection)
    if kind == "whole log":
        change = random.choice(LOG_CHANGES)
        change(random, connection)
        name = change.__name__
    else:
        row_change = random.choice(ROW_CHANGES)
        table = random.choice(INDEX_TABLES if kind == "index" else tables.LOG_TABLES)
        row_change(random, connection, table)
        name = f"{row_change.__name__} {table.name}"
    guards.put_up(connection)
    return name


@contextmanager
def without_foreign_keys(url: str) -> Iterator[Engine]:
    """An engine for which rows of the log can be deleted and moved in any order."""
    engine = add_hooks(create_engine(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = OFF").close())
    else:
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "ALTER TABLE provenance_entry DROP CONSTRAINT fk_provenance_entry_commit_seq"
            )
    yield engine
    engine.dispose()


def test_every_change_of_a_row_or_of_all_that_follows_is_found(
    databases: Databases,
    signer: Ed25519Signer,
    size: int,
    tmp_path: Path,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    random = Random(SEED)
    keys = KeyFolder(tmp_path)
    tried: Counter[str] = Counter()
    missed: list[str] = []
    with databases.migrated() as database, without_foreign_keys(database.url) as engine:
        ledger = Ledger.open(engine, keys=keys, durability="as configured")
        record(ledger)
        sources = record_sealed(ledger)
        checkpoint = ledger.checkpoint(signer)
        in_order = ledger.verify(index=True, checkpoint=checkpoint, key=signer.key)
        while tried.total() < size:
            with engine.connect() as connection:
                try:
                    with connection.begin_nested():
                        name = tamper(random, connection)
                except (NothingToDo, DBAPIError):
                    connection.rollback()
                    continue
                opened = Ledger.open(connection, keys=keys, durability="as configured")
                report = opened.verify(index=True, checkpoint=checkpoint, key=signer.key)
                tried[name] += 1
                if not is_reported(report, in_order) and not is_shut(opened, sources):
                    missed.append(name)
                connection.rollback()

    record_testsuite_property(f"changes of rows, {database.name}", dict(tried))
    assert in_order.ok
    assert missed == []
    assert len(tried) > min(size // 10, KINDS)


def is_reported(report: Report, in_order: Report) -> bool:
    """Whether something is wrong, or a text is gone: see the exceptions above."""
    return not report.ok or report.absent_texts != in_order.absent_texts


def is_shut(ledger: Ledger, sources: list[RecordId]) -> bool:
    """Whether something sealed cannot be opened any more, which only those with its key can say."""
    try:
        for source in sources:
            ledger.reveal(source)
    except Unsealable:
        return True
    return False


# Tampering with the file -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a ledger with little free space, nothing of it in a write-ahead log."""
    path = tmp_path_factory.mktemp("tampering") / "ledger.db"
    with Ledger.open(path) as ledger:
        record(ledger)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for statement in ("PRAGMA journal_mode = DELETE", f"PRAGMA page_size = {PAGE_SIZE}", "VACUUM"):
            raw.execute(statement)
    return path


def flipped(random: Random, original: bytes) -> bytes:
    """The file with a bit, a byte or a run of bytes changed."""
    start = random.randrange(len(original))
    length = random.choice((1, 1, 1, 1, 4, 16, PAGE_SIZE))
    before = original[start : start + length]
    if random.random() < 0.5:
        changed = bytes([before[0] ^ 1 << random.randrange(8), *before[1:]])
    else:
        changed = random.randbytes(len(before))
    return original[:start] + changed + original[start + length :]


def everything(path: Path) -> tuple[list[Any], dict[str, list[str]], list[str]]:
    """Every row of every table as it lies there, and the answers to the questions about the whole ledger."""
    with closing(sqlite3.connect(path)) as raw:
        rows = [raw.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names_of_tables()]
    with Ledger.open(path) as ledger:
        words = [str(one) for word in ("burned", "hours", "2", "CNN") for one in ledger.find(word)]
        return rows, listed(ledger), words


def test_every_changed_byte_of_the_file_is_found_or_changes_nothing(
    dense: Path,
    tmp_path: Path,
    signer: Ed25519Signer,
    size: int,
    record_testsuite_property: Callable[[str, object], None],
) -> None:
    random = Random(SEED)
    original = dense.read_bytes()
    expected = everything(dense)
    with Ledger.open(dense) as ledger:
        checkpoint = ledger.checkpoint(signer)
        in_order = ledger.verify(index=True, checkpoint=checkpoint, key=signer.key)
    outcomes: Counter[str] = Counter()
    missed = []
    while outcomes.total() < size:
        changed = flipped(random, original)
        if changed == original:
            continue
        path = tmp_path / f"{outcomes.total()}.db"
        path.write_bytes(changed)
        try:
            with Ledger.open(path) as ledger:
                report = ledger.verify(index=True, checkpoint=checkpoint, key=signer.key)
        except ProvenanceError:
            outcomes["refused"] += 1
        else:
            is_found = is_reported(report, in_order)
            outcomes["found" if is_found else "nothing changed"] += 1
            if not is_found and everything(path) != expected:
                missed.append(places(original, changed))
        for file in tmp_path.iterdir():
            file.unlink()

    record_testsuite_property("changes of the file", dict(outcomes))
    assert in_order.ok
    assert missed == []
    assert outcomes["found"] + outcomes["refused"] > size // 2


def places(original: bytes, changed: bytes) -> list[int]:
    return [place for place, (a, b) in enumerate(zip(original, changed, strict=True)) if a != b]


def test_a_mark_to_refresh_a_claim_changes_no_answer(dense: Path, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(dense.read_bytes())
    before = everything(path)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("INSERT INTO provenance_listing SELECT 'unsettled', '', key FROM provenance_claim")

    with Ledger.open(path) as ledger:
        report = ledger.verify(index=True)

    assert report.ok
    assert report.stale == sum(1 for _ in before[0][names_of_tables().index("provenance_claim")])
    assert everything(path)[1:] == before[1:]


def names_of_tables() -> list[str]:
    return [table.name for table in (*tables.LOG_TABLES, *INDEX_TABLES)]
