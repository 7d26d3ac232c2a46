"""The log's two verbs: append a commit, and read what was appended. Nothing here updates or deletes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from attrs import field, frozen
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import IntegrityError

from provenance import wire
from provenance.database import bulk
from provenance.database.chunks import chunked
from provenance.errors import ConcurrentCommit, DamagedLog, InvalidValue
from provenance.log import tables
from provenance.log.commits import GENESIS, CommitHeader
from provenance.log.merkle import leaf_hash, root_hash
from provenance.values.records import Record

MAX_ENTRY = 20_000_000
"""Bytes of one entry: some fifty of the longest sentences. So whoever reads one knows how much memory that takes."""

HELD_ELSEWHERE = b""
"""In the place of a ciphertext that was not loaded with its log: the value was neither redacted nor lost."""

_PAGE = 500
"""Entries read at a time: a few hundred kilobytes."""


@frozen
class Head:
    """The end of the log: the last commit's place, time and hash, and the last entry's place."""

    seq: int
    at: int
    hash: bytes
    entry_seq: int


@frozen
class Entry:
    """What lies in the log: its place there, that of its commit with the commit's time (microseconds since 1970 UTC),
    and its bytes. It may be of a newer release than this library: only `records` minds."""

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
        """What it is and holds: ("records/1", "claim/1", …)."""
        return wire.forms_of(self.body)

    def records(self) -> list[Record]:
        """Its records in the newest form. Raises `NewerThanLibrary` where one is of a newer release."""
        return wire.decode_entry(self.body)


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
    """A commit that was given a key: its place, its author, the root of its entries, and the first entry's place."""

    seq: int
    author: str
    root: bytes
    first_entry: int


def keyed_commit(connection: Connection, key: str) -> KeyedCommit | None:
    """The commit that was recorded under this key."""
    table = tables.commit
    row = connection.execute(
        select(table.c.seq, table.c.author, table.c.root, func.min(tables.entry.c.seq))
        .join(tables.entry, tables.entry.c.commit_seq == table.c.seq)
        .where(table.c.request_key == key)
        .group_by(table.c.seq, table.c.author, table.c.root)
    ).first()
    return None if row is None else KeyedCommit(row[0], row[1], bytes(row[2]), row[3])


def append(
    connection: Connection,
    after: Head,
    bodies: Sequence[bytes],
    *,
    at: int,
    author: str,
    request_key: str | None = None,
) -> CommitHeader:
    """One commit of these entries, after this head; never earlier than it. The caller holds the writers' lock.

    Raises `ConcurrentCommit` where the log goes on behind this head, which a snapshot older than the lock does not
    see, and `DamagedLog` where the database does not give back what it was given.
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
    try:
        connection.execute(
            tables.commit.insert(),
            {
                "seq": header.seq,
                "at": header.at,
                "author": author,
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
    bulk.insert(
        connection,
        tables.entry,
        [
            {"seq": after.entry_seq + place, "commit_seq": header.seq, "digest": leaf, "body": body}
            for place, (leaf, body) in enumerate(zip(leaves, bodies, strict=True), start=1)
        ],
    )
    _check_stored(connection, header, leaves)
    return header


def _check_stored(connection: Connection, header: CommitHeader, leaves: Sequence[bytes]) -> None:
    """Reads the entries back: what is acknowledged is what the database holds, not what it was given."""
    table = tables.entry
    stored = bulk.matching(connection, (table.c.seq, table.c.body), table.c.commit_seq, (header.seq,))
    if [leaf for _, leaf in sorted((seq, leaf_hash(body)) for seq, body in stored)] != leaves:
        raise DamagedLog(f"commit {header.seq}", "the database gave back other entries than it was given")


def check_chain(connection: Connection) -> int:
    """Hashes every entry and every commit again, and gives the number of commits. Raises `DamagedLog` at the first that
    is not what was written, lacks an entry, or does not follow the one before it."""
    table = tables.commit
    unread = entries(connection)
    before, previous = 0, GENESIS
    while True:
        page = connection.execute(
            select(table).where(table.c.seq > before).order_by(table.c.seq).limit(_PAGE)
        ).all()
        for row in page:
            held = [entry for entry in islice(unread, row.size) if entry.commit_seq == row.seq]
            leaves = [leaf_hash(entry.body) for entry in held]
            header = CommitHeader(
                seq=before + 1,
                at=row.at,
                author=row.author,
                previous=previous,
                root=root_hash(leaves),
                size=len(leaves),
            )
            if (row.seq, header.hash()) != (header.seq, row.hash):
                raise DamagedLog(f"commit {row.seq}", "it does not hash to what was written")
            before, previous = header.seq, row.hash
        if not page:
            break
    if next(unread, None) is not None:
        raise DamagedLog(f"commit {before}", "entries follow that belong to no commit")
    return before


def page(connection: Connection, *, after: int, limit: int = _PAGE) -> list[Entry]:
    """The next entries behind the given place, in order."""
    rows = connection.execute(
        select(tables.entry.c.seq, tables.entry.c.commit_seq, tables.commit.c.at, tables.entry.c.body)
        .join(tables.commit, tables.commit.c.seq == tables.entry.c.commit_seq)
        .where(tables.entry.c.seq > after)
        .order_by(tables.entry.c.seq)
        .limit(limit)
    )
    return [Entry(row.seq, row.commit_seq, row.at, row.body) for row in rows]


def entries(connection: Connection, *, after: int = 0) -> Iterator[Entry]:
    """Every entry behind the given place, in order, a page at a time."""
    while found := page(connection, after=after):
        yield from found
        after = found[-1].seq


def headers(connection: Connection) -> Iterator[tuple[CommitHeader, bytes]]:
    """Every commit's header, in order and a page at a time, with the hash that is kept with it."""
    table, after = tables.commit, 0
    while page := connection.execute(
        table.select().where(table.c.seq > after).order_by(table.c.seq).limit(_PAGE)
    ).all():
        for row in page:
            previous, root = bytes(row.previous), bytes(row.root)
            header = CommitHeader(
                seq=row.seq, at=row.at, author=row.author, previous=previous, root=root, size=row.size
            )
            yield header, bytes(row.hash)
        after = page[-1].seq


