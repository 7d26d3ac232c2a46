"""The journal of commits and their entries: appending one, and reading what was appended.

Nothing here updates or deletes. Every INSERT of commits and entries stands here, but for those of the scratch database
with which `operations.index_check` compares, and which is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import field, frozen
from sqlalchemy import Connection, Select, func, insert, select
from sqlalchemy.exc import IntegrityError

from provenance import wire
from provenance.database import bulk
from provenance.database.chunks import chunked
from provenance.database.paging import rows_by_key
from provenance.errors import ConcurrentCommit, DamagedLog, InvalidValue
from provenance.log import tables
from provenance.log.commits import GENESIS, CommitHeader
from provenance.log.merkle import leaf_hash, root_hash
from provenance.values.records import Record

MAX_ENTRY = 20_000_000
"""Bytes of one entry: some fifty of the longest sentences. Reading an entry never takes more memory than that."""

_PAGE = 500
"""Entries read at a time: a few hundred kilobytes."""

_COPIED = 1_000
"""Rows copied at a time: some megabytes."""


@frozen
class Head:
    """The end of the log: the last commit's place, time and hash, and the last entry's place."""

    seq: int
    at: int
    hash: bytes
    entry_seq: int


@frozen
class Entry:
    """An entry as it lies in the log: its place, the place and the time of its commit (microseconds since 1970 UTC),
    and its bytes. A newer release may have recorded it: only `records` minds."""

    seq: int
    commit_seq: int
    at: int
    body: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """The RFC 6962 leaf hash of its bytes, in hexadecimal."""
        return leaf_hash(self.body).hex()

    @property
    def forms(self) -> tuple[str, ...]:
        """The form of the entry, and those of its records: ("records/1", "claim/1", …)."""
        return wire.forms_of(self.body)

    def records(self) -> list[Record]:
        """Its records in the newest form. Raises `NewerThanLibrary` where one is of a newer release."""
        return wire.decode_entry(self.body)


_ENTRIES = (
    select(tables.entry.c.seq, tables.entry.c.commit_seq, tables.commit.c.at, tables.entry.c.body)
    .join(tables.commit, tables.commit.c.seq == tables.entry.c.commit_seq)
    .order_by(tables.entry.c.seq)
)
_HEAD = (
    select(
        tables.commit.c.seq,
        tables.commit.c.at,
        tables.commit.c.hash,
        select(func.max(tables.entry.c.seq)).scalar_subquery().label("entry"),
    )
    .order_by(tables.commit.c.seq.desc())
    .limit(1)
)


def head(connection: Connection) -> Head:
    """The end of the log as the connection sees it; zeros and `GENESIS` for an empty one."""
    last = connection.execute(_HEAD).first()
    return Head(0, 0, GENESIS, 0) if last is None else Head(last.seq, last.at, last.hash, last.entry or 0)


@frozen
class KeyedCommit:
    """A commit with a key of its caller's: its place, its author, its entries' root, and its first entry's place."""

    seq: int
    author: str
    root: bytes
    first_entry: int


def keyed_commit(connection: Connection, key: str) -> KeyedCommit | None:
    """The commit that was recorded under this key; None where there is none."""
    table = tables.commit
    row = connection.execute(
        select(table.c.seq, table.c.author, table.c.root, func.min(tables.entry.c.seq))
        .join(tables.entry, tables.entry.c.commit_seq == table.c.seq)
        .where(table.c.request_key == key)
        .group_by(table.c.seq, table.c.author, table.c.root)
    ).first()
    return None if row is None else KeyedCommit(row[0], row[1], bytes(row[2]), row[3])


def is_key_used(connection: Connection, key: str) -> bool:
    """Whether a commit was recorded under this key."""
    table = tables.commit
    return connection.execute(select(table.c.seq).where(table.c.request_key == key)).first() is not None


@frozen
class Appended:
    """A commit that was added to the log."""

    header: CommitHeader
    entries: list[Entry]


def append(
    connection: Connection,
    after: Head,
    bodies: Sequence[bytes],
    *,
    at: int,
    author: str,
    request_key: str | None = None,
) -> Appended:
    """Adds one commit of these entries behind this head. The caller holds the writers' lock, and gives no time that is
    earlier than the head's.

    Raises as `add_commit` and `add_entries` do.
    """
    longest = max(map(len, bodies))
    if longest > MAX_ENTRY:
        raise InvalidValue("entry", f"{longest} bytes", f"at most {MAX_ENTRY}, and the rest in other calls")
    leaves = [leaf_hash(body) for body in bodies]
    header = CommitHeader(
        seq=after.seq + 1,
        at=at,
        author=author,
        previous=after.hash,
        root=root_hash(leaves),
        size=len(bodies),
    )
    add_commit(connection, header, request_key)
    return Appended(header, add_entries(connection, header, bodies, leaves, after=after.entry_seq))


