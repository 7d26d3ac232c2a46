"""The ledger in the database of an application: each has its tables, and an Alembic history of its own.

The ledger's tables all have names that begin with "provenance_", which an application leaves to it; their history is
kept in `provenance_version`. In the application's `env.py`:

    context.configure(connection=connection, target_metadata=metadata, include_name=beside_ledger())

so that `alembic revision --autogenerate` and `alembic check` see the application's own tables alone; and likewise where
the ledger has a PostgreSQL schema of its own, and `include_schemas` is on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from provenance.database.naming import PREFIX

IncludeName = Callable[[str | None, Any, MutableMapping[Any, str | None]], bool]
"""Alembic's `include_name`: the name of what was found in the database, what it is, and what it belongs to."""

_SEARCH = PREFIX + "words_search"
"""Full-text search is each database's own: its tables and its index are not declared."""


def beside_ledger(own: IncludeName | None = None) -> IncludeName:
    """The `include_name` for the `env.py` of an application: leaves out what is the ledger's, and of the rest what the
    application's `own` leaves out."""

    def include(name: str | None, kind: str, parents: MutableMapping[Any, str | None]) -> bool:
        return not _is_ledgers(name, kind, parents) and (own is None or own(name, kind, parents))

    return include


def of_the_ledger(name: str | None, kind: str, parents: Mapping[Any, str | None]) -> bool:
    """The `include_name` for the ledger's own migrations: leaves out what is an application's."""
    if kind == "schema":
        return True
    return _is_ledgers(name, kind, parents) and _SEARCH not in (name or "")


def _is_ledgers(name: str | None, kind: str, parents: Mapping[Any, str | None]) -> bool:
    table = name if kind == "table" else parents.get("table_name")
    return table is not None and table.startswith(PREFIX)
