"""The log read from its beginning and held against its own hashes. Verification has a reader of its own, which trusts
less and goes on where this one stops (`operations.log_check`)."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import fields, frozen
from sqlalchemy import Connection

from provenance.database.paging import rows_by_key
from provenance.errors import DamagedLog
from provenance.log import journal, tables
from provenance.log.commits import GENESIS, CommitHeader
from provenance.log.journal import Entry
from provenance.log.merkle import GrowingTree, leaf_hash

_PAGE = 500
"""Commits read at a time: some hundred kilobytes."""

_HEADER = [each.name for each in fields(CommitHeader)]


@frozen
class StoredCommit:
    """A commit as the log holds it: its header, the header's hash, and the key that the caller gave it."""

    header: CommitHeader
    hash: bytes
    request_key: str | None


def headers(connection: Connection) -> Iterator[StoredCommit]:
    """Every commit in order. Raises `DamagedLog` at the first whose header does not have the stored hash, or does not
    follow on the commit before it."""
    before, previous = 0, GENESIS
    columns = tables.commit.c
    for row in rows_by_key(connection, tables.commit.select(), columns.seq, size=_PAGE):
        header = CommitHeader(**{name: row[columns[name]] for name in _HEADER})
        if (header.seq, header.previous, header.hash()) != (before + 1, previous, row[columns.hash]):
            raise DamagedLog(f"commit {header.seq}", "it does not hash to what was written")
        before, previous = header.seq, row[columns.hash]
        yield StoredCommit(header, previous, row[columns.request_key])


def commits(connection: Connection) -> Iterator[tuple[StoredCommit, Iterator[Entry]]]:
    """Every commit in order with its entries, which are to be read to their end before the next commit.

    Raises `DamagedLog` as `headers` does, and where the entries are not those that a commit was made with.
    """
    unread = journal.entries(connection)
    before = 0
    for stored in headers(connection):
        yield stored, _entries_of(stored.header, unread)
        before = stored.header.seq
    if next(unread, None) is not None:
        raise DamagedLog(f"commit {before}", "entries follow that belong to no commit")


def _entries_of(header: CommitHeader, unread: Iterator[Entry]) -> Iterator[Entry]:
    tree = GrowingTree()
    for _ in range(header.size):
        entry = next(unread, None)
        if entry is None or entry.commit_seq != header.seq:
            raise DamagedLog(f"commit {header.seq}", "it lacks entries that it was made with")
        tree.add(leaf_hash(entry.body))
        yield entry
    if tree.root() != header.root:
        raise DamagedLog(f"commit {header.seq}", "its entries are not what was written")


def check_chain(connection: Connection) -> None:
    """Hashes every entry and every commit again. Raises `DamagedLog` at the first that is not what was written."""
    for _, held in commits(connection):
        for _ in held:
            pass
