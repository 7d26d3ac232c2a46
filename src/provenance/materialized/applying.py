"""Applying entries: the one way from the log to the rows of the index and to what is materialized of them.

Recording, loading and rebuilding go through `apply`. Verification derives the index by itself, to compare both.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from provenance.index import projection
from provenance.log.journal import Entry
from provenance.materialized import lists
from provenance.materialized.affected import affected_claims
from provenance.materialized.limits import Limits
from provenance.materialized.steady import steady_claims
from provenance.values.records import Record


def apply(
    connection: Connection,
    entries: Sequence[Entry],
    decoded: Sequence[Sequence[Record]],
    known: dict[str, int] | None = None,
    *,
    steady: Limits | None = None,
) -> None:
    """Adds the rows of these entries, and marks the claims that they affect as stale. The caller holds the writers'
    lock.

    `decoded` holds the records of each entry, and `known` the keys of all records that these are or refer to, as far as
    the index holds them; without it they are looked up. With limits for `steady` it is looked which of the claims stay
    on their lists: only their origins are counted anew later. That is worth the look where one commit is applied.
    """
    projected = projection.project(connection, entries, decoded, known)
    affected = affected_claims(connection, projected)
    staying = set() if steady is None else steady_claims(connection, projected, affected, steady)
    lists.mark_stale(connection, affected - staying)
    lists.mark_stale(connection, staying, name=lists.ORIGINS_STALE)
