"""The migrated tables are the declared ones, on both databases; and the house's imports run one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import Database
from sqlalchemy import create_engine, inspect

import provenance
from provenance import add_hooks
from provenance.index.tables import PREFIX, VERSION_TABLE, metadata

PACKAGE = Path(provenance.__file__).parent

FORBIDDEN = {
    "errors": ("values", "wire", "log", "index", "queries", "snapshot", "desk", "ledger", "cli"),
    "values": ("wire", "log", "index", "queries", "snapshot", "desk", "ledger", "cli"),
    "wire": ("log", "index", "queries", "snapshot", "desk", "ledger", "cli"),
    "log": ("queries", "snapshot", "desk", "ledger", "cli"),
    "index": ("snapshot", "desk", "ledger", "cli"),
    "queries": ("snapshot", "desk", "ledger", "cli"),
    "snapshot": ("desk", "ledger", "cli"),
    "desk": ("ledger", "cli"),
    "ledger": ("cli",),
}
"""Which rooms must not be imported from which."""


def test_the_migrated_tables_are_the_declared_ones(migrated_database: Database) -> None:
    engine = add_hooks(create_engine(migrated_database.url))
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_declared_by_us, "version_table": VERSION_TABLE}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        names = inspect(connection).get_table_names()
    engine.dispose()

    assert differences == []
    assert all(name.startswith(PREFIX) for name in names)


def _is_declared_by_us(name: str | None, kind: str, _: object) -> bool:
    """Full-text search is each database's own: its tables and its index are not declared."""
    return name is None or "_words_search" not in name


@pytest.mark.parametrize("room", FORBIDDEN)
def test_imports_run_one_way(room: str) -> None:
    folder = PACKAGE / room
    files = sorted(folder.glob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]

    imported = {name for file in files for name in _imports_of(file)}

    assert files
    assert imported.isdisjoint(FORBIDDEN[room])


def _imports_of(file: Path) -> set[str]:
    """The rooms of the house that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("provenance."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "provenance":
            found.update(alias.name for alias in node.names)
    return found
