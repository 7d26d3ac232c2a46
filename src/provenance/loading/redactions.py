"""Which records were redacted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from provenance.database.chunks import chunked
from provenance.index import projection, tables


def redacted(connection: Connection, ids: Iterable[str], *, by_commit: int) -> set[str]:
    """Those among the records that a redaction was about, in a commit no later than this one."""
    table = tables.redaction
    if (
        connection.execute(select(table.c.key).where(table.c.commit_seq <= by_commit).limit(1)).first()
        is None
    ):
        return set()
    ids_by_key = {key: id_ for id_, key in projection.keys_of(connection, ids).items()}
    found: set[str] = set()
    for chunk in chunked(ids_by_key):
        query = select(table.c.target).where(table.c.target.in_(chunk), table.c.commit_seq <= by_commit)
        found.update(ids_by_key[key] for key in connection.execute(query).scalars())
    return found