def add_commit(connection: Connection, header: CommitHeader, request_key: str | None) -> None:
    """Adds a commit without its entries. The caller holds the writers' lock.

    Raises `ConcurrentCommit` where another commit follows already on the one that the header names as previous. A
    snapshot that is older than the lock does not see such a commit.
    """
    try:
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
    except IntegrityError:
        raise ConcurrentCommit(
            "another commit came in between", "roll back, and repeat all of your transaction"
        ) from None


def add_entries(
    connection: Connection,
    header: CommitHeader,
    bodies: Sequence[bytes],
    leaves: Sequence[bytes],
    *,
    after: int,
) -> list[Entry]:
    """Adds the next entries of a commit, of these leaf hashes, behind the entry at the place `after`.

    They are read back and hashed again: what is acknowledged is what the database holds, not what it was given. Raises
    `DamagedLog` where that differs.
    """
    bulk.insert(
        connection,
        tables.entry,
        [
            {"seq": seq, "commit_seq": header.seq, "digest": leaf, "body": body}
            for seq, (leaf, body) in enumerate(zip(leaves, bodies, strict=True), start=after + 1)
        ],
    )
    table = tables.entry
    stored = connection.execute(
        select(table.c.body)
        .where(table.c.commit_seq == header.seq, table.c.seq > after)
        .order_by(table.c.seq)
    ).scalars()
    if list(map(leaf_hash, stored)) != list(leaves):
        raise DamagedLog(f"commit {header.seq}", "the database gave back other entries than it was given")
    return [Entry(seq, header.seq, header.at, body) for seq, body in enumerate(bodies, start=after + 1)]


def copy_log(source: Connection, target: Connection) -> None:
    """Copies the log into an empty one as the source's snapshot shows it, its hashes as they stand. Checks nothing."""
    for table in tables.LOG_TABLES:
        (key,) = table.primary_key
        for rows in chunked(rows_by_key(source, select(table), key, size=_COPIED), _COPIED):
            target.execute(insert(table), [dict(row) for row in rows])


def page(connection: Connection, *, after: int, limit: int = _PAGE) -> list[Entry]:
    """The next entries behind the given place, in order."""
    return _entries(connection, _ENTRIES.where(tables.entry.c.seq > after).limit(limit))


def entries(connection: Connection) -> Iterator[Entry]:
    """Every entry, in order, a page at a time."""
    after = 0
    while found := page(connection, after=after):
        yield from found
        after = found[-1].seq


def entries_beside(connection: Connection, place: int) -> list[Entry]:
    """All entries of the commit to which the entry at this place belongs."""
    commit_seq = tables.entry.c.commit_seq
    beside = select(commit_seq).where(tables.entry.c.seq == place).scalar_subquery()
    return _entries(connection, _ENTRIES.where(commit_seq == beside))


def _entries(connection: Connection, query: Select[int, int, int, bytes]) -> list[Entry]:
    return [Entry(row.seq, row.commit_seq, row.at, row.body) for row in connection.execute(query)]


def commit_of(connection: Connection, place: int) -> int:
    """The commit to which the entry at this place belongs."""
    entry = tables.entry
    found: int = connection.execute(select(entry.c.commit_seq).where(entry.c.seq == place)).scalar_one()
    return found


def bodies_of(connection: Connection, places: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """The entries' bytes, each with its place."""
    table = tables.entry
    return bulk.matching(connection, (table.c.seq, table.c.body), table.c.seq, places)


def last_commit_by(connection: Connection, moment: int) -> int:
    """The last commit made by then; 0 where there was none."""
    table = tables.commit
    query = select(table.c.seq).where(table.c.at <= moment).order_by(table.c.seq.desc()).limit(1)
    return connection.execute(query).scalar() or 0


def times_of(connection: Connection, commits: Iterable[int]) -> dict[int, int]:
    """The times of these commits, in microseconds since 1970 UTC."""
    table = tables.commit
    found: dict[int, int] = {}
    for chunk in chunked(set(commits)):
        rows = connection.execute(select(table.c.seq, table.c.at).where(table.c.seq.in_(chunk)))
        found.update((row.seq, row.at) for row in rows)
    return found
