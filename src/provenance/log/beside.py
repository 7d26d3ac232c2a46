"""What lies beside the entries, which hold only digests and commitments of it: texts of documents, and sealed values.

A redaction deletes it. The entries stay, and verify as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, delete, select

from provenance.database.chunks import chunked
from provenance.database.paging import rows_by_key
from provenance.log import tables

HELD_ELSEWHERE = b""
"""In the place of a ciphertext that was not loaded with its log: the value was neither redacted nor lost."""

_PAGE = 500
"""Digests or handles read at a time."""


# Texts of documents -----------------------------------------------------------------------------------------------


def keep_texts(connection: Connection, texts: Mapping[bytes, str]) -> int:
    """Stores the texts by their digests, as far as they are not there; gives the number of those that are new."""
    table, count = tables.document_text, 0
    for chunk in chunked(texts):
        held = set(connection.execute(select(table.c.digest).where(table.c.digest.in_(chunk))).scalars())
        added = [{"digest": digest, "text": texts[digest]} for digest in chunk if digest not in held]
        if added:
            connection.execute(table.insert(), added)
        count += len(added)
    return count


def text_of(connection: Connection, digest: bytes) -> str | None:
    table = tables.document_text
    return connection.execute(select(table.c.text).where(table.c.digest == digest)).scalar()


def texts(connection: Connection) -> Iterator[tuple[bytes, str]]:
    """Every text with its digest, in the order of the digests. One at a time is read, for each can be long."""
    key = tables.document_text.c.digest
    for row in rows_by_key(connection, select(key), key, size=_PAGE):
        text = text_of(connection, row[key])
        if text is not None:
            yield row[key], text


# Sealed values ----------------------------------------------------------------------------------------------------


def keep_sealed(connection: Connection, sealed: Sequence[tuple[str, str, bytes]]) -> None:
    """Stores these handles, levels and ciphertexts, none of which may be there but as held elsewhere."""
    table = tables.sealed
    rows = [{"handle": handle, "level": level, "ciphertext": text} for handle, level, text in sealed]
    for chunk in chunked(handle for handle, _, _ in sealed):
        connection.execute(
            delete(table).where(table.c.handle.in_(chunk), table.c.ciphertext == HELD_ELSEWHERE)
        )
    if rows:
        connection.execute(table.insert(), rows)


def mark_elsewhere(connection: Connection, levels: Mapping[str, str]) -> None:
    """Notes of these handles, as far as nothing is stored under them, that another ledger has their values."""
    table = tables.sealed
    for chunk in chunked(levels):
        held = set(connection.execute(select(table.c.handle).where(table.c.handle.in_(chunk))).scalars())
        rows = [
            {"handle": handle, "level": levels[handle], "ciphertext": HELD_ELSEWHERE}
            for handle in chunk
            if handle not in held
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


def sealed(connection: Connection) -> Iterator[tuple[str, str, bytes]]:
    """Every handle with its level and ciphertext, in the order of the handles; none that are held elsewhere."""
    key = tables.sealed.c.handle
    for row in rows_by_key(connection, select(key), key, size=_PAGE):
        for handle, (level, ciphertext) in sealed_under(connection, [row[key]]).items():
            yield handle, level, ciphertext


# Redactions -------------------------------------------------------------------------------------------------------


def forget(connection: Connection, handles: Iterable[str], text_digests: Iterable[bytes]) -> None:
    """Deletes what is sealed under these handles, and these texts. Nothing else of the log is ever deleted."""
    for chunk in chunked(set(handles)):
        connection.execute(delete(tables.sealed).where(tables.sealed.c.handle.in_(chunk)))
    for digests in chunked(set(text_digests)):
        table = tables.document_text
        connection.execute(delete(table).where(table.c.digest.in_(digests)))
