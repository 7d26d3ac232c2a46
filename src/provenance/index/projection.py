"""Projection: from entries to the rows of the index; and what entries said so far of the records behind the rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen
from sqlalchemy import Connection, Table, delete, func, select, update

from provenance import wire
from provenance.database import bulk
from provenance.database.bulk import Row
from provenance.database.chunks import chunked
from provenance.errors import UnknownReference
from provenance.index import tables
from provenance.index.rows import TABLE_OF_TYPE, RowContext, row_of, rows_of, side_rows_of
from provenance.log import journal
from provenance.log.journal import Entry
from provenance.values.ids import RecordId, canonical_json
from provenance.values.records import Agent, Claim, Record
from provenance.values.references import references_of

_LAST_KEY = select(func.max(tables.record.c.key))


def keys_of(connection: Connection, ids: Iterable[str], *, before_entry: int | None = None) -> dict[str, int]:
    """The keys of those records that the index holds, or held before an entry."""
    record = tables.record
    digests = (bytes.fromhex(id_) for id_ in dict.fromkeys(ids))
    found = bulk.matching(connection, (record.c.id, record.c.key, record.c.entry_seq), record.c.id, digests)
    return {
        bytes(digest).hex(): key
        for digest, key, entry_seq in found
        if before_entry is None or entry_seq < before_entry
    }


def types_of(connection: Connection, keys: Iterable[int]) -> dict[int, str]:
    record = tables.record
    return dict(bulk.matching(connection, (record.c.key, record.c.type), record.c.key, set(keys)))


def entry_of(connection: Connection, record: RecordId) -> int:
    """The place of the entry that first recorded a record."""
    table = tables.record
    query = select(table.c.entry_seq).where(table.c.id == bytes.fromhex(record))
    found: int | None = connection.execute(query).scalar()
    if found is None:
        raise UnknownReference("record", record)
    return found


def is_recorded(connection: Connection, key: int, *, before_commit: int) -> bool:
    """Whether a record that the index holds was recorded before a commit."""
    entry = select(tables.record.c.entry_seq).where(tables.record.c.key == key)
    return journal.commit_of(connection, connection.execute(entry).scalar_one()) < before_commit


def described(
    connection: Connection, keys: Sequence[int], *, before_commit: int | None = None
) -> dict[int, dict[str, object]]:
    """The merged description of each of these records: what was said of it so far, or before a commit."""
    found: dict[int, dict[str, object]] = {}
    description, record = tables.description, tables.record
    columns = (description.c.record, description.c.commit_seq, description.c.body)
    said = bulk.matching(connection, columns, description.c.record, keys)
    for key, commit_seq, body in sorted(said, key=lambda row: row[:2]):
        if before_commit is None or commit_seq < before_commit:
            found[key] = wire.in_newest_form(json.loads(body))
    missing = [key for key in keys if key not in found]
    wanted: dict[int, dict[str, int]] = defaultdict(dict)
    for key, id_, entry_seq in bulk.matching(
        connection, (record.c.key, record.c.id, record.c.entry_seq), record.c.key, missing
    ):
        wanted[entry_seq][bytes(id_).hex()] = key
    for entry_seq, body in journal.bodies_of(connection, wanted):
        found.update(_first_said(body, wanted[entry_seq]))
    return found


def _first_said(body: bytes, keys: dict[str, int]) -> Iterator[tuple[int, dict[str, object]]]:
    """What an entry says of these records, by their keys. It is read only as far as to the last of them."""
    waiting = set(keys)
    for record in wire.decoded(body):
        if record.id in waiting:
            waiting.remove(record.id)
            yield keys[record.id], wire.to_json(record)
        if not waiting:
            return


def every_description(connection: Connection, keys: Sequence[int]) -> Iterator[Record]:
    """Every record that ever described these: from their first entries, and from each later description."""
    ids = _ids_of(connection, keys)
    for chunk in chunked(keys):
        places = connection.execute(
            select(tables.record.c.entry_seq).where(tables.record.c.key.in_(chunk)).distinct()
        ).scalars()
        for _, body in journal.bodies_of(connection, places.all()):
            yield from (record for record in wire.decode_entry(body) if record.id in ids)
        bodies = connection.execute(
            select(tables.description.c.body).where(tables.description.c.record.in_(chunk))
        ).scalars()
        yield from (wire.from_json(json.loads(body)) for body in bodies)


def _ids_of(connection: Connection, keys: Sequence[int]) -> dict[str, int]:
    rows = connection.execute(
        select(tables.record.c.key, tables.record.c.id).where(tables.record.c.key.in_(keys))
    )
    return {bytes(row.id).hex(): row.key for row in rows}


@frozen
class Projected:
    """What was added to the index: the keys of all records by type, the first that is new, and the new rows."""

    keys: dict[str, set[int]]
    first_key: int
    rows: Mapping[Table, Sequence[Row]]


def project(
    connection: Connection,
    entries: Sequence[Entry],
    decoded: Sequence[Sequence[Record]],
    known: dict[str, int] | None = None,
) -> Projected:
    """Adds the rows of these entries. `decoded` holds the records of each entry, in the same order.

    `known` are the keys of all records that these are or refer to, as far as the index holds them; without it they are
    looked up. What follows from the rows is done by `materialized.applying`.
    """
    keys = keys_of(connection, _mentioned(decoded)) if known is None else dict(known)
    first_key = next_key = (connection.execute(_LAST_KEY).scalar() or 0) + 1
    rows: dict[Table, list[Row]] = defaultdict(list)
    by_type: dict[str, set[int]] = defaultdict(set)
    redescribed: list[tuple[Record, RowContext]] = []
    for entry, records in zip(entries, decoded, strict=True):
        for record in records:
            id_ = record.id
            if id_ in keys:
                by_type[record.TYPE].add(keys[id_])
                context = RowContext(keys[id_], entry.commit_seq, entry.at, keys.__getitem__)
                redescribed.append((record, context))
                continue
            key = keys[id_] = next_key
            next_key += 1
            by_type[record.TYPE].add(key)
            context = RowContext(key, entry.commit_seq, entry.at, keys.__getitem__)
            rows[tables.record].append(
                {"key": key, "id": bytes.fromhex(id_), "type": record.TYPE, "entry_seq": entry.seq}
            )
            for table, row in rows_of(record, context):
                rows[table].append(row)
    for table, added in rows.items():
        bulk.insert(connection, table, added)
    for record, context in redescribed:
        _redescribe(connection, record, context)
    return Projected(by_type, first_key, rows)


def _mentioned(decoded: Sequence[Sequence[Record]]) -> set[str]:
    """The ids of these records and of all that they refer to."""
    found: set[str] = set()
    for records in decoded:
        for record in records:
            found.add(record.id)
            found.update(references_of(record))
    return found


def _redescribe(connection: Connection, record: Record, context: RowContext) -> None:
    """Merges a later description with the earlier ones. Those stay, for questions as of an earlier commit."""
    before = described(connection, [context.key])[context.key]
    after = wire.merged_description(before, wire.to_json(record))
    if after == before:
        return
    table = TABLE_OF_TYPE[record.TYPE]
    has_history = connection.execute(
        select(tables.description.c.commit_seq).where(tables.description.c.record == context.key).limit(1)
    ).first()
    if has_history is None:
        first = connection.execute(select(table.c.commit_seq).where(table.c.key == context.key)).scalar_one()
        _describe(connection, context.key, first, before)
    _describe(connection, context.key, context.commit_seq, after)
    if all(after[name] == before.get(name) for name in after if name != "extensions"):
        return  # only extensions differ, and no row holds them
    merged = wire.from_json(after)
    named = keys_of(connection, references_of(merged))
    current = context._replace(key_of=named.__getitem__)
    connection.execute(update(table).where(table.c.key == context.key).values(row_of(merged, current)))
    if isinstance(merged, Claim | Agent):
        connection.execute(delete(tables.accusation).where(tables.accusation.c.claim == context.key))
        connection.execute(delete(tables.words).where(tables.words.c.key == context.key))
        for side_table, row in side_rows_of(merged, current):
            connection.execute(side_table.insert(), row)


def _describe(connection: Connection, key: int, commit_seq: int, body: dict[str, object]) -> None:
    held = (tables.description.c.record == key) & (tables.description.c.commit_seq == commit_seq)
    connection.execute(delete(tables.description).where(held))
    connection.execute(
        tables.description.insert(), {"record": key, "commit_seq": commit_seq, "body": canonical_json(body)}
    )
