"""Whether a ledger that was cut off holds what it should: written apart from the library's own verification."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from faults.worker import commit
from sqlalchemy import select

from provenance import Ledger
from provenance.index.tables import INDEX_TABLES
from provenance.log import tables
from provenance.log.commits import GENESIS, CommitHeader
from provenance.log.merkle import leaf_hash, root_hash


def check_chain(ledger: Ledger) -> list[str | None]:
    """Hashes the whole log again; gives the keys of its commits in order."""
    with ledger._store.read() as connection:
        commits = connection.execute(select(tables.commit).order_by(tables.commit.c.seq)).all()
        entries = connection.execute(select(tables.entry).order_by(tables.entry.c.seq)).all()
    assert [commit.seq for commit in commits] == list(range(1, len(commits) + 1)), "a gap between commits"
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1)), "a gap between entries"
    previous, place = GENESIS, 0
    for row in commits:
        mine = entries[place : place + row.size]
        place += row.size
        leaves = [leaf_hash(entry.body) for entry in mine]
        assert {entry.commit_seq for entry in mine} == {row.seq}, f"commit {row.seq} is not whole"
        assert [entry.digest for entry in mine] == leaves, f"an entry of commit {row.seq} is damaged"
        header = CommitHeader(
            seq=row.seq,
            at=row.at,
            author=row.author,
            previous=previous,
            root=root_hash(leaves),
            size=len(mine),
        )
        assert (row.previous, row.root) == (previous, header.root), f"commit {row.seq} does not follow"
        assert row.hash == header.hash(), f"commit {row.seq} is damaged"
        previous = row.hash
    assert place == len(entries), "entries of no commit"
    return [row.request_key for row in commits]


def check_file(path: Path) -> None:
    """SQLite's own checks of its file, its foreign keys and its full-text index."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute(
            "INSERT INTO provenance_words_search(provenance_words_search) VALUES ('integrity-check')"
        )


def check_index(ledger: Ledger) -> None:
    """The index is the one that the log gives: no row and no answer changes when it is derived anew."""
    stale = answers(ledger)
    ledger.refresh()
    before = rows(ledger)
    ledger.rebuild()
    assert rows(ledger) == before
    assert answers(ledger) == stale


def rows(ledger: Ledger) -> dict[str, list[str]]:
    with ledger._store.read() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in INDEX_TABLES
        }


def answers(ledger: Ledger) -> list[object]:
    return [
        ledger.counts(),
        [str(found) for found in ledger.unsupported()],
        [str(found) for found in ledger.conflicts()],
        [str(found) for found in ledger.unsupported("single_origin")],
        ledger.find("burned"),
    ]


def check_cut(path: Path, acknowledged: list[Any], ids: dict[int, list[str]]) -> None:
    """After a cut every acknowledged commit is there, at most one more, and each is whole; and recording goes on."""
    done = [number for number in acknowledged if number != "open"]
    with Ledger.open(path) as ledger:
        keys = check_chain(ledger)
        stored = [f"commit {number}" for number in range(len(keys))]
        assert keys == stored, "commits are lost or out of order"
        assert len(done) <= len(keys) <= len(done) + 1, f"{len(done)} acknowledged, {len(keys)} stored"
        assert held(ledger) == {id_ for number in range(len(keys)) for id_ in ids[number]}
        check_index(ledger)
        if len(done) < len(ids):  # the caller repeats what was not acknowledged
            commit(ledger, len(done))
            assert check_chain(ledger) == [f"commit {number}" for number in range(len(done) + 1)]
    check_file(path)


def check_failed(
    path: Path, acknowledged: list[Any], unknown: set[Any], ids: dict[int, list[str]], commits: int
) -> None:
    """After errors every acknowledged commit is there; of the others only what the library said may be."""
    done = {number for number in acknowledged if number != "open"}
    with Ledger.open(path) as ledger:
        keys = check_chain(ledger)
        assert len(keys) == len(set(keys)), "a commit is stored twice"
        stored = {number for number in range(commits) if f"commit {number}" in keys}
        assert done <= stored <= done | unknown, f"{done} acknowledged, {unknown} unknown, {stored} stored"
        assert held(ledger) == {id_ for number in stored for id_ in ids[number]}
        check_index(ledger)
        for number in range(commits):
            commit(ledger, number)
        assert sorted(filter(None, check_chain(ledger))) == sorted(f"commit {number}" for number in ids)
    check_file(path)


def held(ledger: Ledger) -> set[str]:
    """The ids of all records."""
    record = next(table for table in INDEX_TABLES if table.name == "provenance_record")
    with ledger._store.read() as connection:
        return {bytes(id_).hex() for id_ in connection.execute(select(record.c.id)).scalars()}
