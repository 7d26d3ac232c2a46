"""Downgrading: which forms of entries the releases of each revision can read, and which entries would be lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, func, select, update

from provenance import wire
from provenance.database.revisions import READABLE
from provenance.errors import InvalidValue, LossyDowngrade
from provenance.index import tables as index_tables
from provenance.log import journal, tables
from provenance.values.evolution import parsed_form

BASE = "base"
"""The name of the revision before the first one: a downgrade to it takes all tables away."""


def check_known(revision: str) -> None:
    if revision not in (BASE, *READABLE):
        raise InvalidValue.unknown_word("revision", revision, (BASE, *READABLE))


def check_keeps_all(connection: Connection, revision: str) -> None:
    """Refuses a downgrade to a revision whose releases could not read all of the log."""
    if revision == BASE:
        lost = connection.execute(select(func.count()).select_from(tables.entry)).scalar_one()
        if lost:
            raise LossyDowngrade(revision, lost, {})
        return
    known = READABLE[revision]
    entries, forms = 0, Counter[str]()
    for entry in journal.entries(connection):
        unknown = _unknown(wire.forms_of(entry.body), known)
        entries += bool(unknown)
        forms.update(unknown)
    if entries:
        raise LossyDowngrade(revision, entries, dict(sorted(forms.items())))


def take_back(connection: Connection, revision: str) -> None:
    """Begins the downgrade of a migration: refuses to lose anything, and writes descriptions in the forms that the
    older releases know.

    Descriptions are stored in the newest form of their time. A newer version that only added fields differs from the
    older one in its name alone, once these fields are out. Where it did more, its migration has to take that back.
    """
    check_keeps_all(connection, revision)
    table = index_tables.description
    key = (table.c.record, table.c.commit_seq)
    for row in connection.execute(select(*key, table.c.body)).all():
        body = wire.in_older_form(bytes(row.body), READABLE[revision])
        if body != row.body:
            held = (table.c.record == row.record) & (table.c.commit_seq == row.commit_seq)
            connection.execute(update(table).where(held).values(body=body))


def _unknown(forms: Iterable[str], known: dict[str, int]) -> list[str]:
    found = [(form, *parsed_form(form, "entry")) for form in forms]
    return [form for form, name, version in found if version > known.get(name, 0)]
