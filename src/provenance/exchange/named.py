"""What the entries of a log name that lies beside them: texts by their digests, sealed values by their handles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Self

from sqlalchemy import Connection

from provenance import wire
from provenance.database.chunks import chunked
from provenance.loading.redactions import redacted
from provenance.log import beside
from provenance.values.records import Document, Record


class Named:
    """What the entries read so far name, in a database of SQLite's own: on disk when it gets large."""

    def __init__(self, side: sqlite3.Connection, *, held_commits: int) -> None:
        """`held_commits` is how many commits the ledger held before: what they redacted stays so."""
        side.execute(
            "CREATE TABLE named (key BLOB PRIMARY KEY, level TEXT, is_gone INTEGER, record TEXT) WITHOUT ROWID"
        )
        self._side = side
        self._held_commits = held_commits

    @classmethod
    @contextmanager
    def beginning(cls, *, held_commits: int) -> Iterator[Self]:
        with closing(sqlite3.connect("")) as side:
            yield cls(side, held_commits=held_commits)

    def note(self, connection: Connection, records: Sequence[Record]) -> None:
        """Takes in what the records name, and whether the ledger had redacted it before."""
        names = [(record, _beside(record)) for record in records]
        naming = [(record, named) for record, named in names if named]
        gone = redacted(connection, {record.id for record, _ in naming}, by_commit=self._held_commits)
        for record, named in naming:
            rows = [(key, level, record.id in gone, record.id) for key, level in named.items()]
            self._side.executemany(
                "INSERT INTO named VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET is_gone = is_gone OR excluded.is_gone",
                rows,
            )

    def is_wanted(self, key: bytes, level: str | None) -> bool | None:
        """Whether the text or the sealed value of this level may be in the ledger; None where no entry names it."""
        row = self._side.execute("SELECT level, is_gone FROM named WHERE key = ?", (key,)).fetchone()
        return None if row is None or row[0] != level else not row[1]

    def mark_absent(self, connection: Connection, *, by_commit: int) -> None:
        """Marks the sealed values that another ledger has: they are neither lost nor redacted by this commit."""
        named = self._side.execute(
            "SELECT key, level, record FROM named WHERE level IS NOT NULL AND NOT is_gone"
        )
        for page in chunked(named):
            gone = redacted(connection, {record for _, _, record in page}, by_commit=by_commit)
            levels = {key.decode(): level for key, level, record in page if record not in gone}
            beside.mark_elsewhere(connection, levels)


def _beside(record: Record) -> dict[bytes, str | None]:
    """The digests and handles of what the record keeps beside its entry, with the levels of what is sealed."""
    found: dict[bytes, str | None] = {seal.handle.encode(): seal.level for seal in wire.seals_of(record)}
    if isinstance(record, Document) and record.text_digest is not None:
        found[bytes.fromhex(record.text_digest)] = None
    return found
