"""Whether the stored sealed values are those that entries commit to: all that were not redacted, and no others."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

from provenance import wire
from provenance.errors import InvalidValue, NewerThanLibrary
from provenance.log.beside import HELD_ELSEWHERE
from provenance.operations.raw import RawRow
from provenance.operations.reports import Faults
from provenance.values.records import Redaction
from provenance.values.sealed import Sealed, is_handle

SEALS, REDACTS = b'"sealed":"', b'"record":"redaction/'
"""An entry that commits to a sealed value, or redacts one, has this in its canonical JSON, and no other entry has:
inside of a text the quotation marks are escaped."""

_SEALED = re.compile(SEALS + rb"([0-9a-f]{32})\"")

_HELD, _REDACTED, _EITHER = range(3)
"""What the entries say of a sealed value so far: it must be there; it must be gone; it may be either. It may be either
where it was recorded again after its redaction, with the value or as a commitment alone, and where a newer release
recorded something about it."""

_TABLES = """
    CREATE TABLE seal (handle TEXT PRIMARY KEY, level TEXT, entry INTEGER, state INTEGER) WITHOUT ROWID;
    CREATE TABLE holder (record TEXT, handle TEXT, PRIMARY KEY (record, handle)) WITHOUT ROWID;
"""


class Commitments:
    """What the entries read so far commit to, in a database on the side. Without a key nobody can tell what a
    ciphertext holds: only its handle and its level are looked at."""

    def __init__(self, side: sqlite3.Connection, faults: Faults) -> None:
        side.executescript(_TABLES)
        self._side = side
        self._faults = faults
        self.held = self.redacted = 0

    def read(self, seq: int, body: bytes) -> None:
        """Takes in one entry. All entries have to come, in their order; only those about sealed values are decoded."""
        if SEALS not in body and REDACTS not in body:
            return
        try:
            records = wire.decode_entry(body)
        except NewerThanLibrary:
            self._pass_over(seq, body)
            return
        except InvalidValue:
            self._faults.add(f"entry {seq}", "it seals or redacts something, and cannot be decoded")
            return
        for record in records:
            for seal in wire.seals_of(record):
                self._commit(seq, record.id, seal)
            if isinstance(record, Redaction):
                self._redact(record.target.id)

    def _pass_over(self, seq: int, body: bytes) -> None:
        """Takes in an entry of a newer release. Its handles can be read, and what it redacts nobody can tell."""
        handles = [(found.decode(), None, seq, _EITHER) for found in _SEALED.findall(body)]
        self._side.executemany("INSERT OR IGNORE INTO seal VALUES (?, ?, ?, ?)", handles)
        if REDACTS in body:
            self._side.execute("UPDATE seal SET state = ?", (_EITHER,))

    def _commit(self, seq: int, record: str, seal: Sealed) -> None:
        self._side.execute(
            "INSERT INTO seal VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET state = ?, level = excluded.level WHERE state = ?",
            (seal.handle, seal.level, seq, _HELD, _EITHER, _REDACTED),
        )
        self._side.execute("INSERT OR IGNORE INTO holder VALUES (?, ?)", (record, seal.handle))

    def _redact(self, record: str) -> None:
        self._side.execute(
            "UPDATE seal SET state = ? WHERE handle IN (SELECT handle FROM holder WHERE record = ?)",
            (_REDACTED, record),
        )

    def check(self, rows: Iterable[RawRow]) -> None:
        """Holds the stored handles, levels and ciphertexts against what was read."""
        for place, row in enumerate(rows, start=1):
            self.held += row[2] != HELD_ELSEWHERE
            wrong = self._wrong_with(*row)
            if wrong is not None:
                name = row[0] if is_handle(row[0]) else place
                self._faults.add(f"sealed value {name}", wrong)
        for handle, entry in self._side.execute(
            "SELECT handle, entry FROM seal WHERE state = ? ORDER BY entry, handle", (_HELD,)
        ):
            self._faults.add(f"entry {entry}, sealed value {handle}", "missing, and it was not redacted")
        gone = self._side.execute("SELECT count(*) FROM seal WHERE state <> ?", (_HELD,))
        self.redacted = gone.fetchone()[0]

    def _wrong_with(self, handle: object, level: object, ciphertext: object) -> str | None:
        """What is wrong with a stored value, if anything is; strikes it off the list of those that have to be there."""
        if not (isinstance(handle, str) and isinstance(level, str) and isinstance(ciphertext, bytes)):
            return "its columns hold values of other types"
        said = None
        if is_handle(handle):
            said = self._side.execute(
                "DELETE FROM seal WHERE handle = ? RETURNING level, state", (handle,)
            ).fetchone()
        if said is None:
            return "no entry commits to it"
        if said[1] == _REDACTED:
            return "it was redacted, and is there again"
        return None if said[0] in (level, None) else "it is sealed for another level than its entry says"
