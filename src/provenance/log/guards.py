"""The guards in the database that keep the log append-only, even for those who reach past this library.

They refuse UPDATE, DELETE, TRUNCATE and every way of replacing a row in `provenance_commit` and `provenance_entry`. The
rows of `provenance_document_text` and `provenance_sealed`, which a redaction deletes, cannot be updated or replaced.

The migrations put the guards up, and verification asks here whether they still stand as they were put up. Whoever owns
the tables can take them down: guards stop accidents and other programs, and signed checkpoints show what an owner did.

To change what is declared here, a migration has to take the guards down and put them up again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen
from sqlalchemy import Connection, Table, text

from provenance.database import naming
from provenance.log import tables

FUNCTION = naming.PREFIX + "refuse"
"""The function that PostgreSQL's triggers call, one in each schema that holds a ledger."""

_UPDATE, _DELETE, _TRUNCATE, _REPLACE = "update", "delete", "truncate", "replace"
_REFUSED: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (tables.commit, (_UPDATE, _DELETE, _TRUNCATE, _REPLACE)),
    (tables.entry, (_UPDATE, _DELETE, _TRUNCATE, _REPLACE)),
    (tables.document_text, (_UPDATE, _REPLACE)),
    (tables.sealed, (_UPDATE, _REPLACE)),
)
_ACTIONS = {"sqlite": (_UPDATE, _DELETE, _REPLACE), "postgresql": (_UPDATE, _DELETE, _TRUNCATE)}
"""SQLite has no TRUNCATE; PostgreSQL replaces a row only by an update."""

_KEYS = {
    tables.commit.name: ("seq", "previous", "hash", "request_key"),
    tables.entry.name: ("seq",),
    tables.document_text.name: ("digest",),
    tables.sealed.name: ("handle",),
}
"""The columns by which INSERT OR REPLACE finds the row to replace."""

_FUNCTION_BODY = (
    " BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation',"
    " MESSAGE = TG_TABLE_NAME || ' is append-only: ' || TG_OP || ' refused'; END "
)
_TRIGGER_TYPES = {_UPDATE: 1 | 2 | 16, _DELETE: 1 | 2 | 8, _TRUNCATE: 2 | 32}
"""`pg_trigger.tgtype`: for each row 1, before 2, delete 8, update 16, truncate 32."""


@frozen
class Guard:
    name: str
    table: str
    action: str


def guards(dialect: str) -> list[Guard]:
    """The guards that a ledger has on this kind of database."""
    return [
        Guard(f"{table.name}_no_{action}", table.name, action)
        for table, refused in _REFUSED
        for action in refused
        if action in _ACTIONS[dialect]
    ]


def put_up(connection: Connection) -> None:
    for statement in _creations(connection):
        connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    for statement in _removals(connection):
        connection.exec_driver_sql(statement)


def violations(connection: Connection) -> Iterator[tuple[Guard, str]]:
    """The guards that are missing, or not what was put up."""
    dialect = connection.dialect.name
    standing = _standing_on_sqlite if dialect == "sqlite" else _standing_on_postgresql
    found = standing(connection)
    for guard in guards(dialect):
        if guard.name not in found:
            yield guard, "is missing"
        elif not found[guard.name]:
            yield guard, "is not the one that was put up"


# How they are put up -----------------------------------------------------------------------------------------------


def _creations(connection: Connection) -> list[str]:
    put_up_here = guards(connection.dialect.name)
    if connection.dialect.name == "sqlite":
        return [_sqlite_trigger(guard) for guard in put_up_here]
    function = naming.address(connection, FUNCTION)
    made = f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $${_FUNCTION_BODY}$$"
    return [made, *(statement for guard in put_up_here for statement in _postgresql(connection, guard))]


def _sqlite_trigger(guard: Guard) -> str:
    refusal = f"SELECT RAISE(ABORT, '{guard.table} is append-only: {guard.action} refused'); END"
    if guard.action != _REPLACE:
        event = guard.action.upper()
        return f"CREATE TRIGGER {guard.name} BEFORE {event} ON {guard.table} BEGIN {refusal}"
    held = " OR ".join(f"{key} = new.{key}" for key in _KEYS[guard.table])
    return (
        f"CREATE TRIGGER {guard.name} BEFORE INSERT ON {guard.table}"  # noqa: S608
        f" WHEN EXISTS (SELECT 1 FROM {guard.table} WHERE {held}) BEGIN {refusal}"
    )


def _postgresql(connection: Connection, guard: Guard) -> Sequence[str]:
    """The statements for one guard. ENABLE ALWAYS has it act in sessions that replicate too, where triggers rest."""
    table, function = naming.address(connection, guard.table), naming.address(connection, FUNCTION)
    each = "STATEMENT" if guard.action == _TRUNCATE else "ROW"
    event = f"BEFORE {guard.action.upper()} ON {table} FOR EACH {each}"
    return (
        f"CREATE TRIGGER {guard.name} {event} EXECUTE FUNCTION {function}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard.name}",
    )


def _removals(connection: Connection) -> list[str]:
    standing = guards(connection.dialect.name)
    if connection.dialect.name == "sqlite":
        return [f"DROP TRIGGER {guard.name}" for guard in standing]
    triggers = [
        f"DROP TRIGGER {guard.name} ON {naming.address(connection, guard.table)}" for guard in standing
    ]
    return [*triggers, f"DROP FUNCTION {naming.address(connection, FUNCTION)}()"]


# Whether they stand ------------------------------------------------------------------------------------------------


def _standing_on_sqlite(connection: Connection) -> dict[str, bool]:
    expected = {guard.name: _sqlite_trigger(guard) for guard in guards("sqlite")}
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {name: statement == expected.get(name) for name, statement in rows}


def _standing_on_postgresql(connection: Connection) -> dict[str, bool]:
    query = text(
        "SELECT t.tgname, t.tgtype, t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr::text = ''"
        " AND p.prosrc = :body AS is_whole FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgrelid = to_regclass(:table)"
    )
    found: dict[str, bool] = {}
    for guard in guards("postgresql"):
        stated = {"table": naming.address(connection, guard.table), "body": _FUNCTION_BODY}
        for name, kind, is_whole in connection.execute(query, stated):
            if name == guard.name:
                found[name] = bool(is_whole) and kind == _TRIGGER_TYPES[guard.action]
    return found
