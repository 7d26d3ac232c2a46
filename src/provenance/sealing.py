"""What is confidential: sealed beside the log while recording, opened for those with keys, destroyed by redactions."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from provenance import wire
from provenance.errors import InvalidValue, KeyMissing, NotLoaded, Redacted
from provenance.index import projection
from provenance.keys import Keys
from provenance.log import journal
from provenance.queries.redactions import is_redacted
from provenance.values.records import Document, Record, Redaction
from provenance.values.sealed import Sealed, opened


def keep(connection: Connection, keys: Keys | None, records: Iterable[Record]) -> None:
    """Encrypts what the records hold sealed, and stores it. In plain it is never a parameter of a statement."""
    seals = {seal.handle: seal for record in records for seal in wire.seals_of(record)}
    held = journal.sealed_under(connection, seals)
    made: list[tuple[str, str, bytes]] = []
    try:
        made.extend(
            (seal.handle, seal.level, _sealed(keys, seal, seal.plaintext))
            for seal in seals.values()
            if seal.handle not in held and seal.plaintext is not None
        )
        journal.keep_sealed(connection, made)
    except BaseException:
        destroy(keys, (seals[handle] for handle, _, _ in made))
        raise


def _sealed(keys: Keys | None, seal: Sealed, plaintext: bytes) -> bytes:
    if keys is None:
        raise KeyMissing(seal.level)
    return keys.seal(seal.handle, seal.level, plaintext)


def forget(connection: Connection, records: Iterable[Record]) -> tuple[Sealed, ...] | None:
    """Deletes what the redactions among the records are about; gives what keys are to be destroyed of, None
    where there are none."""
    targets = [record.target.id for record in records if isinstance(record, Redaction)]
    if not targets:
        return None
    keys = projection.keys_of(connection, targets)
    seals: dict[str, Sealed] = {}
    digests: set[bytes] = set()
    holding: set[str] = set()
    for record in projection.every_description(connection, list(keys.values())):
        seals.update((seal.handle, seal) for seal in wire.seals_of(record))
        if isinstance(record, Document) and record.text_digest is not None:
            digests.add(bytes.fromhex(record.text_digest))
        if wire.seals_of(record) or isinstance(record, Document):
            holding.add(record.id)
    if not holding.issuperset(targets):
        raise InvalidValue(
            "redaction.target",
            "a record that holds nothing sealed",
            "one that does, or a document: what lies in plain stays",
        )
    journal.forget(connection, seals, digests)
    return tuple(seals.values())


def destroy(keys: Keys | None, seals: Iterable[Sealed]) -> None:
    if keys is not None:
        for seal in seals:
            keys.destroy(seal.handle, seal.level)


def reveal(connection: Connection, keys: Keys | None, key: int) -> dict[str, str]:
    """What a record holds sealed, by field, as it is described now."""
    stated = projection.described(connection, [key])[key]
    record = wire.from_json(stated)
    found: dict[str, str] = {}
    for name, seal in wire.sealed_fields_of(record).items():
        ciphertext = journal.sealed_under(connection, [seal.handle]).get(seal.handle)
        if ciphertext is None:
            gone = Redacted if is_redacted(connection, key) else NotLoaded
            raise gone(f"{record.TYPE}.{name}")
        if keys is None:
            raise KeyMissing(seal.level)
        found[name] = opened(seal, keys.open(seal.handle, seal.level, ciphertext))
    return found
