"""The log as one ledger hands it to another: read whole, and written as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Table, select

from provenance.errors import DamagedLog
from provenance.log import journal, tables
from provenance.log.commits import GENESIS, CommitHeader
from provenance.log.journal import Entry
from provenance.log.merkle import GrowingTree, leaf_hash

_PAGE = 500
_PAGE_BYTES = 8_000_000
"""What is stored at a time: so many entries, or so many bytes of them, whichever is less."""


@frozen
class Transferred:
    """A commit with its key, and the bytes of its entries."""

    header: CommitHeader
    request_key: str | None
    bodies: Iterator[bytes]


def commits(connection: Connection) -> Iterator[Transferred]:
    """Every commit in order, each to be read to its end before the next. Raises `DamagedLog` at the first that is not
    what was written."""
    unread = journal.entries(connection)
    before, previous = 0, GENESIS
    for header, stored_hash, key in _stored(connection):
        if (header.seq, header.previous, header.hash()) != (before + 1, previous, stored_hash):
            raise DamagedLog(f"commit {header.seq}", "it does not hash to what was written")
        before, previous = header.seq, stored_hash
        yield Transferred(header, key, _bodies(header, unread))
    if next(unread, None) is not None:
        raise DamagedLog(f"commit {before}", "entries follow that belong to no commit")


def _bodies(header: CommitHeader, unread: Iterator[Entry]) -> Iterator[bytes]:
    tree = GrowingTree()
    for _ in range(header.size):
        entry = next(unread, None)
        if entry is None or entry.commit_seq != header.seq or b"\n" in entry.body:
            raise DamagedLog(f"commit {header.seq}", "it lacks entries that it was made with")
        tree.add(leaf_hash(entry.body))
        yield entry.body
    if tree.root() != header.root:
        raise DamagedLog(f"commit {header.seq}", "its entries are not what was written")


def _stored(connection: Connection) -> Iterator[tuple[CommitHeader, bytes, str | None]]:
    table, after = tables.commit, 0
    while page := connection.execute(
        select(table).where(table.c.seq > after).order_by(table.c.seq).limit(_PAGE)
    ).all():
        for row in page:
            header = CommitHeader(
                seq=row.seq,
                at=row.at,
                author=row.author,
                previous=bytes(row.previous),
                root=bytes(row.root),
                size=row.size,
            )
            yield header, bytes(row.hash), row.request_key
        after = page[-1].seq


def texts(connection: Connection) -> Iterator[tuple[bytes, str]]:
    """The texts of documents by their digests, in the order of these. One at a time, for each can be long."""
    table = tables.document_text
    for digest in _keys(connection, table):
        yield (
            bytes(digest),
            connection.execute(select(table.c.text).where(table.c.digest == digest)).scalar_one(),
        )


def sealed(connection: Connection) -> Iterator[tuple[str, str, bytes]]:
    """Handles, levels and ciphertexts, in the order of the handles."""
    for handle in _keys(connection, tables.sealed):
        for level, ciphertext in journal.sealed_under(connection, [handle]).values():
            yield handle, level, ciphertext


def _keys(connection: Connection, table: Table) -> Iterator[Any]:
    (key,) = table.primary_key
    last = None
    while True:
        query = select(key).order_by(key).limit(_PAGE)
        page = connection.execute(query if last is None else query.where(key > last)).scalars().all()
        if not page:
            return
        yield from page
        last = page[-1]


# Writing ----------------------------------------------------------------------------------------------------------


def is_key_used(connection: Connection, key: str) -> bool:
    table = tables.commit
    return connection.execute(select(table.c.seq).where(table.c.request_key == key)).first() is not None


def keep_commit(connection: Connection, header: CommitHeader, request_key: str | None) -> None:
    """The commit itself, before its entries. The caller holds the writers' lock."""
    connection.execute(
        tables.commit.insert(),
        {
            "seq": header.seq,
            "at": header.at,
            "author": header.author,
            "previous": header.previous,
            "root": header.root,
            "hash": header.hash(),
            "size": header.size,
            "request_key": request_key,
        },
    )


def keep_entries(connection: Connection, header: CommitHeader, entries: Sequence[Entry]) -> None:
    """Entries of a commit, read back before they count."""
    table = tables.entry
    connection.execute(
        table.insert(),
        [
            {
                "seq": entry.seq,
                "commit_seq": header.seq,
                "digest": leaf_hash(entry.body),
                "body": entry.body,
            }
            for entry in entries
        ],
    )
    stored = dict(journal.bodies_of(connection, [entry.seq for entry in entries]))
    if any(bytes(stored.get(entry.seq, b"")) != entry.body for entry in entries):
        raise DamagedLog(f"commit {header.seq}", "the database gave back other entries than it was given")


def keep_text(connection: Connection, digest: bytes, text: str) -> bool:
    """Whether it is new."""
    return _keep(connection, tables.document_text, {"digest": digest, "text": text})


def keep_sealed(connection: Connection, handle: str, level: str, ciphertext: bytes) -> bool:
    """Whether it is new."""
    is_new = not journal.sealed_under(connection, [handle])
    if is_new:
        journal.keep_sealed(connection, [(handle, level, ciphertext)])
    return is_new


def _keep(connection: Connection, table: Table, row: dict[str, object]) -> bool:
    (key,) = table.primary_key
    if connection.execute(select(key).where(key == row[key.name])).first() is not None:
        return False
    connection.execute(table.insert(), row)
    return True


def pages(bodies: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """The numbered bodies in pages of bounded size."""
    page: list[tuple[int, bytes]] = []
    size = 0
    for number, body in bodies:
        page.append((number, body))
        size += len(body)
        if len(page) == _PAGE or size >= _PAGE_BYTES:
            yield page
            page, size = [], 0
    if page:
        yield page
