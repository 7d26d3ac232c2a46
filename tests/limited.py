"""Ledgers with other limits than those that users have, so that a few records are as good as many."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from provenance import Ledger
from provenance.database.durability import REQUIRED
from provenance.materialized.limits import Limits
from provenance.operations.opening import open_store


def opened_with(limits: Limits, target: str | Path | Connection) -> Ledger:
    """As `Ledger.open`."""
    store = open_store(target, schema=None, durability_wanted=REQUIRED, is_read_only=False)
    return Ledger(store, limits=limits)
