"""Loading whom claims accuse, and what newsrooms asked the accused."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from provenance.database.chunks import chunked
from provenance.index import projection, tables
from provenance.loading import row_queries
from provenance.loading.reader import IndexReader
from provenance.rules.facts import RequestRow


def requests_about(reader: IndexReader, claims: Iterable[int]) -> list[RequestRow]:
    rows = reader.rows(row_queries.REQUESTS, "claim", claims)
    return [row for row in rows if reader.is_said(row.asked_at)]


def accused_by(reader: IndexReader, claims: Iterable[int]) -> list[tuple[int, int]]:
    """Claims, each with an agent that it accuses, as they were described by `known`."""
    accusation, claim = tables.accusation, tables.claim
    found: list[tuple[int, int]] = []
    for chunk in chunked(sorted(claims)):
        query = select(accusation.c.claim, accusation.c.agent).where(accusation.c.claim.in_(chunk))
        if reader.last_commit is not None:
            query = query.join(claim, claim.c.key == accusation.c.claim)
            query = query.where(claim.c.described <= reader.last_commit)
            found.extend(_accused_before(reader, chunk))
        found.extend((row.claim, row.agent) for row in reader.connection.execute(query))
    return found


def _accused_before(reader: IndexReader, claims: list[int]) -> list[tuple[int, int]]:
    """Of the claims that were described anew after `known`, whom they accused by then."""
    claim = tables.claim
    later = reader.connection.execute(
        select(claim.c.key).where(claim.c.key.in_(claims), claim.c.described > reader.last_commit)
    ).scalars()
    found: dict[int, list[str]] = {}
    for key in later.all():
        body = reader.description_by_then(key)
        found[key] = [] if body is None else list(body.get("accuses", ()))
    keys = projection.keys_of(reader.connection, {one for accused in found.values() for one in accused})
    return [(key, keys[one]) for key, accused in found.items() for one in accused]
