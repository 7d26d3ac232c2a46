"""Rebuilding: the index is derived from the log again, in shadow tables, one page of entries in a transaction.

Readers never wait. Writers wait for one page at a time, and for the switch at the end. A rebuild that was broken off is
resumed by the next one of the same release; one of another release begins anew. Where shadow tables cannot be made, or
nobody waits for the index, it is derived in place, in one transaction.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection, delete, insert, select, update

from provenance.database.store import Store
from provenance.errors import NewerThanLibrary
from provenance.index import shadow, statistics, tables
from provenance.log import journal
from provenance.log.journal import Entry
from provenance.materialized import lists
from provenance.materialized.applying import apply
from provenance.materialized.limits import DEFAULT, Limits

APPLIED = 1_000
"""Entries applied at a time: some megabytes."""


def rebuild(store: Store, *, made_by: str, page: int = APPLIED, limits: Limits = DEFAULT) -> int:
    """Puts an index derived anew in the place of the one that is there. Gives the number of entries.

    `made_by` says which release derives it. Raises `NewerThanLibrary`, and changes nothing, where an entry cannot be
    read. In a caller's transaction all of it is one transaction.
    """
    if store.is_joined or not store.write(shadow.can_be_made):
        count = store.write(partial(in_place, page=page, limits=limits))
    else:
        count = _rebuild_beside(store, made_by, page, limits)
    if not store.is_joined:
        store.write(statistics.renew)
    return count


def _rebuild_beside(store: Store, made_by: str, page: int, limits: Limits) -> int:
    count = None
    while count is None:
        derive(store, made_by=made_by, page=page, limits=limits)
        count = store.write(partial(put_in_place, made_by=made_by, page=page))
    while store.write(partial(lists.refresh, limits=limits)):
        pass
    return count


def in_place(connection: Connection, *, page: int = APPLIED, limits: Limits = DEFAULT) -> int:
    """Empties the index and derives it anew, all in this transaction. Gives the number of entries."""
    for table in reversed(tables.INDEX_TABLES):
        connection.execute(delete(table))
    count = _apply_rest(connection, after=0, page=page)
    while lists.refresh(connection, limits=limits):
        pass
    return count


def derive(store: Store, *, made_by: str, page: int = APPLIED, limits: Limits = DEFAULT) -> None:
    """Fills the shadow tables with what the log holds by now, and refreshes what is materialized there."""
    store.write(partial(_begin, made_by=made_by))
    try:
        while store.write(partial(_apply_page, page=page)):
            pass
        while store.write(partial(_refresh_page, limits=limits)):
            pass
    except NewerThanLibrary:
        store.write(shadow.drop)
        raise


def put_in_place(connection: Connection, *, made_by: str, page: int = APPLIED) -> int | None:
    """Adds to the shadow tables what was recorded meanwhile, and switches. The caller holds the writers' lock.

    None where the shadow tables are not there any more, because another rebuild that shared them has switched or given
    up; or where they are another release's by now.
    """
    if not _is_ours(connection, made_by):
        return None
    done: int = connection.execute(select(shadow.progress.c.done)).scalar_one()
    with shadow.standing_in(connection):
        done = _apply_rest(connection, after=done, page=page)
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


def _apply_page(connection: Connection, page: int) -> bool:
    """Adds the next page of entries to the shadow tables; False where all are there that were when it began, or no
    tables are."""
    if not shadow.is_there(connection):
        return False
    head, done = connection.execute(select(shadow.progress.c.head, shadow.progress.c.done)).one()
    entries = journal.page(connection, after=done, limit=min(page, head - done))
    if not entries:
        return False
    with shadow.standing_in(connection):
        # Whoever resumes may find claims fresh that this page affects.
        _apply(connection, entries)
    connection.execute(update(shadow.progress).values(done=entries[-1].seq))
    return True


def _apply_rest(connection: Connection, *, after: int, page: int) -> int:
    """Applies all entries behind the given place; gives the place of the last one."""
    while entries := journal.page(connection, after=after, limit=page):
        _apply(connection, entries)
        after = entries[-1].seq
    return after


def _apply(connection: Connection, entries: list[Entry]) -> None:
    apply(connection, entries, [entry.records() for entry in entries])


def _refresh_page(connection: Connection, *, limits: Limits) -> bool:
    if not shadow.is_there(connection):
        return False
    with shadow.standing_in(connection):
        return lists.refresh(connection, limits=limits)
