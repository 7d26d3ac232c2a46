"""Downgrading: which forms of entries the releases of each revision can read, and what would be lost."""

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
"""What a downgrade is told that takes all tables away."""


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
    """What a migration's downgrade begins with: refuses to lose anything, and names descriptions, which are kept in the
    newest form of their time, as the older releases know them. Without what only a later version can say they are the
    same but for the name; where a step did more than say more, its migration has to take it back itself."""
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
