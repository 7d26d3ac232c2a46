"""Confidential values: sealed when they are recorded, opened for whoever has the keys, destroyed by redactions."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from sqlalchemy import Connection, select

from provenance import wire
from provenance.database.chunks import chunked
from provenance.errors import InvalidValue, KeyMissing, NotLoaded, Redacted
from provenance.index import projection, tables
from provenance.log import beside
from provenance.recording.keys import Keys
from provenance.values.records import Document, Record, Redaction
from provenance.values.sealed import Sealed, opened, salt_and_value


def salts(connection: Connection, keys: Keys | None, records: Iterable[Record]) -> dict[str, bytes]:
    """The salt of every sealed value among the records, by handle. A value that is in the ledger has its salt there; a
    new one that comes several times, each time with a salt of its own, has the first of them.

    A handle stands for one value at one level. Another value under it is refused: one of the two would be lost.
    """
    given: dict[str, Sealed] = {}
    for record in records:
        for seal in wire.seals_of(record):
            if seal.plaintext is not None:
                _check_same(given.setdefault(seal.handle, seal), seal.level, seal.value)
    found = {seal.handle: seal.salt for seal in given.values() if seal.salt is not None}
    for handle, (level, ciphertext) in beside.sealed_under(connection, given).items():
        if keys is None:
            raise KeyMissing(level)
        salt, value = salt_and_value(keys.open(handle, level, ciphertext))
        _check_same(given[handle], level, value)
        found[handle] = salt
    return found


def _check_same(seal: Sealed, level: str, value: str | None) -> None:
    if (seal.level, seal.value) != (level, value):
        raise InvalidValue(
            "handle", "one that stands for another value, or level", "no handle, or that value"
        )


def keep(connection: Connection, keys: Keys | None, records: Sequence[Record]) -> None:
    """Encrypts the sealed values of the records, and stores them. In plain they are never parameters of a statement."""
    holding = [record for record in records if wire.seals_of(record)]
    seals = {seal.handle: seal for record in holding for seal in wire.seals_of(record)}
    held = beside.sealed_under(connection, seals)
    for record in holding:
        _check_values_given(connection, record, held)
    made: list[tuple[str, str, bytes]] = []
    try:
        made.extend(
            (seal.handle, seal.level, _sealed(keys, seal, seal.plaintext))
            for seal in seals.values()
            if seal.handle not in held and seal.plaintext is not None
        )
        beside.keep_sealed(connection, made)
    except BaseException:
        destroy(keys, (seals[handle] for handle, _, _ in made))
        raise


def _check_values_given(connection: Connection, record: Record, held: Container[str]) -> None:
    """Refuses a new commitment without its value, which nobody could ever open. One that was recorded before and was
    redacted may come again."""
    for name, seal in wire.sealed_fields_of(record).items():
        if seal.plaintext is None and seal.handle not in held:
            keys = projection.keys_of(connection, [record.id])
            said = projection.every_description(connection, list(keys.values()))
            if not any(seal in wire.seals_of(earlier) for earlier in said):
                raise InvalidValue(
                    f"{record.TYPE}.{name}", "a commitment without its value", "it as sealed(…) gave it"
                )


def _sealed(keys: Keys | None, seal: Sealed, plaintext: bytes) -> bytes:
    if keys is None:
        raise KeyMissing(seal.level)
    return keys.seal(seal.handle, seal.level, plaintext)


def forget(connection: Connection, records: Iterable[Record]) -> None:
    """Deletes what the redactions among the records are about. Its keys are destroyed later, once that is stored."""
    targets = _redacted(records)
    if not targets:
        return
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
    beside.forget(connection, seals, digests)


def _redacted(records: Iterable[Record]) -> list[str]:
    return [record.target.id for record in records if isinstance(record, Redaction)]


def redacted_by(connection: Connection, records: Iterable[Record]) -> list[Sealed] | None:
    """The sealed values that the redactions among the records have deleted; None without a redaction."""
    targets = _redacted(records)
    if not targets:
        return None
    return _gone(connection, list(projection.keys_of(connection, targets).values()))


def destroy_redacted(connection: Connection, keys: Keys | None) -> None:
    """Destroys the keys of all that was ever redacted, as far as they are still there. The caller holds the writers'
    lock, so that nobody seals any of it again meanwhile."""
    if keys is not None:
        targets = connection.execute(select(tables.redaction.c.target).distinct()).scalars().all()
        for chunk in chunked(targets):
            destroy(keys, _gone(connection, chunk))


def _gone(connection: Connection, keys: Sequence[int]) -> list[Sealed]:
    """The sealed values that these records ever had and that are not in the ledger any more."""
    said = projection.every_description(connection, keys)
    seals = {seal.handle: seal for record in said for seal in wire.seals_of(record)}
    held = beside.sealed_under(connection, seals)
    return [seal for handle, seal in seals.items() if handle not in held]


def destroy(keys: Keys | None, seals: Iterable[Sealed]) -> None:
    if keys is not None:
        for seal in seals:
            keys.destroy(seal.handle, seal.level)


def reveal(connection: Connection, keys: Keys | None, key: int) -> dict[str, str]:
    """The sealed values of a record as it is described now, by field."""
    stated = projection.described(connection, [key])[key]
    record = wire.from_json(stated)
    found: dict[str, str] = {}
    for name, seal in wire.sealed_fields_of(record).items():
        held = beside.sealed_under(connection, [seal.handle]).get(seal.handle)
        if held is None:
            gone = NotLoaded if beside.is_elsewhere(connection, seal.handle) else Redacted
            raise gone(f"{record.TYPE}.{name}")
        if keys is None:
            raise KeyMissing(seal.level)
        found[name] = opened(seal, keys.open(seal.handle, seal.level, held[1]))
    return found
