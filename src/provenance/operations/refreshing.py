"""Refreshing: what questions about the whole ledger read, brought up to date in transactions of bounded size."""

from __future__ import annotations

from functools import partial

from provenance.database.store import Store
from provenance.index import statistics
from provenance.materialized import lists
from provenance.materialized.limits import Limits


def refresh(store: Store, *, limits: Limits, with_origins: bool = False) -> None:
    """Refreshes every stale claim; `with_origins` also those of which only the number of origins is stale."""
    names = (lists.STALE, lists.ORIGINS_STALE) if with_origins else (lists.STALE,)
    store.write(statistics.renew)
    pages = 0
    while store.write(partial(lists.refresh, names=names, limits=limits)):
        pages += 1
    if pages > 1:
        store.write(partial(statistics.renew_lists, materialized=lists.MATERIALIZED))
