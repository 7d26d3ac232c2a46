"""Durability: whether a database keeps what it acknowledges, by the settings that hold for a connection.

- SQLite: foreign keys on; a write-ahead log with synchronous FULL or EXTRA, or a rollback journal on the disk with
  EXTRA. A database in memory keeps nothing, and nobody expects it to.
- PostgreSQL: fsync on, synchronous_commit not off.
- No AUTOCOMMIT in a caller's connection, which would keep half a commit.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from provenance.errors import UnsafeDatabase

REQUIRED, AS_CONFIGURED = "required", "as configured"

_SYNCHRONOUS = ("off", "normal", "full", "extra")
"""SQLite's words for its numbers."""

_DISK_JOURNALS = ("delete", "truncate", "persist")

_WAL_RESET_BUG = ((3, 7, 0), (3, 51, 3))
_WAL_RESET_MENDED = ((3, 44, 6), (3, 50, 7))
"""From the first version to before the second, but for these and later releases of two branches:
sqlite.org/wal.html#walresetbug. Distributors mend what they ship without a new number, and nearly every SQLite in use
has the bug by its number: so it is a note in the status, and no warning at every opening."""


def settings_of(connection: Connection) -> dict[str, str]:
    """What the database and this connection have set, in the database's own words."""
    if connection.dialect.name == "postgresql":
        names = ("fsync", "synchronous_commit", "full_page_writes")
        columns = ", ".join(f"current_setting('{name}')" for name in names)
        row = connection.execute(text(f"SELECT {columns}")).one()
        return dict(zip(names, row, strict=True))
    journal_mode, synchronous, foreign_keys = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("journal_mode", "synchronous", "foreign_keys")
    )
    return {
        "journal_mode": "none" if is_in_memory(connection) else str(journal_mode),
        "synchronous": _SYNCHRONOUS[synchronous],
        "foreign_keys": "on" if foreign_keys else "off",
    }


def is_in_memory(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return False
    databases = connection.exec_driver_sql("PRAGMA database_list").all()
    return any(name == "main" and not file for _, name, file in databases)


def shortfall(connection: Connection) -> tuple[str, str] | None:
    """Why the database would lose what it acknowledged, and what to set; None where it keeps it."""
    settings = settings_of(connection)
    if connection.dialect.name == "postgresql":
        return _shortfall_on_postgresql(settings)
    return _shortfall_on_sqlite(settings)


def _shortfall_on_sqlite(settings: dict[str, str]) -> tuple[str, str] | None:
    journal, synchronous = settings["journal_mode"], settings["synchronous"]
    if settings["foreign_keys"] != "on":
        return "SQLite's foreign keys are off", "set PRAGMA foreign_keys = ON"
    if journal == "none":
        return "the database is in memory", "give the path of a file"
    if journal not in ("wal", *_DISK_JOURNALS):
        return f"SQLite's journal_mode is {journal}", "set PRAGMA journal_mode = WAL"
    enough = ("full", "extra") if journal == "wal" else ("extra",)
    if synchronous not in enough:
        return (
            f"SQLite's synchronous is {synchronous} with journal_mode {journal}",
            "set PRAGMA synchronous = EXTRA",
        )
    return None


def _shortfall_on_postgresql(settings: dict[str, str]) -> tuple[str, str] | None:
    if settings["fsync"] != "on":
        return "PostgreSQL's fsync is off", "set fsync = on in its configuration"
    if settings["synchronous_commit"] == "off":
        return "PostgreSQL's synchronous_commit is off", "set it to on, or to local, for this connection"
    return None


def check_keeps_commits(connection: Connection) -> None:
    """Refuses a database that would lose what it acknowledged; one in memory is what it is."""
    found = shortfall(connection)
    if found is not None and not is_in_memory(connection):
        reason, remedy = found
        raise UnsafeDatabase(
            f"{reason}, and a commit could be lost after it was acknowledged",
            f'{remedy}, or open the ledger with durability="{AS_CONFIGURED}"',
        )


def check_transactions(connection: Connection) -> None:
    """Refuses a caller's connection on which there are no transactions."""
    if connection.dialect.name == "postgresql" and getattr(
        connection.connection.driver_connection, "autocommit", False
    ):
        raise UnsafeDatabase(
            "the connection is in AUTOCOMMIT, and would keep half a commit",
            "give one with another isolation level, or its engine",
        )


def notes(connection: Connection) -> tuple[str, ...]:
    """What does not decide whether the database is durable, and is good to know."""
    found = []
    if connection.dialect.name == "sqlite" and has_wal_reset_bug(
        connection.dialect.server_version_info or ()
    ):
        found.append(
            "this SQLite has the WAL-reset bug, by which two connections that write or checkpoint at one moment can in "
            "rare cases damage the file, unless its distributor has mended it: 3.51.3, 3.50.7 and 3.44.6 are mended"
        )
    if settings_of(connection).get("full_page_writes") == "off":
        found.append("PostgreSQL's full_page_writes is off: safe only on a file system that tears no page")
    return tuple(found)


def has_wal_reset_bug(version: tuple[int | str, ...]) -> bool:
    numbers = tuple(int(number) for number in version)
    first, mended = _WAL_RESET_BUG
    is_mended = any(numbers[:2] == branch[:2] and numbers >= branch for branch in _WAL_RESET_MENDED)
    return first <= numbers < mended and not is_mended
