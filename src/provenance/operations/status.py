"""Status: what holds of a ledger at a moment."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen
from sqlalchemy import Connection, func, select

from provenance.database import durability
from provenance.index import tables
from provenance.log import journal
from provenance.materialized import lists
from provenance.values.instants import from_microseconds


@frozen(kw_only=True)
class Status:
    """What holds of a ledger: its database and how safely that writes, its last commit, and what it holds.

    - `settings`: how the database writes, in its own words
    - `is_durable`: whether what was acknowledged survives a power cut; `shortfall` says why not
    - `notes`: what does not decide that, and is good to know
    - `head`: the hash of the last commit in hexadecimal, which is equal in equal copies; None of an empty ledger, like
      `last_commit_at`
    - `stale`: claims whose place on the materialized lists has to be refreshed, which slows questions and changes no
      answer
    """

    database: str
    version: str
    revision: str
    settings: dict[str, str]
    is_durable: bool
    shortfall: str | None
    notes: tuple[str, ...]
    commits: int
    entries: int
    head: str | None
    last_commit_at: datetime | None
    stale: int


def status_of(connection: Connection, revision: str) -> Status:
    head = journal.head(connection)
    short = durability.shortfall(connection)
    stale = select(func.count()).where(tables.listing.c.list == lists.STALE)
    return Status(
        database=connection.dialect.name,
        version=".".join(map(str, connection.dialect.server_version_info or ())),
        revision=revision,
        settings=durability.settings_of(connection),
        is_durable=short is None,
        shortfall=None if short is None else "; ".join(short),
        notes=durability.notes(connection),
        commits=head.seq,
        entries=head.entry_seq,
        head=head.hash.hex() if head.seq else None,
        last_commit_at=from_microseconds(head.at) if head.seq else None,
        stale=connection.execute(stale).scalar_one(),
    )
