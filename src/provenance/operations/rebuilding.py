"""Deriving the index from the log again: in shadow tables, a page of entries in a transaction of its own.

Readers never wait, and writers only for a page at a time and for the switch at the end. Broken off, it is resumed by
the next rebuild; where that is another release's, it begins anew. Where tables cannot be made, or nobody waits for the
index, it is derived in place, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy import Connection, insert, select, update

from provenance.errors import NewerThanLibrary
from provenance.index import projection, shadow
from provenance.index.projection import Projected
from provenance.log import journal
from provenance.log.journal import Entry
from provenance.materialized import lists
from provenance.materialized.affected import affected_claims
from provenance.materialized.limits import DEFAULT, Limits

_T = TypeVar("_T")


class Written(Protocol):
    def __call__(self, work: Callable[[Connection], _T]) -> _T:
        """What the work gives, done in one transaction under the writers' lock."""
        ...


def rebuild(written: Written, *, made_by: str, limits: Limits = DEFAULT) -> int:
    """Puts an index derived anew in the place of the one that is there. Gives the number of entries.

    `made_by` says which release derives it. Raises `NewerThanLibrary`, and changes nothing, where an entry cannot be
    read.
    """
    if not written(shadow.can_be_made):
        return written(in_place)
    count = None
    while count is None:
        derive(written, made_by=made_by, limits=limits)
        count = written(partial(put_in_place, made_by=made_by))
    while written(partial(lists.refresh, limits=limits)):
        pass
    return count


def in_place(connection: Connection) -> int:
    """Empties the index and derives it anew, all in this transaction. Gives the number of entries."""
    count = projection.rebuild(connection)
    lists.mark_all_stale(connection)
    while lists.refresh(connection):
        pass
    return count


def derive(written: Written, *, made_by: str, limits: Limits = DEFAULT) -> None:
    """Fills the shadow tables with what the log holds by now, and refreshes their lists."""
    written(lambda connection: _begin(connection, made_by))
    try:
        while written(_project_page):
            pass
        while written(partial(_refresh_page, limits=limits)):
            pass
    except NewerThanLibrary:
        written(shadow.drop)
        raise


def put_in_place(connection: Connection, *, made_by: str) -> int | None:
    """Adds to the shadow tables what was recorded meanwhile, and switches. The caller holds the writers' lock. None
    where another rebuild, with which this one shared them, has done so, or given up; or where they are another
    release's by now."""
    if not _is_ours(connection, made_by):
        return None
    done: int = connection.execute(select(shadow.progress.c.done)).scalar_one()
    with shadow.standing_in(connection):
        while page := journal.page(connection, after=done, limit=projection.REBUILD_PAGE):
            done = page[-1].seq
            lists.mark_stale(connection, affected_claims(connection, _projected(connection, page)))
    shadow.switch(connection)
    shadow.drop(connection)
    return done


def _begin(connection: Connection, made_by: str) -> None:
    """Resumes what the same release has begun, with what was recorded since; or begins."""
    head = journal.head(connection).entry_seq
    if _is_ours(connection, made_by):
        connection.execute(update(shadow.progress).values(head=head))
        return
    if shadow.is_there(connection):
        shadow.drop(connection)
    shadow.create(connection)
    connection.execute(insert(shadow.progress), {"made_by": made_by, "head": head, "done": 0})


def _is_ours(connection: Connection, made_by: str) -> bool:
    """Whether there are shadow tables that the same release fills."""
    return (
        shadow.is_there(connection)
        and connection.execute(select(shadow.progress.c.made_by)).scalar() == made_by
    )


def _project_page(connection: Connection) -> bool:
    """The rows of the next page of entries; False where all are there that were when it began, or no tables are."""
    if not shadow.is_there(connection):
        return False
    head, done = connection.execute(select(shadow.progress.c.head, shadow.progress.c.done)).one()
    page = journal.page(connection, after=done, limit=min(projection.REBUILD_PAGE, head - done))
    if not page:
        return False
    with shadow.standing_in(connection):
        # Whoever resumes may find claims settled that this page touches.
        lists.mark_stale(connection, affected_claims(connection, _projected(connection, page)))
    connection.execute(update(shadow.progress).values(done=page[-1].seq))
    return True


def _projected(connection: Connection, page: Sequence[Entry]) -> Projected:
    return projection.project(connection, page, [entry.records() for entry in page])


def _refresh_page(connection: Connection, *, limits: Limits) -> bool:
    if not shadow.is_there(connection):
        return False
    with shadow.standing_in(connection):
        return lists.refresh(connection, limits=limits)
