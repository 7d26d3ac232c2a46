"""Copies: commits that a ledger took over from another one, with a note that says where they come from.

A copy holds the other commit's entries byte for byte, and before them the note, an entry of its own:

- `entry`: "copied/1"
- `commit`: the header of the commit that was copied, as it stood there; its hash can be made from it
- `ledger`: the hash of the first commit in the log where it stood, in hexadecimal, which no other log has.

The root in that header is the root of the entries behind the note: so the note proves that they are the entries of that
commit, by that author, of that time. The note itself is hashed with the copy. A copy of a copy has both notes, the
latest first.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, select

from provenance.database.chunks import chunked
from provenance.errors import InvalidValue
from provenance.log import journal, tables
from provenance.log.commits import CommitHeader, header_from_json
from provenance.values.ids import canonical_json
from provenance.wire import COPY

_BEGINNING = b'{"commit":'
_KEY = "copy of {hash}"
"""The request key of a copy. Request keys are unique, and so no commit is copied twice."""


@frozen
class Copied:
    """Where a commit stood before it was copied."""

    header: CommitHeader
    ledger: bytes

    def body(self) -> bytes:
        """The note: the entry that says so."""
        stated = {"commit": self.header.to_json(), "entry": COPY.form, "ledger": self.ledger.hex()}
        return canonical_json(stated)


def copied_in(body: bytes) -> Copied | None:
    """What a canonical entry says, if it is the note of a copy; otherwise None."""
    stated: dict[str, Any] = json.loads(body) if body.startswith(_BEGINNING) else {}
    if stated.get("entry") != COPY.form:
        return None
    ledger = stated.get("ledger")
    header = header_from_json(stated["commit"])
    if stated.keys() != {"commit", "entry", "ledger"} or header is None or not _is_digest(ledger):
        raise InvalidValue("entry", "another copied/1 than there is", "commit and ledger")
    return Copied(header, bytes.fromhex(str(ledger)))


def _is_digest(value: object) -> bool:
    try:
        return isinstance(value, str) and len(value) == 64 and bytes.fromhex(value).hex() == value
    except ValueError:
        return False


def key_of_copy(original: bytes) -> str:
    return _KEY.format(hash=original.hex())


def is_held(connection: Connection, names: Sequence[bytes]) -> bool:
    """Whether the log holds one of these commits, or a copy of the last of them. `names` are the hashes of a commit and
    of those it was copied from; the last is the original."""
    if journal.is_key_used(connection, key_of_copy(names[-1])):
        return True
    table = tables.commit
    return any(
        connection.execute(select(table.c.seq).where(table.c.hash.in_(chunk)).limit(1)).first() is not None
        for chunk in chunked(names)
    )
