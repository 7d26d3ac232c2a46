"""The ledger in the database of an application: each has its tables, and an Alembic history of its own.

The names of all of the ledger's tables begin with "provenance_", and no table of the application may have such a name.
The ledger's history is in `provenance_version`. The application's `env.py` leaves the ledger's tables out:

    from provenance.database.embedding import beside_ledger

    context.configure(connection=connection, target_metadata=metadata, include_name=beside_ledger())

Then `alembic revision --autogenerate` and `alembic check` see the application's own tables alone, also with
`include_schemas` and a ledger in a PostgreSQL schema of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from provenance.database.naming import PREFIX

IncludeName = Callable[[str | None, Any, MutableMapping[Any, str | None]], bool]
"""Alembic's `include_name`: the name of what was found in the database, what it is, and what it belongs to."""

_SEARCH = PREFIX + "words_search"
"""The tables and the index of full-text search differ by database, and so are not declared."""


def beside_ledger(own: IncludeName | None = None) -> IncludeName:
    """The `include_name` for the `env.py` of an application. It leaves out the ledger's tables, and whatever the
    application's `own` leaves out."""

    def include(name: str | None, kind: str, parents: MutableMapping[Any, str | None]) -> bool:
        return not _is_ledgers(name, kind, parents) and (own is None or own(name, kind, parents))

    return include


def of_the_ledger(name: str | None, kind: str, parents: Mapping[Any, str | None]) -> bool:
    """The `include_name` for the ledger's own migrations. It leaves out the application's tables."""
    if kind == "schema":
        return True
    return _is_ledgers(name, kind, parents) and _SEARCH not in (name or "")


def _is_ledgers(name: str | None, kind: str, parents: Mapping[Any, str | None]) -> bool:
    table = name if kind == "table" else parents.get("table_name")
    return table is not None and table.startswith(PREFIX)