def entries_beside(connection: Connection, place: int) -> list[Entry]:
    """All entries of the commit to which the entry at this place belongs."""
    entry, commit = tables.entry, tables.commit
    beside = select(entry.c.commit_seq).where(entry.c.seq == place).scalar_subquery()
    rows = connection.execute(
        select(entry.c.seq, entry.c.commit_seq, commit.c.at, entry.c.body)
        .join(commit, commit.c.seq == entry.c.commit_seq)
        .where(entry.c.commit_seq == beside)
        .order_by(entry.c.seq)
    )
    return [Entry(row.seq, row.commit_seq, row.at, row.body) for row in rows]


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
    """When these commits were made."""
    table = tables.commit
    found: dict[int, int] = {}
    for chunk in chunked(set(commits)):
        rows = connection.execute(select(table.c.seq, table.c.at).where(table.c.seq.in_(chunk)))
        found.update((row.seq, row.at) for row in rows)
    return found


def keep_texts(connection: Connection, texts: dict[bytes, str]) -> None:
    """Keeps the texts of documents by their digests, which the entries hold."""
    table = tables.document_text
    held = set(connection.execute(select(table.c.digest).where(table.c.digest.in_(list(texts)))).scalars())
    added = [{"digest": digest, "text": text} for digest, text in texts.items() if digest not in held]
    if added:
        connection.execute(table.insert(), added)


def keep_sealed(connection: Connection, sealed: Sequence[tuple[str, str, bytes]]) -> None:
    """Keeps handles, levels and ciphertexts of which the entries hold commitments."""
    table = tables.sealed
    rows = [{"handle": handle, "level": level, "ciphertext": text} for handle, level, text in sealed]
    for chunk in chunked(handle for handle, _, _ in sealed):
        connection.execute(
            delete(table).where(table.c.handle.in_(chunk), table.c.ciphertext == HELD_ELSEWHERE)
        )
    if rows:
        connection.execute(table.insert(), rows)


def mark_elsewhere(connection: Connection, levels: Mapping[str, str]) -> None:
    """Notes of these handles, as far as nothing is kept under them, that another ledger has their values."""
    table = tables.sealed
    for chunk in chunked(levels):
        kept = set(connection.execute(select(table.c.handle).where(table.c.handle.in_(chunk))).scalars())
        rows = [
            {"handle": handle, "level": levels[handle], "ciphertext": HELD_ELSEWHERE}
            for handle in chunk
            if handle not in kept
        ]
        if rows:
            connection.execute(table.insert(), rows)


def is_elsewhere(connection: Connection, handle: str) -> bool:
    """Whether another ledger has the value under the handle, as far as this one knows."""
    table = tables.sealed
    query = select(table.c.ciphertext).where(table.c.handle == handle)
    return connection.execute(query).scalar() == HELD_ELSEWHERE


def sealed_under(connection: Connection, handles: Iterable[str]) -> dict[str, tuple[str, bytes]]:
    """The levels and ciphertexts under these handles; those that were redacted, or are elsewhere, are not there."""
    table = tables.sealed
    found: dict[str, tuple[str, bytes]] = {}
    for chunk in chunked(set(handles)):
        rows = connection.execute(
            table.select().where(table.c.handle.in_(chunk), table.c.ciphertext != HELD_ELSEWHERE)
        )
        found.update((row.handle, (row.level, bytes(row.ciphertext))) for row in rows)
    return found


def forget(connection: Connection, handles: Iterable[str], text_digests: Iterable[bytes]) -> None:
    """Deletes what is sealed under these handles, and these texts. The only thing that is ever deleted of the log: the
    entries and their digests stay, and verify as before."""
    for chunk in chunked(set(handles)):
        connection.execute(delete(tables.sealed).where(tables.sealed.c.handle.in_(chunk)))
    for digests in chunked(set(text_digests)):
        table = tables.document_text
        connection.execute(delete(table).where(table.c.digest.in_(digests)))


def text_of(connection: Connection, digest: bytes) -> str | None:
    table = tables.document_text
    return connection.execute(select(table.c.text).where(table.c.digest == digest)).scalar()
